"""Backpropagation through time by hand, checked at every step against automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import tensorflow as tf

from lessons.rnn_bptt.settings import SUMS, UNSEEN, BackPropagationThroughTime
from tui_dl.lesson import Dataset, Loop, Split

Array = np.ndarray
NAMES = ("W_in", "W", "b", "W_out", "b_out")


@dataclass
class Parameters:
    """θ, or the gradient of L with respect to θ, as the same five arrays."""

    W_in: Array  # (2, units)
    W: Array  # (units, units)
    b: Array  # (1, units)
    W_out: Array  # (units, 1)
    b_out: Array  # (1, 1)

    def arrays(self) -> tuple[Array, ...]:
        """Return the five arrays, in the order of NAMES."""
        return tuple(getattr(self, f.name) for f in fields(self))


Differentiate = Callable[[Parameters, Array, Array], tuple[float, Parameters]]


def by_step(sequences: Array) -> Array:
    """Return (samples, T, features) as (T, samples, features) in float64: one row per sample."""
    return np.ascontiguousarray(sequences.transpose(1, 0, 2), dtype="float64")


def sigmoid(u: Array) -> Array:
    """Return σ(u) = 1 / (1 + e⁻ᵘ), written so that no u overflows."""
    return 0.5 * (1 + np.tanh(u / 2))


# f, and f′ as a function of h = f(u)
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (sigmoid, lambda h: h * (1 - h)),
    "relu": (lambda u: np.maximum(u, 0), lambda h: (h > 0).astype(float)),
}


def initial(p: BackPropagationThroughTime, rng: np.random.Generator) -> Parameters:
    """Return the initial θ: W is a rotation times `recurrent_scale`, the biases are zero."""
    n = p.units
    rotation, _ = np.linalg.qr(rng.normal(size=(n, n)))
    spread = np.sqrt(6 / (n + 2)), np.sqrt(6 / (n + 1))
    W_in = rng.uniform(-spread[0], spread[0], size=(2, n))
    W_out = rng.uniform(-spread[1], spread[1], size=(n, 1))
    return Parameters(W_in, p.recurrent_scale * rotation, np.zeros((1, n)), W_out, np.zeros((1, 1)))


def forward(theta: Parameters, x: Array, activation: str) -> tuple[Array, Array]:
    """Return the states h (T+1, N, units) and outputs ŷ (T, N, 1) for inputs x (T, N, 2)."""
    f, _ = ACTIVATIONS[activation]
    T, N, _ = x.shape
    h = np.zeros((T + 1, N, len(theta.W)))  # the last entry stays zero: h[-1], before step 0
    y_hat = np.zeros((T, N, 1))
    for t in range(T):
        u = x[t] @ theta.W_in + h[t - 1] @ theta.W + theta.b
        h[t] = f(u)
        u_out = h[t] @ theta.W_out + theta.b_out
        y_hat[t] = sigmoid(u_out)
    return h, y_hat


def bptt(theta: Parameters, x: Array, y: Array, p: BackPropagationThroughTime) -> Parameters:
    """Return the gradient of L by hand, for inputs x (T, N, 2) and targets y (T, N, 1)."""
    _, f_prime = ACTIVATIONS[p.activation]
    T, N, _ = x.shape
    h, y_hat = forward(theta, x, p.activation)
    W_back = theta.W.T if p.transpose else theta.W

    slope = y_hat * (1 - y_hat) if p.error == "squared" else 1.0
    delta_out = slope * (y_hat - y) / N
    delta = np.zeros_like(h)  # the last entry stays zero: delta[T], after the last step
    for t in reversed(range(T)):
        delta[t] = f_prime(h[t]) * (delta_out[t] @ theta.W_out.T + delta[t + 1] @ W_back)

    return Parameters(
        W_in=sum(x[t].T @ delta[t] for t in range(T)),
        W=sum(h[t - 1].T @ delta[t] for t in range(T)),
        b=sum(delta[t].sum(axis=0, keepdims=True) for t in range(T)),
        W_out=sum(h[t].T @ delta_out[t] for t in range(T)),
        b_out=sum(delta_out[t].sum(axis=0, keepdims=True) for t in range(T)),
    )


def automatic(p: BackPropagationThroughTime) -> Differentiate:
    """Return a function for L and its gradient by automatic differentiation, compiled once."""
    f = {"tanh": tf.tanh, "sigmoid": tf.sigmoid, "relu": tf.nn.relu}[p.activation]

    def error(u: Any, y: Any) -> Any:
        if p.error == "cross_entropy":
            return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=u)
        return (tf.sigmoid(u) - y) ** 2 / 2

    @tf.function
    def differentiate(theta: list[Any], x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(theta)
            W_in, W, b, W_out, b_out = theta
            h, states = tf.zeros((x.shape[1], p.units), x.dtype), []
            for u in tf.unstack(x @ W_in + b):  # all steps at once: few operations to trace
                h = f(u + h @ W)
                states.append(h)
            u_out = tf.stack(states) @ W_out + b_out
            loss = tf.reduce_sum(tf.reduce_mean(error(u_out, y), axis=1))
        return loss, tape.gradient(loss, theta)

    def gradient(theta: Parameters, x: Array, y: Array) -> tuple[float, Parameters]:
        with tf.device("CPU"):  # small matrices cost more to send to a GPU than to multiply
            loss, slopes = differentiate([tf.constant(a) for a in theta.arrays()], x, y)
        return float(loss), Parameters(*(np.asarray(slope) for slope in slopes))

    return gradient


def update(theta: Parameters, slope: Parameters, rate: float) -> Parameters:
    """Return θ after one step of gradient descent with learning rate η: the five updates."""
    return Parameters(
        W_in=theta.W_in - rate * slope.W_in,
        W=theta.W - rate * slope.W,
        b=theta.b - rate * slope.b,
        W_out=theta.W_out - rate * slope.W_out,
        b_out=theta.b_out - rate * slope.b_out,
    )


def difference(one: Parameters, other: Parameters) -> float:
    """Return the largest |by hand − automatic| over all parameters."""
    pairs = zip(one.arrays(), other.arrays(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def norm(slope: Parameters) -> float:
    """Return ‖∂L/∂θ‖ over all five arrays."""
    return float(np.sqrt(sum((a**2).sum() for a in slope.arrays())))


def mean_loss(y_hat: Array, y: Array, p: BackPropagationThroughTime) -> float:
    """Return L: a sequence's loss, summed over its steps, averaged over sequences."""
    if p.error == "squared":
        return float(((y_hat - y) ** 2 / 2).sum(axis=0).mean())
    y_hat = y_hat.clip(1e-15, 1 - 1e-15)
    return float(-np.log(np.where(y > 0.5, y_hat, 1 - y_hat)).sum(axis=0).mean())


