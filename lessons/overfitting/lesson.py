"""Two half moons, a few noisy points, a large network: learning by heart, and what stops it.

Run alone: python -m lessons.overfitting.lesson
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.overfitting.checkpoint import checkpoint
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, LessonError, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Overfitting(Hyperparameters):
    """How many points there are, how large the network is, and when to stop it."""

    samples: int = param(
        100, "Points there are, for training and validation together.", ge=8, le=4000, unit="points"
    )
    validation: float = param(
        0.6, "The share of the points held back for validation.", ge=0.1, le=0.9, label="held back"
    )
    noise: float = param(0.3, "How far the points stray from their half moon.", ge=0, le=2)
    units: int = param(128, "Units of both hidden layers.", ge=1, le=512, unit="units")
    l2: float = param(0.0, "λ: each squared weight adds λ w² to the loss.", ge=0, le=1, label="L2")
    monitor: Literal["val_loss", "val_accuracy", "loss"] = param(
        "val_loss", "The number that says which epoch is the best."
    )
    keep: Literal["last", "best"] = param(
        "last", "The weights that remain: the last epoch's, or the best one's (checkpoint)."
    )
    early_stopping: bool = param(
        False, "Stop when the monitored number no longer improves.", label="early stop"
    )
    patience: int = param(
        30, "Epochs without improvement before stopping.", ge=0, le=1000, unit="epochs"
    )
    min_delta: float = param(
        0.0, "A smaller improvement than this counts as none.", ge=0, le=1, label="min delta"
    )
    learning_rate: float = param(
        0.002, "η: the size of one step of Adam.", ge=1e-5, le=1, live=True
    )
    batch_size: int = param(
        10, "Points that share one step.", ge=1, le=1024, unit="points", label="batch size"
    )
    epochs: int = param(300, "How often every training point is shown, at most.", ge=1, le=2000)


# --- Data ------------------------------------------------------------------------------------


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """n points (n, 2) on two interlocked half circles, strayed by N(0, noise²), and classes (n,)."""
    angle, y = rng.uniform(0, np.pi, n), rng.integers(0, 2, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.array([1.0, 0.5]) - upper
    x = np.where(y[:, None] == 0, upper, lower) + rng.normal(0, noise, (n, 2))
    return x.astype("float32"), y.astype("float32")


def data(p: Overfitting, rng: np.random.Generator) -> Dataset:
    """`samples` points, of which the share `validation` is held back and never trained on."""
    x, y = moons(p.samples, p.noise, rng)
    held = round(p.validation * p.samples)
    if not 0 < held < p.samples:
        raise LessonError("held back: nothing would be left; take more samples")
    note = f"{p.samples - held} points to train on, {held} held back"
    return Dataset("two moons", x[held:], y[held:], x[:held], y[:held], ("upper", "lower"), note)


@lru_cache(maxsize=4)
def unseen(noise: float) -> tuple[np.ndarray, np.ndarray]:
    """2000 points that neither the training nor the choice of an epoch ever sees: the test set."""
    return moons(2000, noise, np.random.default_rng(2**32))


# --- Model -----------------------------------------------------------------------------------


def model(p: Overfitting, data: Dataset) -> keras.Model:
    """Two ReLU layers and a sigmoid unit; the loss is the cross-entropy, plus λ Σ w²."""
    import keras
    from keras.layers import Dense

    penalty = keras.regularizers.L2(p.l2) if p.l2 else None
    network = keras.Sequential([keras.Input((2,))])
    for layer in (1, 2):
        network.add(Dense(p.units, "relu", kernel_regularizer=penalty, name=f"hidden_{layer}"))
    network.add(Dense(1, "sigmoid", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "binary_crossentropy", metrics=["accuracy"])
    return network


def callbacks(p: Overfitting) -> list[Any]:
    """What watches the validation after each epoch: the checkpoint, and early stopping."""
    from keras.callbacks import EarlyStopping

    watching = [checkpoint(p.monitor, p.keep == "best")]
    if p.early_stopping:
        watching.append(EarlyStopping(p.monitor, min_delta=p.min_delta, patience=p.patience))
    return watching


def measure(model: Any, data: Dataset, p: Overfitting) -> dict[str, float]:
    """The weights that remain, on the test set, and the epoch they come from."""
    x, y = unseen(p.noise)
    loss, accuracy = cross_entropy(model, x, y)
    kept = {"kept_epoch": float(model.kept_epoch)} if hasattr(model, "kept_epoch") else {}
    return {"test_loss": loss, "test_accuracy": accuracy, **kept}


def cross_entropy(model: Any, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The mean cross-entropy without the penalty, and the share of points on their side."""
    output = np.asarray(model(x, training=False), "float64")[:, 0].clip(1e-7, 1 - 1e-7)
    loss = -np.where(y == 1, np.log(output), np.log(1 - output)).mean()
    return float(loss), float(np.mean((output > 0.5) == (y == 1)))


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------

