"""A memory with gates: an LSTM remembers the first step of a long sequence, a plain network rarely.

Run alone: python -m lessons.lstm.lesson
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.lstm.pictures import gates_over_time, gradient_left, measure, memory_over_time
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class LongShortTermMemory(Hyperparameters):
    """Was the message +1 or −1? It comes at the first step; noise follows for `lag` steps."""

    cell: Literal["lstm", "peephole", "simple_rnn"] = param(
        "lstm", "What remembers: LSTM, LSTM with peepholes, or no gates."
    )
    units: int = param(16, "Size of the hidden state, and of the cell state.", ge=1, le=128)
    forget_bias: float = param(
        3.0, "b_f before training: how far open the forget gate starts.", ge=-5, le=10
    )
    lag: int = param(
        50, "Steps of noise between the message and the answer.", ge=1, le=200, unit="steps"
    )
    noise: float = param(2.0, "Standard deviation of the noise that follows.", ge=0, le=10)
    sequences: int = param(
        2000, "Training sequences; 1000 more are for validation.", ge=100, le=20_000
    )
    learning_rate: float = param(0.01, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(50, "Sequences that share one step.", ge=1, le=1000, unit="sequences")
    epochs: int = param(10, "How often the training sequences are shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------

UNSEEN = 1000


def data(p: LongShortTermMemory, rng: np.random.Generator) -> Dataset:
    """x (sequences, lag+1, 2): the message, at step 0 alone, and noise. y: 1 for +1, 0 for −1."""
    count = p.sequences + UNSEEN
    y = rng.integers(0, 2, size=(count, 1)).astype("float32")
    x = np.zeros((count, p.lag + 1, 2), "float32")
    x[:, 0, 0] = 2 * y[:, 0] - 1
    x[:, :, 1] = rng.normal(0, p.noise, size=(count, p.lag + 1))
    n = p.sequences
    return Dataset(f"message and {p.lag} steps of noise", x[:n], y[:n], x[n:], y[n:], ("−1", "+1"))


# --- Model -----------------------------------------------------------------------------------


def model(p: LongShortTermMemory, data: Dataset) -> keras.Model:
    """A memory reads the sequence; one sigmoid unit answers from its last hidden state."""
    import keras

    memory = layer(p)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((p.lag + 1, 2)), memory, output])
    if p.cell != "simple_rnn":
        b_i, _, b_c, b_o = np.split(np.zeros(4 * p.units, "float32"), 4)
        b_f = np.full(p.units, p.forget_bias, "float32")
        memory.cell.bias.assign(np.concatenate([b_i, b_f, b_c, b_o]))
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network


def layer(p: LongShortTermMemory) -> Any:
    """The recurrent layer of the chosen cell."""
    import keras

    if p.cell == "peephole":
        return keras.layers.RNN(peephole_cell()(p.units))
    return {"lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[p.cell](p.units)


@functools.cache
def peephole_cell() -> type[Any]:
    """The class of the LSTM cell whose three gates also see the cell state."""
    import keras
    from keras import ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class PeepholeLSTMCell(keras.layers.Layer):
        """One step: input x (batch, inputs) and states h, c (batch, units) to the next h, c."""

        def __init__(self, units: int, **options: Any) -> None:
            super().__init__(**options)
            self.units, self.state_size, self.output_size = units, [units, units], units

        def build(self, shape: tuple[int, ...]) -> None:
            """Weights of the four sums side by side, in Keras's order: i, f, c, o."""
            n = self.units
            self.kernel = self.add_weight((shape[-1], 4 * n), "glorot_uniform", name="kernel")
            self.recurrent_kernel = self.add_weight(
                (n, 4 * n), "orthogonal", name="recurrent_kernel"
            )
            self.bias = self.add_weight((4 * n,), "zeros", name="bias")
            self.p_i = self.add_weight((n,), "zeros", name="p_i")
            self.p_f = self.add_weight((n,), "zeros", name="p_f")
            self.p_o = self.add_weight((n,), "zeros", name="p_o")

        def call(self, x: Any, states: list[Any], training: bool = False) -> tuple[Any, list[Any]]:
            """The equations of the page; i, f and c see the old cell state, o the new one."""
            h, c = states
            u = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
            u_i, u_f, u_c, u_o = ops.split(u, 4, axis=-1)
            i = ops.sigmoid(u_i + self.p_i * c)
            f = ops.sigmoid(u_f + self.p_f * c)
            c = f * c + i * ops.tanh(u_c)
            o = ops.sigmoid(u_o + self.p_o * c)
            h = o * ops.tanh(c)
            return h, [h, c]

        def get_config(self) -> dict[str, Any]:
            """What `from_config` needs."""
            return {**super().get_config(), "units": self.units}

    return PeepholeLSTMCell


# --- Train: the engine fits the model; pictures.py draws while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------


def _gates_remember(m: Measured) -> bool:
    """Most plain networks stay near a coin's accuracy, most LSTMs do not."""
    plain, lstm = m["this"], m["lstm"]
    return plain.share("val_accuracy", 0.6) < 0.5 < lstm.share("val_accuracy", 0.95)


EXPERIMENTS = (
    Experiment(
        "simple-rnn", "No gates", {"cell": "simple_rnn"},
        "Validation usually stays at a coin's accuracy (25 of 30 seeds), and what training gains is memorized noise. Four of the 30 reach 1.00: try seed 17.",
        (
            Claim(
                "001/lstm-lag", "Across 50 steps of noise a plain recurrent network usually answers no better than a coin, an LSTM usually correctly.",
                "long lags are hard without gates, easy with them", _gates_remember,
                ("val_accuracy", "val_accuracy>0.6", "val_accuracy>0.95"), {"lstm": {}}, seeds=30,
            ),
        ),
    ),
    Experiment(
        "peephole", "Peepholes", {"cell": "peephole"},
        "48 weights more than the LSTM, and the same answer: this task does not need to see c.",
    ),
    Experiment(
        "forget-bias-1", "The usual forget gate", {"forget_bias": 1.0},
        "The gradient along the cell state starts below 1e-6. Training found the message with 5 of 30 seeds, no more often than the plain network: try seed 10.",
    ),
    Experiment(
        "short-lag", "A lag of five, no gates", {"cell": "simple_rnn", "lag": 5},
        "The plain network can do it: the lag makes the task hard, not the message.",
    ),
    Experiment(
        "lag-100", "A lag of a hundred", {"lag": 100, "forget_bias": 5.0},
        "A forget gate that starts at 0.993 keeps half of the gradient over a hundred steps.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="lstm",
    title="LSTM",
    track="Sequences and language",
    order=30,
    summary="A cell state that keeps its gradient, the gates that guard it, and their peepholes.",
    parameters=LongShortTermMemory,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("gates", "Gates over time", gates_over_time),
        View("memory", "Cell state", memory_over_time),
        View("gradient", "Gradient left", gradient_left),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/cec", "001/input-gate", "001/output-gate", "001/forget-gate", "001/peephole"),
    prerequisites=("rnn-bptt",),
    sources=(
        "Study article 001, long short-term memory",
        "Long short-term memory (Hochreiter and Schmidhuber, 1997)",
        "Learning to forget: continual prediction with LSTM (Gers, Schmidhuber and Cummins, 2000)",
        "Learning precise timing with LSTM recurrent networks (Gers, Schraudolph and Schmidhuber, 2002)",
    ),
    shows_code=(data, model, peephole_cell),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
