"""Ten arms of unknown value: ε-greedy agents explore, and take the arm that looks best."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Bandit",
    track="Reinforcement learning",
    order=10,
    summary="Exploration against exploitation: ε-greedy agents and ten arms with unknown mean rewards.",
    teaches=("000/explore", "001/explore"),
    read_next=("value-learning",),
    sources=(
        "Study article 000, section 2, and study article 001, reinforcement learning: trade-off of exploration and exploitation",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapter 2",
        "T. L. Lai, H. Robbins, Asymptotically efficient adaptive allocation rules, 1985",
        "P. Auer, N. Cesa-Bianchi, P. Fischer, Finite-time analysis of the multiarmed bandit problem, 2002",
    ),
)
