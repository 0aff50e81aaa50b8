"""Units dropped at random in training: what is dropped, when, and how the rest is rescaled.

Run alone: python -m lessons.dropout.lesson
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.dropout.pictures import losses, masks, measure, thinned
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class DropoutNetwork(Hyperparameters):
    """A wide network, few images, some labels wrong: it could learn every one of them by heart."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    training_images: int = param(
        500, "How many images to train on; the fewer, the sooner it overfits.", ge=50, le=60_000
    )
    wrong_labels: float = param(
        0.2, "The share of training images whose label is drawn at random.", ge=0, le=1
    )
    hidden_layers: int = param(
        2, "Layers between the pixels and the output.", ge=1, le=8, unit="layers"
    )
    units: int = param(256, "Units of each hidden layer.", ge=2, le=1024, unit="units")
    rate: float = param(
        0.5, "r: the chance of each hidden unit to be dropped in a step.", ge=0, le=0.95
    )
    input_rate: float = param(0.0, "The same chance for each pixel.", ge=0, le=0.95)
    rescale: Literal["training", "inference", "never"] = param(
        "training", "Where the missing share is made up for; never: a mistake, to see its cost."
    )
    learning_rate: float = param(0.001, "η: Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(60, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: DropoutNetwork, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width) with grey values from 0 to 1, and their digits (N,); N is small."""
    every = digits.load(rng, p.images)
    n = min(p.training_images, len(every.x))
    few = rng.permutation(len(every.x))[:n]
    y = np.where(rng.random(n) < p.wrong_labels, rng.integers(0, 10, n), every.y[few])
    kept = every.x[few], y.astype("int32"), every.x_val, every.y_val
    return Dataset(f"{n} images of {every.name}", *kept, every.classes, every.note)


# --- Model -----------------------------------------------------------------------------------


@functools.cache
def own_layer() -> type[Any]:
    """The class of the layer that the page describes, with its rescaling where one chooses."""
    import keras
    from keras import ops, random

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class OwnDropout(keras.layers.Layer):
        """h (batch, units) to m h / (1 − r) in training, to h at inference."""

        def __init__(self, rate: float, rescale: str = "training", **options: Any) -> None:
            super().__init__(**options)
            self.rate, self.rescale = rate, rescale
            self.seed_generator = random.SeedGenerator()

        def call(self, h: Any, training: bool = False) -> Any:
            """A new mask m at every call, a number of its own for every image and unit."""
            keep = 1 - self.rate
            if not training:
                return h * keep if self.rescale == "inference" else h
            m = ops.cast(random.uniform(ops.shape(h), seed=self.seed_generator) < keep, h.dtype)
            return m * h / keep if self.rescale == "training" else m * h

        def get_config(self) -> dict[str, Any]:
            """What a saved model needs to build the layer again."""
            return super().get_config() | {"rate": self.rate, "rescale": self.rescale}

    return OwnDropout


def dropout(p: DropoutNetwork, rate: float, name: str) -> Any:
    """Keras's own layer, which rescales in training, or ours, which can do otherwise."""
    import keras

    if p.rescale == "training":
        return keras.layers.Dropout(rate, name=name)
    return own_layer()(rate, p.rescale, name=name)


def model(p: DropoutNetwork, data: Dataset) -> keras.Model:
    """Pixels, then hidden ReLU layers with dropout after each, then softmax over the ten digits."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    network.add(dropout(p, p.input_rate, "dropout_0"))
    for number in range(1, p.hidden_layers + 1):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(dropout(p, p.rate, f"dropout_{number}"))
    network.add(layers.Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# --- Train: the engine fits the model; pictures.py draws while it does ---------------------------

# --- Experiments -----------------------------------------------------------------------------

CLEAN = {"wrong_labels": 0.0}

EXPERIMENTS = (
    Experiment(
        "half", "Every second unit", {},
        "The training loss in the chart lies above what “Three losses” says of the whole network: it is measured while half the units are absent.",
    ),
    Experiment(
        "without", "Without dropout", {"rate": 0.0},
        "The training accuracy goes on rising, so wrong labels are learnt by heart too, and the validation loss climbs. Compare `gap` and `val_accuracy` with those of `half`.",
    ),
    Experiment(
        "clean", "All labels right", CLEAN,
        "Run it with a `rate` of 0.5 and of 0: on these easy images the gap hardly differs, because there is little to mend. Another seed changes more.",
    ),
    Experiment(
        "source", "A fifth, as in the exercise", {"hidden_layers": 4, "units": 128, "rate": 0.2},
        "The study article's exercise uses four layers of 128 and a rate of 0.2: hold `gap` against the same network at a rate of 0.",
    ),
    Experiment(
        "too-much", "Nine of ten dropped", CLEAN | {"rate": 0.9},
        "Both losses are far higher than at a rate of 0.5, and the gap is not surely smaller: too few units are left in a step to learn anything precise.",
    ),
    Experiment(
        "at-the-input", "Pixels dropped too", {"input_rate": 0.2},
        "A fifth of the pixels is missing from every image: the original paper's choice for inputs. Does it help here?",
    ),
    Experiment(
        "more-images", "As many images as there are", {"training_images": 60_000},
        "With more images, what does dropout still mend? Run it with a `rate` of 0.5 and of 0, and compare `gap` with that of 500 images.",
    ),
    Experiment(
        "rescaled-later", "Rescaled at inference", {"rescale": "inference"},
        "The original recipe: nothing is enlarged in training, everything is shrunk afterwards. Does it end where `half` does?",
    ),
    Experiment(
        "never-rescaled", "The forgotten factor", CLEAN | {"rescale": "never"},
        "At inference each layer receives twice what it was trained with: the answers become far too certain. The validation loss pays for it, the accuracy little.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="dropout",
    title="Dropout",
    track="Deep networks",
    order=80,
    summary="Units that are absent at random in training: what is dropped, when, and the rescaling.",
    parameters=DropoutNetwork,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("masks", "Who is dropped", masks),
        View("losses", "Three losses", losses),
        View("thinned", "Thinned networks vote", thinned),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/dropout",),
    prerequisites=("overfitting",),
    read_next=("learning-rate-schedules", "reproducibility"),
    sources=(
        "Study article 003, dropout, and the exercise's answer",
        "Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov: Improving neural networks by preventing co-adaptation of feature detectors, 2012",
        "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov: Dropout: a simple way to prevent neural networks from overfitting, 2014",
        "Goodfellow, Bengio and Courville: Deep Learning, section 7.12, 2016",
    ),
    shows_code=(own_layer, dropout, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