def gradient_by_lag(theta: Parameters, data: Dataset, p: BackPropagationThroughTime) -> list[float]:
    """Return ‖∂L/∂h‖ at step T−k for k = 0 … T−1, where L is the loss of the last step alone."""
    _, f_prime = ACTIVATIONS[p.activation]
    x, y = by_step(data.x[:64]), by_step(data.y[:64])
    h, y_hat = forward(theta, x, p.activation)
    slope = y_hat[-1] * (1 - y_hat[-1]) if p.error == "squared" else 1.0
    dh = (slope * (y_hat[-1] - y[-1])) @ theta.W_out.T
    lengths = [float(np.linalg.norm(dh, axis=1).mean())]
    for t in range(len(x) - 1, 0, -1):
        dh = (f_prime(h[t]) * dh) @ theta.W.T
        lengths.append(float(np.linalg.norm(dh, axis=1).mean()))
    return lengths


@dataclass
class Network:
    """The parameters, and both gradients of L measured in the last step."""

    theta: Parameters
    by_hand: Parameters
    automatic: Parameters
    lag_at_start: list[float]  # gradient_by_lag before the first step


def data(p: BackPropagationThroughTime, rng: np.random.Generator) -> Dataset:
    """Return sums a + b as bits, lowest bit first: x (sums, T, 2), y (sums, T, 1)."""
    a, b = rng.integers(0, 2 ** (p.bits - 1), size=(2, SUMS + UNSEEN))
    x = np.stack([_bits(a, p.bits), _bits(b, p.bits)], axis=-1)
    y = _bits(a + b, p.bits)[..., None]
    return Dataset(f"sums of {p.bits} bits", x[:SUMS], y[:SUMS], Split(x[SUMS:], y[SUMS:]))


