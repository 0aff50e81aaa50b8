"""One row of weights per word: skip-gram and CBOW with negative sampling, on a made-up language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from lessons.word2vec.corpus import sentence, vocabulary
from lessons.word2vec.settings import Word2Vec
from tui_dl.lesson import Dataset, Split

WORDS = vocabulary()
NUMBER = {word: number for number, word in enumerate(WORDS)}


def data(p: Word2Vec, rng: np.random.Generator) -> Dataset:
    """Return word numbers x (pairs, 1) and neighbors y (pairs,); CBOW: x (pairs, 2·window)."""
    texts = [[NUMBER[word] for word in sentence(rng)] for _ in range(p.sentences)]
    texts = thinned(texts, p.subsample, rng)
    held_out = p.sentences // 10
    name = f"{p.sentences} sentences, {len(WORDS) - 1} words"
    return Dataset(
        name, *examples(texts[held_out:], p), Split(*examples(texts[:held_out], p)), WORDS
    )


def thinned(texts: list[list[int]], t: float, rng: np.random.Generator) -> list[list[int]]:
    """Drop a word of frequency f with probability 1 − √(t/f), if f exceeds t."""
    counts = np.bincount([word for text in texts for word in text], minlength=len(WORDS))
    f = np.maximum(counts / counts.sum(), 1e-12)
    keep = np.minimum(1, np.sqrt(t / f)) if t else np.ones(len(WORDS))
    return [[word for word in text if rng.random() < keep[word]] for text in texts]


def examples(texts: list[list[int]], p: Word2Vec) -> tuple[np.ndarray, np.ndarray]:
    """Return the given words and the word to predict, for every position of every text."""
    given, guessed = [], []
    for word, near in places(texts, p.window):
        if p.kind == "skip-gram":
            given += [[word]] * len(near)
            guessed += near
        elif near:
            given.append(near + [0] * (2 * p.window - len(near)))
            guessed.append(word)
    width = 1 if p.kind == "skip-gram" else 2 * p.window
    return np.array(given, "int32").reshape(-1, width), np.array(guessed, "int32")


def places(texts: list[list[int]], window: int) -> Iterator[tuple[int, list[int]]]:
    """Yield every word with the words at most `window` positions away in its text."""
    for text in texts:
        for i, word in enumerate(text):
            yield word, text[max(0, i - window) : i] + text[i + 1 : i + 1 + window]


def model(p: Word2Vec, data: Dataset) -> keras.Model:
    """Return two rows of weights per word: v where it is given, u where it is predicted."""
    counts = np.bincount(data.y, minlength=len(WORDS))
    network = WordVectors(counts.tolist(), p.vector_size, p.negatives)
    network.build(data.x.shape)
    network.compile(keras.optimizers.Adam(p.learning_rate))
    return network


def noise_table(counts: list[int], size: int = 20_000) -> np.ndarray:
    """Return words (size,) in proportion to their count to the power ¾, to draw from by index."""
    share = np.cumsum(np.array(counts, float) ** 0.75)
    return np.searchsorted(share / share[-1], (np.arange(size) + 0.5) / size).astype("int32")


@keras.saving.register_keras_serializable(package="dlworkbench")
class WordVectors(keras.Model):
    """A model from given words (batch, words) to their mean vector h (batch, d)."""

    def __init__(self, counts: list[int], vector_size: int, negatives: int, **options: Any) -> None:
        super().__init__(**options)
        self.counts, self.vector_size, self.negatives = counts, vector_size, negatives
        start = keras.initializers.RandomUniform(-0.5 / vector_size, 0.5 / vector_size)
        self.v = layers.Embedding(len(counts), vector_size, start, name="v")
        self.u = layers.Embedding(len(counts), vector_size, "zeros", name="u")
        self.noise, self.generator = noise_table(counts), keras.random.SeedGenerator()

    def build(self, shape: tuple[int, ...]) -> None:
        """Create both tables, one row for each word of the vocabulary."""
        self.v.build(shape)
        self.u.build(shape)

    def call(self, x: Any) -> Any:
        """Return h: the row of the given word, or the mean of several (word 0 is no word)."""
        known = ops.cast(x != 0, "float32")[..., None]
        return ops.sum(self.v(x) * known, axis=1) / ops.sum(known, axis=1)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
    ) -> Any:
        """Return L = −log σ(u_c·h) − Σ log σ(−u_k·h), averaged over the batch."""
        h = y_pred
        shape = (ops.shape(h)[0], self.negatives)
        places = keras.random.randint(shape, 0, len(self.noise), seed=self.generator)
        u_c, u_k = self.u(y), self.u(ops.take(self.noise, places))
        near = ops.log_sigmoid(ops.sum(u_c * h, axis=-1))
        far = ops.log_sigmoid(-ops.sum(u_k * h[:, None], axis=-1))
        return -ops.mean(near + ops.sum(far, axis=-1))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs."""
        own = {name: getattr(self, name) for name in ("counts", "vector_size", "negatives")}
        return {**super().get_config(), **own}
