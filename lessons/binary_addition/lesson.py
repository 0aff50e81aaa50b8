"""A recurrent network learns to add two binary numbers: its state has to carry the one.

Run alone: python -m lessons.binary_addition.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class BinaryAddition(Hyperparameters):
    """One recurrent layer reads two numbers bit by bit, lowest bit first, and writes their sum."""

    units: int = param(16, "Size of the hidden state z.", ge=1, le=256)
    activation: Literal["relu", "tanh", "sigmoid"] = param("relu", "f, from total input u to hidden state z.")
    optimizer: Literal["sgd", "adam"] = param("sgd", "Rule that turns gradients into steps; give Adam a rate near 0.001.")
    learning_rate: float = param(0.1, "How far one step moves the weights.", ge=1e-5, le=10, live=True)
    dropout: float = param(0.0, "Share of the input bits hidden while training.", ge=0, le=0.9)
    recurrent_dropout: float = param(0.0, "Share of the state hidden from the next step while training.", ge=0, le=0.9)
    unroll: bool = param(False, "Write the eight steps out one after another, without a loop.")
    batch_size: int = param(2, "Sums that share one step.", ge=1, le=1000, unit="sums")
    epochs: int = param(5, "How often the 10 000 training sums are shown.", ge=1, le=100)


# --- Data ------------------------------------------------------------------------------------

BITS = 8
TRAINING, UNSEEN = 10_000, 9_999


def data(p: BinaryAddition, rng: np.random.Generator) -> Dataset:
    """Pairs from 0 to 127: x (pairs, 8, 2) holds the bits of a and b, y (pairs, 8, 1) of a + b."""
    a, b = rng.integers(0, 2 ** (BITS - 1), size=(2, TRAINING + UNSEEN))
    x = np.stack([bits(a), bits(b)], axis=-1)
    y = bits(a + b)[..., None]
    return Dataset(
        "8-bit sums", x[:TRAINING], y[:TRAINING], x[TRAINING:], y[TRAINING:],
        note="16 384 pairs exist and 10 000 are drawn with replacement: many unseen ones were shown",
    )  # fmt: skip


def bits(numbers: np.ndarray) -> np.ndarray:
    """Eight bits of each number, lowest first: (pairs,) to (pairs, 8)."""
    return (numbers[:, None] >> np.arange(BITS) & 1).astype("float32")


# --- Model -----------------------------------------------------------------------------------


def model(p: BinaryAddition, data: Dataset) -> keras.Model:
    """zᵗ = f(W_in xᵗ + W zᵗ⁻¹ + b), yᵗ = sigmoid(W_out zᵗ + c)."""
    import keras

    recurrent = keras.layers.SimpleRNN(
        p.units,
        activation=p.activation,
        return_sequences=True,
        dropout=p.dropout,
        recurrent_dropout=p.recurrent_dropout,
        unroll=p.unroll,
    )
    output = keras.layers.Dense(1, activation="sigmoid")
    adder = keras.Sequential([keras.Input((BITS, 2)), recurrent, output])
    optimizer = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[p.optimizer]
    adder.compile(optimizer(p.learning_rate), "mean_squared_error", metrics=["accuracy"])
    return adder


# --- Train: the engine fits the model; these pictures are drawn while it does --------------------

# Chosen for their carries: none, one, one that runs through every bit, and the largest sum.
SUMS = np.array([[5, 10], [3, 5], [127, 1], [90, 45], [100, 29], [127, 127]])


def states(model: Any, x: np.ndarray, p: BinaryAddition) -> np.ndarray:
    """The hidden state after every step, z (pairs, 8, units), from the layer's own weights."""
    f = {"relu": lambda u: np.maximum(u, 0), "tanh": np.tanh, "sigmoid": _sigmoid}[p.activation]
    W_in, W, b = (np.asarray(w) for w in model.layers[0].weights)
    z = np.zeros((len(x), BITS + 1, p.units), "float32")
    for t in range(BITS):
        z[:, t] = f(x[:, t] @ W_in + z[:, t - 1] @ W + b)
    return z[:, :BITS]


def outputs(model: Any, z: np.ndarray) -> np.ndarray:
    """The probability that each bit of the sum is 1: (pairs, 8)."""
    W_out, c = (np.asarray(w) for w in model.layers[1].weights)
    return _sigmoid(z @ W_out + c)[..., 0]


def _sigmoid(v: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(v / 2))


def _pairs(sums: np.ndarray) -> np.ndarray:
    return np.stack([bits(sums[:, 0]), bits(sums[:, 1])], axis=-1)


