"""A network in place of the table: double Q-learning with replay balances a pole on a cart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium
import keras
import numpy as np
import tensorflow as tf

from lessons.q_network.settings import QNetwork
from tui_dl.lesson import Dataset, Loop

ENVIRONMENT = "CartPole-v1"


def forward(weights: list[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Return the network with these weights, in NumPy: 0.02 ms for 16 states instead of 0.2 ms."""

    def q(s: np.ndarray) -> np.ndarray:
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            s = np.maximum(s @ W + b, 0)
        return s @ weights[-2] + weights[-1]

    return q


def values_of(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function for Q of states (n, 4) as the network outputs it, (n, 2)."""
    return forward([np.asarray(weight) for weight in model.weights])


class Replay:
    """The last `capacity` moves: state, action, reward, next state, and True if the pole fell."""

    def __init__(self, capacity: int) -> None:
        states = (capacity, 4)
        self.columns = (
            np.zeros(states, "float32"), np.zeros(capacity, "int32"), np.zeros(capacity, "float32"),
            np.zeros(states, "float32"), np.zeros(capacity, "float32"),
        )  # fmt: skip
        self.capacity, self.count = capacity, 0

    def add(self, *move: np.ndarray) -> None:
        """Store moves (n, ...); the oldest are overwritten."""
        places = (self.count + np.arange(len(move[0]))) % self.capacity
        for column, values in zip(self.columns, move, strict=True):
            column[places] = values
        self.count += len(places)

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> list[np.ndarray]:
        """Draw stored moves uniformly; return each column as (*shape, ...)."""
        places = rng.integers(0, max(1, min(self.count, self.capacity)), shape)
        return [column[places] for column in self.columns]


class Game:
    """Environments that continue from call to call."""

    def __init__(self, environments: int, seed: int) -> None:
        self.environments = gymnasium.make_vec(ENVIRONMENT, num_envs=environments)
        self.state, _ = self.environments.reset(seed=seed)
        self.returns = np.zeros(environments)
        self.ended = np.zeros(environments, bool)

    def play(
        self, model: Any, moves: int, epsilon: float, rng: np.random.Generator, replay: Replay
    ) -> list[float]:
        """Make and store ε-greedy moves in every environment; return the returns of ended episodes.

        An episode also ends after 500 moves. The pole has not fallen then, so its last state still
        has a value: only `fell` removes the value of what follows. The call after an end
        only resets the environment; it is no move and is not stored.
        """
        q, finished = values_of(model), []
        for _ in range(moves):
            explore = rng.random(len(self.state)) < epsilon
            a = np.where(explore, rng.integers(0, 2, len(explore)), q(self.state).argmax(axis=1))
            s_next, r, fell, cut, _ = self.environments.step(a)
            real = ~self.ended
            replay.add(self.state[real], a[real], r[real], s_next[real], fell[real])
            self.returns += r
            self.state, self.ended = s_next, fell | cut
            finished += self.returns[self.ended].tolist()
            self.returns[self.ended] = 0
        return finished


ENVIRONMENTS, MOVES = 16, 16  # a step plays 256 moves: 3 ms
BATCHES, BATCH = 32, 256  # and takes 32 gradient steps: 10 ms
FIRST_MOVES = 1000  # played before learning starts
NOTE = "no data set: moves come from playing; x holds 100 states in which an episode may begin"


def data(p: QNetwork, rng: np.random.Generator) -> Dataset:
    """Return 100 initial states (x, ẋ, θ, θ̇): position and velocity of the cart, of the pole."""
    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=100)
    states, _ = environments.reset(seed=int(rng.integers(2**31)))
    y = np.zeros(100, "int32")  # the right action is unknown
    return Dataset(ENVIRONMENT, states, y, classes=("left", "right"), note=NOTE)


def unit(p: QNetwork) -> float:
    """Return the factor that scales Q for the network: rewards of 1 add up to 1/(1−γ)."""
    return 1 - p.discount if p.scaled else 1.0


def model(p: QNetwork, data: Dataset) -> keras.Model:
    """Return 4 state variables → ReLU layers → Q(s, left) and Q(s, right), in units of `unit`."""
    first = p.optimism * unit(p) / (1 - p.discount)
    hidden = [keras.layers.Dense(p.units, activation="relu") for _ in range(p.hidden_layers)]
    output = keras.layers.Dense(2, bias_initializer=keras.initializers.Constant(first))
    return keras.Sequential([keras.Input((4,)), *hidden, output])


def learner(p: QNetwork, q: Any, target: Any, optimizer: Any) -> Callable[..., Any]:
    """Return a compiled function that takes `count` gradient steps, one per batch.

    Batches are arrays (32, 256, ...) of states, actions, rewards, next states and whether the
    pole had fallen. The function returns the mean loss and the mean target.
    """

    def targets(r: Any, s_next: Any, fell: Any) -> Any:
        q_next = target(s_next)
        a_next = tf.argmax(q(s_next) if p.double else q_next, axis=-1)
        ahead = tf.gather(q_next, a_next, batch_dims=1)
        y = unit(p) * r + p.discount * (1 - fell) * ahead
        return tf.minimum(y, unit(p) / (1 - p.discount)) if p.bounded else y

    def huber(error: Any) -> Any:
        size = tf.abs(error)
        return tf.where(size < 1, 0.5 * size**2, size - 0.5)

    @tf.function(jit_compile=True)
    def learn(count: Any, s: Any, a: Any, r: Any, s_next: Any, fell: Any) -> Any:
        losses, values = 0.0, 0.0
        for k in tf.range(count):
            y = targets(r[k], s_next[k], fell[k])
            with tf.GradientTape() as tape:
                q_a = tf.gather(q(s[k]), a[k], batch_dims=1)
                loss = tf.reduce_mean(huber(y - q_a))
            theta = q.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, theta), theta, strict=True))
            for old, new in zip(target.trainable_variables, theta, strict=True):
                old.assign_add(p.target_rate * (new - old))
            losses, values = losses + loss, values + tf.reduce_mean(y)
        return losses / BATCHES, values / BATCHES / unit(p)

    return learn


def train(p: QNetwork, data: Dataset, loop: Loop) -> None:
    """Play 256 moves, store them, and learn from 32 batches of all stored moves."""
    q, target = model(p, data), model(p, data)
    target.set_weights(q.get_weights())
    # Errors shrink to 0.01 here. With Adam's usual epsilon of 1e-7 a step stays as large however
    # small they are: with one of five seeds the network then lost what it had learned.
    optimizer = keras.optimizers.Adam(p.learning_rate, epsilon=1e-4)
    optimizer.build(q.trainable_variables)
    learn = learner(p, q, target, optimizer)
    rng, replay = np.random.default_rng(loop.seed), Replay(p.replay)
    game = Game(ENVIRONMENTS, loop.seed)
    learn(tf.constant(0), *replay.sample(rng, (BATCHES, BATCH)))  # compile before the first step
    recent: deque[float] = deque(maxlen=100)
    loop.model(q)
    for step in loop.steps(p.epochs * p.steps_per_epoch, p.steps_per_epoch):
        optimizer.learning_rate = loop.live("learning_rate")
        epsilon = max(loop.live("epsilon"), 1 - step / p.exploration)
        recent.extend(game.play(q, MOVES, epsilon, rng, replay))
        q.steps = step + 1  # the picture of cart and pole moves on with it
        metrics = {"return": float(np.mean(recent or [0])), "epsilon": epsilon}
        if replay.count >= FIRST_MOVES:
            batches = replay.sample(rng, (BATCHES, BATCH))
            loss, value = learn(tf.constant(BATCHES), *batches)
            metrics |= {"loss": float(loss), "value": float(value)}
        loop.progress(**metrics)
        solved = len(recent) == 100 and metrics["return"] >= p.stop_at_return
        if solved or (step + 1) % p.steps_per_epoch == 0:
            loop.epoch(**metrics)
        if solved:
            loop.finish(f"Solved: 100 episodes returned {metrics['return']:.0f} on average.")
