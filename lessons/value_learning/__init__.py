"""Values learned from rewards: Monte Carlo, SARSA and Q-learning on a cliff and on a small grid."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Value learning",
    track="Reinforcement learning",
    order=20,
    summary="Monte Carlo, SARSA and Q-learning: three ways to learn the value of an action.",
    teaches=("001/rl-elements", "001/value-functions"),
    prerequisites=("bandit",),
    read_next=("q-network",),
    sources=(
        "Study article 000, section 2, reinforcement learning; study article 001, three elements, algorithms and value functions",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapters 3, 5 and 6 (example 6.6)",
        "C. Watkins, P. Dayan, Q-learning, 1992",
        "G. A. Rummery, M. Niranjan, On-line Q-learning using connectionist systems, 1994",
    ),
)
