"""Handwritten digits with one layer and with three: what size and optimizer change.

Run alone: python -m lessons.mnist_mlp.lesson
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class MnistMlp(Hyperparameters):
    """One layer or three, their sizes, and the rule that trains them."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    training_images: int = param(
        60_000, "Only the first so many of MNIST's training images.", ge=100, le=60_000,
        unit="images", label="train on",
    )  # fmt: skip
    layers: Literal["one", "three"] = param(
        "three", "The softmax layer alone, or two hidden layers before it."
    )
    units_1: int = param(
        600, "Units of the first hidden layer.", ge=1, le=1024, unit="units", label="hidden 1"
    )
    units_2: int = param(
        300, "Units of the second hidden layer.", ge=1, le=1024, unit="units", label="hidden 2"
    )
    optimizer: Literal["adam", "sgd"] = param("adam", "Adam, or plain gradient descent.")
    learning_rate: float = param(0.001, "η: the size of one step.", ge=1e-5, le=10, live=True)
    batch_size: int = param(100, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(10, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: MnistMlp, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    images, n = digits.load(rng, p.images), p.training_images
    return replace(images, x=images.x[:n], y=images.y[:n])


# --- Model -----------------------------------------------------------------------------------


def model(p: MnistMlp, data: Dataset) -> keras.Model:
    """ŷ = softmax(h W + b), where h is the image itself, or what two ReLU layers make of it."""
    import keras
    from keras.layers import Dense, Flatten

    network = keras.Sequential([keras.Input(data.x.shape[1:]), Flatten(name="pixels")])
    if p.layers == "three":
        network.add(Dense(p.units_1, "relu", name="hidden_1"))
        network.add(Dense(p.units_2, "relu", name="hidden_2"))
    network.add(Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam if p.optimizer == "adam" else keras.optimizers.SGD
    network.compile(rule(p.learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def templates(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """The weights from every pixel to ten units of the first layer, in two rows of five images."""
    height, width = data.x.shape[1:]
    kernel = np.asarray(model.layers[1].kernel)[:, :10]
    missing = np.zeros((height * width, 10 - kernel.shape[1]))  # a layer may be narrower than ten
    images = np.hstack([kernel, missing]).T.reshape(2, 5, height, width)
    sheet = images.transpose(0, 2, 1, 3).reshape(2 * height, 5 * width)
    size = float(np.abs(sheet).max())
    single = p.layers == "one"
    return {
        "kind": "heatmap", "values": sheet[::-1].tolist(),  # an image's first row is its top one
        "title": "what each digit looks for: 0–4 above 5–9" if single else "what ten hidden units look for",
        "x_label": "column", "y_label": "row from below", "x_range": [0.0, 5.0 * width - 1],
        "y_range": [0.0, 2.0 * height - 1], "low": -size, "high": size,
    }  # fmt: skip


def probabilities(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """The softmax output for one validation image of each digit (row)."""
    first = [int(np.argmax(data.y_val == digit)) for digit in range(10)]
    output = np.asarray(model(data.x_val[first], training=False), float)
    return {
        "kind": "matrix", "title": "one image of each digit (row): probability of each answer",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": output.tolist(),
    }  # fmt: skip


def hardest(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Those of 300 validation images whose true digit gets the lowest probability."""
    truth = data.y_val[:300]
    output = np.asarray(model(data.x_val[:300], training=False), float)
    believed = output[np.arange(len(truth)), truth]
    rows = []
    for k in np.argsort(believed)[:10]:
        read = int(output[k].argmax())
        loss = -float(np.log(max(believed[k], 1e-30)))
        rows.append([int(k), int(truth[k]), read, float(output[k, read]), loss])
    columns = ["image", "digit", "read as", "probability", "loss"]
    return {"kind": "table", "title": "the hardest images", "columns": columns, "rows": rows}


# --- Experiments -----------------------------------------------------------------------------

PART = {"training_images": 10_000}  # a sixth of MNIST: the claims take seconds, not minutes, a run
SMALL, TINY = PART | {"units_1": 60, "units_2": 30}, PART | {"units_1": 6, "units_2": 3}
SAME_RATE = PART | {"optimizer": "sgd"}
OWN_RATE = PART | {"optimizer": "sgd", "learning_rate": 0.1}


def _works(m: Measured) -> bool:
    return m["this"]["val_accuracy"] >= 0.85


def _larger_is_better(m: Measured) -> bool:
    tiny, small, large = (m[name]["val_accuracy"] for name in ("6-3", "60-30", "this"))
    return tiny < small < large


def _small_loses(m: Measured) -> bool:
    return m["this"]["val_accuracy"] <= m["600-300"]["val_accuracy"] - 0.005


def _adam_leads(m: Measured) -> bool:
    return m["this"]["val_accuracy"] <= m["adam"]["val_accuracy"] - 0.1


def _much_alike(m: Measured) -> bool:
    return abs(m["this"]["val_accuracy"] - m["adam"]["val_accuracy"]) <= 0.03


EXPERIMENTS = (
    Experiment(
        "single", "The softmax layer alone", PART | {"layers": "one"},
        "“What the first layer looks for” turns into ten pale digits: each is the average of what speaks for it, less what speaks for others.",
        (
            Claim(
                "000/mnist-single", "A single softmax layer reads at least 85 of 100 unseen digits (guessing: 10).",
                "it works (a curve, no figure)", _works, ("val_accuracy", "val_loss"),
                why="Ten epochs of the embedded digits are 150 steps, and Adam moves a weight by about 0.001 in each: 0.15 in all. "
                "The layer is caught on its way, at 0.65; from MNIST, with 1000 steps or 6000, it holds. Set `epochs` to 100.",
            ),
        ),
    ),
    Experiment(
        "three", "Three layers, 600 and 300 units", PART,
        "The training accuracy runs towards 1, the validation accuracy stops short of it: the last per cent is the hard one.",
        (
            Claim(
                "000/mnist-hidden", "The validation accuracy grows with the hidden layers: 6–3, 60–30, 600–300.",
                "the larger, the better (no figure)", _larger_is_better, ("val_accuracy", "val_loss"),
                {"60-30": SMALL, "6-3": TINY},
            ),
        ),
    ),
    Experiment(
        "small", "Three layers, 60 and 30 units", SMALL,
        "A thirteenth of the weights on MNIST. Lay it over `three`: it learns more slowly, and how far behind does it end?",
        (
            Claim(
                "001/mnist-hidden", "With 60 and 30 units the accuracy ends at least 0.005 below that of 600 and 300.",
                "600–300 → 60–30: lower", _small_loses, ("val_accuracy", "val_loss"), {"600-300": PART},
            ),
        ),
    ),
    Experiment(
        "same-rate", "Plain gradient descent, the same rate", SAME_RATE,
        "The same 0.001 that suits Adam is hardly a movement here: the loss slides down as if in honey.",
        (
            Claim(
                "000/mnist-optimizer", "With nothing but the rule changed, plain descent ends at least 0.1 below Adam.",
                "another curve (no figure, no conclusion)", _adam_leads, ("val_accuracy", "val_loss"),
                {"adam": PART},
            ),
        ),
    ),
    Experiment(
        "own-rate", "Plain gradient descent, a rate of its own", OWN_RATE,
        "A hundred times the rate, and plain descent keeps up. A comparison of optimizers is one of their learning rates, too.",
        (
            Claim(
                "001/mnist-optimizer", "Plain descent with 0.1 and Adam with 0.001 end within 0.03 of each other.",
                "no large difference", _much_alike, ("val_accuracy", "val_loss"), {"adam": PART},
                why="On the embedded digits the bound itself is what they differ by: 0.975 against 0.944, and 18 of 30 seeds exceed 0.03. "
                "How large the difference is depends on the rates and on the steps, and the source states neither.",
                seeds=30,
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "400 epochs of the small digits", {"images": "digits", "epochs": 400},
        "As many steps as ten epochs of the whole of MNIST: the training loss goes to nothing, and the validation loss stopped following it long ago.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="mnist-mlp",
    title="MNIST, one layer and three",
    track="Deep networks",
    order=10,
    summary="A softmax layer alone and with two hidden layers: what size and optimizer change.",
    parameters=MnistMlp,
    data=data,
    model=model,
    views=(
        View("templates", "What the first layer looks for", templates),
        View("probabilities", "Answers to ten images", probabilities),
        View("hardest", "The hardest images", hardest),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("iris",),
    read_next=("deep-network", "optimizers"),
    sources=(
        "Study article 000, MNIST classification with one and three layers",
        "Study article 001, MNIST exercise: hidden sizes and optimizer",
        "LeCun, Bottou, Bengio and Haffner: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 6, 2016",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
