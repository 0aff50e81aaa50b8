"""An exercise: turn a plain network into one that reads 98.5 of 100 digits.

Run alone: python -m lessons.deep_exercise.lesson
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------

Start = Literal["normal", "xavier", "he"]


class DeepExercise(Hyperparameters):
    """A plain start. The task on the theory page says what it should become."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(1, "How many hidden layers.", ge=1, le=10, unit="layers")
    units: int = param(128, "Units of each hidden layer.", ge=1, le=512, unit="units")
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid", "The bend after each hidden layer's weighted sum."
    )
    hidden_start: Start = param(
        "normal", "First weights of the hidden layers: spread 1, √(1/n) or √(2/n)."
    )
    output_start: Start = param(
        "normal", "First weights of the softmax layer, from the same three."
    )
    batch_normalization: bool = param(
        False, "Normalise each weighted sum over the batch.", label="batch norm"
    )
    dropout: float = param(
        0.0, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    schedule: Literal["constant", "warmup-cosine"] = param(
        "constant", "One rate for all epochs, or up in a line and down along a cosine."
    )
    warmup: int = param(
        0, "w: epochs in which the rate climbs, with warmup-cosine.", ge=0, le=50, unit="epochs"
    )
    learning_rate: float = param(
        0.001, "η of Adam: the rate, or the top of the schedule, which resets it every epoch.",
        ge=1e-6, le=1, live=True,
    )  # fmt: skip
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(5, "E: how often every image is shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------


def data(p: DeepExercise, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def spread(start: str) -> keras.initializers.Initializer:
    """Normal first weights with standard deviation 1, √(1/n) or √(2/n), n inputs to a unit."""
    from keras import initializers

    if start == "normal":
        return initializers.RandomNormal(stddev=1.0)
    scale = {"xavier": 1.0, "he": 2.0}[start]
    return initializers.VarianceScaling(scale, "fan_in", "untruncated_normal")


def hidden(p: DeepExercise, number: int) -> list[keras.Layer]:
    """A dense layer, batch normalization if wanted, the activation, dropout."""
    from keras import layers

    norm = [layers.BatchNormalization(name=f"norm_{number}")] if p.batch_normalization else []
    return [
        layers.Dense(p.units, kernel_initializer=spread(p.hidden_start), name=f"dense_{number}"),
        *norm,
        layers.Activation(p.activation, name=f"{p.activation}_{number}"),
        layers.Dropout(p.dropout, name=f"dropout_{number}"),
    ]


def model(p: DeepExercise, data: Dataset) -> keras.Model:
    """The hidden layers over the pixels, then softmax over the ten digits."""
    import keras

    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for number in range(1, p.hidden_layers + 1):
        for layer in hidden(p, number):
            network.add(layer)
    start = spread(p.output_start)
    network.add(keras.layers.Dense(10, "softmax", kernel_initializer=start, name="output"))
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


def rate(p: DeepExercise, e: int) -> float:
    """η in epoch e, counted from 0: η (e + 1)/w while e < w, then half a cosine down to 0."""
    if p.schedule == "constant":
        return p.learning_rate
    if e < p.warmup:
        return p.learning_rate * (e + 1) / p.warmup
    share = (e - p.warmup) / max(1, p.epochs - p.warmup)
    return p.learning_rate * (1 + math.cos(math.pi * share)) / 2


def callbacks(p: DeepExercise) -> list[Any]:
    """The schedule, which sets the optimizer's rate at the start of every epoch."""
    import keras

    if p.schedule == "constant":
        return []
    return [keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(p, epoch))]


def met(p: DeepExercise) -> list[tuple[str, str, bool]]:
    """The task, point by point: what is asked for, what the form says, and whether it fits."""
    scheduled = (p.schedule, p.warmup, p.learning_rate) == ("warmup-cosine", 3, 0.01)
    top = f"{p.schedule}, {p.warmup} epochs up, top {p.learning_rate:g}"
    return [
        ("4 hidden layers", str(p.hidden_layers), p.hidden_layers == 4),
        ("activation relu", p.activation, p.activation == "relu"),
        ("batch norm", "on" if p.batch_normalization else "off", p.batch_normalization),
        ("some dropout", f"{p.dropout:g}", p.dropout > 0),
        ("He before relu", p.hidden_start, p.hidden_start == "he"),
        ("Xavier before softmax", p.output_start, p.output_start == "xavier"),
        ("3 epochs up to 0.01, cosine", top, scheduled),
        ("30 epochs", str(p.epochs), p.epochs == 30),
    ]


def measure(model: Any, data: Dataset, p: DeepExercise) -> dict[str, float]:
    """How many of the task's eight points the settings meet."""
    return {"met": float(sum(fits for _, _, fits in met(p)))}


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def checklist(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """The task beside the form."""
    rows = [[asked, form, "yes" if fits else "not yet"] for asked, form, fits in met(p)]
    title = f"the task: {sum(row[2] == 'yes' for row in rows)} of {len(rows)} points"
    return {"kind": "table", "title": title, "columns": ["asked", "form", "met"], "rows": rows}


def rates(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """The learning rate of every epoch, and the one in force."""
    epochs = list(range(1, p.epochs + 1))
    planned = {"name": "planned", "x": epochs, "y": [rate(p, e - 1) for e in epochs]}
    now = float(model.optimizer.learning_rate)
    present = {"name": "now", "x": [1, p.epochs], "y": [now, now]}
    title = "learning rate by epoch"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": [planned, present]}


def confusion(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """How many of 300 validation images of each digit (row) are read as each digit (column)."""
    truth, read = data.y_val[:300], np.argmax(model(data.x_val[:300], training=False), axis=1)
    counts = np.zeros((10, 10))
    np.add.at(counts, (truth, read), 1)
    names = list(data.classes)
    return {
        "kind": "matrix", "title": "the digit (row) and what the network reads (column)",
        "row_labels": names, "column_labels": names, "values": counts.tolist(),
    }  # fmt: skip


# --- Experiments -----------------------------------------------------------------------------

ANSWER = {
    "hidden_layers": 4, "activation": "relu", "hidden_start": "he", "output_start": "xavier",
    "batch_normalization": True, "dropout": 0.2, "schedule": "warmup-cosine", "warmup": 3,
    "learning_rate": 0.01, "epochs": 30,
}  # fmt: skip


def _about(m: Measured) -> bool:
    """Within half a percent of 98.5 or above, and above the plain start."""
    reached = m["this"]["val_accuracy"]
    return reached >= 0.98 and reached > m["start"]["val_accuracy"]


EXPERIMENTS = (
    Experiment(
        "start", "The plain start", {},
        "This is where you begin: write the validation accuracy down, then change one field after another. Which change gains most?",
    ),
    Experiment(
        "longer", "Only more epochs", {"epochs": 30},
        "The cheapest idea first: thirty epochs of the plain network. See how far training and validation part.",
    ),
    Experiment(
        "deep-and-plain", "Only more layers", {"hidden_layers": 4},
        "Expect first, then look: are four layers of stuck sigmoids worse than one? On the embedded digits they are not, but far from what good first weights give.",
    ),
    Experiment(
        "answer", "The answer", ANSWER,
        "Try your own first. The validation curve jumps while the rate is high and grows calm as it falls: most of the last percent comes at the end.",
        (
            Claim(
                "003/exercise", "The answer's validation accuracy is 0.98 or more, and above the plain start's.",
                "about 98.5 % on MNIST", _about, ("val_accuracy", "val_loss", "accuracy", "met"),
                {"start": {}},
                why="The figure is MNIST's, after 56 250 steps on 60 000 images. The embedded digits give 1350 steps, and of their "
                "360 validation images one is 0.3 %.",
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="deep-exercise",
    title="Exercise: a deep network",
    track="Deep networks",
    order=140,
    summary="A task: improve a plain network with all that this track has taught. The answer comes last.",
    parameters=DeepExercise,
    data=data,
    model=model,
    callbacks=callbacks,
    measure=measure,
    views=(
        View("checklist", "The task", checklist),
        View("rates", "Learning rate", rates),
        View("confusion", "Misread digits", confusion),
    ),
    experiments=EXPERIMENTS,
    prerequisites=(
        "initialization", "batch-normalization", "optimizers", "dropout", "learning-rate-schedules",
    ),
    read_next=("rnn-bptt",),
    sources=(
        "Study article 003, exercise and its answer",
        "Ioffe and Szegedy: Batch normalization, 2015",
        "He, Zhang, Ren and Sun: Delving deep into rectifiers, 2015",
        "Loshchilov and Hutter: SGDR: stochastic gradient descent with warm restarts, 2017 (the cosine)",
    ),
    shows_code=(spread, hidden, model, rate, callbacks),
)  # fmt: skip

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
