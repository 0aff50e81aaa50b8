"""Two convolutions and a pooling read handwritten digits.

Run alone: python -m lessons.mnist_cnn.lesson
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.mnist_cnn.mosaic import mosaic, stretched
from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class MnistCnn(Hyperparameters):
    """Convolution twice, pooling once, then a dense network."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    training_images: int = param(
        60_000, "At most so many are trained on; if fewer than all, a fifth as many validate.", ge=100, le=60_000,
        unit="images", label="training images",
    )  # fmt: skip
    filters_1: int = param(
        32, "Filters of the first convolution.", ge=1, le=128, label="filters, first"
    )
    filters_2: int = param(
        64, "Filters of the second convolution.", ge=1, le=128, label="filters, second"
    )
    size: int = param(
        3, "k: height and width of every filter.", ge=1, le=4, unit="pixels", label="filter size"
    )
    pooling: bool = param(True, "Keep the largest of every 2×2 values.")
    dropout: float = param(0.25, "Share set to zero after the pooling.", ge=0, le=0.9)
    units: int = param(128, "Units of the dense layer.", ge=1, le=1024, unit="units")
    dense_dropout: float = param(0.5, "Share set to zero after the dense layer.", ge=0, le=0.9)
    learning_rate: float = param(0.001, "η of Adam.", ge=1e-6, le=1, live=True)
    batch_size: int = param(128, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(20, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: MnistCnn, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    every = digits.load(rng, p.images)
    n = min(p.training_images, len(every.x))
    if n == len(every.x):
        return every
    m = max(1, min(n // 5, len(every.x_val)))
    note = f"{n} of {len(every.x)} images; {every.note}"
    held = {"x_val": every.x_val[:m], "y_val": every.y_val[:m]}
    return replace(every, x=every.x[:n], y=every.y[:n], note=note, **held)


# --- Model -----------------------------------------------------------------------------------


def model(p: MnistCnn, data: Dataset) -> keras.Model:
    """z = relu(K ∗ x + b) twice, the largest of each 2×2, then dense layers and softmax."""
    import keras
    from keras import layers

    convolutions = [
        layers.Conv2D(p.filters_1, p.size, activation="relu", name="convolution_1"),
        layers.Conv2D(p.filters_2, p.size, activation="relu", name="convolution_2"),
    ]
    pool = [layers.MaxPooling2D(2, name="pool")] if p.pooling else []
    network = keras.Sequential(
        [
            keras.Input(data.x.shape[1:]),
            layers.Reshape((*data.x.shape[1:], 1), name="one_channel"),
            *convolutions,
            *pool,
            layers.Dropout(p.dropout),
            layers.Flatten(name="features"),
            layers.Dense(p.units, "relu", name="dense"),
            layers.Dropout(p.dense_dropout),
            layers.Dense(10, "softmax", name="output"),
        ]
    )
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------

SHOWN = 8


def filters(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """The first convolution's filters, k × k weights each, on one scale."""
    kernel = np.asarray(model.get_layer("convolution_1").kernel)[:, :, 0]
    size = float(np.abs(kernel).max())
    return {
        "kind": "heatmap", "title": "filters of the first convolution, below 0 and above",
        "values": mosaic(np.moveaxis(kernel, -1, 0), columns=8), "low": -size, "high": size,
    }  # fmt: skip


def maps(model: Any, data: Dataset, layer: int) -> np.ndarray:
    """Feature maps of the first validation image after a convolution: (filters, height, width)."""
    z = data.x_val[:1, :, :, None]
    for number in range(1, layer + 1):
        z = model.get_layer(f"convolution_{number}")(z)
    return np.moveaxis(np.asarray(z)[0], -1, 0)


def first_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """The image, and what seven filters of the first convolution find where in it."""
    found = stretched(maps(model, data, 1)[: SHOWN - 1])
    height, width = found.shape[1:]
    image = stretched(
        data.x_val[:1, :height, :width]
    )  # its edge falls away, as it does in the maps
    return _sheet(np.concatenate([image, found]), "the image, then seven maps of convolution 1")


def second_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """What eight filters of the second convolution find where in the first one's maps."""
    found = stretched(maps(model, data, 2)[:SHOWN])
    return _sheet(found, "eight feature maps of convolution 2")


def _sheet(tiles: np.ndarray, title: str) -> dict[str, Any]:
    values = mosaic(tiles, columns=4, gap=0.5)
    return {"kind": "heatmap", "title": title, "values": values, "low": 0.0, "high": 1.0}


# --- Experiments -----------------------------------------------------------------------------

DIGITS = {"images": "digits", "epochs": 60}

EXPERIMENTS = (
    Experiment(
        "source", "All of MNIST", {},
        "Most of the way is done after one epoch; the other nineteen fetch the last percent. Validation is above training: dropout only disturbs the latter.",
    ),
    Experiment(
        "smaller", "A smaller run", {"training_images": 6000, "epochs": 5},
        "A tenth of MNIST, a quarter of the epochs: some 96 of 100 already, in a fortieth of the time.",
    ),
    Experiment(
        "digits", "The embedded digits", DIGITS,
        "Watch the maps: some answer to upright strokes, some to level ones, some to the ground between them.",
        (
            Claim(
                "000/cnn", "The network reads more than 99 of 100 validation images.",
                "over 99 % on MNIST after 20 epochs", lambda m: m["this"]["val_accuracy"] > 0.99,
                ("val_accuracy", "val_loss", "accuracy", "seconds"),
            ),
        ),
    ),
    Experiment(
        "one-pixel", "Filters of one pixel", DIGITS | {"size": 1},
        "Without neighbours there are no edges: each map is the image again, lighter or darker. What is learnt now, the dense layer learns.",
    ),
    Experiment(
        "no-pooling", "Without pooling", DIGITS | {"pooling": False},
        "Four times as many numbers reach the dense layer: compare the parameters in the layer table and the seconds.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="mnist-cnn",
    title="Convolution",
    track="Deep networks",
    order=120,
    summary="Small filters slide over the image: the same weights look everywhere for the same thing.",
    parameters=MnistCnn,
    data=data,
    model=model,
    views=(
        View("filters", "Filters", filters),
        View("first-maps", "Feature maps 1", first_maps),
        View("second-maps", "Feature maps 2", second_maps),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("mnist-mlp", "dropout"),
    read_next=("cifar10-cnn",),
    sources=(
        "Study article 000, classification of MNIST with a CNN",
        "Y. LeCun and others: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio, Courville: Deep Learning, 2016, chapter 9",
    ),
    smaller="smaller",
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
