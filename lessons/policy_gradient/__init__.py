"""A policy network learns to balance a pole from its returns alone: REINFORCE with a baseline."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Policy gradient",
    track="Reinforcement learning",
    order=40,
    summary="REINFORCE with a baseline: a network that acts and learns from its returns alone.",
    teaches=(
        "000/policy-function",
        "001/policy-softmax",
        "000/policy-update",
        "001/policy-theorem",
    ),
    prerequisites=("bandit", "optimizers", "labels-and-losses"),
    sources=(
        "Study article 000, section 2, policy function and policy gradient; study article 001, reinforcement learning",
        "R. J. Williams, Simple statistical gradient-following algorithms for connectionist reinforcement learning, 1992",
        "R. Sutton, D. McAllester, S. Singh, Y. Mansour, Policy gradient methods for reinforcement learning with function approximation, 2000",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapter 13",
    ),
)
