"""A single sigmoid unit learns OR and AND, and can never learn XOR.

Run alone: python -m lessons.perceptron.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Perceptron(Hyperparameters):
    """One unit, four points."""

    gate: Literal["or", "and", "xor"] = param("or", "The truth table to learn.")
    learning_rate: float = param(0.1, "How far one step moves the weights.", ge=1e-5, le=10, live=True)
    batch_size: int = param(1, "Points that share one step (4 is the full set).", ge=1, le=10, unit="points")
    epochs: int = param(30, "How often the four points are shown.", ge=1, le=5000)


# --- Data ------------------------------------------------------------------------------------

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
TARGETS = {"or": [0, 1, 1, 1], "and": [0, 0, 0, 1], "xor": [0, 1, 1, 0]}


def data(p: Perceptron, rng: np.random.Generator) -> Dataset:
    """The truth table of the gate: all the data there is, so there is nothing to validate on."""
    targets = np.array(TARGETS[p.gate], "float32").reshape(4, 1)
    return Dataset(f"truth table of {p.gate.upper()}", INPUTS, targets)


# --- Model -----------------------------------------------------------------------------------


def model(p: Perceptron, data: Dataset) -> keras.Model:
    """y = sigmoid(w·x + b)."""
    import keras

    unit = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    unit.compile(keras.optimizers.SGD(p.learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return unit


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def boundary(model: Any, data: Dataset, p: Perceptron) -> dict[str, Any]:
    """The unit's output over the square [-0.5, 1.5]², with the four points."""
    axis = np.linspace(-0.5, 1.5, 32, dtype="float32")
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    output = np.asarray(model(grid, training=False)).reshape(32, 32)
    points = [[float(x), float(y), int(t)] for (x, y), t in zip(data.x, data.y[:, 0], strict=True)]
    span = [-0.5, 1.5]
    return {
        "kind": "heatmap", "title": "output y over the inputs", "values": output.tolist(),
        "x_label": "x₁", "y_label": "x₂", "x_range": span, "y_range": span,
        "low": 0.0, "high": 1.0, "points": points,
    }  # fmt: skip


# --- Experiments -----------------------------------------------------------------------------


def _all_four(m: Measured) -> bool:
    return m["this"]["accuracy"] < 1.0 and m["and"]["accuracy"] == 1.0


EXPERIMENTS = (
    Experiment(
        "and", "AND", {"gate": "and", "epochs": 300},
        "AND is separable too, but only one corner is a 1: the line has further to travel.",
    ),
    Experiment(
        "xor", "XOR", {"gate": "xor", "epochs": 300},
        "Whatever the line does, one corner at least stays on its wrong side.",
        (
            Claim(
                "000/xor", "AND is learnt, XOR is not: at best 3 of 4 points.",
                "AND separable, XOR not", _all_four, ("accuracy", "loss"),
                {"and": {"gate": "and", "epochs": 300}},
            ),
            Claim(
                "001/gates", "After the same training the loss is lowest for OR, then AND, then XOR.",
                "OR < AND < XOR", lambda m: m["or"]["loss"] < m["and"]["loss"] < m["this"]["loss"],
                against={"or": {"epochs": 300}, "and": {"gate": "and", "epochs": 300}},
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="perceptron",
    title="Perceptron",
    track="First steps",
    order=30,
    summary="One sigmoid unit, the smallest network, and what it cannot learn.",
    parameters=Perceptron,
    data=data,
    model=model,
    views=(View("boundary", "Decision boundary", boundary),),
    experiments=EXPERIMENTS,
    prerequisites=("linear-regression",),
    read_next=("greater-than", "iris"),
    sources=("Study article 000, single perceptron", "Study article 001, Keras exercises"),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
