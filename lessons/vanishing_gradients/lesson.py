"""The gradient on its way back: how much of it reaches the first layer of a deep network.

Run alone: python -m lessons.vanishing_gradients.lesson
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.vanishing_gradients import chain
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class VanishingGradients(Hyperparameters):
    """A stack of equal layers, made deep enough for the gradient to get lost."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid", "The bend f after each hidden layer's sum; its slope f′ is what shrinks."
    )
    hidden_layers: int = param(
        6, "Layers that the gradient passes on its way back.", ge=1, le=30, unit="layers"
    )
    units: int = param(32, "Units of each hidden layer.", ge=1, le=512, unit="units")
    learning_rate: float = param(
        0.1, "η: how far one step moves the weights.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(20, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: VanishingGradients, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def model(p: VanishingGradients, data: Dataset) -> keras.Model:
    """a⁽ˡ⁾ = h⁽ˡ⁻¹⁾ W⁽ˡ⁾ + b⁽ˡ⁾ and h⁽ˡ⁾ = f(a⁽ˡ⁾) as layers of their own; softmax at the end."""
    import keras
    from keras.layers import Activation, Dense, Flatten

    network = keras.Sequential([keras.Input(data.x.shape[1:]), Flatten(name="pixels")])
    for layer in range(1, p.hidden_layers + 1):
        network.add(Dense(p.units, name=f"sum_{layer}"))
        network.add(Activation(p.activation, name=f"hidden_{layer}"))
    network.add(Dense(10, name="sum_output"))
    network.add(Activation("softmax", name="output"))
    rule = keras.optimizers.SGD(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def measure(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, float]:
    """What share of the last hidden layer's δ is left at the first one, and the first gradient."""
    links = chain.follow(model, data.x, data.y)
    return {"share": links[0].delta / links[-2].delta, "first gradient": links[0].gradient}


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def gradients(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """How large δ and the weights' gradient are at each layer, as powers of ten."""
    links = chain.follow(model, data.x, data.y)
    number = list(range(1, len(links) + 1))
    sizes = [
        ("|δ|", [link.delta for link in links]),
        ("|∂E/∂W|", [link.gradient for link in links]),
    ]
    series = [
        {"name": name, "x": number, "y": np.log10(np.maximum(values, 1e-30)).tolist()}
        for name, values in sizes
    ]
    title = f"log₁₀ of the gradient by layer ({p.activation}; the last is the output)"
    return {"kind": "lines", "title": title, "x_label": "layer", "series": series}


def links(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Link by link: the slope f′ times the gain of the weights is about what is left of δ."""
    chained = chain.follow(model, data.x, data.y)
    rows: list[list[Any]] = []
    for number, (link, above) in enumerate(pairwise(chained), start=1):
        shrink = link.delta / above.delta if above.delta else 0.0
        rows.append([number, link.slope, above.gain, link.slope * above.gain, shrink, link.delta])
    columns = ["layer", "slope f′", "gain of next W", "product", "|δ| / next |δ|", "|δ|"]
    return {"kind": "table", "title": "link by link", "columns": columns, "rows": rows}


def signs(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """One sigmoid unit that is to say 1: its loss under the right rule and under the printed one."""
    rate = float(model.optimizer.learning_rate)
    rules = (("right: y − t", 1.0), ("as printed: t − y", -1.0))
    steps = list(range(101))
    series = [
        {"name": name, "x": steps, "y": chain.one_unit(sign, rate, 100)} for name, sign in rules
    ]
    title = f"loss of one unit with t = 1 at rate {rate:g}"
    return {"kind": "lines", "title": title, "x_label": "step", "series": series}


# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "sigmoid", "Six sigmoid layers", {},
        "The line falls to the left, layer by layer: a factor of four each, and the first layer hears less than a thousandth. The loss stays at log 10 = 2.303.",
    ),
    Experiment(
        "tanh", "Six tanh layers", {"activation": "tanh"},
        "The slope is 1 at the middle, not ¼: the line is nearly level, and the loss falls. Trained, the first layer even hears more than the last.",
    ),
    Experiment(
        "relu", "Six ReLU layers", {"activation": "relu"},
        "A unit that is on passes everything on; about half of them are on, and the line falls gently.",
    ),
    Experiment(
        "shallow", "One sigmoid layer", {"hidden_layers": 1},
        "Little to multiply, little lost: with a single hidden layer the sigmoid learns well, if more slowly than tanh or ReLU.",
    ),
    Experiment(
        "very-deep", "Twenty sigmoid layers", {"hidden_layers": 20},
        "Count the powers of ten that are missing on the left. No learning rate makes up for that.",
    ),
    Experiment(
        "large-rate", "A hundred times the rate", {"learning_rate": 10.0},
        "A larger rate does not help: the last layers are thrown to where their own slope is 0, and the first ones hear less than before.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="vanishing-gradients",
    title="Vanishing gradients",
    track="Deep networks",
    order=30,
    summary="How much of the gradient reaches the first layer, and what the slope has to do with it.",
    parameters=VanishingGradients,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("gradients", "Gradient by layer", gradients),
        View("links", "The chain, link by link", links),
        View("signs", "The printed sign", signs),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/vanishing",),
    prerequisites=("deep-network",),
    read_next=("initialization", "batch-normalization"),
    sources=(
        "Study article 003, vanishing gradients and activation functions",
        "Hochreiter: The vanishing gradient problem during learning recurrent neural nets, 1998",
        "Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010",
        "Goodfellow, Bengio and Courville: Deep Learning, sections 6.5 and 8.2.5, 2016",
    ),
    shows_code=(model, chain.follow, chain.differentiator),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
