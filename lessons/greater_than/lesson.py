"""Is a larger than b? An easy question, spoilt by wrong labels, useless inputs and wrong scales.

Run alone: python -m lessons.greater_than.lesson
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Measured,
    Outcome,
    View,
    param,
)

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class GreaterThan(Hyperparameters):
    """What is done to the data, and how it is learnt."""

    noise: float = param(0.0, "Share of the labels that are flipped.", ge=0, le=0.5)
    dummies: int = param(0, "Useless random inputs beside a and b.", ge=0, le=20, unit="inputs")
    scale: float = param(1.0, "Every input is multiplied by this.", ge=0.001, le=10_000)
    shift: float = param(0.0, "This is added to every input.", ge=-10_000, le=10_000)
    learning_rate: float = param(0.03, "How far one step of Adam goes.", ge=1e-5, le=1, live=True)
    batch_size: int = param(30, "Pairs that share one step.", ge=1, le=1000, unit="pairs")
    epochs: int = param(100, "How often all pairs are shown.", ge=1, le=1000)


# --- Data ------------------------------------------------------------------------------------


def data(p: GreaterThan, rng: np.random.Generator) -> Dataset:
    """10 000 rows of numbers from U(0,1): a, b and the dummies; the target is 1 where a > b."""
    raw = rng.random((10_000, 2 + p.dummies))
    flipped = rng.random(10_000) < p.noise
    targets = ((raw[:, 0] > raw[:, 1]) != flipped).astype("float32").reshape(-1, 1)
    inputs = (p.scale * raw + p.shift).astype("float32")
    return Dataset(
        "pairs from U(0,1)", inputs[:8000], targets[:8000], inputs[8000:], targets[8000:]
    )


# --- Model -----------------------------------------------------------------------------------


def model(p: GreaterThan, data: Dataset) -> keras.Model:
    """Three tanh layers, a little wider than the input, and a sigmoid unit."""
    import keras
    from keras.layers import Dense

    inputs = 2 + p.dummies
    width = int(1.2 * inputs + 1)
    hidden = [Dense(width, activation="tanh") for _ in range(3)]
    net = keras.Sequential([keras.Input((inputs,)), *hidden, Dense(1, activation="sigmoid")])
    net.compile(keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return net


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------


def fed(p: GreaterThan, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The inputs (n, 2 + dummies) that pairs a, b (n,) of U(0,1) become; dummies stand at 0.5."""
    raw = np.full((a.size, 2 + p.dummies), 0.5)
    raw[:, 0], raw[:, 1] = a.ravel(), b.ravel()
    return (p.scale * raw + p.shift).astype("float32")


def measure(model: Any, data: Dataset, p: GreaterThan) -> dict[str, float]:
    """The share of validation pairs answered by the rule a > b, whatever their labels say."""
    answers = np.asarray(model(data.x_val, training=False))[:, 0] > 0.5
    rule = data.x_val[:, 0] > data.x_val[:, 1]
    return {"rule_accuracy": float(np.mean(answers == rule))}


