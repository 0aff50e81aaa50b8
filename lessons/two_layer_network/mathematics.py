"""A network 1–H–1 in NumPy: forward, back-propagation, descent. Samples are rows.

theta is [W1 (1, H), b1 (H,), W2 (H, 1), b2 (1,)]; x and t are (N, 1).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Theta = list[Array]

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
    "tanh": np.tanh,
    "relu": lambda u: np.maximum(u, 0.0),
}
# f'(u), told by h = f(u): all that the way back needs is what the way forward has left.
SLOPES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda h: h * (1 - h),
    "tanh": lambda h: 1 - h**2,
    "relu": lambda h: (h > 0).astype(float),
}


def initial(units: int, scale: float, rng: np.random.Generator) -> Theta:
    """Weights scale·N(0, 1), biases 0."""
    W1, W2 = scale * rng.standard_normal((1, units)), scale * rng.standard_normal((units, 1))
    return [W1, np.zeros(units), W2, np.zeros(1)]


def forward(theta: Theta, x: Array, activation: str) -> tuple[Array, Array]:
    """The hidden outputs h (N, H) and the answers y (N, 1)."""
    W1, b1, W2, b2 = theta
    h = ACTIVATIONS[activation](x @ W1 + b1)
    return h, h @ W2 + b2


def mean_squared_error(y: Array, t: Array) -> float:
    """L, the mean of (y − t)²."""
    return float(np.mean((y - t) ** 2))


def back_propagation(theta: Theta, x: Array, t: Array, activation: str) -> Theta:
    """The gradient of L in W1, b1, W2 and b2: the chain rule, from the answer back to the input."""
    _, _, W2, _ = theta
    h, y = forward(theta, x, activation)
    dy = 2 * (y - t) / len(x)
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    du = (dy @ W2.T) * SLOPES[activation](h)
    dW1 = x.T @ du
    db1 = du.sum(axis=0)
    return [dW1, db1, dW2, db2]


def descend(
    theta: Theta, x: Array, t: Array, activation: str, rate: float, iterations: int
) -> Theta:
    """theta after so many steps of θ ← θ − ε ∂L/∂θ, each over all the points."""
    for _ in range(iterations):
        gradient = back_propagation(theta, x, t, activation)
        theta = [w - rate * dw for w, dw in zip(theta, gradient, strict=True)]
    return theta
