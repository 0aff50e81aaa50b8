"""A deep network with and without batch normalization in front of every activation.

Run alone: python -m lessons.batch_normalization.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class BatchNormalization(Hyperparameters):
    """Equal layers, each with a switch in front of its activation."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    batch_normalization: bool = param(
        True, "Normalise each weighted sum over the batch.", label="batch norm"
    )
    momentum: float = param(
        0.99, "α: the share of the old moving statistics that a step keeps.", ge=0, le=0.9999
    )
    hidden_layers: int = param(4, "How many hidden layers.", ge=1, le=20, unit="layers")
    units: int = param(128, "Units of each hidden layer.", ge=1, le=512, unit="units")
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    initial_scale: float = param(
        1.0, "The first weights' spread, in units of He's √(2/n).", ge=0.001, le=100
    )
    optimizer: Literal["adam", "sgd"] = param("adam", "Adam, or plain gradient descent.")
    learning_rate: float = param(0.001, "η: the size of one step.", ge=1e-5, le=10, live=True)
    batch_size: int = param(
        32, "Images that share one step, mean and variance.", ge=1, le=1024, unit="images"
    )
    epochs: int = param(5, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: BatchNormalization, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def hidden(p: BatchNormalization, layer: int) -> list[keras.Layer]:
    """z = h W, y = γ (z − μ)/√(σ² + ε) + β, then ReLU and dropout; without the switch z = h W + b."""
    from keras import initializers, layers

    spread = initializers.VarianceScaling(2 * p.initial_scale**2, "fan_in", "untruncated_normal")
    normalised = p.batch_normalization  # β stands in for b, which the mean would cancel anyway
    stack = [layers.Dense(p.units, use_bias=not normalised, kernel_initializer=spread)]
    if normalised:
        stack.append(layers.BatchNormalization(momentum=p.momentum, name=f"norm_{layer}"))
    return [*stack, layers.ReLU(name=f"relu_{layer}"), layers.Dropout(p.dropout)]


def model(p: BatchNormalization, data: Dataset) -> keras.Model:
    """Four such layers over the pixels, then softmax over the ten digits."""
    import keras

    stack = [keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")]
    for number in range(1, p.hidden_layers + 1):
        stack += hidden(p, number)
    network = keras.Sequential([*stack, keras.layers.Dense(10, "softmax", name="output")])
    rule = keras.optimizers.Adam if p.optimizer == "adam" else keras.optimizers.SGD
    network.compile(rule(p.learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def measure(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, float]:
    """The gap: validation loss minus loss on as many training images, both in inference mode."""
    n = min(len(data.x), len(data.x_val))
    seen, _ = model.evaluate(data.x[:n], data.y[:n], batch_size=512, verbose=0)
    unseen, _ = model.evaluate(data.x_val, data.y_val, batch_size=512, verbose=0)
    return {"gap": unseen - seen}


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def layer_inputs(model: Any, data: Dataset, kind: str) -> dict[str, np.ndarray]:
    """What 128 training images send into every layer of a kind at inference: (128, units)."""
    h, inputs = data.x[:128].reshape(128, -1), {}
    for layer in model.layers[1:]:
        if layer.name.startswith(kind):
            inputs[layer.name] = h
        h = inferred(layer, h)
    return inputs


def inferred(layer: Any, h: np.ndarray) -> np.ndarray:
    """One layer at inference, in NumPy, which takes a tenth of the time of Keras's eager call."""
    weights = layer.get_weights()
    if layer.name.startswith("norm"):
        gamma, beta, mu, variance = weights
        return np.asarray(gamma * (h - mu) / np.sqrt(variance + layer.epsilon) + beta)
    if layer.name.startswith("relu"):
        return np.maximum(h, 0)
    if not weights:  # dropout passes h on
        return h
    # not h @ W, whose threads would wait for cores that the training holds
    return np.asarray(np.einsum("mi,ij->mj", h, weights[0]) + sum(weights[1:]))


def preactivations(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """The 5th, 50th and 95th percentile of what enters each layer's ReLU."""
    inputs = list(layer_inputs(model, data, "relu").values())
    number = list(range(1, len(inputs) + 1))
    ranks = np.array([np.percentile(z, (95, 50, 5)) for z in inputs]).T.tolist()
    series = [
        {"name": name, "x": number, "y": y}
        for name, y in zip(("95 %", "50 %", "5 %"), ranks, strict=True)
    ]
    title = "what enters the ReLU"
    return {"kind": "lines", "title": title, "x_label": "hidden layer", "series": series}


def scale_and_shift(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """γ and β of every unit: they start at (1, 0)."""
    groups = []
    for layer in model.layers:
        if layer.name.startswith("norm"):
            gamma, beta = np.asarray(layer.gamma).tolist(), np.asarray(layer.beta).tolist()
            groups.append({"name": layer.name, "x": gamma, "y": beta})
    title = "scale γ and shift β of every unit" if groups else "batch normalization is off"
    picture = {"kind": "scatter", "title": title, "x_label": "γ", "y_label": "β", "lines": []}
    return picture | {"groups": groups}


def statistics(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """Mean and variance of one batch beside the moving ones, each as its average over the units."""
    rows = []
    for name, z in layer_inputs(model, data, "norm").items():
        norm = model.get_layer(name)
        pairs = [z.mean(0), norm.moving_mean, z.var(0), norm.moving_variance]
        rows.append([name, *(round(float(np.mean(each)), 4) for each in pairs)])
    columns = ["layer", "batch mean", "moving mean", "batch variance", "moving variance"]
    title = "this batch and the moving average" if rows else "batch normalization is off"
    return {"kind": "table", "title": title, "columns": columns, "rows": rows}


# --- Experiments -----------------------------------------------------------------------------

PLAIN = {"batch_normalization": False}
SLOW = {"optimizer": "sgd", "learning_rate": 0.01, "dropout": 0.0}
LONG = {"dropout": 0.0, "epochs": 20}
NARROW, WIDE = {"initial_scale": 0.1}, {"initial_scale": 10.0}


def _faster(m: Measured) -> bool:
    return m["this"].history("loss")[1] < m["plain"].history("loss")[3]


def _reach(m: Measured, *names: str) -> float:
    accuracies = [m[name]["accuracy"] for name in names]
    return max(accuracies) - min(accuracies)


def _steadier(m: Measured) -> bool:
    with_it = _reach(m, "this", "narrow", "wide")
    return with_it <= _reach(m, "plain", "plain narrow", "plain wide") / 2


def _regular(m: Measured) -> bool:
    return m["this"]["gap"] <= 0.8 * m["plain"]["gap"]


EXPERIMENTS = (
    Experiment(
        "source", "As in the exercise", {},
        "γ and β leave (1, 0) slowly. Lay a run with a momentum of 0.9 beside it: its validation loss falls sooner, since the moving averages forget their first values sooner.",
    ),
    Experiment(
        "speed", "Faster, step for step", SLOW,
        "Hold the loss after two epochs with the layer against the loss after four without; a step costs more time, so look at the seconds too.",
        (
            Claim(
                "003/batchnorm-speed", "With batch normalization two epochs reach a lower training loss than four without.",
                "learning advances faster (no figure)", _faster, ("loss", "accuracy", "seconds"), {"plain": SLOW | PLAIN},
                why="He's first weights already suit the plain network, and a rate of 0.01 is safe for both: the layer leads, but not twofold. "
                "Its training loss also carries the batches' noise; on MNIST only its validation loss is the lower one. `large-rate` shows where the gain lies.",
            ),
        ),
    ),
    Experiment(
        "large-rate", "At a large rate", SLOW | {"learning_rate": 0.5},
        "Fifty times the rate: train with the layer and without, a few seeds each, and see which one still learns.",
    ),
    Experiment(
        "start", "Any first weights", {},
        "Make the first weights ten times smaller or larger: how far apart do the three runs end, with the layer and without?",
        (
            Claim(
                "003/batchnorm-init", "First weights 0.1, 1 and 10 times He's: with the layer the final accuracies lie at most half as far apart.",
                "depends little on the initial values (no figure)", _steadier, ("accuracy", "loss"),
                {
                    "narrow": NARROW, "wide": WIDE,
                    "plain": PLAIN, "plain narrow": PLAIN | NARROW, "plain wide": PLAIN | WIDE,
                },
                why="What the network computes no longer depends on the weights' scale, but how fast it learns still does: a step changes weights "
                "that are ten times larger relatively ten times less. In few steps the wide start stays behind: the runs end closer together than without the layer, but not by half.",
            ),
        ),
    ),
    Experiment(
        "regular", "Some regularisation", LONG,
        "Without dropout both networks learn the training images by heart: compare how far the validation loss stays behind.",
        (
            Claim(
                "003/batchnorm-regular", "After 20 epochs without dropout the gap of validation to training loss is at least a fifth smaller.",
                "overfits less (no figure)", _regular, ("gap", "val_loss", "val_accuracy"), {"plain": LONG | PLAIN},
            ),
        ),
    ),
    Experiment(
        "tiny-batch", "Two images a batch", {"batch_size": 2},
        "The mean and variance of two numbers are mostly noise: sixteen times as many steps, and yet a far higher loss.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="batch-normalization",
    title="Batch normalization",
    track="Deep networks",
    order=50,
    summary="Every layer receives numbers of mean 0 and variance 1: how, and what changes at inference.",
    parameters=BatchNormalization,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("preactivations", "Into the ReLU", preactivations),
        View("scale-and-shift", "Scale and shift", scale_and_shift),
        View("statistics", "Moving statistics", statistics),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/batchnorm",),
    prerequisites=("deep-network",),
    read_next=("optimizers",),
    sources=(
        "Study article 003, batch normalization, and the exercise's answer",
        "Ioffe and Szegedy: Batch normalization: accelerating deep network training by reducing internal covariate shift, 2015",
        "Santurkar, Tsipras, Ilyas and Madry: How does batch normalization help optimization?, 2018",
    ),
    shows_code=(hidden, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
