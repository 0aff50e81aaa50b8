"""Two half moons, a few noisy points, a large network: memorizing, and ways to stop it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras.callbacks import EarlyStopping
from keras.layers import Dense

from lessons.overfitting.settings import Overfitting
from tui_dl.errors import LessonError
from tui_dl.lesson import Dataset, Split


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return n points (n, 2) on two interlocked half circles plus N(0, noise²), and classes."""
    angle, y = rng.uniform(0, np.pi, n), rng.integers(0, 2, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.array([1.0, 0.5]) - upper
    x = np.where(y[:, None] == 0, upper, lower) + rng.normal(0, noise, (n, 2))
    return x.astype("float32"), y.astype("float32")


def data(p: Overfitting, rng: np.random.Generator) -> Dataset:
    """Return `samples` points; the share `validation` of them is held back from training."""
    x, y = moons(p.samples, p.noise, rng)
    held = round(p.validation * p.samples)
    if not 0 < held < p.samples:
        raise LessonError("held back: nothing would be left; take more samples")
    note = f"{p.samples - held} points to train on, {held} held back"
    return Dataset(
        "two moons", x[held:], y[held:], Split(x[:held], y[:held]), ("upper", "lower"), note
    )


def model(p: Overfitting, data: Dataset) -> keras.Model:
    """Return two ReLU layers and a sigmoid unit; the loss is the cross-entropy plus λ Σ w²."""
    penalty = keras.regularizers.L2(p.l2) if p.l2 else None
    network = keras.Sequential([keras.Input((2,))])
    for layer in (1, 2):
        network.add(Dense(p.units, "relu", kernel_regularizer=penalty, name=f"hidden_{layer}"))
    network.add(Dense(1, "sigmoid", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "binary_crossentropy", metrics=["accuracy"])
    return network


def callbacks(p: Overfitting) -> list[Any]:
    """Return the callbacks that watch validation each epoch: checkpoint and early stopping."""
    watching = [Checkpoint(p.monitor, restore=p.keep == "best")]
    if p.early_stopping:
        watching.append(EarlyStopping(p.monitor, min_delta=p.min_delta, patience=p.patience))
    return watching


class Checkpoint(keras.callbacks.Callback):
    """ModelCheckpoint(save_best_only=True, save_weights_only=True), in memory instead of in files.

    It records (epoch, value) of each best epoch in `model.kept`, the last of these epochs' weights
    in `model.kept_weights`, and the epoch of the remaining weights in `model.kept_epoch`; with
    `restore` the best weights are put back after training.
    """

    def __init__(self, monitor: str, restore: bool) -> None:
        super().__init__()
        self.monitor, self.restore = monitor, restore

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.best: float | None = None
        self.weights: list[Any] = []
        self.model.kept = ()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        value = (logs or {})[self.monitor]
        higher_is_better = self.monitor.endswith("accuracy")  # what mode="auto" chooses
        if self.best is None or (value > self.best if higher_is_better else value < self.best):
            self.best, self.weights = value, self.model.get_weights()
            self.model.kept = (*self.model.kept, (epoch + 1, value))
            self.model.kept_weights = tuple(self.weights)
        self.model.kept_epoch = self.model.kept[-1][0] if self.restore else epoch + 1

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.restore and self.weights:
            self.model.set_weights(self.weights)
