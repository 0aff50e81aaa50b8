"""Two networks side by side: give the second another seed, and see whether they stay the same.

Run alone: python -m lessons.reproducibility.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lessons.reproducibility.pictures import fingerprints, measure, pairs, parting, watcher
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Reproducibility(Hyperparameters):
    """The first network has all its seeds at 0; here stand those of the second."""

    weights_seed: int = param(0, "Decides the second network's first weights.", ge=0, le=9999)
    order_seed: int = param(
        0, "Decides in which order the second network sees the images.", ge=0, le=9999
    )
    dropout_seed: int = param(
        0, "Decides which units the second network drops in each step.", ge=0, le=9999
    )
    nudge: float = param(
        0.0, "Added to the second's first biases: stands for a rounding error.", ge=0, le=0.1
    )
    units: int = param(32, "Units of the hidden layer.", ge=1, le=512, unit="units")
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    learning_rate: float = param(0.001, "η: Adam's step size, of both.", ge=1e-5, le=1, live=True)
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(30, "How often every image is shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: Reproducibility, rng: np.random.Generator) -> Dataset:
    """x (N, 2, 8, 8) and y (N, 2): the first network's images and digits, and the second's.

    The training images are the same for both; `order_seed` puts those of the second in an order of
    their own, so that its batches hold others. Both are validated on the same ones.
    """
    one = digits.load(rng, "digits")
    first, second = (
        np.random.default_rng(seed).permutation(len(one.x)) for seed in (0, p.order_seed)
    )
    return Dataset(
        f"{one.name}, for two networks",
        np.stack([one.x[first], one.x[second]], axis=1),
        np.stack([one.y[first], one.y[second]], axis=1),
        np.stack([one.x_val, one.x_val], axis=1),
        np.stack([one.y_val, one.y_val], axis=1),
        one.classes,
        one.note,
    )


# --- Model -----------------------------------------------------------------------------------


def network(p: Reproducibility, name: str, weights_seed: int, dropout_seed: int) -> keras.Model:
    """Pixels, a hidden ReLU layer with dropout, softmax; whatever is drawn has a seed."""
    import keras
    from keras import layers

    draw = keras.initializers.GlorotUniform
    hidden_seed, output_seed = 2 * weights_seed, 2 * weights_seed + 1  # one for each layer
    return keras.Sequential(
        [
            keras.Input((8, 8)),
            layers.Flatten(),
            layers.Dense(p.units, "relu", kernel_initializer=draw(hidden_seed), name="hidden"),
            layers.Dropout(p.dropout, seed=dropout_seed),
            layers.Dense(10, "softmax", kernel_initializer=draw(output_seed), name="output"),
        ],
        name=name,
    )


def model(p: Reproducibility, data: Dataset) -> keras.Model:
    """Both in one model (batch, 2, 8, 8) → (batch, 2, 10): they share the steps and nothing else.

    The loss is the mean of both, which halves each one's gradient: Adam's steps stay as they are.
    """
    import keras

    first = network(p, "first", 0, 0)
    second = network(p, "second", p.weights_seed, p.dropout_seed)
    second.get_layer("hidden").bias.assign(np.full(p.units, p.nudge, "float32"))
    images = keras.Input((2, 8, 8))
    answers = keras.ops.stack([first(images[:, 0]), second(images[:, 1])], axis=1)
    both = keras.Model(images, answers)
    rule = keras.optimizers.Adam(p.learning_rate)
    both.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return both


# --- Train: the engine fits the model and calls this where epochs end -----------------------------


def callbacks(p: Reproducibility) -> list[keras.callbacks.Callback]:
    """What keeps the distance between the two for the picture."""
    return [watcher()()]


# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "same", "Every seed the same", {},
        "Both fingerprints agree to the last digit, `differing` is 0 and all points lie on the diagonal: nothing in the training is left to chance.",
    ),
    Experiment(
        "other-weights", "Other first weights", {"weights_seed": 1},
        "The cloud in “Weight against weight” has no diagonal from the start: two unlike networks that read nearly all images alike.",
    ),
    Experiment(
        "other-order", "Another order of the images", {"order_seed": 1},
        "The same first weights: the points leave the diagonal slowly, yet the fingerprints differ after the first step.",
    ),
    Experiment(
        "other-dropout", "Other units dropped", {"dropout_seed": 1},
        "Hold “How they part” against that of `other-order`: chance in the masks parts the networks about as far.",
    ),
    Experiment(
        "nudge", "A rounding error", {"nudge": 1e-7},
        "Seeds are all the same, and one ten-millionth is added once: most weights differ, in their last digits. Does any answer change? Then raise `learning_rate` to 0.05.",
    ),
    Experiment(
        "no-dropout", "A seed that nothing uses", {"dropout": 0.0, "dropout_seed": 1},
        "Without dropout its seed decides nothing: `differing` is 0 again. A seed counts only where something is drawn.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="reproducibility",
    title="Reproducibility",
    track="Deep networks",
    order=100,
    summary="What chance decides in a training, which seed pins it down, and what differs all the same.",
    parameters=Reproducibility,
    data=data,
    model=model,
    callbacks=callbacks,
    measure=measure,
    views=(
        View("pairs", "Weight against weight", pairs),
        View("parting", "How they part", parting),
        View("fingerprints", "Fingerprints", fingerprints),
    ),
    experiments=EXPERIMENTS,
    teaches=("003/seeds",),
    prerequisites=("dropout",),
    read_next=("labels-and-losses",),
    sources=(
        "Study article 003, fixing random seeds",
        "Goldberg: What every computer scientist should know about floating-point arithmetic, 1991",
        "Bouthillier and others: Accounting for variance in machine learning benchmarks, 2021",
        "TensorFlow documentation: tf.config.experimental.enable_op_determinism; Python documentation: PYTHONHASHSEED",
    ),
    shows_code=(data, network, model),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
