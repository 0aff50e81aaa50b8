"""Cuts a data set into batches in a seeded order, as Keras does; the last one may be shorter."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from tui_dl.engine import placement
from tui_dl.lesson import Dataset

Arrays = Any  # an array, or a nest of arrays such as the lesson's data
Tensors = Any  # tensors in the same nest

WINDOW_BYTES = 32 * 2**20
WINDOW_STEPS = 16_384
VALIDATION_BATCH = 1024


def rows(arrays: Arrays) -> int:
    """Return the number of samples in an array or a nest of arrays."""
    return len(tf.nest.flatten(arrays)[0])


def row_bytes(arrays: Arrays) -> int:
    """Return the bytes of one sample."""
    return sum(a[:1].nbytes for a in tf.nest.flatten(arrays))


@dataclass(frozen=True)
class Cut:
    """The division of `samples` into `count` batches of `size`; the last one holds `last`."""

    samples: int
    size: int

    @property
    def count(self) -> int:
        """Number of batches."""
        return -(-self.samples // self.size)

    @property
    def last(self) -> int:
        """Samples in the last batch, 1…size."""
        return self.samples - (self.count - 1) * self.size

    def indices(self, order: np.ndarray) -> np.ndarray:
        """Return `order` (samples,) as (count, size); the last row is padded with sample 0."""
        padded = np.zeros(self.count * self.size, np.int32)
        padded[: self.samples] = order
        return padded.reshape(self.count, self.size)


def training_cut(data: Dataset, batch_size: int) -> Cut:
    """Return the batches of a training epoch."""
    samples = rows(data.x)
    return Cut(samples, min(batch_size, samples))


def validation_cut(data: Dataset, batch_size: int, longest: int) -> Cut | None:
    """Return the batches of a validation pass: large, as their size does not change the result."""
    if data.validation is None:
        return None
    samples = rows(data.validation.x)
    return Cut(samples, min(samples, max(batch_size, longest)))


class Windows:
    """Shuffled training batches, gathered one window at a time into tensors (W, B, ...).

    Gathering outside the compiled step keeps its compilation independent of the data's size. While
    one window is trained on, a thread gathers the next.
    """

    def __init__(self, data: Dataset, cut: Cut, epochs: int, seed: int, shuffle: bool) -> None:
        self._cut, self._seed, self._shuffle = cut, seed, shuffle
        self._arrays = tf.nest.map_structure(tf.constant, (data.x, data.y))
        self._total = cut.count * epochs
        self.steps = self._length(data)
        self._coming: dict[int, Future[Tensors]] = {}
        self._gatherer = ThreadPoolExecutor(1, "gather", placement.same_place())
        self._gather = tf.function(self._gathered, reduce_retracing=True, autograph=False)

    def _length(self, data: Dataset) -> int:
        """Return the steps per window: as many as fit, and equal, so that no window is shorter."""
        batch = self._cut.size * (row_bytes(data.x) + row_bytes(data.y))
        most = max(1, min(self._total, WINDOW_STEPS, WINDOW_BYTES // batch))
        return -(-self._total // -(-self._total // most))

    def at(self, step: int) -> tuple[Tensors, int]:
        """Return the window that holds a step, and the number of its first step."""
        first = step // self.steps * self.steps
        wanted = [first] if first + self.steps >= self._total else [first, first + self.steps]
        self._coming = {each: self._coming.get(each) or self._begin(each) for each in wanted}
        return self._coming[first].result(), first

    def _begin(self, first: int) -> Future[Tensors]:
        return self._gatherer.submit(lambda: self._gather(tf.constant(self._indices(first))))

    def room(self, step: int) -> int:
        """Return the number of steps from `step` to the end of its window."""
        return self.steps - step % self.steps

    def _indices(self, first: int) -> np.ndarray:
        """Return the sample numbers (W, B) of the steps from `first` on, past the run's end too."""
        count = self._cut.count
        epochs = range(first // count, (first + self.steps - 1) // count + 1)
        every = np.concatenate([self._cut.indices(self.order(epoch)) for epoch in epochs])
        begin = first - epochs[0] * count
        return every[begin : begin + self.steps]

    def order(self, epoch: int) -> np.ndarray:
        """Return the order of the samples in an epoch; it depends only on the seed."""
        if not self._shuffle:
            return np.arange(self._cut.samples, dtype=np.int32)
        return np.random.default_rng((self._seed, epoch)).permutation(self._cut.samples)

    def _gathered(self, indices: tf.Tensor) -> Tensors:
        return tf.nest.map_structure(lambda a: tf.gather(a, indices), self._arrays)
