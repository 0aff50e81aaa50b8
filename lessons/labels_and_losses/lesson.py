"""Labels as one-hot rows or as integers, each with the cross-entropy that reads it, and crosswise.

Run alone: python -m lessons.labels_and_losses.lesson
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class LabelsAndLosses(Hyperparameters):
    """Two ways to write a label, two losses: four pairs, of which two fit."""

    labels: Literal["one-hot", "integers"] = param(
        "one-hot", "A label as a row with a single 1, or as the number of its class."
    )
    loss: Literal["categorical", "sparse"] = param(
        "categorical", "Categorical cross-entropy reads rows, sparse reads integers."
    )
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    units: int = param(512, "Units of both hidden layers.", ge=1, le=1024, unit="units")
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    learning_rate: float = param(0.001, "η of Adam.", ge=1e-6, le=1, live=True)
    batch_size: int = param(128, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(20, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------

CLASSES = 10
LABEL_SHAPES = {"one-hot": "(B, 10)", "integers": "(B,)"}


def data(p: LabelsAndLosses, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width), and labels t: integers (N,), or one-hot rows (N, 10)."""
    integers = digits.load(rng, p.images)
    if p.labels == "integers":
        return integers
    row = np.eye(CLASSES, dtype="float32")  # row k has its 1 in column k
    return replace(integers, y=row[integers.y], y_val=row[integers.y_val])


# --- Model -----------------------------------------------------------------------------------


def refusal(p: LabelsAndLosses, t: np.ndarray) -> str:
    """What Keras says to two such labels with this loss: nothing, or the text of its error."""
    import keras

    loss = keras.losses.get(LOSSES[p.loss])
    try:
        loss(t[:2], np.full((2, CLASSES), 1 / CLASSES, "float32"))
    except ValueError as error:
        return str(error)
    return ""


def unchecked_categorical(t: Any, y: Any) -> Any:
    """−Σₖ t log yₖ: the integer t (B,), stretched over the ten classes as if it were a row."""
    from keras import ops

    t = ops.cast(ops.reshape(t, (-1, 1)), "float32")
    return -ops.sum(t * ops.log(ops.maximum(y, 1e-7)), axis=-1)


def unchecked_sparse(t: Any, y: Any) -> Any:
    """−Σⱼ log y[tⱼ]: each 0 and 1 of the row t (B, 10), read as the number of a class."""
    from keras import ops

    chosen = ops.take_along_axis(y, ops.cast(t, "int32"), axis=-1)
    return -ops.sum(ops.log(ops.maximum(chosen, 1e-7)), axis=-1)


LOSSES = {
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}
UNCHECKED: dict[str, Callable[[Any, Any], Any]] = {
    "categorical": unchecked_categorical,
    "sparse": unchecked_sparse,
}


