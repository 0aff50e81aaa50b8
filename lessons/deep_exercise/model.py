"""An exercise: improve a plain network until it reads 98.5 % of the digits correctly."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import initializers, layers

from lessons.deep_exercise.settings import DeepExercise
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: DeepExercise, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def spread(start: str) -> keras.initializers.Initializer:
    """Return normal initial weights of standard deviation 1, √(1/n) or √(2/n), for n inputs."""
    if start == "normal":
        return initializers.RandomNormal(stddev=1.0)
    scale = {"xavier": 1.0, "he": 2.0}[start]
    return initializers.VarianceScaling(scale, "fan_in", "untruncated_normal")


def hidden(p: DeepExercise, number: int) -> list[keras.Layer]:
    """Return a dense layer, optional batch normalization, the activation and dropout."""
    norm = [layers.BatchNormalization(name=f"norm_{number}")] if p.batch_normalization else []
    return [
        layers.Dense(p.units, kernel_initializer=spread(p.hidden_start), name=f"dense_{number}"),
        *norm,
        layers.Activation(p.activation, name=f"{p.activation}_{number}"),
        layers.Dropout(p.dropout, name=f"dropout_{number}"),
    ]


def model(p: DeepExercise, data: Dataset) -> keras.Model:
    """Return the hidden layers over the pixels, then softmax over the ten digits."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for number in range(1, p.hidden_layers + 1):
        for layer in hidden(p, number):
            network.add(layer)
    start = spread(p.output_start)
    network.add(keras.layers.Dense(10, "softmax", kernel_initializer=start, name="output"))
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


def rate(p: DeepExercise, t: int) -> float:
    """Return η in epoch t, from 0: η (t + 1)/T_w while t < T_w, then half a cosine towards 0."""
    if p.schedule == "constant":
        return p.learning_rate
    if t < p.warmup:
        return p.learning_rate * (t + 1) / p.warmup
    s = (t - p.warmup) / max(1, p.epochs - p.warmup)
    return p.learning_rate * (1 + math.cos(math.pi * s)) / 2


def callbacks(p: DeepExercise) -> list[Any]:
    """Return the schedule, which sets the optimizer's rate at the start of every epoch."""
    if p.schedule == "constant":
        return []
    return [keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(p, epoch))]
