"""A single sigmoid unit learns OR and AND, but cannot learn XOR."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Perceptron",
    track="First steps",
    order=50,
    summary="One sigmoid unit, the smallest network, and what it cannot learn.",
    prerequisites=("linear-regression", "activations"),
    read_next=("two-layer-network",),
    sources=("Study article 000, single perceptron", "Study article 001, Keras exercises"),
)