def _bits(numbers: Array, count: int) -> Array:
    return (numbers[:, None] >> np.arange(count) & 1).astype("float32")


def train(p: BackPropagationThroughTime, data: Dataset, loop: Loop) -> None:
    """Run gradient descent over shuffled batches and measure every step."""
    rng = np.random.default_rng(loop.seed)
    gradient, per_epoch = automatic(p), p.steps_per_epoch
    net = untrained(p, data, rng, gradient)
    measured: list[Any] = []
    loop.model(net)
    for step in loop.steps(p.epochs * per_epoch, per_epoch):
        if step % per_epoch == 0:
            order, measured = rng.permutation(len(data.x)), []
        batch = order[len(measured) * p.batch_size :][: p.batch_size]
        x, y = by_step(data.x[batch]), by_step(data.y[batch])
        measured.append(learn(net, x, y, gradient, p, loop.live("learning_rate")))
        loop.progress(**measured[-1])
        if len(measured) == per_epoch:
            loop.epoch(**whole_epoch(measured), **scores(net.theta, data, p))


def learn(
    net: Network,
    x: Array,
    y: Array,
    gradient: Differentiate,
    p: BackPropagationThroughTime,
    rate: float,
) -> dict[str, float]:
    """Take one step along the gradient by hand; measure its distance from the automatic one."""
    loss, net.automatic = gradient(net.theta, x, y)
    net.by_hand = bptt(net.theta, x, y, p)
    length = norm(net.by_hand)
    net.theta = update(net.theta, net.by_hand, rate * shortening(p, length))
    gap = difference(net.by_hand, net.automatic)
    return {"loss": loss, "difference": gap, "gradient_norm": length}


def untrained(
    p: BackPropagationThroughTime, data: Dataset, rng: np.random.Generator, gradient: Differentiate
) -> Network:
    """Return a network before its first step, with both gradients over the first sums."""
    theta = initial(p, rng)
    x, y = by_step(data.x[: p.batch_size]), by_step(data.y[: p.batch_size])
    _, by_tape = gradient(theta, x, y)
    return Network(theta, bptt(theta, x, y, p), by_tape, gradient_by_lag(theta, data, p))


def whole_epoch(measured: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean loss and the largest difference of an epoch's steps."""
    return {
        "loss": float(np.mean([m["loss"] for m in measured])),
        "difference": max(m["difference"] for m in measured),
    }


def shortening(p: BackPropagationThroughTime, length: float) -> float:
    """Return the factor that cuts a gradient of this length to `clip_norm`; 1 if not clipped."""
    return p.clip_norm / length if 0 < p.clip_norm < length else 1.0


def scores(theta: Parameters, data: Dataset, p: BackPropagationThroughTime) -> dict[str, float]:
    """Return the accuracy (share of right bits) on seen and unseen sums, and L on unseen ones."""
    seen = forward(theta, by_step(data.x), p.activation)[1]
    unseen = forward(theta, by_step(data.held_out.x), p.activation)[1]
    y, y_val = by_step(data.y), by_step(data.held_out.y)
    return {
        "accuracy": float(np.mean((seen > 0.5) == y)),
        "val_loss": mean_loss(unseen, y_val, p),
        "val_accuracy": float(np.mean((unseen > 0.5) == y_val)),
    }
