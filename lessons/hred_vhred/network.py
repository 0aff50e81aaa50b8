"""The answerers without chance: seq2seq, which reads the last turn, and HRED, which reads all."""

from __future__ import annotations

import functools
from typing import Any

from lessons.hred_vhred.talk import END, VOCABULARY, WORDS_A_TURN

EMBEDDING = 32  # numbers that stand for a word …
TURN = 64  # … and for a turn


@functools.cache
def seq2seq() -> type[Any]:  # noqa: C901 - the methods of one class, counted together
    """The class that reads the last turn: taught with the right words, asked without them."""
    import keras
    import tensorflow as tf
    from keras import layers, ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class LastTurn(keras.Model):
        """Dialogues x (batch, turns, words) to logits of the answer (batch, words, vocabulary)."""

        def __init__(self, units: int, **options: Any) -> None:
            super().__init__(**options)
            self.settings: dict[str, Any] = {"units": units}
            self.known = TURN  # numbers that the decoder starts from
            spread = keras.initializers.RandomNormal(stddev=1.0)  # Keras's 0.03 starts far too flat
            self.embedding = layers.Dense(
                EMBEDDING, use_bias=False, kernel_initializer=spread, name="embedding"
            )
            self.encoder = layers.GRU(TURN, unroll=True, name="encoder")
            self.first_state = layers.Dense(units, activation="tanh", name="first_state")
            self.decoder = layers.GRU(units, return_sequences=True, unroll=True, name="decoder")
            self.output_layer = layers.Dense(len(VOCABULARY), name="words")

        def build(self, shape: tuple[int, ...]) -> None:
            """Every weight at once."""
            self.embedding.build((None, len(VOCABULARY)))
            self.encoder.build((None, None, EMBEDDING))
            self.first_state.build((None, self.known))
            self.decoder.build((None, None, EMBEDDING))
            self.output_layer.build((None, None, self.decoder.units))

        def embed(self, words: Any) -> Any:
            """A row of the embedding for each word: one-hot times the weights."""
            rows = self.embedding(ops.one_hot(ops.reshape(words, (-1,)), len(VOCABULARY)))
            return ops.reshape(rows, (-1, *words.shape[1:], EMBEDDING))

        def read(self, turns: Any) -> Any:
            """v (batch, TURN), one vector for each turn (batch, words)."""
            return self.encoder(self.embed(turns), mask=ops.not_equal(turns, END))

        def contexts(self, x: Any) -> Any:
            """What is known after each turn (batch, turns, numbers): here of the last one alone."""
            return self.read(x[:, -1])[:, None]

        def answer(self, x: Any, noise: Any) -> Any:
            """Free running; no use is made of `noise` here."""
            return self.speak(self.contexts(x)[:, -1])

        def speak(self, known: Any) -> Any:
            """Logits of an answer, greedy: each next word follows from the likeliest before it."""
            s = self.first_state(known)
            word, logits = ops.full_like(s[:, 0], END, dtype="int32"), []
            for _ in range(WORDS_A_TURN):
                s, _ = self.decoder.cell(self.embed(word), [s])
                logits.append(self.output_layer(s))
                word = ops.cast(ops.argmax(logits[-1], axis=-1), "int32")
            return ops.stack(logits, axis=1)

        def call(self, x: Any, training: bool = False) -> Any:
            """The answer, running free."""
            return self.answer(x, 0.0)

        def told(self, y: Any, known: Any, kept: Any = 1.0) -> Any:
            """Logits while the decoder is shown the right words; where `kept` is 0, none."""
            before = ops.concatenate([ops.full_like(y[:, :1], END), y[:, :-1]], axis=1)
            s = self.decoder(self.embed(before) * kept, initial_state=self.first_state(known))
            return self.output_layer(s)

        def taught(self, x: Any, y: Any, training: bool) -> tuple[Any, Any]:
            """Logits with the right words shown, and a cost besides them: none here."""
            return self.told(y, self.contexts(x)[:, -1]), 0.0

        def compute_loss(
            self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
        ) -> Any:  # fmt: skip
            """−log p of all of an answer's words, in nats, and the cost besides."""
            logits, cost = y_pred
            nll = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
            return ops.mean(ops.sum(nll, axis=-1)) + cost

        def train_step(self, batch: Any) -> Any:
            """One step of gradient descent with the right words."""
            x, y = batch
            with tf.GradientTape() as tape:
                y_pred = self.taught(x, y, training=True)
                loss = self.compute_loss(x, y, y_pred)
            theta = self.trainable_variables
            self.optimizer.apply(tape.gradient(loss, theta), theta)
            self._loss_tracker.update_state(loss)
            return self.compute_metrics(x, y, y_pred[0])

        def test_step(self, batch: Any) -> Any:
            """The same on unseen dialogues, and nothing is learnt."""
            x, y = batch
            y_pred = self.taught(x, y, training=False)
            self._loss_tracker.update_state(self.compute_loss(x, y, y_pred))
            return self.compute_metrics(x, y, y_pred[0])

        def get_config(self) -> dict[str, Any]:
            """What `from_config` needs."""
            return {**super().get_config(), **self.settings}

    return LastTurn


@functools.cache
def hred() -> type[Any]:
    """The class that reads every turn: a second GRU, whose steps are turns."""
    import keras
    from keras import ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class HRED(seq2seq()):  # type: ignore[misc]
        """A hierarchical recurrent encoder–decoder."""

        def __init__(self, units: int, **options: Any) -> None:
            super().__init__(units, **options)
            self.known = units
            self.context_rnn = keras.layers.GRU(
                units, return_sequences=True, unroll=True, name="context_rnn"
            )

        def build(self, shape: tuple[int, ...]) -> None:
            """The context's weights too."""
            super().build(shape)
            self.context_rnn.build((None, None, TURN))

        def contexts(self, x: Any) -> Any:
            """c after each turn (batch, turns, units)."""
            turns, words = x.shape[1:]
            v = self.read(ops.reshape(x, (-1, words)))
            return self.context_rnn(ops.reshape(v, (-1, turns, TURN)))

    return HRED
