"""Back-propagation through time by hand, checked at every step against automatic differentiation.

Run alone: python -m lessons.rnn_bptt.lesson
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lessons.rnn_bptt.mathematics import (
    NAMES,
    Array,
    Differentiate,
    Parameters,
    automatic,
    bptt,
    by_step,
    difference,
    forward,
    gradient_by_lag,
    initial,
    mean_error,
    norm,
    update,
)
from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Loop,
    Measured,
    View,
    param,
)

# --- Setup -----------------------------------------------------------------------------------


class BackPropagationThroughTime(Hyperparameters):
    """A recurrent network that adds two binary numbers, one column of bits a step."""

    bits: int = param(
        8, "Length T of a sequence: one step for each bit of the sum.", ge=2, le=32, unit="steps"
    )
    units: int = param(16, "Size of the hidden state z.", ge=1, le=64)
    activation: Literal["tanh", "sigmoid", "relu"] = param(
        "tanh", "f, from total input u to hidden state z."
    )
    error: Literal["squared", "cross_entropy"] = param(
        "squared", "E: ½(y−d)², or cross-entropy, whose δ has no factor g′."
    )
    recurrent_scale: float = param(
        1.0, "Every singular value of W before training.", ge=0.01, le=10
    )
    transpose: bool = param(
        True, "Carry δ back through Wᵀ; off plants a mistake that the check finds."
    )
    clip_norm: float = param(
        0.0, "Longest gradient a step may follow; 0 never clips.", ge=0, le=100
    )
    learning_rate: float = param(
        0.2, "ε, how far one step moves the parameters.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(32, "Sums that share one step.", ge=1, le=500, unit="sums")
    epochs: int = param(20, "How often the 2000 training sums are shown.", ge=1, le=500)

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in an epoch; the sums left over wait for the next shuffle."""
        return SUMS // self.batch_size


@dataclass
class Network:
    """The parameters, and what the last step measured: both gradients of E."""

    theta: Parameters
    by_hand: Parameters
    automatic: Parameters
    lag_at_start: list[float]  # gradient_by_lag before the first step


# --- Data ------------------------------------------------------------------------------------

SUMS, UNSEEN = 2000, 500


def data(p: BackPropagationThroughTime, rng: np.random.Generator) -> Dataset:
    """Sums a + b as bits, lowest bit first: x (sums, T, 2), y (sums, T, 1)."""
    a, b = rng.integers(0, 2 ** (p.bits - 1), size=(2, SUMS + UNSEEN))
    x = np.stack([_bits(a, p.bits), _bits(b, p.bits)], axis=-1)
    y = _bits(a + b, p.bits)[..., None]
    return Dataset(f"sums of {p.bits} bits", x[:SUMS], y[:SUMS], x[SUMS:], y[SUMS:])


def _bits(numbers: Array, count: int) -> Array:
    return (numbers[:, None] >> np.arange(count) & 1).astype("float32")


# --- Train -----------------------------------------------------------------------------------


def train(p: BackPropagationThroughTime, data: Dataset, loop: Loop) -> None:
    """Gradient descent over shuffled batches, with every step measured."""
    rng = np.random.default_rng(loop.seed)
    gradient, per_epoch = automatic(p), p.steps_per_epoch
    net = untrained(p, data, rng, gradient)
    loop.model(net)
    for step in loop.steps(p.epochs * per_epoch, per_epoch):
        if step % per_epoch == 0:
            order, measured = rng.permutation(len(data.x)), []
        batch = order[len(measured) * p.batch_size :][: p.batch_size]
        x, d = by_step(data.x[batch]), by_step(data.y[batch])
        measured.append(learn(net, x, d, gradient, p, loop.live("learning_rate")))
        loop.progress(**measured[-1])
        if len(measured) == per_epoch:
            loop.epoch(**whole_epoch(measured), **scores(net.theta, data, p))


def learn(
    net: Network,
    x: Array,
    d: Array,
    gradient: Differentiate,
    p: BackPropagationThroughTime,
    rate: float,
) -> dict[str, float]:
    """One step along the gradient found by hand; how far that lies from the automatic one."""
    E, net.automatic = gradient(net.theta, x, d)
    net.by_hand = bptt(net.theta, x, d, p)
    length = norm(net.by_hand)
    net.theta = update(net.theta, net.by_hand, rate * shortening(p, length))
    gap = difference(net.by_hand, net.automatic)
    return {"loss": E, "difference": gap, "gradient_norm": length}


def untrained(
    p: BackPropagationThroughTime, data: Dataset, rng: np.random.Generator, gradient: Differentiate
) -> Network:
    """A network before its first step, with both gradients over the first sums."""
    theta = initial(p, rng)
    x, d = by_step(data.x[: p.batch_size]), by_step(data.y[: p.batch_size])
    _, by_tape = gradient(theta, x, d)
    return Network(theta, bptt(theta, x, d, p), by_tape, gradient_by_lag(theta, data, p))


def whole_epoch(measured: list[dict[str, float]]) -> dict[str, float]:
    """The mean error and the largest difference of an epoch's steps."""
    return {
        "loss": float(np.mean([m["loss"] for m in measured])),
        "difference": max(m["difference"] for m in measured),
    }


def shortening(p: BackPropagationThroughTime, length: float) -> float:
    """The factor that brings a gradient of this length down to `clip_norm`; 1 without clipping."""
    return p.clip_norm / length if 0 < p.clip_norm < length else 1.0


