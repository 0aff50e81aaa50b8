"""A single sigmoid unit learns OR and AND, but cannot learn XOR."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Perceptron",
    track="First steps",
    order=30,
    summary="One sigmoid unit, the smallest network, and what it cannot learn.",
    prerequisites=("linear-regression",),
    read_next=("greater-than", "iris"),
    sources=("Study article 000, single perceptron", "Study article 001, Keras exercises"),
)
