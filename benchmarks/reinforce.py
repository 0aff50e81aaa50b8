"""REINFORCE as it is commonly written: one environment, an eager Keras model, GradientTape.

The settings and the algorithm are those of the lesson policy-gradient with `epochs=1`: ten updates,
each after 16 episodes, with V(s) as the baseline.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import keras
import numpy as np
import tensorflow as tf

SEED, UPDATES, EPISODES, UNITS, DISCOUNT = 0, 10, 16, 32, 0.99
Episode = tuple[list[Any], list[int], list[float]]


def network(outputs: int) -> keras.Model:
    """Return the network: 4 state variables → tanh layer → `outputs` numbers."""
    dense = keras.layers.Dense
    return keras.Sequential([keras.Input((4,)), dense(UNITS, activation="tanh"), dense(outputs)])


def play(env: Any, policy: keras.Model, rng: np.random.Generator) -> Episode:
    """Play one episode and return its states, actions and rewards."""
    states, actions, rewards = [], [], []
    state, _ = env.reset()
    ended = False
    while not ended:
        probabilities = tf.nn.softmax(policy(state[None])[0]).numpy()
        action = int(rng.random() < probabilities[1])
        states.append(state)
        actions.append(action)
        state, reward, terminated, truncated, _ = env.step(action)
        rewards.append(float(reward))
        ended = terminated or truncated
    return states, actions, rewards


def returns(rewards: list[float]) -> list[float]:
    """Return G_t = r_t + γ G_{t+1} for each step."""
    found, following = [], 0.0
    for reward in reversed(rewards):
        following = reward + DISCOUNT * following
        found.append(following)
    return found[::-1]


def fit_value(value: keras.Model, optimizer: Any, states: Any, G: Any) -> None:
    """Take ten steps of V(s) towards the returns."""
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((value(states)[:, 0] - G) ** 2)
        weights = value.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))


def improve(policy: keras.Model, optimizer: Any, states: Any, actions: Any, advantage: Any) -> None:
    """Take the step θ ← θ + ε∇J, with J = mean of log π(a|s) · A."""
    with tf.GradientTape() as tape:
        log_pi = tf.gather(tf.nn.log_softmax(policy(states)), actions, batch_dims=1)
        loss = -tf.reduce_mean(log_pi * advantage)
    weights = policy.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))


keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
env = gymnasium.make("CartPole-v1")
env.reset(seed=SEED)
policy, value = network(2), network(1)
policy_optimizer, value_optimizer = keras.optimizers.SGD(1.0), keras.optimizers.Adam(0.01)

for update in range(UPDATES):
    played = [play(env, policy, rng) for _ in range(EPISODES)]
    states = np.array([state for each, _, _ in played for state in each])
    actions = np.array([action for _, each, _ in played for action in each])
    G = np.array([g for _, _, rewards in played for g in returns(rewards)], "float32")
    advantage = G - value(states)[:, 0].numpy()
    advantage = advantage / (advantage.std() + 1e-8)
    fit_value(value, value_optimizer, states, G)
    improve(policy, policy_optimizer, states, actions, advantage)
    print(f"update {update + 1}  return {np.mean([sum(r) for _, _, r in played]):.1f}")