SQUARE = (-2.0, 3.0, -1.75, 2.25)


def boundary(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """The output over the plane, with the training points."""
    left, right, bottom, top = SQUARE
    grid = np.meshgrid(np.linspace(left, right, 36), np.linspace(bottom, top, 28))
    plane = np.stack(grid, axis=-1).reshape(-1, 2).astype("float32")
    output = np.asarray(model(plane, training=False)).reshape(28, 36)
    shown = zip(data.x[:100], data.y[:100], strict=True)
    points = [[float(x), float(y), int(t)] for (x, y), t in shown]
    return {
        "kind": "heatmap", "title": "probability of the lower moon, and training points",
        "values": output.tolist(), "points": points, "low": 0.0, "high": 1.0,
        "x_label": "x₁", "y_label": "x₂", "x_range": [left, right], "y_range": [bottom, top],
    }  # fmt: skip


def three_sets(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Loss and accuracy on what is trained on, on what is watched, and on what nobody looked at."""
    sets = (
        ("training", data.x, data.y),
        ("validation", data.x_val, data.y_val),
        ("test", *unseen(p.noise)),
    )
    rows = [[name, len(x), *cross_entropy(model, x, y)] for name, x, y in sets]
    columns = ["set", "points", "loss", "accuracy"]
    return {"kind": "table", "title": "three sets, one network", "columns": columns, "rows": rows}


def saved(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Each epoch at which the checkpoint kept the weights, newest first, and what it saw."""
    history = getattr(model, "kept", ())
    rows = [[epoch, value] for epoch, value in reversed(history[-12:])]
    rows = rows or [["none yet", 0.0]]
    title = f"kept {len(history)} times: the best epochs so far"
    return {"kind": "table", "title": title, "columns": ["epoch", p.monitor], "rows": rows}


# --- Experiments -----------------------------------------------------------------------------

STOP = {"early_stopping": True, "keep": "best"}

EXPERIMENTS = (
    Experiment(
        "overfit", "Forty points by heart", {},
        "The training loss goes on falling after the validation loss has turned upwards. Note the epoch of the turn, and the islands in “Boundary”.",
    ),
    Experiment(
        "checkpoint", "Keep the best epoch", {"keep": "best"},
        "The curves are those of `overfit` to the last digit, but the weights of the lowest validation loss come back in the end: compare `test_loss`.",
    ),
    Experiment(
        "early-stopping", "Stop in time", STOP,
        "The run ends 30 epochs after the best one: the same weights as `checkpoint` for a fraction of the time.",
    ),
    Experiment(
        "impatient", "No patience", STOP | {"patience": 0},
        "The first epoch that is not better ends it after a dozen, though the validation loss has its lowest far ahead. Is `test_loss` worse for it? Judged by sixty points, not always.",
    ),
    Experiment(
        "wrong-number", "Watching the training loss", STOP | {"monitor": "loss"},
        "The training loss hardly ever stops improving, so nothing stops: the best epoch by this number is nearly the last one.",
    ),
    Experiment(
        "more-data", "A thousand points", {"samples": 2500, "epochs": 40},
        "The same network cannot learn a thousand strayed points by heart so soon: both curves stay together, and the boundary is smooth.",
    ),
    Experiment(
        "small", "Three units", {"units": 3},
        "With so few weights the boundary can hardly bend: no gap opens like that of `overfit`, but both losses stay high, for this is too small.",
    ),
    Experiment(
        "l2", "A price on large weights", {"l2": 0.01},
        "Sharp bends need large weights; at this price the boundary stays smooth. The loss shown contains the penalty, `test_loss` does not.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="overfitting",
    title="Overfitting",
    track="Deep networks",
    order=70,
    summary="A model made to learn by heart: validation, checkpoints and early stopping.",
    parameters=Overfitting,
    data=data,
    model=model,
    callbacks=callbacks,
    measure=measure,
    views=(
        View("boundary", "Boundary", boundary),
        View("sets", "Three sets", three_sets),
        View("saved", "What the checkpoint keeps", saved),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/split", "003/checkpoint", "003/early-stopping"),
    prerequisites=("greater-than", "optimizers"),
    read_next=("dropout", "learning-rate-schedules"),
    sources=(
        "Study article 003, data splitting and prevention of overfitting",
        "Prechelt: Early stopping, but when?, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, sections 5.2, 5.3 and 7.8, 2016",
    ),
    shows_code=(moons, data, model, callbacks, checkpoint),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
