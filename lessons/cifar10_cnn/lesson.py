"""Four convolutions in two blocks tell ten kinds of small colour picture apart.

Run alone: python -m lessons.cifar10_cnn.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.mnist_cnn.mosaic import mosaic, stretched
from tui_dl.datasets import cifar10
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Cifar10Cnn(Hyperparameters):
    """Two blocks of two convolutions, each pooled, then a dense layer."""

    images: Literal["auto", "shapes", "cifar10"] = param(
        "auto", "CIFAR-10 photographs, generated coloured shapes, or CIFAR-10 where it is present."
    )
    training_images: int = param(
        50_000, "At most so many are trained on; a fifth as many validate.", ge=100, le=50_000,
        unit="images", label="training images",
    )  # fmt: skip
    filters: int = param(
        32, "Filters of each convolution of block 1; block 2 has twice as many.", ge=1, le=128
    )
    blocks: int = param(2, "Blocks of two convolutions and a pooling.", ge=1, le=2)
    dropout: float = param(0.25, "Share set to zero after each block.", ge=0, le=0.9)
    units: int = param(512, "Units of the dense layer.", ge=1, le=1024, unit="units")
    dense_dropout: float = param(0.5, "Share set to zero after the dense layer.", ge=0, le=0.9)
    learning_rate: float = param(0.001, "η of Adam.", ge=1e-6, le=1, live=True)
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(20, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: Cifar10Cnn, rng: np.random.Generator) -> Dataset:
    """Images (N, 32, 32, 3), red, green and blue from 0 to 1, and their classes (N,)."""
    return cifar10.load(rng, p.images, p.training_images)


# --- Model -----------------------------------------------------------------------------------


def block(p: Cifar10Cnn, number: int) -> list[keras.Layer]:
    """Two convolutions, the first padded to keep the size, then pooling and dropout."""
    from keras import layers

    n = p.filters * 2 ** (number - 1)
    return [
        layers.Conv2D(n, 3, padding="same", activation="relu", name=f"convolution_{number}a"),
        layers.Conv2D(n, 3, activation="relu", name=f"convolution_{number}b"),
        layers.MaxPooling2D(2, name=f"pool_{number}"),
        layers.Dropout(p.dropout, name=f"dropout_{number}"),
    ]


def model(p: Cifar10Cnn, data: Dataset) -> keras.Model:
    """The blocks, a dense layer of 512 with dropout, and softmax over the ten classes."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input(data.x.shape[1:])])
    for number in range(1, p.blocks + 1):
        for layer in block(p, number):
            network.add(layer)
    network.add(layers.Flatten(name="features"))
    network.add(layers.Dense(p.units, "relu", name="dense"))
    network.add(layers.Dropout(p.dense_dropout, name="dropout_dense"))
    network.add(layers.Dense(10, "softmax", name="output"))
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------

FILTERS, TILES, READ = 8, 4, 5
COLOURS = "red, green, blue"


def filters(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Eight filters of the first convolution: a row each for what they ask of every colour."""
    kernel = np.asarray(model.get_layer("convolution_1a").kernel)[..., :FILTERS]
    tiles = kernel.transpose(2, 3, 0, 1).reshape(-1, 3, 3)  # colour by colour
    size = float(np.abs(tiles).max())
    return {
        "kind": "heatmap", "title": f"eight filters; from the top: {COLOURS}",
        "values": mosaic(tiles, columns=kernel.shape[-1]), "low": -size, "high": size,
    }  # fmt: skip


def first_maps(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """One validation image in grey, and where three filters of the first convolution find theirs."""
    image = data.x_val[:1]
    found = np.moveaxis(np.asarray(model.get_layer("convolution_1a")(image))[0], -1, 0)
    tiles = stretched(np.concatenate([image.mean(axis=-1), found[: TILES - 1]]))
    title = f"the image ({data.classes[data.y_val[0]]}), then three maps of the first convolution"
    values = mosaic(tiles, columns=TILES, gap=0.5)
    return {"kind": "heatmap", "title": title, "values": values, "low": 0.0, "high": 1.0}


def readings(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Five validation images: what they show, what is read, and how sure the network is."""
    y = np.asarray(model(data.x_val[:READ], training=False), float)
    rows = []
    for output, truth in zip(y, data.y_val[:READ], strict=True):
        best, second = np.argsort(output)[::-1][:2]
        mark = "yes" if best == truth else "no"
        sure = float(output[best])
        rows.append([data.classes[truth], data.classes[best], sure, data.classes[second], mark])
    columns = ["shows", "read as", "probability", "else", "right"]
    return {"kind": "table", "title": "five new images", "columns": columns, "rows": rows}


# --- Experiments -----------------------------------------------------------------------------

SMALLER = {"training_images": 2500, "epochs": 5}


def _learns(m: Measured) -> bool:
    """Training accuracy rises by 0.1 or more, validation reaches three times guessing."""
    accuracy = m["this"].history("accuracy")
    return accuracy[-1] >= accuracy[0] + 0.1 and m["this"]["val_accuracy"] >= 0.3


EXPERIMENTS = (
    Experiment(
        "source", "As in the source", {},
        "For a GPU: 31 260 steps with all photographs. Training accuracy goes on rising, validation soon rises slowly: look how far apart they end.",
    ),
    Experiment(
        "smaller", "A smaller run", SMALLER,
        "2500 images and five epochs are an eightieth of the whole: enough to see that it learns, not how far it can come.",
        (
            Claim(
                "000/cifar10", "The network learns: the training accuracy rises by 0.1 or more, and three times as many new images are read as guessing would.",
                "20 epochs on all of CIFAR-10, a rising curve (no figure in the text)",
                _learns, ("accuracy", "val_accuracy", "val_loss", "seconds"),
            ),
        ),
    ),
    Experiment(
        "no-dropout", "Without dropout", SMALLER | {"dropout": 0.0, "dense_dropout": 0.0, "epochs": 10},
        "On photographs training accuracy runs away from validation: so few images are learnt by heart. The shapes that stand in for them are too easy for that: a small gap is all there is.",
    ),
    Experiment(
        "one-block", "One block", SMALLER | {"blocks": 1},
        "The second block is gone and yet there are more parameters: 7200 numbers enter the dense layer instead of 2304.",
    ),
    Experiment(
        "shapes", "Coloured shapes", SMALLER | {"images": "shapes"},
        "The stand-in, also where CIFAR-10 is present: colours are random, so the filters that help are those that see edges in any colour.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="cifar10-cnn",
    title="Convolution in colour",
    track="Deep networks",
    order=130,
    summary="Two blocks of convolutions on photographs of 32×32 pixels, or on shapes in their place.",
    parameters=Cifar10Cnn,
    data=data,
    model=model,
    views=(
        View("filters", "Filters", filters),
        View("first-maps", "Feature maps", first_maps),
        View("readings", "What it reads", readings),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("mnist-cnn",),
    read_next=("deep-exercise",),
    sources=(
        "Study article 000, CIFAR-10",
        "A. Krizhevsky: Learning multiple layers of features from tiny images, 2009 (the data)",
        "K. Simonyan, A. Zisserman: Very deep convolutional networks, 2015 (pairs of 3×3 filters)",
    ),
    shows_code=(data, block, model),
    smaller="smaller",
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
