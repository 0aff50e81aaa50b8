"""A network in place of the table: double Q-learning with replay balances a pole on a cart."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Q-network",
    track="Reinforcement learning",
    order=30,
    summary="Double Q-learning with a network, a replay buffer and a target network balances a pole.",
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
)