def scores(theta: Parameters, data: Dataset, p: BackPropagationThroughTime) -> dict[str, float]:
    """Accuracy (the share of right bits) on seen and unseen sums, and E on unseen ones."""
    seen = forward(theta, by_step(data.x), p.activation)[1]
    unseen = forward(theta, by_step(data.x_val), p.activation)[1]
    d, d_val = by_step(data.y), by_step(data.y_val)
    return {
        "accuracy": float(np.mean((seen > 0.5) == d)),
        "val_loss": mean_error(unseen, d_val, p),
        "val_accuracy": float(np.mean((unseen > 0.5) == d_val)),
    }


def measure(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, float]:
    """How many times longer or shorter the gradient is at the largest lag than at lag 0."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    return {
        "lag_ratio": now[-1] / max(now[0], 1e-300),
        "lag_ratio_at_start": start[-1] / max(start[0], 1e-300),
        "difference": difference(net.by_hand, net.automatic),
    }


def both_gradients(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """For each parameter its steepest entry by hand and automatic, and the largest difference."""
    rows = []
    for name, hand, tape in zip(NAMES, net.by_hand.arrays(), net.automatic.arrays(), strict=True):
        i, j = np.unravel_index(np.abs(tape).argmax(), tape.shape)
        gap = np.abs(hand - tape).max()
        rows.append(
            [f"{name}[{i},{j}]", f"{hand[i, j]:+.12f}", f"{tape[i, j]:+.12f}", f"{gap:.1e}"]
        )
    return {
        "kind": "table", "title": "∂E/∂θ of the last step: the steepest entry of each parameter",
        "columns": ["entry", "by hand", "automatic", "largest difference"], "rows": rows,
    }  # fmt: skip


def recurrent_gradient(
    net: Network, data: Dataset, p: BackPropagationThroughTime
) -> dict[str, Any]:
    """∂E/∂W by hand: row i, column j says how state i of the step before should drive state j."""
    labels = [str(i) for i in range(p.units)]
    return {
        "kind": "matrix", "title": "∂E/∂W by hand", "row_labels": labels, "column_labels": labels,
        "values": net.by_hand.W.tolist(),
    }  # fmt: skip


def lags(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """The gradient's length against the lag, before training and now, in powers of ten."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    return {
        "kind": "lines", "title": "log₁₀ ‖∂E/∂z‖ at the lag, E of the last step", "x_label": "lag k (steps)",
        "series": [_powers("now", now), _powers("before training", start)],
    }  # fmt: skip


def _powers(name: str, lengths: list[float]) -> dict[str, Any]:
    """A line through log₁₀ of the lengths; a length of zero has no logarithm and is left out."""
    points = [(float(k), float(np.log10(v))) for k, v in enumerate(lengths) if 0 < v < np.inf]
    return {"name": name, "x": [k for k, _ in points], "y": [v for _, v in points]}


# --- Experiments -----------------------------------------------------------------------------


def _vanishes_and_explodes(m: Measured) -> bool:
    small, large = m["small W"]["lag_ratio_at_start"], m["this"]["lag_ratio_at_start"]
    return small < 0.01 and large > 10


LONG = {"bits": 16}

EXPERIMENTS = (
    Experiment(
        "vanishing", "Small recurrent weights", {**LONG, "recurrent_scale": 0.5},
        "The line of the gradient against the lag falls straight down: each step back halves it at least.",
    ),
    Experiment(
        "exploding", "Large recurrent weights", {**LONG, "recurrent_scale": 3.0},
        "The line before training climbs with the lag; then the long steps drive the units into saturation.",
        (
            Claim(
                "001/rnn-vanish",
                "Over 15 steps back the gradient vanishes with small recurrent weights (0.5) "
                "and explodes with large ones (3).",
                "vanishes or explodes with the length T", _vanishes_and_explodes,
                ("lag_ratio_at_start", "lag_ratio"),
                {"small W": {**LONG, "recurrent_scale": 0.5}, "scale 1": LONG},
                "Measured before the first step, as training itself changes W: the ratio of the "
                "gradient's norm 15 steps back to its norm at the last step.",
            ),
        ),
    ),
    Experiment(
        "clipped", "Large weights, clipped gradient", {**LONG, "recurrent_scale": 3.0, "clip_norm": 2.0},
        "A gradient longer than 2 keeps its direction and loses its length: the longest leaps are gone.",
    ),
    Experiment(
        "no-transpose", "W where Wᵀ belongs", {"transpose": False},
        "The difference jumps from 1e-16 to the size of the gradient itself, at once: the check found the mistake.",
    ),
    Experiment(
        "cross-entropy", "Cross-entropy", {"error": "cross_entropy"},
        "g′ is gone from δ of the output: the sums are learnt in fewer epochs at the same learning rate.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="rnn-bptt",
    title="RNN and BPTT",
    track="Sequences and language",
    order=10,
    summary="A recurrent network's gradient by hand in NumPy, beside automatic differentiation.",
    parameters=BackPropagationThroughTime,
    data=data,
    train=train,
    measure=measure,
    views=(
        View("gradients", "Both gradients", both_gradients),
        View("lags", "Gradient against lag", lags),
        View("recurrent", "Gradient of W", recurrent_gradient),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/rnn", "001/bptt"),
    prerequisites=("perceptron",),
    read_next=("binary-addition", "lstm"),
    sources=(
        "Study article 001, concept of recurrent networks and BPTT",
        "Backpropagation through time: what it does and how to do it (Werbos, 1990)",
        "On the difficulty of training recurrent neural networks (Pascanu, Mikolov and Bengio, 2013)",
        "Deep Learning (Goodfellow, Bengio and Courville, 2016), section 10.2.2",
    ),
    shows_code=(forward, bptt, automatic, update),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
