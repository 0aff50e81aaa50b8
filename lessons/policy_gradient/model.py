"""A policy network learns to balance a pole from its returns alone: REINFORCE with a baseline."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium
import keras
import numpy as np
import tensorflow as tf

from lessons.policy_gradient.settings import PolicyGradient
from tui_dl.lesson import Dataset, Loop

ENVIRONMENT = "CartPole-v1"


def softmax(u: np.ndarray) -> np.ndarray:
    """Return exp(u) / Σ exp(u) over the last axis; the largest u is subtracted against overflow."""
    e = np.exp(u - u.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logits(weights: list[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Return the same network with the same weights, in NumPy.

    A call into TensorFlow does not pay for sixteen states at a time: it takes 0.1 to 0.4 ms, NumPy
    0.02 ms, and an update makes up to 500 calls. TensorFlow computes the gradient.
    """
    W, b, W_out, b_out = weights
    return lambda s: np.tanh(s @ W + b) @ W_out + b_out


def play(
    environments: Any, policy: Any, temperature: float, rng: np.random.Generator
) -> list[np.ndarray]:
    """Play a whole episode per environment; return states, actions, rewards, and which steps count.

    Each is (time, environments, ...). An environment that has ended resets itself in the
    next step; its later steps do not count. So every environment gives one episode,
    short or long: taking the first episodes to end would favor short ones.
    """
    u = logits([np.asarray(weight) for weight in policy.weights])
    state, _ = environments.reset()
    playing = np.ones(len(state), bool)
    record = []
    while playing.any():
        pi = softmax(u(state) / temperature)
        action = (rng.random(len(state)) < pi[:, 1]).astype("int64")
        following, reward, terminated, truncated, _ = environments.step(action)
        record.append((state, action, reward * playing, playing))
        playing = playing & ~(terminated | truncated)
        state = following
        time.sleep(0)  # lets the screen's thread run in between
    return [np.array(column) for column in zip(*record, strict=True)]


NOTE = "no data set: states come from playing; x holds 100 states in which an episode may begin"


def data(p: PolicyGradient, rng: np.random.Generator) -> Dataset:
    """Return 100 initial states (x, ẋ, θ, θ̇): position and velocity of the cart, of the pole."""
    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=100)
    states, _ = environments.reset(seed=int(rng.integers(2**31)))
    y = np.zeros(100, "int32")  # the right action is unknown
    return Dataset(ENVIRONMENT, states, y, classes=("left", "right"), note=NOTE)


def network(units: int, outputs: int) -> keras.Sequential:
    """Return the network: 4 state variables → tanh layer → `outputs` numbers."""
    dense = keras.layers.Dense
    return keras.Sequential([keras.Input((4,)), dense(units, activation="tanh"), dense(outputs)])


def model(p: PolicyGradient, data: Dataset) -> keras.Model:
    """Return logits u(s, a) for left and right; π(a|s) = softmax(u(s, ·) / T)."""
    return network(p.units, 2)


def returns(rewards: np.ndarray, discount: float) -> np.ndarray:
    """Return G_t = r_t + γ G_{t+1}, from the last step backwards."""
    G = np.zeros_like(rewards)
    following = np.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        G[t] = following = rewards[t] + discount * following
    return G


def update(policy: Any, optimizer: Any) -> Callable[..., Any]:
    """Return a compiled update θ ← θ + η∇J, with J = mean of log π(a|s) · A + bonus · entropy."""
    number, many = tf.TensorSpec(()), tf.TensorSpec((None,))
    states, actions = tf.TensorSpec((None, 4)), tf.TensorSpec((None,), tf.int64)

    @tf.function(input_signature=[states, actions, many, number, number])
    def ascend(s: Any, a: Any, advantage: Any, temperature: Any, bonus: Any) -> Any:
        with tf.GradientTape() as tape:
            log_pi = tf.nn.log_softmax(policy(s) / temperature)
            log_pi_a = tf.gather(log_pi, a, batch_dims=1)
            entropy = tf.reduce_mean(-tf.reduce_sum(tf.exp(log_pi) * log_pi, axis=-1))
            J = tf.reduce_mean(log_pi_a * advantage) + bonus * entropy
            loss = -J  # the optimizer descends on the loss, which ascends on J
        theta = policy.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, theta), theta, strict=True))
        return loss, entropy

    ascend.get_concrete_function()  # compile now, not in the first update
    return ascend


def value_baseline(p: PolicyGradient) -> Callable[[np.ndarray, np.ndarray], Any]:
    """Return V(s), a second network: the expected return from s, independent of the action.

    It predicts with what it learned from earlier batches, then learns from this one: a baseline
    that knew the actions taken would bias the gradient.
    """
    V, optimizer = network(p.units, 1), keras.optimizers.Adam(0.01)
    optimizer.build(V.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec((None, 4)), tf.TensorSpec((None,))])
    def expect(states: Any, G: Any) -> Any:
        expected = V(states)[:, 0]
        for _ in tf.range(10):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((V(states)[:, 0] - G) ** 2)
            gradient = tape.gradient(loss, V.trainable_variables)
            optimizer.apply_gradients(zip(gradient, V.trainable_variables, strict=True))
        return expected

    expect.get_concrete_function()
    return lambda states, G: expect(states, G).numpy()


def make_baseline(p: PolicyGradient) -> Callable[[np.ndarray, np.ndarray], Any]:
    """Return the baseline b(s), which is subtracted from the return."""
    if p.baseline == "value":
        return value_baseline(p)
    return (lambda states, G: G.mean()) if p.baseline == "mean" else (lambda states, G: 0.0)


def train(p: PolicyGradient, data: Dataset, loop: Loop) -> None:
    """Run REINFORCE: play, then make actions that did better than expected more likely."""
    policy, baseline = model(p, data), make_baseline(p)
    kinds = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    optimizer = kinds[p.optimizer](p.learning_rate)
    optimizer.build(policy.trainable_variables)
    ascend = update(policy, optimizer)
    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=p.environments)
    environments.reset(seed=loop.seed)
    rng = np.random.default_rng(loop.seed)
    recent: deque[float] = deque(maxlen=100)
    loop.model(policy)
    for step in loop.steps(p.epochs * p.steps_per_epoch, p.steps_per_epoch):
        optimizer.learning_rate = loop.live("learning_rate")
        policy.steps = step + 1
        policy.temperature = temperature = loop.live("temperature")  # the views use both
        s, a, r, counts = play(environments, policy, temperature, rng)
        G = returns(r, p.discount)[counts]
        advantage = G - baseline(s[counts], G)
        advantage = advantage / (advantage.std() + 1e-8)  # makes η independent of G's size
        bonus = loop.live("entropy_bonus")
        loss, entropy = ascend(s[counts], a[counts], advantage, temperature, bonus)
        recent.extend(r.sum(axis=0))
        metrics = {"return": float(np.mean(recent)), "loss": float(loss), "entropy": float(entropy)}
        loop.progress(**metrics)
        if (step + 1) % p.steps_per_epoch == 0:
            loop.epoch(**metrics)
        if len(recent) == 100 and metrics["return"] >= p.stop_at_return:
            loop.finish(f"Solved: 100 episodes returned {metrics['return']:.0f} on average.")