def model(p: LabelsAndLosses, data: Dataset) -> keras.Model:
    """784–512–512–10. Where Keras refuses the pair, the same formula without its check trains."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    for number in (1, 2):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(layers.Dropout(p.dropout))
    network.add(layers.Dense(CLASSES, "softmax", name="output"))
    loss = UNCHECKED[p.loss] if refusal(p, data.y) else LOSSES[p.loss]
    network.compile(keras.optimizers.Adam(p.learning_rate), loss, metrics=["accuracy"])
    return network


def measure(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, float]:
    """1 where Keras refuses the labels with this loss, else 0."""
    return {"refused": float(bool(refusal(p, data.y)))}


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def verdict(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """What Keras says to the labels and the loss of this run."""
    text = refusal(p, data.y)
    said = text or "nothing: they fit, and the training is as it should be"
    rows = [["labels", f"{p.labels}, a batch of B has the shape {LABEL_SHAPES[p.labels]}"]]
    rows += [["loss", LOSSES[p.loss]]]
    rows += [["Keras says", line] for line in textwrap.wrap(said, 48)]
    if text:
        rows += [["here", "the formula without the check trains instead,"]]
        rows += [["", "so that you see what the error spares you"]]
    return {
        "kind": "table", "title": "labels and loss: refused" if text else "labels and loss: they fit",
        "columns": ["", "in this run"], "rows": [[*row] for row in _without_repeats(rows)],
    }  # fmt: skip


def _without_repeats(rows: list[list[str]]) -> list[list[str]]:
    """The first column says a thing once."""
    return [
        ["" if i and row[0] == rows[i - 1][0] else row[0], row[1]] for i, row in enumerate(rows)
    ]


def one_image(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """The first validation image: its one-hot row, the output, and what each class adds to E."""
    y = np.asarray(model(data.x_val[:1], training=False), float)[0]
    truth = int(np.argmax(data.y_val[0])) if p.labels == "one-hot" else int(data.y_val[0])
    cost = -float(np.log(max(y[truth], 1e-7)))
    rows = [[k, int(k == truth), float(y[k]), cost if k == truth else 0.0] for k in range(CLASSES)]
    return {
        "kind": "table", "title": f"one image, a {truth}: E is the sum of the last column",
        "columns": ["class k", "t", "output y", "−t log y"], "rows": rows,
    }  # fmt: skip


def mean_output(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """The output for each class, averaged over 100 validation images of all classes."""
    y = np.asarray(model(data.x_val[:100], training=False), float).mean(axis=0)
    title = "mean output for each class"
    return {"kind": "bars", "title": title, "labels": list(data.classes), "values": y.tolist()}


# --- Experiments -----------------------------------------------------------------------------

DIGITS = {"images": "digits"}
INTEGERS = DIGITS | {"labels": "integers"}
SPARSE = INTEGERS | {"loss": "sparse"}


def _same(m: Measured) -> bool:
    """The same loss after the first epoch, and validation accuracies at most 0.01 apart."""
    first = [m[arm].history("loss")[0] for arm in ("this", "one-hot")]
    last = abs(m["this"]["val_accuracy"] - m["one-hot"]["val_accuracy"])
    alike = abs(first[0] - first[1]) <= 0.001 * first[1] and last <= 0.01
    accepted = max(m["this"].each("refused") + m["one-hot"].each("refused")) == 0
    return alike and accepted and min(m["sparse, one-hot"].each("refused")) == 1


def _refused(m: Measured) -> bool:
    return min(m["this"].each("refused")) == 1 and max(m["sparse"].each("refused")) == 0


EXPERIMENTS = (
    Experiment(
        "source", "One-hot and categorical", {},
        "The labels have the shape (10,), as the outputs have: the picture of one image puts them side by side.",
    ),
    Experiment(
        "sparse", "Integers and sparse", SPARSE,
        "Compare it with `source` on the same images and seed: the curves lie on top of each other. Only the way to write a label has changed.",
        (
            Claim(
                "000/sparse", "Integers with sparse cross-entropy give what one-hot rows give with categorical; one-hot rows with sparse are refused.",
                "categorical needs one-hot labels, sparse needs integers",
                _same, ("loss", "val_accuracy", "refused"),
                {"one-hot": DIGITS, "sparse, one-hot": DIGITS | {"loss": "sparse"}},
            ),
        ),
    ),
    Experiment(
        "mismatch", "Integers and categorical", INTEGERS,
        "Read what Keras says first. The unchecked formula below it trains all the same, and its best answer is 1/10 for every class: see the bars.",
        (
            Claim(
                "001/onehot-error", "Integer labels with categorical cross-entropy are an error; with sparse they are not.",
                "one-hot off: error; sparse loss: learns",
                _refused, ("refused", "val_accuracy"), {"sparse": SPARSE},
            ),
        ),
    ),
    Experiment(
        "mismatch-sparse", "One-hot and sparse", DIGITS | {"loss": "sparse"},
        "Unchecked, the nine zeros of a row all name class 0 and its single 1 names class 1: the bars go to 0.9 and 0.1, whatever the image.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="labels-and-losses",
    title="Labels and losses",
    track="Deep networks",
    order=110,
    summary="One-hot labels or integers: one loss for each, the same result, and an error crosswise.",
    parameters=LabelsAndLosses,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("verdict", "What Keras says", verdict),
        View("one-image", "One image", one_image),
        View("mean-output", "Mean output", mean_output),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("mnist-mlp",),
    read_next=("mnist-cnn",),
    sources=(
        "Study article 000, classification of MNIST with Keras",
        "Study article 001, Keras exercises, MNIST",
        "C. Bishop: Pattern Recognition and Machine Learning, 2006, section 4.3.4",
    ),
    shows_code=(data, refusal, unchecked_categorical, unchecked_sparse, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
