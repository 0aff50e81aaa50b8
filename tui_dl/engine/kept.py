"""Which epoch the weights come from that remain when training ends."""

from __future__ import annotations

import hashlib

import keras

Metrics = dict[str, float]


class EpochEnds(keras.callbacks.Callback):  # type: ignore[misc]
    """Knows each epoch's metrics by the weights at its end.

    A callback may put earlier weights back (a checkpoint, EarlyStopping with
    `restore_best_weights`); the last epoch's metrics are not theirs. It goes before those.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: dict[bytes, tuple[int, Metrics]] = {}

    def on_epoch_end(self, epoch: int, logs: Metrics | None = None) -> None:
        """Note the metrics under the weights."""
        self._ends[self.weights()] = epoch + 1, dict(logs or {})

    def weights(self) -> bytes:
        """A digest of the model's weights as they are."""
        digest = hashlib.blake2b(digest_size=16)
        for each in self.model.get_weights():
            digest.update(each.tobytes())
        return digest.digest()

    def of_weights(self) -> tuple[int, Metrics] | None:
        """The epoch, from 1, that ended with these weights, and its metrics; None for no epoch."""
        return self._ends.get(self.weights())
