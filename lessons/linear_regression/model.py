"""A line through noisy points, by gradient descent: with a visible gradient, and by Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lessons.linear_regression.settings import LinearRegression
from tui_dl.lesson import Dataset


def data(p: LinearRegression, rng: np.random.Generator) -> Dataset:
    """Return y = slope·x + intercept + noise·N(0,1), x from U(0,1); x and y are (points, 1)."""
    x = rng.random((p.points, 1), dtype="float32")
    y = p.true_slope * x + p.true_intercept + p.noise * rng.standard_normal(x.shape)
    return Dataset(
        f"y = {p.true_slope:g}x{p.true_intercept:+g}, noise {p.noise:g}", x, y.astype("float32")
    )


@keras.saving.register_keras_serializable("dlworkbench")
class TapeLine(keras.Model):
    """The line ŷ = w·x + b, with the gradient and the update of each step written out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.w = self.add_weight(shape=(), initializer="zeros", name="w")
        self.b = self.add_weight(shape=(), initializer="zeros", name="b")
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.built = True

    def call(self, x: Any) -> Any:
        return self.w * x + self.b

    def compute_loss(self, x: Any, y: Any, y_hat: Any, *_: Any, **__: Any) -> Any:
        return tf.reduce_mean((y_hat - y) ** 2)

    def train_step(self, batch: Any) -> dict[str, Any]:
        x, y = batch
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x))
        dw, db = tape.gradient(loss, [self.w, self.b])
        learning_rate = self.optimizer.learning_rate
        self.w.assign_sub(learning_rate * dw)
        self.b.assign_sub(learning_rate * db)
        return self.reported(loss, x)

    def test_step(self, batch: Any) -> dict[str, Any]:
        x, y = batch
        return self.reported(self.compute_loss(x, y, self(x)), x)

    def reported(self, loss: Any, x: Any) -> dict[str, Any]:
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}

    @property
    def metrics(self) -> list[Any]:
        return [self.mean_loss]


def model(p: LinearRegression, data: Dataset) -> keras.Model:
    """Return the line in either form; both start at w = b = 0 and so take the same path."""
    if p.method == "tape":
        line = TapeLine()
        line.compile(keras.optimizers.SGD(p.learning_rate))
    else:
        unit = keras.layers.Dense(1, kernel_initializer="zeros")
        line = keras.Sequential([keras.Input((1,)), unit])
        line.compile(keras.optimizers.SGD(p.learning_rate), "mean_squared_error")
    return line
