"""One row of weights per word: skip-gram and CBOW with negative sampling, on a language of our own.

Run alone: python -m lessons.word2vec.lesson
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.word2vec.corpus import sentence, vocabulary
from lessons.word2vec.questions import analogies, map_of_pairs, map_of_words, measure, neighbours
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Word2Vec(Hyperparameters):
    """Which words stand near which? Vectors that answer this come to know what words mean."""

    kind: Literal["skip-gram", "cbow"] = param(
        "skip-gram", "Guess each neighbour from a word, or a word from all its neighbours."
    )
    vector_size: int = param(32, "d: the numbers in the row of a word.", ge=2, le=200)
    window: int = param(4, "How far a neighbour may stand.", ge=1, le=8, unit="words")
    negatives: int = param(5, "k: drawn words to tell from the real one.", ge=0, le=20)
    subsample: float = param(
        0.0, "t: words more frequent than this are thinned; 0 keeps all.", ge=0, le=1
    )
    sentences: int = param(
        8000, "Length of the corpus; a tenth validates.", ge=100, le=50_000, unit="sentences"
    )
    learning_rate: float = param(0.01, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(500, "Pairs that share one step.", ge=1, le=10_000, unit="pairs")
    epochs: int = param(6, "How often all pairs are shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------

WORDS = vocabulary()
NUMBER = {word: number for number, word in enumerate(WORDS)}


def data(p: Word2Vec, rng: np.random.Generator) -> Dataset:
    """x (pairs, 1) words and y (pairs,) their neighbours, as numbers; CBOW: x (pairs, 2·window)."""
    texts = [[NUMBER[word] for word in sentence(rng)] for _ in range(p.sentences)]
    texts = thinned(texts, p.subsample, rng)
    held_out = p.sentences // 10
    name = f"{p.sentences} sentences, {len(WORDS) - 1} words"
    return Dataset(name, *examples(texts[held_out:], p), *examples(texts[:held_out], p), WORDS)


def thinned(texts: list[list[int]], t: float, rng: np.random.Generator) -> list[list[int]]:
    """Drops a word of frequency f with the chance 1 − √(t/f), where f exceeds t."""
    counts = np.bincount([word for text in texts for word in text], minlength=len(WORDS))
    f = np.maximum(counts / counts.sum(), 1e-12)
    keep = np.minimum(1, np.sqrt(t / f)) if t else np.ones(len(WORDS))
    return [[word for word in text if rng.random() < keep[word]] for text in texts]


def examples(texts: list[list[int]], p: Word2Vec) -> tuple[np.ndarray, np.ndarray]:
    """What is given and what is to be guessed, at every place of every text."""
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
    """Every word with the words at most `window` places away in its text."""
    for text in texts:
        for i, word in enumerate(text):
            yield word, text[max(0, i - window) : i] + text[i + 1 : i + 1 + window]


# --- Model -----------------------------------------------------------------------------------


def model(p: Word2Vec, data: Dataset) -> keras.Model:
    """Two rows of weights per word: v where it is given, u where it is guessed."""
    import keras

    counts = np.bincount(data.y, minlength=len(WORDS))
    network = word_vectors()(counts.tolist(), p.vector_size, p.negatives)
    network.build(data.x.shape)
    network.compile(keras.optimizers.Adam(p.learning_rate))
    return network


def noise_table(counts: list[int], size: int = 20_000) -> np.ndarray:
    """Words (size,), each as often as its count to the power ¾ asks: to draw from it is to index."""
    share = np.cumsum(np.array(counts, float) ** 0.75)
    return np.searchsorted(share / share[-1], (np.arange(size) + 0.5) / size).astype("int32")


@functools.cache
def word_vectors() -> type[Any]:
    """The class of the network: one matrix product, of which only a few entries are computed."""
    import keras
    from keras import layers, ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class WordVectors(keras.Model):
        """Given words (batch, words) to their mean vector h (batch, d)."""

        def __init__(
            self, counts: list[int], vector_size: int, negatives: int, **options: Any
        ) -> None:
            super().__init__(**options)
            self.counts, self.vector_size, self.negatives = counts, vector_size, negatives
            start = keras.initializers.RandomUniform(-0.5 / vector_size, 0.5 / vector_size)
            self.v = layers.Embedding(len(counts), vector_size, start, name="v")
            self.u = layers.Embedding(len(counts), vector_size, "zeros", name="u")
            self.noise, self.generator = noise_table(counts), keras.random.SeedGenerator()

        def build(self, shape: tuple[int, ...]) -> None:
            """Both tables, one row for each word of the vocabulary."""
            self.v.build(shape)
            self.u.build(shape)

        def call(self, x: Any) -> Any:
            """h = the row of the given word; of several, the mean (word 0 is no word)."""
            known = ops.cast(x != 0, "float32")[..., None]
            return ops.sum(self.v(x) * known, axis=1) / ops.sum(known, axis=1)

        def compute_loss(
            self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
        ) -> Any:
            """E = −log σ(u_c·h) − Σ log σ(−u_k·h), the mean over the batch."""
            h = y_pred
            shape = (ops.shape(h)[0], self.negatives)
            places = keras.random.randint(shape, 0, len(self.noise), seed=self.generator)
            u_c, u_k = self.u(y), self.u(ops.take(self.noise, places))
            near = ops.log_sigmoid(ops.sum(u_c * h, axis=-1))
            far = ops.log_sigmoid(-ops.sum(u_k * h[:, None], axis=-1))
            return -ops.mean(near + ops.sum(far, axis=-1))

        def get_config(self) -> dict[str, Any]:
            """What `from_config` needs."""
            own = {name: getattr(self, name) for name in ("counts", "vector_size", "negatives")}
            return {**super().get_config(), **own}

    return WordVectors


# --- Train: the engine fits the model; questions.py asks it while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "skip-gram", "One neighbour at a time", {},
        "Neighbours come before analogies: after one epoch about 8 in 10 nearest words are of the group, but fewer than half of the analogies are right; at the end nearly all are.",
    ),
    Experiment(
        "cbow", "All neighbours at once", {"kind": "cbow"},
        "A fifth as many examples an epoch, so it is done several times sooner, and about half of the analogies are right. Five times the epochs bring it to three quarters or a little more, not to skip-gram's 99 %.",
    ),
    Experiment(
        "narrow", "A narrow window", {"window": 1},
        "With one word to either side *king* seldom sees its throne: about 7 in 10 neighbours are still of the group, since these stand in like places, but only 1 analogy in 10 is right.",
    ),
    Experiment(
        "few-sentences", "A small corpus", {"sentences": 800, "epochs": 60},
        "As many steps on a tenth of the text: the validation loss turns up again and about 4 analogies in 10 are right. More epochs do not replace more text.",
    ),
    Experiment(
        "two-numbers", "Two numbers a word", {"vector_size": 2},
        "The loss falls little and hardly an analogy is right: two numbers have no room for pair and side. A map is a shadow of the 32, not a smaller version of them.",
    ),
    Experiment(
        "no-negatives", "No negatives", {"negatives": 0},
        "The loss falls to 0: always saying yes is right when every question is about a real pair. Look at the neighbours: next to nothing was learnt.",
    ),
    Experiment(
        "thinned", "Frequent words thinned", {"subsample": 0.005},
        "Most of *the* is dropped, so an epoch is half as long; analogies and neighbours stay about where they were.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="word2vec",
    title="Word vectors",
    track="Sequences and language",
    order=90,
    summary="One row of weights per word, learnt from the company that words keep.",
    parameters=Word2Vec,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("analogies", "Analogies", analogies),
        View("neighbours", "Neighbours", neighbours),
        View("map", "Map", map_of_words),
        View("pairs", "Pairs", map_of_pairs),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/word2vec",),
    prerequisites=("perceptron", "iris"),
    read_next=("attention", "vae"),
    sources=(
        "Study article 001, word2vec",
        "Efficient estimation of word representations in vector space (Mikolov, Chen, Corrado and Dean, 2013)",
        "Distributed representations of words and phrases and their compositionality (Mikolov and others, 2013)",
        "Neural word embedding as implicit matrix factorization (Levy and Goldberg, 2014)",
    ),
    shows_code=(sentence, examples, model, noise_table, word_vectors),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
