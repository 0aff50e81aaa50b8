"""A learning rate that changes while a network trains: at a plateau, or along a planned curve.

Run alone: python -m lessons.learning_rate_schedules.lesson
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.learning_rate_schedules.schedules import (
    Diary,
    diary_keeper,
    follow,
    plateau,
    warmup_cosine,
)
from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Schedules(Hyperparameters):
    """The schedule, its own numbers, and the network it trains."""

    schedule: Literal["warmup-cosine", "plateau", "constant"] = param(
        "warmup-cosine", "What becomes of the learning rate from epoch to epoch."
    )
    learning_rate: float = param(
        0.001, "η: the peak, or the rate to begin with.", ge=1e-6, le=1, live=True
    )
    warmup: int = param(
        10, "W, warm-up: epochs in which the rate climbs to its peak.", ge=0, le=500, unit="epochs"
    )
    zero_start: bool = param(False, "The study article's error: epoch 0 gets a rate of 0.")
    factor: float = param(0.1, "f, plateau: what the rate is multiplied with.", ge=0.01, le=0.99)
    patience: int = param(
        10, "Plateau: epochs without a better loss before a cut.", ge=1, le=200, unit="epochs"
    )
    cooldown: int = param(
        0, "Plateau: epochs after a cut that do not count.", ge=0, le=200, unit="epochs"
    )
    floor: float = param(0.0, "Plateau: the rate is never cut below this.", ge=0, le=1)
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(
        4, "Layers between the pixels and the output.", ge=1, le=10, unit="layers"
    )
    units: int = param(32, "Units of each hidden layer.", ge=1, le=256, unit="units")
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(200, "T: how often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: Schedules, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def model(p: Schedules, data: Dataset) -> keras.Model:
    """Equal ReLU layers, then softmax; Adam has a plain rate, which the callbacks change."""
    import keras

    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for number in range(1, p.hidden_layers + 1):
        network.add(keras.layers.Dense(p.units, "relu", name=f"hidden_{number}"))
    network.add(keras.layers.Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# --- Train: the engine fits the model and calls these where epochs begin and end ------------------


def callbacks(p: Schedules) -> list[keras.callbacks.Callback]:
    """The schedule, and the keeper of the run's diary."""
    from keras.callbacks import LearningRateScheduler, ReduceLROnPlateau

    cuts = {"factor": p.factor, "patience": p.patience, "cooldown": p.cooldown, "min_lr": p.floor}
    chosen = {
        "warmup-cosine": lambda: [LearningRateScheduler(follow(p))],
        "plateau": lambda: [ReduceLROnPlateau("val_loss", mode="min", **cuts)],
        "constant": list,
    }
    return [*chosen[p.schedule](), diary_keeper()()]


def kept(model: Any) -> Diary:
    """The run's diary; an empty one before training."""
    found = getattr(model, "diary", None)
    return found if isinstance(found, Diary) else Diary()


def from_1(values: list[float]) -> dict[str, list[float]]:
    """A series over epochs, which people count from 1."""
    return {"x": [float(n) for n in range(1, len(values) + 1)], "y": values}


