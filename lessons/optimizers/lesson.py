"""Five optimizers: down a valley that one can see, and on handwritten digits.

Run alone: python -m lessons.optimizers.lesson
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.optimizers import rules, valley
from tui_dl.datasets import digits
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Optimizers(Hyperparameters):
    """The rule, its own numbers, and the network it trains."""

    optimizer: Literal["sgd", "momentum", "adagrad", "rmsprop", "adam"] = param(
        "adam", "The rule that turns a gradient into a step."
    )
    learning_rate: float = param(
        0.001, "η: the size of a step; each rule has its own habit.", ge=1e-6, le=10, live=True
    )
    momentum: float = param(
        0.9, "μ of momentum: the share of the last step that goes on.", ge=0, le=0.999
    )
    rho: float = param(
        0.9, "ρ of RMSprop: the share of its old memory that is kept.", ge=0, le=0.9999
    )
    beta_1: float = param(0.9, "β₁ of Adam: the share of the old m that is kept.", ge=0, le=0.999)
    beta_2: float = param(
        0.999, "β₂ of Adam: the share of the old v that is kept.", ge=0, le=0.99999
    )
    epsilon: float = param(1e-7, "ε, adaptive rules: holds the divisor above 0.", ge=1e-12, le=1)
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    units: int = param(
        128, "Units of both hidden layers (sources: 512).", ge=1, le=1024, unit="units"
    )
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    batch_size: int = param(128, "Images that share one gradient.", ge=1, le=2048, unit="images")
    epochs: int = param(10, "How often every image is shown (sources: 20).", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: Optimizers, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def optimizers(p: Optimizers) -> dict[str, keras.optimizers.Optimizer]:
    """All five, with the numbers of the form."""
    from keras.optimizers import SGD, Adagrad, Adam, RMSprop

    eta = p.learning_rate
    return {
        "sgd": SGD(eta),
        "momentum": SGD(eta, momentum=p.momentum),
        "adagrad": Adagrad(eta, epsilon=p.epsilon),
        "rmsprop": RMSprop(eta, rho=p.rho, epsilon=p.epsilon),
        "adam": Adam(eta, beta_1=p.beta_1, beta_2=p.beta_2, epsilon=p.epsilon),
    }


def model(p: Optimizers, data: Dataset) -> keras.Model:
    """Two ReLU layers with dropout, then softmax; only the optimizer differs between runs."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    for number in (1, 2):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(layers.Dropout(p.dropout, name=f"dropout_{number}"))
    network.add(layers.Dense(10, "softmax", name="output"))
    rule = optimizers(p)[p.optimizer]
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


@lru_cache(maxsize=8)
def _walker(p: Optimizers) -> Any:
    """Compiled once for each setting of the form; the learning rate stays free."""
    return valley.walker(optimizers(p))


def walks(model: Any, p: Optimizers) -> valley.Paths:
    """1000 steps of every optimizer down the valley, with the model's present learning rate."""
    numbers = {
        name: getattr(p, name) for name in ("momentum", "rho", "beta_1", "beta_2", "epsilon")
    }
    walk: Callable[[float], valley.Paths] = _walker(Optimizers(**numbers))
    return walk(float(model.optimizer.learning_rate))


SHOWN = [*range(40), *range(40, valley.STEPS + 1, 20)]  # the first steps all, then every 20th