def boundary(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """The network's output over all pairs; it should turn from 0 to 1 on the diagonal."""
    a, b = np.meshgrid(np.linspace(0, 1, 32), np.linspace(0, 1, 32))
    output = np.asarray(model(fed(p, a, b), training=False)).reshape(32, 32)
    return {
        "kind": "heatmap", "title": "output y over (a, b)", "values": output.tolist(),
        "x_label": "a", "y_label": "b", "x_range": [0.0, 1.0], "y_range": [0.0, 1.0],
        "low": 0.0, "high": 1.0,
    }  # fmt: skip


def activations(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """What every hidden unit answers on the way from a < b to a > b, with a + b = 1."""
    a = np.linspace(0, 1, 9)
    z, rows, names = fed(p, a, 1 - a), [], []
    for number, layer in enumerate(model.layers[:-1], start=1):
        z = layer(z)
        rows += np.asarray(z, float).T.round(2).tolist()
        names += [f"{number}.{unit + 1}" for unit in range(z.shape[1])]
    return {
        "kind": "matrix", "title": "hidden activations (layer.unit) against a-b", "row_labels": names,
        "column_labels": [f"{d:+.2g}" for d in 2 * a - 1], "values": rows, "low": -1.0, "high": 1.0,
    }  # fmt: skip


# --- Experiments -----------------------------------------------------------------------------


def spread(outcome: Outcome, after: int = 10) -> float:
    """The standard deviation of the validation accuracy over later epochs, median of seeds.

    A run may stand still for many epochs and then leap: differences from one epoch to the next
    would miss that.
    """
    return median(float(np.std(h["val_accuracy"][after:])) for h in outcome.histories)


def late_change(outcome: Outcome) -> float:
    """Mean validation accuracy of the last ten epochs, minus that of those before (from the 11th)."""
    curves = [h["val_accuracy"] for h in outcome.histories]
    return median(float(np.mean(curve[-10:]) - np.mean(curve[10:-10])) for curve in curves)


def _quickly(m: Measured) -> bool:
    return m["this"]["val_accuracy"] > 0.98 and m["this"].history("val_accuracy")[4] > 0.97


def _falls_by_the_noise(m: Measured) -> bool:
    return abs(m["base"]["val_accuracy"] - m["this"]["val_accuracy"] - 0.2) < 0.05


def _learns_with_wobble(m: Measured) -> bool:
    return m["this"]["val_accuracy"] > 0.95 and spread(m["this"]) > spread(m["base"])


def _unstable_and_late_worse(m: Measured) -> bool:
    unstable = spread(m["this"]) > 2 * spread(m["base"])
    return unstable and late_change(m["this"]) < -0.02


def _still_unstable(m: Measured) -> bool:
    unstable = spread(m["this"], after=100) > 2 * spread(m["base"])
    return unstable and m["base"]["val_accuracy"] - m["this"]["val_accuracy"] > 0.02


SHOWN = ("val_accuracy", "val_loss", "rule_accuracy")

EXPERIMENTS = (
    Experiment(
        "base", "a > b", {},
        "The diagonal is found within the first epoch; the rest only sharpens it.",
        (
            Claim(
                "004/base", "About 99 % of fresh pairs are judged rightly, and that quickly.",
                "about 99 % at once", _quickly, SHOWN,
            ),
        ),
    ),
    Experiment(
        "noise", "Wrong labels", {"noise": 0.2},
        "One label in five lies, also in the validation data. The accuracy stops near 0.8; the picture is as good as ever.",
        (
            Claim(
                "004/noise", "With a fifth of the labels flipped the accuracy falls by about a fifth.",
                "falls by the noise", _falls_by_the_noise, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "dummies", "Useless inputs", {"dummies": 3},
        "Three inputs mean nothing. The network learns to leave them out, with a little more wobble.",
        (
            Claim(
                "004/dummies", "With three useless inputs it still learns, with more wobble.",
                "learns, wobbles somewhat more", _learns_with_wobble, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale", "Inputs a thousand times larger", {"scale": 1000.0},
        "Look at the activations: the first layer is at -1 or +1 nearly everywhere, with almost no slope left to learn from.",
        (
            Claim(
                "004/scale", "Unstable, and worse in the last epochs than before.",
                "unstable, degrades late", _unstable_and_late_worse, SHOWN, {"base": {}},
                why="Unstable it is: ten times the spread of plain inputs, and 11 runs of 12 end at least 0.03 below their own best. But nothing waits for the end: the last ten epochs were worse than those before in 5 runs of 12, better in 3.",
            ),
        ),
    ),
    Experiment(
        "scale-long", "The same, for longer", {"scale": 1000.0, "epochs": 300},
        "Three times the epochs: does the accuracy settle, or does it go on jumping?",
        (
            Claim(
                "004/scale-long", "More epochs do not cure it.",
                "still unstable", _still_unstable, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale-slow", "The same, in small steps", {"scale": 1000.0, "learning_rate": 0.001},
        "Steps thirty times shorter, and the same inputs are learnt after all: scale and step belong together.",
    ),
    Experiment(
        "shift", "Inputs a thousand higher", {"shift": 1000.0},
        "All activations are the same in every column: the network sees one and the same input, whatever a and b are.",
        (
            Claim(
                "004/shift", "Accuracy stays near 0.5: nothing is learnt.",
                "about 0.5", lambda m: abs(m["this"]["val_accuracy"] - 0.5) < 0.03, SHOWN,
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="greater-than",
    title="Greater than",
    track="First steps",
    order=40,
    summary="Is a > b? An easy task that shows why inputs are brought to scale.",
    parameters=GreaterThan,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("boundary", "Decision boundary", boundary),
        View("activations", "Hidden activations", activations),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("perceptron",),
    read_next=("iris", "batch-normalization"),
    sources=(
        "Study article 004, sections 1 to 4",
        "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp, 1998, section 4.3",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
