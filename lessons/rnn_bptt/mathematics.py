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

    W_in: Array  # (units, 2)
    W: Array  # (units, units)
    b: Array  # (units, 1)
    W_out: Array  # (1, units)
    c: Array  # (1, 1)

    def arrays(self) -> tuple[Array, ...]:
        """The five arrays, in the order of NAMES."""
        return tuple(getattr(self, f.name) for f in fields(self))


Differentiate = Callable[[Parameters, Array, Array], tuple[float, Parameters]]


def columns(sequences: Array) -> Array:
    """(samples, T, features) as (T, features, samples) in float64: each column is one sample."""
    return np.ascontiguousarray(sequences.transpose(1, 2, 0), dtype="float64")


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
    W_in = rng.uniform(-spread[0], spread[0], size=(n, 2))
    W_out = rng.uniform(-spread[1], spread[1], size=(1, n))
    return Parameters(W_in, p.recurrent_scale * rotation, np.zeros((n, 1)), W_out, np.zeros((1, 1)))


def forward(theta: Parameters, x: Array, activation: str) -> tuple[Array, Array]:
    """The states z (T+1, units, N) and outputs y (T, 1, N) for inputs x (T, 2, N)."""
    f, _ = ACTIVATIONS[activation]
    T, _, N = x.shape
    z = np.zeros((T + 1, len(theta.W), N))  # the last entry stays zero: z[-1], before step 0
    y = np.zeros((T, 1, N))
    for t in range(T):
        u = theta.W_in @ x[t] + theta.W @ z[t - 1] + theta.b
        z[t] = f(u)
        v = theta.W_out @ z[t] + theta.c
        y[t] = sigmoid(v)
    return z, y


def bptt(theta: Parameters, x: Array, d: Array, p: BackPropagationThroughTime) -> Parameters:
    """The gradient of E by hand, for inputs x (T, 2, N) and targets d (T, 1, N)."""
    _, f_prime = ACTIVATIONS[p.activation]
    T, _, N = x.shape
    z, y = forward(theta, x, p.activation)
    W_back = theta.W.T if p.transpose else theta.W

    g_prime = y * (1 - y) if p.error == "squared" else 1.0
    delta_out = g_prime * (y - d) / N
    delta = np.zeros_like(z)  # the last entry stays zero: delta[T], after the last step
    for t in reversed(range(T)):
        delta[t] = f_prime(z[t]) * (theta.W_out.T @ delta_out[t] + W_back @ delta[t + 1])

    return Parameters(
        W_in=sum(delta[t] @ x[t].T for t in range(T)),
        W=sum(delta[t] @ z[t - 1].T for t in range(T)),
        b=sum(delta[t].sum(axis=1, keepdims=True) for t in range(T)),
        W_out=sum(delta_out[t] @ z[t].T for t in range(T)),
        c=sum(delta_out[t].sum(axis=1, keepdims=True) for t in range(T)),
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
            E, z = tf.zeros((), x.dtype), tf.zeros((p.units, x.shape[-1]), x.dtype)
            for t in range(x.shape[0]):
                z = f(W_in @ x[t] + W @ z + b)
                E += tf.reduce_mean(error(W_out @ z + c, d[t]))
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
    x, d = columns(data.x[:64]), columns(data.y[:64])
    z, y = forward(theta, x, p.activation)
    g_prime = y[-1] * (1 - y[-1]) if p.error == "squared" else 1.0
    dz = theta.W_out.T @ (g_prime * (y[-1] - d[-1]))
    lengths = [float(np.linalg.norm(dz, axis=0).mean())]
    for t in range(len(x) - 1, 0, -1):
        dz = theta.W.T @ (f_prime(z[t]) * dz)
        lengths.append(float(np.linalg.norm(dz, axis=0).mean()))
    return lengths
