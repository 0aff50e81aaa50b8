"""A policy network learns to balance a pole from its returns alone: REINFORCE with a baseline.

Run alone: python -m lessons.policy_gradient.lesson
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.policy_gradient.pictures import cart_policy, episode, pole_policy
from lessons.policy_gradient.playing import ENVIRONMENT, play
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, Loop, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class PolicyGradient(Hyperparameters):
    """CartPole, one gradient step after every batch of whole episodes."""

    learning_rate: float = param(
        1.0, "ε of the update; adam wants 0.01.", ge=1e-4, le=1000, live=True
    )
    optimizer: Literal["sgd", "adam"] = param("sgd", "sgd is θ ← θ + ε∇J; adam scales each step.")
    temperature: float = param(1.0, "τ: high is random, low is greedy.", ge=0.05, le=20, live=True)
    entropy_bonus: float = param(0.0, "What J pays per nat of entropy.", ge=0, le=1, live=True)
    baseline: Literal["value", "mean", "none"] = param("value", "b(s): V(s), the mean, or 0.")
    discount: float = param(0.99, "γ: what a reward one step later is worth now.", ge=0.5, le=1)
    environments: int = param(16, "Episodes an update plays at once.", ge=1, le=64, unit="episodes")
    units: int = param(32, "Width of the hidden layer.", ge=1, le=256, unit="units")
    epochs: int = param(40, "How many groups of updates, at most.", ge=1, le=1000)
    steps_per_epoch: int = param(10, "Updates in a group.", ge=1, le=100, unit="updates")
    stop_at_return: int = param(475, "Ends the run: the mean of 100 episodes.", ge=10, le=500)


# --- Data ------------------------------------------------------------------------------------

NOTE = "no data set: states come from playing; x holds 100 states in which an episode may begin"


def data(p: PolicyGradient, rng: np.random.Generator) -> Dataset:
    """A hundred initial states s = (x, ẋ, θ, θ̇): cart position and velocity, pole angle and its."""
    import gymnasium

    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=100)
    states, _ = environments.reset(seed=int(rng.integers(2**31)))
    y = np.zeros(100, "int32")  # nothing is known of the right action
    return Dataset(ENVIRONMENT, states, y, classes=("left", "right"), note=NOTE)


# --- Model -----------------------------------------------------------------------------------


def network(units: int, outputs: int) -> keras.Sequential:
    """4 numbers of the state → tanh layer → `outputs` numbers."""
    import keras

    dense = keras.layers.Dense
    return keras.Sequential([keras.Input((4,)), dense(units, activation="tanh"), dense(outputs)])


def model(p: PolicyGradient, data: Dataset) -> keras.Model:
    """The preferences h(s, a) for left and right; π(a|s) = softmax(h(s, ·) / τ)."""
    return network(p.units, 2)


# --- Train -----------------------------------------------------------------------------------


def returns(rewards: np.ndarray, discount: float) -> np.ndarray:
    """G_t = r_t + γ G_{t+1}, from the last step backwards."""
    G = np.zeros_like(rewards)
    following = np.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        G[t] = following = rewards[t] + discount * following
    return G


def update(policy: Any, optimizer: Any) -> Callable[..., Any]:
    """A compiled θ ← θ + ε∇J, with J = mean of log π(a|s) · A + bonus · entropy."""
    import tensorflow as tf

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
    """V(s), a second network: the return to expect from s, whatever is done there.

    It answers with what it learnt from earlier batches, then learns from this one: a baseline
    that knew the actions taken would bias the gradient.
    """
    import keras
    import tensorflow as tf

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
    """b(s): what is subtracted from the return."""
    if p.baseline == "value":
        return value_baseline(p)
    return (lambda states, G: G.mean()) if p.baseline == "mean" else (lambda states, G: 0.0)


def train(p: PolicyGradient, data: Dataset, loop: Loop) -> None:
    """REINFORCE: play, see what came of it, make what went better than expected more likely."""
    import gymnasium
    import keras

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
        policy.temperature = tau = loop.live("temperature")  # the pictures use it too
        s, a, r, counts = play(environments, policy, tau, rng)
        G = returns(r, p.discount)[counts]
        advantage = G - baseline(s[counts], G)
        advantage = advantage / (advantage.std() + 1e-8)  # so that ε does not depend on G's size
        loss, entropy = ascend(s[counts], a[counts], advantage, tau, loop.live("entropy_bonus"))
        recent.extend(r.sum(axis=0))
        metrics = {"return": float(np.mean(recent)), "loss": float(loss), "entropy": float(entropy)}
        loop.progress(**metrics)
        if (step + 1) % p.steps_per_epoch == 0:
            loop.epoch(**metrics)
        if len(recent) == 100 and metrics["return"] >= p.stop_at_return:
            loop.finish(f"Solved: 100 episodes returned {metrics['return']:.0f} on average.")


# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "no-baseline", "No baseline", {"baseline": "none"},
        "Count the updates: about twice as many as with V(s), and the return dips on its way up.",
    ),
    Experiment(
        "one-episode", "One episode an update", {"environments": 1, "epochs": 80},
        "One episode is a noisy sample of the gradient: some seeds get there, some collapse. Try several.",
    ),
    Experiment(
        "one-episode-no-baseline", "One episode, no baseline", {"environments": 1, "epochs": 80, "baseline": "none"},
        "With neither many episodes nor a baseline the noise wins: see the entropy fall to 0 while the return falls too.",
    ),
    Experiment(
        "hot", "A hot softmax", {"temperature": 4.0},
        "The entropy starts at ln 2 = 0.69, a toss of a coin, and comes down slowly: the slope is divided by τ too.",
    ),
    Experiment(
        "cold", "A cold softmax", {"temperature": 0.1},
        "Nearly greedy before anything is learnt: where the first guess is bad, the entropy is 0 at once and nothing moves.",
    ),
    Experiment(
        "too-fast", "A learning rate of 100", {"learning_rate": 100.0},
        "A few steps make the policy certain and wrong. A return of about 9 is what always pushing one way gives.",
    ),
    Experiment(
        "adam", "Adam", {"optimizer": "adam", "learning_rate": 0.01},
        "The same gradient in better steps: a third of the updates or fewer.",
    ),
    Experiment(
        "short-sighted", "A short horizon", {"discount": 0.5},
        "What happens a few steps later hardly counts: the pole is soon kept up, but nothing teaches the cart to mind the end of its track.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="policy-gradient",
    title="Policy gradient",
    track="Reinforcement learning",
    order=40,
    summary="REINFORCE with a baseline: a network that acts, taught by its returns alone.",
    parameters=PolicyGradient,
    data=data,
    model=model,
    train=train,
    views=(
        View("pole", "Policy over the pole", pole_policy),
        View("cart", "Policy over the cart", cart_policy),
        View("episode", "One episode", episode),
    ),
    experiments=EXPERIMENTS,
    teaches=(
        "000/policy-function",
        "001/policy-softmax",
        "000/policy-update",
        "001/policy-theorem",
    ),
    prerequisites=("iris", "optimizers"),
    sources=(
        "Study article 000, section 2, policy function and policy gradient; study article 001, reinforcement learning",
        "R. J. Williams, Simple statistical gradient-following algorithms for connectionist reinforcement learning, 1992",
        "R. Sutton, D. McAllester, S. Singh, Y. Mansour, Policy gradient methods for reinforcement learning with function approximation, 2000",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapter 13",
    ),
    shows_code=(model, play, returns, update, train),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
