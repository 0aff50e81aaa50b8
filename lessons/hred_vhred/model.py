"""Answers that depend on earlier turns (HRED), and that vary (VHRED)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from lessons.hred_vhred.settings import Dialogues
from lessons.hred_vhred.talk import END, VOCABULARY, WORDS_A_TURN, dialogue, encode
from tui_dl.lesson import Dataset, Split

EMBEDDING = 32  # length of the vector of a word …
TURN = 64  # … and of a turn


@keras.saving.register_keras_serializable(package="dlworkbench")
class LastTurn(keras.Model):
    """A model from dialogues x (batch, turns, words) to logits (batch, words, vocabulary)."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.settings: dict[str, Any] = {"units": units}
        self.known = TURN  # size of the decoder's start vector
        spread = keras.initializers.RandomNormal(stddev=1.0)  # Keras's 0.03 starts too flat
        self.embedding = layers.Dense(
            EMBEDDING, use_bias=False, kernel_initializer=spread, name="embedding"
        )
        self.encoder = layers.GRU(TURN, unroll=True, name="encoder")
        self.first_state = layers.Dense(units, activation="tanh", name="first_state")
        self.decoder = layers.GRU(units, return_sequences=True, unroll=True, name="decoder")
        self.output_layer = layers.Dense(len(VOCABULARY), name="words")

    def build(self, shape: tuple[int, ...]) -> None:
        """Create all weights."""
        self.embedding.build((None, len(VOCABULARY)))
        self.encoder.build((None, None, EMBEDDING))
        self.first_state.build((None, self.known))
        self.decoder.build((None, None, EMBEDDING))
        self.output_layer.build((None, None, self.decoder.units))

    def embed(self, words: Any) -> Any:
        """Return a row of the embedding for each word: one-hot times the weights."""
        rows = self.embedding(ops.one_hot(ops.reshape(words, (-1,)), len(VOCABULARY)))
        return ops.reshape(rows, (-1, *words.shape[1:], EMBEDDING))

    def read(self, turns: Any) -> Any:
        """Return v (batch, TURN), one vector for each turn (batch, words)."""
        return self.encoder(self.embed(turns), mask=ops.not_equal(turns, END))

    def contexts(self, x: Any) -> Any:
        """Return the context after each turn (batch, turns, numbers), here the last one's."""
        return self.read(x[:, -1])[:, None]

    def answer(self, x: Any, noise: Any) -> Any:
        """Return the logits of a free run; this class does not use `noise`."""
        return self.speak(self.contexts(x)[:, -1])

    def speak(self, known: Any) -> Any:
        """Return the logits of a greedy answer: the decoder reads its likeliest word each time."""
        s = self.first_state(known)
        word, logits = ops.full_like(s[:, 0], END, dtype="int32"), []
        for _ in range(WORDS_A_TURN):
            s, _ = self.decoder.cell(self.embed(word), [s])
            logits.append(self.output_layer(s))
            word = ops.cast(ops.argmax(logits[-1], axis=-1), "int32")
        return ops.stack(logits, axis=1)

    def call(self, x: Any, training: bool = False) -> Any:
        """Return the logits of the answer, in a free run."""
        return self.answer(x, 0.0)

    def told(self, y: Any, known: Any, kept: Any = 1.0) -> Any:
        """Return logits with teacher forcing; where `kept` is 0, the decoder sees no word."""
        before = ops.concatenate([ops.full_like(y[:, :1], END), y[:, :-1]], axis=1)
        s = self.decoder(self.embed(before) * kept, initial_state=self.first_state(known))
        return self.output_layer(s)

    def taught(self, x: Any, y: Any, training: bool) -> tuple[Any, Any]:
        """Return logits with teacher forcing and an additional cost: none here."""
        return self.told(y, self.contexts(x)[:, -1]), 0.0

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:  # fmt: skip
        """Return −log p of all words of an answer, in nats, plus the additional cost."""
        logits, cost = y_pred
        nll = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        return ops.mean(ops.sum(nll, axis=-1)) + cost

    def train_step(self, batch: Any) -> Any:
        """Take one gradient step with teacher forcing."""
        x, y = batch
        with tf.GradientTape() as tape:
            y_pred = self.taught(x, y, training=True)
            loss = self.compute_loss(x, y, y_pred)
        theta = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, theta), theta)
        self._loss_tracker.update_state(loss)
        return self.compute_metrics(x, y, y_pred[0])

    def test_step(self, batch: Any) -> Any:
        """Evaluate in the same way on unseen dialogues, without learning."""
        x, y = batch
        y_pred = self.taught(x, y, training=False)
        self._loss_tracker.update_state(self.compute_loss(x, y, y_pred))
        return self.compute_metrics(x, y, y_pred[0])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs."""
        return {**super().get_config(), **self.settings}


@keras.saving.register_keras_serializable(package="dlworkbench")
class HRED(LastTurn):
    """A hierarchical recurrent encoder–decoder."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(units, **options)
        self.known = units
        self.context_rnn = keras.layers.GRU(
            units, return_sequences=True, unroll=True, name="context_rnn"
        )

    def build(self, shape: tuple[int, ...]) -> None:
        """Create all weights, including the context's."""
        super().build(shape)
        self.context_rnn.build((None, None, TURN))

    def contexts(self, x: Any) -> Any:
        """Return c after each turn (batch, turns, units)."""
        turns, words = x.shape[1:]
        v = self.read(ops.reshape(x, (-1, words)))
        return self.context_rnn(ops.reshape(v, (-1, turns, TURN)))


