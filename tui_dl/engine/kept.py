"""Finds the epoch from which the final weights come."""

from __future__ import annotations

import hashlib

import keras

Metrics = dict[str, float]


class EpochEnds(keras.callbacks.Callback):  # type: ignore[misc]
    """Stores each epoch's metrics by the weights at its end.

    Another callback may restore earlier weights (a checkpoint, EarlyStopping with
    `restore_best_weights`), which do not have the last epoch's metrics. This one comes first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: dict[bytes, tuple[int, Metrics]] = {}

    def on_epoch_end(self, epoch: int, logs: Metrics | None = None) -> None:
        """Store the metrics under the current weights."""
        self._ends[self.weights()] = epoch + 1, dict(logs or {})

    def weights(self) -> bytes:
        """Return a digest of the model's current weights."""
        digest = hashlib.blake2b(digest_size=16)
        for each in self.model.get_weights():
            digest.update(each.tobytes())
        return digest.digest()

    def of_weights(self) -> tuple[int, Metrics] | None:
        """Return the epoch (from 1) that ended with these weights, with its metrics; or None."""
        return self._ends.get(self.weights())
