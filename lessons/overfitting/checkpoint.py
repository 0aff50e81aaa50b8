"""A checkpoint in memory: the rule of Keras's ModelCheckpoint, without its files."""

from __future__ import annotations

from typing import Any


def checkpoint(monitor: str, restore: bool) -> Any:
    """A callback that keeps the weights of the best epoch by `monitor`, one copy at a time.

    It notes (epoch, value) of each in `model.kept`, and the epoch whose weights remain in
    `model.kept_epoch`; with `restore` those are the best one's, put back when training ends.
    """
    import keras

    class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]
        """ModelCheckpoint(save_best_only=True, save_weights_only=True, save_freq="epoch")."""

        def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
            self.best: float | None = None
            self.weights: list[Any] = []
            self.model.kept = ()

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            value = (logs or {})[monitor]
            higher_is_better = monitor.endswith("accuracy")  # what mode="auto" works out
            if self.best is None or (value > self.best if higher_is_better else value < self.best):
                self.best, self.weights = value, self.model.get_weights()
                self.model.kept = (*self.model.kept, (epoch + 1, value))
            self.model.kept_epoch = self.model.kept[-1][0] if restore else epoch + 1

        def on_train_end(self, logs: dict[str, float] | None = None) -> None:
            if restore and self.weights:
                self.model.set_weights(self.weights)

    return Checkpoint()