@keras.saving.register_keras_serializable(package="dlworkbench")
class VHRED(HRED):
    """HRED with a latent variable z, from the posterior in training, from the prior in use."""

    def __init__(
        self, units: int, latent: int, annealing: int, word_dropout: float, **options: Any
    ) -> None:
        super().__init__(units, **options)
        self.settings |= {
            "latent": latent, "annealing": annealing, "word_dropout": word_dropout,
        }  # fmt: skip
        self.known = units + latent
        self.annealing, self.word_dropout = annealing, word_dropout
        self.prior = gaussian(units, latent, "prior")
        self.posterior = gaussian(units + TURN, latent, "posterior")
        self.chance = keras.random.SeedGenerator()  # follows the run's seed
        self.kl = keras.metrics.Mean(name="kl")

    def answer(self, x: Any, noise: Any) -> Any:
        """Return logits of a free run with z from the prior; `noise` (batch, latent) is N(0, 1)."""
        c = self.contexts(x)[:, -1]
        return self.speak(ops.concatenate([c, draw(self.prior(c), noise)], axis=-1))

    def beliefs(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        """Return the context c and two Gaussians over z: q, which sees the answer, and p."""
        c = self.contexts(x)[:, -1]
        return c, self.posterior(ops.concatenate([c, self.read(y)], axis=-1)), self.prior(c)

    def divergences(self, x: Any, y: Any) -> Any:
        """Return KL (batch,) of each answer."""
        _, q, p = self.beliefs(x, y)
        return divergence(q, p)

    def taught(self, x: Any, y: Any, training: bool) -> tuple[Any, Any]:
        """Return logits with z from q and partial teacher forcing, and the cost β · KL."""
        c, q, p = self.beliefs(x, y)
        z = draw(q, keras.random.normal(ops.shape(q[0]), seed=self.chance))
        kl = divergence(q, p)
        self.kl.update_state(kl)
        logits = self.told(y, ops.concatenate([c, z], axis=-1), self.kept(y, training))
        return logits, self.beta(training) * ops.mean(kl)

    def kept(self, words: Any, training: bool) -> Any:
        """Return 0 where a word is hidden from the decoder, else 1."""
        hidden = self.word_dropout if training else 0.0
        u = keras.random.uniform((*ops.shape(words), 1), seed=self.chance)
        return ops.cast(u >= hidden, "float32")

    def beta(self, training: bool) -> Any:
        """Return the weight of KL: from 0 to 1 in the first `annealing` steps, 1 in validation."""
        if not training or not self.annealing:
            return 1.0
        return ops.minimum(1.0, ops.cast(self.optimizer.iterations, "float32") / self.annealing)


def gaussian(inputs: int, latent: int, name: str) -> Any:
    """Return a network whose output is a Gaussian over z: μ and log σ², each (batch, latent)."""
    given = keras.Input((inputs,))
    hidden = keras.layers.Dense(64, activation="tanh")(given)
    mu, log_var = keras.layers.Dense(latent)(hidden), keras.layers.Dense(latent)(hidden)
    return keras.Model(given, [mu, log_var], name=name)


def draw(gauss: Any, noise: Any) -> Any:
    """Return z = μ + σ · noise: a draw through which gradients reach μ and σ."""
    mu, log_var = gauss
    return mu + ops.exp(log_var / 2) * noise


def divergence(q: Any, p: Any) -> Any:
    """Return KL(q‖p) of two Gaussians in nats, (batch,): the information z adds to the context."""
    (mu_q, log_q), (mu_p, log_p) = q, p
    spread = ops.exp(log_q - log_p) + (mu_q - mu_p) ** 2 / ops.exp(log_p)
    return ops.sum(log_p - log_q + spread - 1, axis=-1) / 2


UNSEEN = 2048  # two whole batches of validation


def data(p: Dialogues, rng: np.random.Generator) -> Dataset:
    """Return x (dialogues, turns, words), y (dialogues, words): word numbers, the question last."""
    said = [dialogue(p.exchanges, rng) for _ in range(p.dialogues + UNSEEN)]
    x = np.stack([encode(each.turns) for each in said])
    y = encode([each.answer for each in said])
    n = p.dialogues
    return Dataset("small dialogues", x[:n], y[:n], Split(x[n:], y[n:]), VOCABULARY[1:])


def model(p: Dialogues, data: Dataset) -> keras.Model:
    """Return one of the three answerers, all with the same decoder."""
    if p.model == "vhred":
        steps = -(-len(data.x) // p.batch_size) * p.kl_annealing  # epochs to steps
        network = VHRED(p.units, p.latent, steps, p.word_dropout)
    else:
        network = {"seq2seq": LastTurn, "hred": HRED}[p.model](p.units)
    network.compile(keras.optimizers.Adam(p.learning_rate), metrics=["accuracy"])
    return network
