"""A network from scratch: ten sigmoid units learn a sine; every parameter's path is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lessons.two_layer_network.settings import PER_EPOCH, TwoLayerNetwork
from tui_dl.lesson import Dataset, Loop

Array = np.ndarray
Theta = list[Array]

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
    "tanh": np.tanh,
    "relu": lambda u: np.maximum(u, 0.0),
}
# f'(u) as a function of h = f(u), so that the backward pass needs only the forward results.
SLOPES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda h: h * (1 - h),
    "tanh": lambda h: 1 - h**2,
    "relu": lambda h: (h > 0).astype(float),
}


def initial(units: int, scale: float, rng: np.random.Generator) -> Theta:
    """Return weights scale·N(0, 1) and biases 0."""
    W1, W2 = scale * rng.standard_normal((1, units)), scale * rng.standard_normal((units, 1))
    return [W1, np.zeros(units), W2, np.zeros(1)]


def forward(theta: Theta, x: Array, activation: str) -> tuple[Array, Array]:
    """Return the hidden activations h (N, H) and the outputs ŷ (N, 1)."""
    W1, b1, W2, b2 = theta
    h = ACTIVATIONS[activation](x @ W1 + b1)
    return h, h @ W2 + b2


def mean_squared_error(y_hat: Array, y: Array) -> float:
    """Return L, the mean of (ŷ − y)²."""
    return float(np.mean((y_hat - y) ** 2))


def back_propagation(theta: Theta, x: Array, y: Array, activation: str) -> Theta:
    """Return the gradient of L in W1, b1, W2 and b2 by the chain rule, from output to input."""
    _, _, W2, _ = theta
    h, y_hat = forward(theta, x, activation)
    delta2 = 2 * (y_hat - y) / len(x)
    dW2 = h.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * SLOPES[activation](h)
    dW1 = x.T @ delta1
    db1 = delta1.sum(axis=0)
    return [dW1, db1, dW2, db2]


def descend(
    theta: Theta, x: Array, y: Array, activation: str, rate: float, iterations: int
) -> Theta:
    """Return theta after this number of steps θ ← θ − η ∂L/∂θ, each over all points."""
    for _ in range(iterations):
        gradient = back_propagation(theta, x, y, activation)
        theta = [w - rate * dw for w, dw in zip(theta, gradient, strict=True)]
    return theta


BLOCK = 100  # iterations per step of the loop: about 3 ms, so that pause and stop act at once


@dataclass
class Network:
    """The parameters, and their values after 0, 100, 200, … iterations."""

    theta: Theta
    trace: list[Theta] = field(default_factory=list)

    @property
    def iteration(self) -> int:
        """The number of iterations done."""
        return BLOCK * (len(self.trace) - 1)


def data(p: TwoLayerNetwork, rng: np.random.Generator) -> Dataset:
    """Return y = sin(2πx) + U(0, noise) with x from U(0, 1); x and y are (points, 1)."""
    x = rng.random((p.points, 1))
    y = np.sin(2 * np.pi * x) + p.noise * rng.random(x.shape)
    name = f"sin 2πx + U(0, {p.noise:g})"
    return Dataset(name, x.astype("float32"), y.astype("float32"))


def columns(data: Dataset) -> tuple[Array, Array]:
    """Return x and y in double precision."""
    return data.x.astype(float), data.y.astype(float)


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite ends the run
def train(p: TwoLayerNetwork, data: Dataset, loop: Loop) -> None:
    """Run full-batch gradient descent, 100 iterations per step."""
    x, y = columns(data)
    # a separate stream from the data's, which is drawn from the seed alone
    net = Network(initial(p.units, p.weight_scale, np.random.default_rng([loop.seed, 1])))
    net.trace.append(net.theta)
    loop.model(net)
    for step in loop.steps(p.epochs * PER_EPOCH, PER_EPOCH):
        net.theta = descend(net.theta, x, y, p.activation, loop.live("learning_rate"), BLOCK)
        net.trace.append(net.theta)
        loss = mean_squared_error(forward(net.theta, x, p.activation)[1], y)
        loop.progress(loss=loss)
        if (step + 1) % PER_EPOCH == 0:
            loop.epoch(loss=loss)
