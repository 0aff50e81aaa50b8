"""The five update rules in NumPy: from parameters θ and gradient g to the next θ.

Each returns the new θ first and then what it remembers for the next step. They do what Keras's
optimizers do; for Adam see `adam`.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def sgd(theta: Array, g: Array, eta: float) -> Array:
    """Plain gradient descent remembers nothing."""
    return theta - eta * g


def momentum(theta: Array, g: Array, u: Array, eta: float, mu: float) -> tuple[Array, Array]:
    """u, the velocity, starts at 0: the last steps' directions go on, fading by μ a step."""
    u = mu * u - eta * g
    return theta + u, u


def adagrad(theta: Array, g: Array, s: Array, eta: float, epsilon: float) -> tuple[Array, Array]:
    """s starts at 0.1 in Keras: the sum of all squared gradients, so the steps only shrink."""
    s = s + g**2
    return theta - eta * g / np.sqrt(s + epsilon), s


def rmsprop(
    theta: Array, g: Array, v: Array, eta: float, rho: float, epsilon: float
) -> tuple[Array, Array]:
    """v starts at 0: a fading mean of squared gradients, so that old ones are forgotten."""
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
    """m and v start at 0, t at 1. (Keras adds ε to √v before correcting it, the paper after.)"""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    return theta - eta * m_hat / (np.sqrt(v_hat) + epsilon), m, v


RULES = (sgd, momentum, adagrad, rmsprop, adam)
