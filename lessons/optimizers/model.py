"""Five optimizers, on a valley in two dimensions and on handwritten digits."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from keras.optimizers import SGD, Adagrad, Adam, RMSprop

from lessons.optimizers.settings import Optimizers
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset

Array = np.ndarray


def sgd(theta: Array, g: Array, eta: float) -> Array:
    """Take a step of plain gradient descent, which has no memory."""
    return theta - eta * g


def momentum(theta: Array, g: Array, m: Array, eta: float, beta: float) -> tuple[Array, Array]:
    """Step with m, which starts at 0: earlier steps continue, fading by β per step."""
    m = beta * m - eta * g
    return theta + m, m


def adagrad(theta: Array, g: Array, v: Array, eta: float, epsilon: float) -> tuple[Array, Array]:
    """Step with v, the sum of squared gradients, from 0.1 as in Keras: steps only shrink."""
    v = v + g**2
    return theta - eta * g / np.sqrt(v + epsilon), v


def rmsprop(
    theta: Array, g: Array, v: Array, eta: float, rho: float, epsilon: float
) -> tuple[Array, Array]:
    """Step with v, a moving average of squared gradients from 0: old gradients are forgotten."""
    v = rho * v + (1 - rho) * g**2
    return theta - eta * g / np.sqrt(v + epsilon), v


def adam(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    t: int,
    eta: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    """Step with m, v from 0, t from 1. (Keras adds ϵ to √v before correction, the paper after.)"""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    return theta - eta * m_hat / (np.sqrt(v_hat) + epsilon), m, v


RULES = (sgd, momentum, adagrad, rmsprop, adam)


def data(p: Optimizers, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def optimizers(p: Optimizers) -> dict[str, keras.optimizers.Optimizer]:
    """Return all five optimizers, with the values of the form."""
    eta = p.learning_rate
    return {
        "sgd": SGD(eta),
        "momentum": SGD(eta, momentum=p.momentum),
        "adagrad": Adagrad(eta, epsilon=p.epsilon),
        "rmsprop": RMSprop(eta, rho=p.rho, epsilon=p.epsilon),
        "adam": Adam(eta, beta_1=p.beta_1, beta_2=p.beta_2, epsilon=p.epsilon),
    }


def model(p: Optimizers, data: Dataset) -> keras.Model:
    """Return two ReLU layers with dropout, then softmax; runs differ only in the optimizer."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    for number in (1, 2):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(layers.Dropout(p.dropout, name=f"dropout_{number}"))
    network.add(layers.Dense(10, "softmax", name="output"))
    rule = optimizers(p)[p.optimizer]
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
