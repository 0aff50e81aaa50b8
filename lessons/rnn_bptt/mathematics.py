"""The mathematics of the lesson: forward pass, back-propagation through time, and its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_dl.lesson import Dataset

if TYPE_CHECKING:
    from lessons.rnn_bptt.lesson import BackPropagationThroughTime

Array = np.ndarray
NAMES = ("W_in", "W", "b", "W_out", "c")


@dataclass
class Parameters:
    """θ, or the gradient of E with respect to θ: the same five arrays."""

    W_in: Array  # (2, units)
    W: Array  # (units, units)
    b: Array  # (1, units)
    W_out: Array  # (units, 1)
    c: Array  # (1, 1)

    def arrays(self) -> tuple[Array, ...]:
        """The five arrays, in the order of NAMES."""
        return tuple(getattr(self, f.name) for f in fields(self))


Differentiate = Callable[[Parameters, Array, Array], tuple[float, Parameters]]


def by_step(sequences: Array) -> Array:
    """(samples, T, features) as (T, samples, features) in float64: in a step, a row a sample."""
    return np.ascontiguousarray(sequences.transpose(1, 0, 2), dtype="float64")


def sigmoid(v: Array) -> Array:
    """g(v) = 1 / (1 + e⁻ᵛ), written so that no v overflows."""
    return 0.5 * (1 + np.tanh(v / 2))


# f, and f′ as a function of z = f(u)
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda z: 1 - z**2),
    "sigmoid": (sigmoid, lambda z: z * (1 - z)),
    "relu": (lambda u: np.maximum(u, 0), lambda z: (z > 0).astype(float)),
}


def initial(p: BackPropagationThroughTime, rng: np.random.Generator) -> Parameters:
    """θ before training: W is a rotation times `recurrent_scale`, the biases are zero."""
    n = p.units
    rotation, _ = np.linalg.qr(rng.normal(size=(n, n)))
    spread = np.sqrt(6 / (n + 2)), np.sqrt(6 / (n + 1))
    W_in = rng.uniform(-spread[0], spread[0], size=(2, n))
    W_out = rng.uniform(-spread[1], spread[1], size=(n, 1))
    return Parameters(W_in, p.recurrent_scale * rotation, np.zeros((1, n)), W_out, np.zeros((1, 1)))


def forward(theta: Parameters, x: Array, activation: str) -> tuple[Array, Array]:
    """The states z (T+1, N, units) and outputs y (T, N, 1) for inputs x (T, N, 2)."""
    f, _ = ACTIVATIONS[activation]
    T, N, _ = x.shape
    z = np.zeros((T + 1, N, len(theta.W)))  # the last entry stays zero: z[-1], before step 0
    y = np.zeros((T, N, 1))
    for t in range(T):
        u = x[t] @ theta.W_in + z[t - 1] @ theta.W + theta.b
        z[t] = f(u)
        v = z[t] @ theta.W_out + theta.c
        y[t] = sigmoid(v)
    return z, y


def bptt(theta: Parameters, x: Array, d: Array, p: BackPropagationThroughTime) -> Parameters:
    """The gradient of E by hand, for inputs x (T, N, 2) and targets d (T, N, 1)."""
    _, f_prime = ACTIVATIONS[p.activation]
    T, N, _ = x.shape
    z, y = forward(theta, x, p.activation)
    W_back = theta.W.T if p.transpose else theta.W

    g_prime = y * (1 - y) if p.error == "squared" else 1.0
    delta_out = g_prime * (y - d) / N
    delta = np.zeros_like(z)  # the last entry stays zero: delta[T], after the last step
    for t in reversed(range(T)):
        delta[t] = f_prime(z[t]) * (delta_out[t] @ theta.W_out.T + delta[t + 1] @ W_back)

    return Parameters(
        W_in=sum(x[t].T @ delta[t] for t in range(T)),
        W=sum(z[t - 1].T @ delta[t] for t in range(T)),
        b=sum(delta[t].sum(axis=0, keepdims=True) for t in range(T)),
        W_out=sum(z[t].T @ delta_out[t] for t in range(T)),
        c=sum(delta_out[t].sum(axis=0, keepdims=True) for t in range(T)),
    )


def automatic(p: BackPropagationThroughTime) -> Differentiate:
    """A function that gives E and its gradient by automatic differentiation, compiled once."""
    import tensorflow as tf

    f = {"tanh": tf.tanh, "sigmoid": tf.sigmoid, "relu": tf.nn.relu}[p.activation]

    def error(v: Any, d: Any) -> Any:
        if p.error == "cross_entropy":
            return tf.nn.sigmoid_cross_entropy_with_logits(labels=d, logits=v)
        return (tf.sigmoid(v) - d) ** 2 / 2

    @tf.function
    def differentiate(theta: list[Any], x: Any, d: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(theta)
            W_in, W, b, W_out, c = theta
            E, z = tf.zeros((), x.dtype), tf.zeros((x.shape[1], p.units), x.dtype)
            for t in range(x.shape[0]):
                z = f(x[t] @ W_in + z @ W + b)
                E += tf.reduce_mean(error(z @ W_out + c, d[t]))
        return E, tape.gradient(E, theta)

    def gradient(theta: Parameters, x: Array, d: Array) -> tuple[float, Parameters]:
        with tf.device("CPU"):  # matrices this small cost more to send to a GPU than to multiply
            E, slopes = differentiate([tf.constant(a) for a in theta.arrays()], x, d)
        return float(E), Parameters(*(np.asarray(slope) for slope in slopes))

    return gradient


def update(theta: Parameters, slope: Parameters, rate: float) -> Parameters:
    """One step of gradient descent with learning rate ε: the five updates."""
    return Parameters(
        W_in=theta.W_in - rate * slope.W_in,
        W=theta.W - rate * slope.W,
        b=theta.b - rate * slope.b,
        W_out=theta.W_out - rate * slope.W_out,
        c=theta.c - rate * slope.c,
    )


def difference(one: Parameters, other: Parameters) -> float:
    """The largest |by hand − automatic| over all parameters."""
    pairs = zip(one.arrays(), other.arrays(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def norm(slope: Parameters) -> float:
    """‖∂E/∂θ‖ over all five arrays."""
    return float(np.sqrt(sum((a**2).sum() for a in slope.arrays())))


def mean_error(y: Array, d: Array, p: BackPropagationThroughTime) -> float:
    """E: the error of a sequence, summed over its steps, as a mean over sequences."""
    if p.error == "squared":
        return float(((y - d) ** 2 / 2).sum(axis=0).mean())
    y = y.clip(1e-15, 1 - 1e-15)
    return float(-np.log(np.where(d > 0.5, y, 1 - y)).sum(axis=0).mean())


def gradient_by_lag(theta: Parameters, data: Dataset, p: BackPropagationThroughTime) -> list[float]:
    """‖∂Eᵀ/∂z at T−k‖ for k = 0 … T−1, where Eᵀ is the error of the last step alone."""
    _, f_prime = ACTIVATIONS[p.activation]
    x, d = by_step(data.x[:64]), by_step(data.y[:64])
    z, y = forward(theta, x, p.activation)
    g_prime = y[-1] * (1 - y[-1]) if p.error == "squared" else 1.0
    dz = (g_prime * (y[-1] - d[-1])) @ theta.W_out.T
    lengths = [float(np.linalg.norm(dz, axis=1).mean())]
    for t in range(len(x) - 1, 0, -1):
        dz = (f_prime(z[t]) * dz) @ theta.W.T
        lengths.append(float(np.linalg.norm(dz, axis=1).mean()))
    return lengths