def rates(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """The rate of every epoch: as planned, where there is a plan, and as used so far."""
    T = p.epochs
    plans = {
        "warmup-cosine": [warmup_cosine(t, p.learning_rate, p.warmup, T, p.zero_start) for t in range(T)],
        "constant": [p.learning_rate] * T,
    }  # fmt: skip
    series = [{"name": "planned", **from_1(plans[p.schedule])}] if p.schedule in plans else []
    if kept(model).rates:
        series.append({"name": "used", **from_1(kept(model).rates)})
    return {"kind": "lines", "title": "learning rate", "x_label": "epoch", "series": series}


def moves(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """How far all the weights together moved in each epoch."""
    series = [{"name": "distance", **from_1(kept(model).moves)}] if kept(model).moves else []
    title = "distance that the weights moved in the epoch"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def waiting(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """The validation loss and the best so far: a plateau is where the lower line is flat."""
    losses, series = kept(model).losses, []
    if losses:
        best = np.minimum.accumulate(losses).tolist()
        series = [{"name": "validation", **from_1(losses)}, {"name": "best", **from_1(best)}]
    title = "validation loss and the best so far"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def measure(model: Any, data: Dataset, p: Schedules) -> dict[str, float]:
    """Landmarks of the rates used, and how far the first epoch moved the weights."""
    used = kept(model).rates
    if not used:
        return {}
    cuts = [n for n in range(1, len(used)) if used[n] < 0.999 * used[n - 1]]
    apart = [b - a for a, b in itertools.pairwise(cuts)]
    return {
        "first_rate": used[0],
        "peak_rate": max(used),
        "peak_epoch": float(1 + int(np.argmax(used))),
        "middle_rate": used[min((p.warmup + p.epochs) // 2, len(used) - 1)],
        "last_rate": used[-1],
        "cuts": float(len(cuts)),
        "closest_cuts": float(min(apart, default=len(used))),
        "first_move": kept(model).moves[0],
    }


# --- Experiments -----------------------------------------------------------------------------

DIGITS = {"images": "digits"}
ZERO = {"zero_start": True}
CONSTANT = DIGITS | {"schedule": "constant"}
PLATEAU = DIGITS | {"schedule": "plateau"}
REST = PLATEAU | {"factor": 0.5, "patience": 5, "cooldown": 10, "floor": 2e-4}


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= 1e-4 * wanted


def _fin(m: Measured) -> bool:
    this, source = m["this"], m["zero start, 12 epochs"]
    rises = _near(this["first_rate"], 0.0001) and _near(this["peak_rate"], 0.001)
    falls = _near(this["middle_rate"], 0.0005) and this["last_rate"] < 1e-6
    idle = source["first_rate"] == 0 and source["first_move"] == 0 and this["first_move"] > 0
    return rises and falls and idle and this["val_loss"] < m["constant"]["val_loss"]


def _cut(m: Measured) -> bool:
    this, rest = m["this"], m["cooldown and floor"]
    tenfold = all(
        n >= 1 and _near(last, 0.001 * 0.1**n)
        for n, last in zip(this.each("cuts"), this.each("last_rate"), strict=True)
    )
    patient = min(this.each("closest_cuts")) >= 10 and min(rest.each("closest_cuts")) >= 14
    floored = min(rest.each("last_rate")) >= 1.999e-4
    return tenfold and patient and floored and this["val_loss"] < m["constant"]["val_loss"]


EXPERIMENTS = (
    Experiment(
        "shark-fin", "Warm-up, then a cosine", DIGITS,
        "In “Learning rate” the line in use fills the planned fin; “Distance moved” has nearly the same shape, and towards the end the weights come to rest.",
        (
            Claim(
                "003/warmup-cosine",
                "The rate climbs to 0.001 in 10 epochs, is half of it midway down and near 0 at the end; the validation loss ends below that of a constant rate. "
                "With the article's formula the first epoch moves no weight.",
                "warm-up 10, peak 0.001, 200 epochs: a curve like a shark's fin, of use against flat regions (no figure)", _fin,
                ("first_rate", "peak_rate", "middle_rate", "last_rate", "first_move", "val_loss", "val_accuracy"),
                {"constant": CONSTANT, "zero start, 12 epochs": DIGITS | ZERO | {"epochs": 12}},
            ),
        ),
    ),
    Experiment(
        "zero-start", "The study article's first epoch", DIGITS | ZERO,
        "A whole epoch of steps, and the first point of “Distance moved” is 0: the loss after it is that of the untrained network.",
    ),
    Experiment(
        "plateau", "Cut at a plateau", PLATEAU,
        "When the best in “Waiting” has been flat for 10 epochs the rate falls to a tenth, and the jagged validation loss turns smooth. After a few cuts nothing moves any more.",
        (
            Claim(
                "003/plateau",
                "Each cut divides the rate by 10, no two come within 10 epochs; with a factor of 0.5, patience 5, cooldown 10 and a floor of 0.0002 none within 14 epochs "
                "or below the floor; the validation loss ends below that of a constant rate.",
                "factor, patience, cooldown and floor as described, of use against flat regions (no figure)", _cut,
                ("cuts", "closest_cuts", "last_rate", "val_loss", "val_accuracy"),
                {"constant": CONSTANT, "cooldown and floor": REST},
            ),
        ),
    ),
    Experiment(
        "cooldown-floor", "Cooldown and floor", REST,
        "Cuts by half, at least 14 epochs apart: ten of rest, of which the last one counts already, and five of patience. At 0.0002 they end.",
    ),
    Experiment(
        "constant", "One rate throughout", CONSTANT,
        "The validation loss jumps about and in the end climbs, as the network grows too sure of itself; the distance moved never comes to rest.",
    ),
    Experiment(
        "high-peak", "A high peak, without warm-up", DIGITS | {"learning_rate": 0.02, "warmup": 0, "epochs": 50},
        "Twenty times the rate from the first step: this small network bears it, after a first epoch that throws the weights far. Run it with a `warmup` of 10 too, then try 0.1.",
    ),
    Experiment(
        "exercise", "As in the exercise", DIGITS | {"learning_rate": 0.01, "warmup": 3, "epochs": 30},
        "Thirty epochs: a shorter fin. In the last third, where the rate is small, the validation loss hardly moves any more.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="learning-rate-schedules",
    title="Learning-rate schedules",
    track="Deep networks",
    order=90,
    summary="A rate that is cut where learning stands still, or follows a curve: warm-up and cosine.",
    parameters=Schedules,
    data=data,
    model=model,
    callbacks=callbacks,
    measure=measure,
    views=(
        View("rates", "Learning rate", rates),
        View("moves", "Distance moved", moves),
        View("waiting", "Waiting", waiting),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("optimizers", "overfitting"),
    read_next=("reproducibility", "deep-exercise"),
    sources=(
        "Study article 003, learning-rate schedulers, and the exercise",
        "Loshchilov and Hutter: SGDR: stochastic gradient descent with warm restarts, 2017",
        "Goyal and others: Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017 (warm-up)",
        "Goodfellow, Bengio and Courville: Deep Learning, section 8.3, 2016",
    ),
    shows_code=(warmup_cosine, plateau, callbacks, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
