"""A polynomial through noisy points; gradient descent finds its weights."""

from __future__ import annotations

import keras
import numpy as np

from lessons.nonlinear_regression.settings import NonlinearRegression
from tui_dl.lesson import Dataset

CURVES = {  # the weights of 1, x, x², x³
    "cubic": (1.0, -2.8, 1.6, -0.4),
    "cubic-b": (2.0, -4.8, -1.2, 2.1),
    "quadratic": (0.2, 0.5, 30.0),
}


def truth(x: np.ndarray, p: NonlinearRegression) -> np.ndarray:
    """Return the curve without noise."""
    return np.asarray(sum(w * x**k for k, w in enumerate(CURVES[p.curve])))


def data(p: NonlinearRegression, rng: np.random.Generator) -> Dataset:
    """Return points y = curve(x) + noise·N(0, 1), x from U(−2, 2); x and y are (points, 1)."""
    x = rng.uniform(-2, 2, (p.points, 1))
    y = truth(x, p) + p.noise * rng.standard_normal(x.shape)
    return Dataset(f"{p.curve}, noise {p.noise:g}", x.astype("float32"), y.astype("float32"))


def model(p: NonlinearRegression, data: Dataset) -> keras.Model:
    """Return ŷ = w0 + w1·x + w2·x² + …: linear in the weights, not in x."""
    x = keras.Input((1,))
    powers = keras.ops.concatenate([x**k for k in range(p.degree + 1)], axis=-1)
    small = keras.initializers.RandomNormal(stddev=0.01)
    y_hat = keras.layers.Dense(1, use_bias=False, kernel_initializer=small)(powers)
    kinds = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
    polynomial = keras.Model(x, y_hat)
    polynomial.compile(kinds[p.optimizer](p.learning_rate), "mean_squared_error")
    return polynomial


def polynomial(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return Σ w_k x^k."""
    return np.asarray(sum(w_k * x**k for k, w_k in enumerate(w)))