def paths(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """The paths as lines, each up to where it leaves the picture."""
    lines = []
    for name, path in walks(model, p).items():
        inside = (np.abs(path) <= 1.2).all(axis=1)
        end = valley.STEPS + 1 if inside.all() else int(inside.argmin())
        x, y = path[[i for i in SHOWN if i < end]].T.tolist()
        lines.append({"name": name if inside.all() else f"{name} (leaves)", "x": x, "y": y})
    start, low = valley.START, [0.0]
    return {
        "kind": "scatter", "title": "1000 steps down the valley (x² + 25 y²) / 2", "x_label": "x", "y_label": "y",
        "groups": [{"name": "start", "x": [start[0]], "y": [start[1]]}, {"name": "lowest point", "x": low, "y": low}],
        "lines": lines,
    }  # fmt: skip


def descent(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """How high above the lowest point each path still is, as a power of ten (from −12 to 3)."""
    series = []
    for name, path in walks(model, p).items():
        heights = np.nan_to_num(valley.height(path[SHOWN].astype(float)), nan=np.inf)
        series.append({"name": name, "x": SHOWN, "y": np.log10(heights.clip(1e-12, 1e3)).tolist()})
    title = "log₁₀ of the height in the valley"
    return {"kind": "lines", "title": title, "x_label": "step", "series": series}


def memory(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """What the optimizer remembers for each layer's weights: the root mean square of each slot."""
    rows: dict[str, list[Any]] = {
        layer.name: [layer.name] for layer in model.layers if layer.weights
    }
    slots: list[str] = []
    for variable in model.optimizer.variables:
        owner, kernel, slot = variable.path.rpartition("_kernel_")
        for name in rows:
            if kernel and owner.endswith(name):
                rows[name].append(float(f"{np.sqrt(np.mean(np.square(np.asarray(variable)))):.3g}"))
                slots = slots if slot in slots else [*slots, slot]
    title = "root mean square of what is remembered" if slots else "this rule remembers nothing"
    columns = ["weights of", *slots]
    return {"kind": "table", "title": title, "columns": columns, "rows": list(rows.values())}


# --- Experiments -----------------------------------------------------------------------------

SOURCE = {"units": 512, "epochs": 20}


def _rate(m: Measured) -> bool:
    slow, this, high = m["0.0001"], m["this"], m["0.01"]
    same = abs(this["val_accuracy"] - slow["val_accuracy"]) <= 0.01
    faster = this.history("val_accuracy")[0] > slow.history("val_accuracy")[0]
    return same and faster and high["val_accuracy"] < this["val_accuracy"]


def _stuck(m: Measured) -> bool:
    return m["this"]["val_accuracy"] < 0.3 and m["0.001"]["val_accuracy"] > 0.9


EXPERIMENTS = (
    Experiment(
        "sgd", "Plain gradient descent", {"optimizer": "sgd", "learning_rate": 0.1},
        "In the valley this rate throws it from wall to wall and out, and yet it trains the digits: no rate is right everywhere.",
    ),
    Experiment(
        "momentum", "Momentum", {"optimizer": "momentum", "learning_rate": 0.01},
        "A tenth of plain descent's rate goes about as far, because ten past steps add up; the path overshoots and swings back.",
    ),
    Experiment(
        "adagrad", "AdaGrad", {"optimizer": "adagrad", "learning_rate": 0.01},
        "In the valley its first step is about as long as Adam’s, and then its steps shrink: its memory only grows, and every step is divided by its root.",
    ),
    Experiment(
        "rmsprop", "RMSprop", {"optimizer": "rmsprop"},
        "Both directions of the valley are walked at one pace, and at the bottom it trembles by about half the learning rate.",
    ),
    Experiment(
        "source", "The study articles' network", SOURCE,
        "Compare how soon each rate gets good with how good it gets.",
        (
            Claim(
                "000/adam-lr", "From 0.0001 to 0.001 the accuracy stays within 0.01 but comes sooner; at 0.01 it is lower.",
                "0.0001 → 0.001: same accuracy, faster; 0.01: worse", _rate, ("val_accuracy", "val_loss"),
                {"0.0001": SOURCE | {"learning_rate": 0.0001}, "0.01": SOURCE | {"learning_rate": 0.01}},
                why="The source trained on MNIST, 9380 steps. On the embedded digits 20 epochs are 240 steps, too few for 0.0001 to catch up: "
                "0.001 is sooner there and better too, and 0.01 somewhat worse, as the source says.",
            ),
        ),
    ),
    Experiment(
        "rate-0.1", "Adam at 0.1", SOURCE | {"learning_rate": 0.1},
        "The first steps move every weight by about 0.1, as much as its whole size: the loss leaps, and what is learnt afterwards stays poor.",
        (
            Claim(
                "001/adam-lr", "With a rate of 0.1 Adam does not learn: under 0.3, where 0.001 gives over 0.9.",
                "0.1: it no longer learns", _stuck, ("val_accuracy", "loss"), {"0.001": SOURCE},
                why="On the embedded digits it learns badly rather than not at all: the first steps wreck the network, and what is left of it recovers "
                "by an amount that depends on the seed.",
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="optimizers",
    title="Optimizers",
    track="Deep networks",
    order=60,
    summary="SGD, momentum, AdaGrad, RMSprop and Adam: what each remembers, and where that leads it.",
    parameters=Optimizers,
    data=data,
    model=model,
    views=(
        View("paths", "Paths down a valley", paths),
        View("descent", "Height in the valley", descent),
        View("memory", "The optimizer's memory", memory),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/adam",),
    prerequisites=("deep-network",),
    read_next=("batch-normalization",),
    sources=(
        "Study article 003, optimization functions; study articles 000 and 001, the MNIST exercises",
        "Kingma and Ba: Adam: a method for stochastic optimization, 2015",
        "Duchi, Hazan and Singer: Adaptive subgradient methods for online learning and stochastic optimization, 2011",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 8, 2016",
    ),
    shows_code=(*rules.RULES, optimizers, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
