"""Three species of iris told apart by four lengths: a hidden layer and softmax.

Run alone: python -m lessons.iris.lesson
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Measured,
    Outcome,
    View,
    param,
)

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Iris(Hyperparameters):
    """One hidden layer between four lengths and three species."""

    units: int = param(12, "Width of the hidden layer.", ge=1, le=256, unit="units")
    activation: Literal["relu", "sigmoid", "tanh"] = param("relu", "Of the hidden layer.")
    learning_rate: float = param(0.01, "How far one step of SGD goes.", ge=1e-5, le=10, live=True)
    batch_size: int = param(5, "Flowers that share one step.", ge=1, le=120, unit="flowers")
    epochs: int = param(20, "How often all flowers are shown.", ge=1, le=2000)


# --- Data ------------------------------------------------------------------------------------

FEATURES = ("sepal length", "sepal width", "petal length", "petal width")


def data(p: Iris, rng: np.random.Generator) -> Dataset:
    """150 flowers, 120 to train on and 30 to check with; x (·, 4) in cm, y the species 0, 1, 2."""
    from tui_dl.datasets import iris

    return iris.load(rng)


# --- Model -----------------------------------------------------------------------------------


def model(p: Iris, data: Dataset) -> keras.Model:
    """z = f(W₁x + b₁), y = softmax(W₂z + b₂)."""
    import keras
    from keras.layers import Dense

    hidden, output = Dense(p.units, activation=p.activation), Dense(3, activation="softmax")
    net = keras.Sequential([keras.Input((4,)), hidden, output])
    loss = "sparse_categorical_crossentropy"
    net.compile(keras.optimizers.SGD(p.learning_rate), loss, metrics=["accuracy"])
    return net


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def petals(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """The likeliest species for every size of petal (sepals at their mean), with the flowers."""
    across, up = np.linspace(0.5, 7.5, 36), np.linspace(0.0, 3.0, 24)
    x = np.tile(data.x.mean(axis=0), (across.size * up.size, 1))
    x[:, 2:] = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    species = np.argmax(np.asarray(model(x, training=False)), axis=1)
    points = [[float(x[2]), float(x[3]), int(y)] for x, y in zip(data.x, data.y, strict=True)]
    return {
        "kind": "heatmap", "title": "likeliest species by petal (sepals at their mean)",
        "values": species.reshape(up.size, across.size).tolist(), "levels": list(data.classes),
        "x_label": "petal length, cm", "y_label": "petal width, cm",
        "x_range": [0.5, 7.5], "y_range": [0.0, 3.0], "low": 0, "high": 2, "points": points,
    }  # fmt: skip


def weights(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """How each hidden unit weighs the four lengths: the first 16 rows of W₁, one a unit."""
    rows = np.asarray(model.layers[0].kernel, float).T[:16]
    return {
        "kind": "matrix", "title": "weights of the hidden layer, a row each unit",
        "row_labels": [str(unit + 1) for unit in range(len(rows))],
        "column_labels": list(FEATURES), "values": rows.round(2).tolist(),
    }  # fmt: skip


def confusion(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """How many validation flowers of each species (row) are taken for which (column)."""
    answers = np.argmax(np.asarray(model(data.x_val, training=False)), axis=1)
    counts = np.zeros((3, 3), int)
    np.add.at(counts, (data.y_val, answers), 1)
    return {
        "kind": "matrix", "title": "30 held-out flowers: is (row), taken for (column)",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": counts.tolist(), "low": 0,
    }  # fmt: skip


# --- Experiments -----------------------------------------------------------------------------


def jumps(outcome: Outcome, last: int = 10) -> float:
    """The mean change of the accuracy between neighbouring late epochs, median of seeds."""
    histories = [h["accuracy"][-last:] for h in outcome.histories]
    return median(float(np.mean(np.abs(np.diff(history)))) for history in histories)


def _stalls(m: Measured) -> bool:
    loss = m["this"].history("loss")
    return loss[-1] > 0.9 * loss[0]


EXPERIMENTS = (
    Experiment(
        "sigmoid", "Sigmoid hidden layer", {"activation": "sigmoid"},
        "Compare the loss curves: the sigmoid's falls from the start too, but with a much smaller slope.",
        (
            Claim(
                "000/iris-sigmoid", "With a sigmoid hidden layer the accuracy after 20 epochs is lower.",
                "accuracy falls", lambda m: m["this"]["accuracy"] < m["relu"]["accuracy"],
                ("accuracy", "val_accuracy", "loss"), {"relu": {}},
            ),
            Claim(
                "001/iris-sigmoid", "With a sigmoid hidden layer learning stalls: the loss hardly falls.",
                "vanishing gradient, no progress", _stalls, ("loss", "accuracy"),
                {"relu": {}, "200 epochs": {"activation": "sigmoid", "epochs": 200}},
                why="After ten epochs the accuracy is near 0.57 (median of ten seeds), which looks like a stop, but the loss "
                "falls steadily, and 200 epochs reach 0.97: small gradients, slow, not vanished.",
            ),
        ),
    ),
    Experiment(
        "fast", "A learning rate of 0.1", {"learning_rate": 0.1},
        "Watch the accuracy from epoch to epoch: it jumps instead of climbing.",
        (
            Claim(
                "000/iris-sgd", "With SGD at 0.1 the accuracy jumps about more between epochs.",
                "more spread; 001: faster, but unstable", lambda m: jumps(m["this"]) > jumps(m["0.01"]),
                ("accuracy", "val_accuracy", "loss"), {"0.01": {}},
                why="The mean change from one late epoch to the next; over 14 seeds 4.4 points against 2.7.",
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="iris",
    title="Iris",
    track="First steps",
    order=50,
    summary="Three species from four lengths: softmax, cross-entropy and a hidden layer.",
    parameters=Iris,
    data=data,
    model=model,
    views=(
        View("petals", "Species over the petals", petals),
        View("weights", "Hidden weights", weights),
        View("confusion", "Confusion matrix", confusion),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("perceptron",),
    read_next=("greater-than", "deep-network"),
    sources=(
        "Study article 000, section on iris; study article 001, Keras exercises",
        "R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 6.2.2",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
