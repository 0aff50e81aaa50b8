"""A learning rate that changes during training: at a plateau, or along a planned curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras.callbacks import LearningRateScheduler, ReduceLROnPlateau

from lessons.learning_rate_schedules.settings import Schedules
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def warmup_cosine(t: int, peak: float, warmup: int, T: int, zero_start: bool = False) -> float:
    """Return η in epoch t = 0 … T−1: a straight line up to the peak, then half a cosine wave down.

    `zero_start` is the study article's warm-up, which divides t, not t + 1: epoch 0 learns nothing.
    """
    if t < warmup:
        return peak * (t if zero_start else t + 1) / warmup
    if zero_start and t == 0:
        return 0.0  # no warm-up, where the article divides by 0
    s = (t - warmup) / (T - warmup)
    return peak / 2 * (1 + math.cos(math.pi * s))


def follow(p: Any) -> Callable[[int, float], float]:
    """Return the schedule in Keras's form: epoch and present rate to the rate of that epoch.

    If the user changed the rate since the last epoch, their value is the peak from then on.
    """
    peak = last = p.learning_rate

    def schedule(t: int, present: float) -> float:
        nonlocal peak, last
        if np.float32(present) != np.float32(last):
            peak = present
        last = warmup_cosine(t, peak, p.warmup, p.epochs, p.zero_start)
        return last

    return schedule


def plateau(
    losses: Sequence[float],
    rate: float,
    factor: float,
    patience: int,
    cooldown: int = 0,
    floor: float = 0.0,
    min_delta: float = 1e-4,
) -> list[float]:
    """Return the rate after each of the epochs that ended with these validation losses."""
    best, wait, resting, rates = math.inf, 0, 0, []
    for loss in losses:
        if resting:
            resting, wait = resting - 1, 0
        if loss < best - min_delta:
            best, wait = loss, 0
        elif not resting:
            wait += 1
        if wait >= patience and not resting and rate > floor:
            rate, resting, wait = max(factor * rate, floor), cooldown, 0
        rates.append(rate)
    return rates


@dataclass
class Diary:
    """One entry per epoch: the rate used, the distance the weights moved, the validation loss."""

    rates: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def position(model: Any) -> np.ndarray:
    """Return all trainable weights as one point (weights,)."""
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


class DiaryKeeper(keras.callbacks.Callback):
    """A callback that records the rate at the start of an epoch and the results at its end."""

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.diary = self.model.diary = Diary()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.rate, self.start = float(self.model.optimizer.learning_rate), position(self.model)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.diary.rates.append(self.rate)
        self.diary.moves.append(float(np.linalg.norm(position(self.model) - self.start)))
        self.diary.losses.append(float((logs or {}).get("val_loss", math.nan)))


def data(p: Schedules, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def model(p: Schedules, data: Dataset) -> keras.Model:
    """Return equal ReLU layers, then softmax; Adam has a plain rate, which the callbacks change."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for number in range(1, p.hidden_layers + 1):
        network.add(keras.layers.Dense(p.units, "relu", name=f"hidden_{number}"))
    network.add(keras.layers.Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def callbacks(p: Schedules) -> list[keras.callbacks.Callback]:
    """Return the schedule and the recorder of the run's diary."""
    cuts = {"factor": p.factor, "patience": p.patience, "cooldown": p.cooldown, "min_lr": p.floor}
    chosen = {
        "warmup-cosine": lambda: [LearningRateScheduler(follow(p))],
        "plateau": lambda: [ReduceLROnPlateau("val_loss", mode="min", **cuts)],
        "constant": list,
    }
    return [*chosen[p.schedule](), DiaryKeeper()]