def worked_sums(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Six sums as the network adds them, written with the highest bit first."""
    y = outputs(model, states(model, _pairs(SUMS), p)) > 0.5
    answers = y @ 2 ** np.arange(BITS)
    rows = [
        [f"{a} + {b}", _written(bits(np.array([a + b]))[0]), _written(row), int(answer), _mark(answer == a + b)]
        for (a, b), row, answer in zip(SUMS.tolist(), y, answers, strict=True)
    ]
    return {
        "kind": "table", "title": "sums with the highest bit first",
        "columns": ["sum", "right bits", "network's bits", "network's sum", ""], "rows": rows,
    }  # fmt: skip


def _written(row: np.ndarray) -> str:
    return "".join(str(int(bit)) for bit in row[::-1])


def _mark(right: bool) -> str:
    return "right" if right else "wrong"


def hidden_state(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """z of every unit over the eight steps of 127 + 1, where every step but the last carries."""
    z = states(model, _pairs(SUMS[2:3]), p)[0]
    return {
        "kind": "heatmap", "title": "hidden state z while adding 127 + 1", "values": z.T.tolist(),
        "x_label": "step t (bit)", "y_label": "unit", "x_range": [0, BITS - 1],
        "y_range": [0, p.units - 1], "low": float(z.min()), "high": float(z.max()),
    }  # fmt: skip


def decoded_carry(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Is the carry in the state? The best linear reading of it from z, over unseen sums.

    Least squares finds the direction of z that tells best whether the step carries a one.
    """
    x = data.x_val[:300]
    z, c = states(model, x, p).reshape(-1, p.units), carries(x).ravel()
    z1 = np.column_stack([z, np.ones(len(z))])
    reading = np.linalg.lstsq(z1, c, rcond=None)[0]
    along, right = z1 @ reading, c > 0.5
    share = np.mean((along > 0.5) == right)
    edges = np.linspace(-0.5, 1.5, 21)
    series = [_shares("carry 0", along[~right], edges), _shares("carry 1", along[right], edges)]
    return {
        "kind": "lines", "title": f"carry read from z: {share:.0%} of steps right",
        "x_label": "reading (0.5 parts them)", "series": series,
    }  # fmt: skip


def carries(x: np.ndarray) -> np.ndarray:
    """The one that each step hands to the next: 1 where at least two of a, b and the last carry are."""
    c = np.zeros((len(x), BITS + 1), "float32")
    for t in range(BITS):
        c[:, t] = x[:, t].sum(axis=-1) + c[:, t - 1] >= 2
    return c[:, :BITS]


def _shares(name: str, values: np.ndarray, edges: np.ndarray) -> dict[str, Any]:
    counts, _ = np.histogram(values.clip(edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return {"name": name, "x": middles.tolist(), "y": (counts / max(1, len(values))).tolist()}


# --- Experiments: each claim is one of study article 000 or 001 ----------------------------------

DEFAULT: dict[str, dict[str, Any]] = {"default": {}}
UNSEEN_SUMS = ("val_loss", "val_accuracy", "accuracy")


def _first(m: Measured, arm: str) -> float:
    return m[arm].history("accuracy")[0]


def _learns(m: Measured) -> bool:
    epochs = m["this"].history("accuracy")
    return epochs[0] < 0.99 and min(epochs[1:]) > 0.999 and m["this"]["val_accuracy"] > 0.999


def _lower_loss(m: Measured) -> bool:
    this = m["this"]
    return this["val_loss"] < m["default"]["val_loss"] and this["val_accuracy"] > 0.999


def _loses(m: Measured, least: float) -> bool:
    return m["default"]["val_accuracy"] - m["this"]["val_accuracy"] > least


def _jumps(m: Measured) -> bool:
    epochs = m["this"].history("accuracy")
    return epochs[1] > 0.999 and epochs[1] - epochs[0] > 0.1


def _training_stays_low(m: Measured) -> bool:
    return m["this"]["accuracy"] < 0.7 and _loses(m, 0.05)


def _faster(m: Measured) -> bool:
    return m["this"]["seconds"] < 0.9 * m["default"]["seconds"]


def _faster_and_right(m: Measured) -> bool:
    return _faster(m) and m["this"]["val_accuracy"] > 0.999


EXPERIMENTS = (
    Experiment(
        "base", "The article's settings", {},
        "Accuracy jumps to 1 within the second epoch: a rule is found, not 10 000 sums remembered.",
        (
            Claim(
                "000/rnn-base", "Learnt in the first epoch: accuracy 1 from the second on, and on unseen sums.",
                "test loss .00029, accuracy 1.0; training .9156, then 1.0", _learns, UNSEEN_SUMS,
            ),
        ),
    ),
    Experiment(
        "units-128", "128 units", {"units": 128},
        "The loss ends a little lower; the accuracy was 1 already.",
        (
            Claim(
                "000/rnn-128", "128 units end with a lower loss than 16.",
                "test loss .00024 against .00029", _lower_loss, UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-128", "128 units are more accurate from the first epoch on.",
                "a curve; 000: .9194 against .9156",
                lambda m: _first(m, "this") > _first(m, "default"), ("accuracy",), DEFAULT,
            ),
        ),
    ),
    Experiment(
        "sigmoid", "Sigmoid state", {"activation": "sigmoid"},
        "Two epochs at a coin's accuracy: the slope of a sigmoid is at most ¼, and less at every step back.",
        (
            Claim(
                "000/rnn-sigmoid", "With a sigmoid state the sums are not learnt in five epochs.",
                "test loss .1877, accuracy .745", lambda m: _loses(m, 0.1), UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-sigmoid", "Sigmoid is less accurate than ReLU.",
                "a curve, below ReLU's",
                lambda m: m["this"]["accuracy"] < m["default"]["accuracy"], ("accuracy",), DEFAULT,
            ),
        ),
    ),
    Experiment(
        "tanh", "Tanh state", {"activation": "tanh"},
        "A slower first epoch than ReLU's, then a sudden 1.",
        (
            Claim(
                "000/rnn-tanh", "Tanh ends with a lower loss than ReLU.",
                "test loss .00025 against .00029", _lower_loss, UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-tanh", "From the second epoch on the accuracy is suddenly much better.",
                "a curve; 000: .817, then 1.0", _jumps, ("accuracy",),
            ),
        ),
    ),
    Experiment(
        "adam", "Adam", {"optimizer": "adam", "learning_rate": 0.001},
        "The loss falls by powers of ten: open the chart's log scale.",
        (
            Claim(
                "000/rnn-adam", "Adam's loss ends at least a hundred times lower.",
                "test loss 5.6e-8 against 2.9e-4",
                lambda m: m["this"]["val_loss"] < m["default"]["val_loss"] / 100, UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-adam", "Adam is more accurate in the first epoch.",
                "a curve; 000: .9385 against .9156",
                lambda m: _first(m, "this") > _first(m, "default"), ("accuracy",), DEFAULT,
            ),
        ),
    ),
    Experiment(
        "dropout", "Half of the inputs hidden", {"dropout": 0.5},
        "Validation is far above training: unseen sums come with all their bits, training sums do not.",
        (
            Claim(
                "000/rnn-dropout", "Training accuracy stays near .63, on unseen sums it is well below 1.",
                "test loss .1546, accuracy .862; training .635", _training_stays_low, UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-dropout", "With input dropout no good accuracy comes out.",
                "a curve", lambda m: m["this"]["accuracy"] < m["default"]["accuracy"] - 0.1,
                ("accuracy",), DEFAULT,
            ),
        ),
    ),
    Experiment(
        "recurrent-dropout", "Recurrent dropout .3", {"recurrent_dropout": 0.3},
        "Every step forgets some of the carry, so the state must hold it many times over.",
        (
            Claim(
                "000/rnn-recurrent-dropout", "With recurrent dropout the accuracy on unseen sums falls.",
                "test loss .0942, accuracy .902", lambda m: _loses(m, 0.03), UNSEEN_SUMS, DEFAULT,
            ),
            Claim(
                "001/rnn-recurrent-dropout", "It learns faster than with input dropout, yet stays below the default.",
                "a curve; 000: .831 in the first epoch against .588",
                lambda m: _first(m, "this") > _first(m, "input dropout") and _loses(m, 0),
                ("accuracy", "val_accuracy"), {**DEFAULT, "input dropout": {"dropout": 0.5}},
            ),
        ),
    ),
    Experiment(
        "unroll", "Unrolled", {"unroll": True},
        "The same network and the same mathematics, in less time: compare steps a second.",
        (
            Claim(
                "000/rnn-unroll", "Unrolling takes less time and gives the same accuracy.",
                "28 s → 20 s an epoch; test loss .00031, accuracy 1.0", _faster_and_right,
                ("seconds", "val_loss", "val_accuracy"), DEFAULT,
            ),
            Claim(
                "001/rnn-unroll", "Unrolling makes training faster.", "a curve", _faster, ("seconds",), DEFAULT,
            ),
        ),
    ),
)  # fmt: skip

LESSON = Lesson(
    id="binary-addition",
    title="Binary addition",
    track="Sequences and language",
    order=20,
    summary="Sixteen recurrent units learn to add bit by bit, and to remember the carry.",
    parameters=BinaryAddition,
    data=data,
    model=model,
    views=(
        View("sums", "Worked sums", worked_sums),
        View("state", "Hidden state", hidden_state),
        View("carry", "Carry read from z", decoded_carry),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("rnn-bptt",),
    read_next=("lstm",),
    sources=(
        "Study article 000, recurrent network that predicts binary sums",
        "Study article 001, Keras exercises, recurrent network",
        "Finding structure in time (Elman, 1990)",
        "Deep Learning (Goodfellow, Bengio and Courville, 2016), section 10.2",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
