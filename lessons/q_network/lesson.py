"""A network in place of the table: double Q-learning with replay balances a pole on a cart.

Run alone: python -m lessons.q_network.lesson
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons.q_network.pictures import episode, leaning, measure, value_map
from lessons.q_network.playing import ENVIRONMENT, Game, Replay
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, Loop, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class QNetwork(Hyperparameters):
    """CartPole; a step of the run plays 16 moves in 16 environments, then takes 32 gradients."""

    learning_rate: float = param(1e-3, "Adam's step size.", ge=1e-5, le=1, live=True)
    epsilon: float = param(
        0.01, "ε in the end; it begins at 1.", ge=0, le=1, live=True, label="final epsilon"
    )
    exploration: int = param(
        150, "Steps in which ε falls to its end.", ge=1, le=10_000, unit="steps"
    )
    discount: float = param(0.995, "γ: what a reward one move later is worth.", ge=0.5, le=0.999)
    scaled: bool = param(True, "The network's unit is 1/(1−γ), the largest Q, and not 1.")
    optimism: float = param(1.0, "Q before training, as a share of the largest.", ge=0, le=1)
    double: bool = param(True, "One network picks the next action, the other values it.")
    bounded: bool = param(True, "Targets are cut at the largest Q there can be, 1/(1−γ).")
    target_rate: float = param(
        0.01, "τ: what a gradient step moves the target; 1 copies.", ge=1e-4, le=1
    )
    replay: int = param(
        20_000, "Moves remembered to learn from.", ge=256, le=1_000_000, unit="moves"
    )
    units: int = param(64, "Width of each hidden layer.", ge=1, le=256, unit="units")
    hidden_layers: int = param(2, "With 0 layers Q is linear in the state.", ge=0, le=4)
    epochs: int = param(50, "How many groups of steps, at most.", ge=1, le=1000)
    steps_per_epoch: int = param(20, "Steps in a group.", ge=1, le=100, unit="steps")
    stop_at_return: int = param(475, "Ends the run: the mean of 100 episodes.", ge=10, le=500)


ENVIRONMENTS, MOVES = 16, 16  # a step plays 256 moves: 3 ms
BATCHES, BATCH = 32, 256  # and takes 32 gradients: 10 ms
FIRST_MOVES = 1000  # played before anything is learnt

# --- Data ------------------------------------------------------------------------------------

NOTE = "no data set: moves come from playing; x holds 100 states in which an episode may begin"


def data(p: QNetwork, rng: np.random.Generator) -> Dataset:
    """A hundred initial states s = (x, ẋ, θ, θ̇): cart position and velocity, pole angle and its."""
    import gymnasium

    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=100)
    states, _ = environments.reset(seed=int(rng.integers(2**31)))
    y = np.zeros(100, "int32")  # nothing is known of the right action
    return Dataset(ENVIRONMENT, states, y, classes=("left", "right"), note=NOTE)


# --- Model -----------------------------------------------------------------------------------


def unit(p: QNetwork) -> float:
    """What Q is multiplied with before the network learns it: rewards of 1 add up to 1/(1−γ)."""
    return 1 - p.discount if p.scaled else 1.0


def model(p: QNetwork, data: Dataset) -> keras.Model:
    """4 numbers of the state → ReLU layers → Q(s, left) and Q(s, right), in units of `unit`."""
    import keras

    first = p.optimism * unit(p) / (1 - p.discount)
    hidden = [keras.layers.Dense(p.units, activation="relu") for _ in range(p.hidden_layers)]
    output = keras.layers.Dense(2, bias_initializer=keras.initializers.Constant(first))
    return keras.Sequential([keras.Input((4,)), *hidden, output])


# --- Train -----------------------------------------------------------------------------------


def learner(p: QNetwork, q: Any, target: Any, optimizer: Any) -> Callable[..., Any]:
    """A compiled function that takes `count` gradient steps, one for each batch it is given.

    Batches are arrays (32, 256, ...) of states, actions, rewards, next states and whether the
    pole had fallen. It gives the mean loss and the mean target.
    """
    import tensorflow as tf

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
    """Play 256 moves, remember them, learn from 32 batches of all that is remembered."""
    import keras
    import tensorflow as tf

    q, target = model(p, data), model(p, data)
    target.set_weights(q.get_weights())
    # Errors shrink to 0.01 here. With Adam's usual epsilon of 1e-7 a step stays as large however
    # small they are: of five seeds one then forgot what it could do.
    optimizer = keras.optimizers.Adam(p.learning_rate, epsilon=1e-4)
    optimizer.build(q.trainable_variables)
    learn = learner(p, q, target, optimizer)
    rng, replay = np.random.default_rng(loop.seed), Replay(p.replay)
    game = Game(ENVIRONMENTS, loop.seed)
    learn(tf.constant(0), *replay.sample(rng, (BATCHES, BATCH)))  # compile, before the first step
    recent: deque[float] = deque(maxlen=100)
    loop.model(q)
    for step in loop.steps(p.epochs * p.steps_per_epoch, p.steps_per_epoch):
        optimizer.learning_rate = loop.live("learning_rate")
        epsilon = max(loop.live("epsilon"), 1 - step / p.exploration)
        recent.extend(game.play(q, MOVES, epsilon, rng, replay))
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


# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "raw-values", "Values in plain units", {"scaled": False, "optimism": 0.0},
        "`value` climbs to between 100 and 200, but the return stays near 100: what left and right differ by, about 1, drowns in it.",
    ),
    Experiment(
        "pessimistic", "Expect nothing at first", {"optimism": 0.0},
        "Scaled, but starting from 0: the value has to be built up from the fall backwards, move by move. It gets there, on some seeds later.",
    ),
    Experiment(
        "no-target", "No target network", {"target_rate": 1.0},
        "On most seeds it gets there in half as many steps again: `value` is near 200 early, and the return falls back between.",
    ),
    Experiment(
        "unbounded", "Targets without a bound", {"bounded": False},
        "No return exceeds 200, yet `value` and `start_value` climb past it: nothing corrects a belief in states that go well. The policy suffers little.",
    ),
    Experiment(
        "single", "One network picks and values, no bound", {"double": False, "bounded": False},
        "The largest of noisy values is too large: `start_value` ends higher still than in `unbounded`.",
    ),
    Experiment(
        "no-memory", "Learn from the last moves only", {"replay": 256},
        "256 moves from 16 environments are varied enough to get there, but look at the way: on seed 0 a return of 340 falls back below 50 first.",
    ),
    Experiment(
        "long-memory", "Remember 200 000 moves", {"replay": 200_000},
        "Nothing is forgotten in the whole run, the clumsy beginning neither: most batches hold it, and some seeds need twice the steps or do not arrive.",
    ),
    Experiment(
        "short-sighted", "A shorter horizon", {"discount": 0.95},
        "A horizon of twenty moves: the pole is soon kept up, but the end of the track is seen too late, and the return stays near 270.",
    ),
    Experiment(
        "linear", "No hidden layer", {"hidden_layers": 0},
        "A plane cannot bend down on both sides, and falling left is as bad as falling right: the return stays at about 25.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="q-network",
    title="Q-network",
    track="Reinforcement learning",
    order=30,
    summary="Double Q-learning with a network, a memory and a target network balances a pole.",
    parameters=QNetwork,
    data=data,
    model=model,
    train=train,
    measure=measure,
    views=(
        View("value", "Value over the pole", value_map),
        View("leaning", "Right against left", leaning),
        View("episode", "One episode", episode),
    ),
    experiments=EXPERIMENTS,
    teaches=("000/function-approximation",),
    prerequisites=("value-learning", "optimizers"),
    read_next=("policy-gradient",),
    sources=(
        "Study article 000, section 2, function approximation; study article 001, reinforcement learning",
        "V. Mnih and others, Human-level control through deep reinforcement learning, 2015",
        "T. Lillicrap and others, Continuous control with deep reinforcement learning, 2015",
        "H. van Hasselt, Double Q-learning, 2010",
        "H. van Hasselt, A. Guez, D. Silver, Deep reinforcement learning with double Q-learning, 2016",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapters 9 to 11",
    ),
    shows_code=(model, learner, train, Replay, Game),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
