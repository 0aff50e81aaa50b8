"""Four hidden layers of 32 units read handwritten digits.

Run alone: python -m lessons.deep_network.lesson
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class DeepNetwork(Hyperparameters):
    """A stack of equal layers."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(
        4,
        "Layers between the pixels and the output; from four on a network is called deep.",
        ge=0,
        le=20,
        unit="layers",
    )
    units: int = param(
        32, "How many numbers each hidden layer hands to the next.", ge=1, le=512, unit="units"
    )
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "The bend f after each hidden layer's weighted sum."
    )
    learning_rate: float = param(
        0.01, "η: how far one step moves the weights.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(5, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: DeepNetwork, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def model(p: DeepNetwork, data: Dataset) -> keras.Model:
    """h⁽ˡ⁾ = f(h⁽ˡ⁻¹⁾ W⁽ˡ⁾ + b⁽ˡ⁾) for each hidden layer l, then ŷ = softmax(h W + b)."""
    import keras

    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for layer in range(1, p.hidden_layers + 1):
        network.add(keras.layers.Dense(p.units, p.activation, name=f"hidden_{layer}"))
    network.add(keras.layers.Dense(10, "softmax", name="output"))
    network.compile(
        keras.optimizers.SGD(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def spread(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """How much a unit's output differs from image to image: its standard deviation, by layer."""
    h, spreads = data.x_val[:200], {}
    for layer in model.layers[:-1]:
        h = layer(h)
        spreads[layer.name] = float(np.std(h, axis=0).mean())
    labels, values = list(spreads), list(spreads.values())
    title = "spread of a unit over the images"
    return {"kind": "bars", "title": title, "labels": labels, "values": values}


def unit(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """The weights from every pixel to the first unit after the pixels, laid out as the image."""
    height, width = data.x.shape[1:]
    weights = np.asarray(model.layers[1].kernel)[:, 0].reshape(height, width)
    size = float(np.abs(weights).max())
    return {
        "kind": "heatmap", "title": f"weights into unit 1 of {model.layers[1].name}",
        "values": weights[::-1].tolist(),  # an image's first row is its top one
        "x_label": "column", "y_label": "row from below", "x_range": [0.0, width - 1.0],
        "y_range": [0.0, height - 1.0], "low": -size, "high": size,
    }  # fmt: skip


def confusion(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """How many of 500 validation images of each digit (row) are read as each digit (column)."""
    truth, read = data.y_val[:500], np.argmax(model(data.x_val[:500], training=False), axis=1)
    counts = np.zeros((10, 10))
    np.add.at(counts, (truth, read), 1)
    return {
        "kind": "matrix", "title": "the digit (row) and what the network reads (column)",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": counts.tolist(),
    }  # fmt: skip


# --- Experiments -----------------------------------------------------------------------------


def _learns(m: Measured) -> bool:
    loss, accuracy = m["this"].history("loss"), m["this"].history("accuracy")
    falls = all(later < earlier for earlier, later in pairwise(loss))
    return falls and accuracy[-1] - accuracy[0] >= 0.2


EXPERIMENTS = (
    Experiment(
        "source", "Five epochs", {},
        "The loss falls at every epoch: on MNIST fastest at first, on the embedded digits by about as little each time. One epoch is 1875 steps there, 45 here.",
        (
            Claim(
                "003/deep", "The training loss falls at each of five epochs, and the accuracy gains 0.2 or more after the first.",
                "loss 1.1316, .3337, .2527, .2087, .1801; accuracy .6453, .9029, .9256, .9389, .9474",
                _learns, ("loss", "accuracy"),
                why="The source's figures are MNIST's, after 1875 to 9375 steps. Five epochs of the embedded digits are 225 steps, "
                "less than an eighth of the source's first epoch: there the loss falls at every epoch too, but the accuracy has hardly left guessing.",
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "208 epochs of the small digits", {"images": "digits", "epochs": 208},
        "With 9360 steps, as many as the source's, the embedded digits are learnt as well: count steps, not epochs.",
    ),
    Experiment(
        "sigmoid", "Sigmoid in every layer", {"activation": "sigmoid"},
        "The loss stays at 2.3 = log 10, pure guessing, and the spread over the images falls from layer to layer: the last ones see hardly a difference.",
    ),
    Experiment(
        "very-deep", "Sixteen layers", {"hidden_layers": 16},
        "Four times as deep is not better: it starts more slowly, if at all.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="deep-network",
    title="Deep network",
    track="Deep networks",
    order=20,
    summary="Four hidden layers read handwritten digits: layers, parameters, steps and epochs.",
    parameters=DeepNetwork,
    data=data,
    model=model,
    views=(
        View("spread", "Activations by layer", spread),
        View("unit", "One unit's weights", unit),
        View("confusion", "Confusion matrix", confusion),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/summary", "003/clear-session"),
    prerequisites=("iris",),
    read_next=("batch-normalization", "optimizers"),
    sources=(
        "Study article 003, a simple deep network; summary of the structure; models and cache that are no longer needed",
        "LeCun, Bottou, Bengio and Haffner: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 6, 2016",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
