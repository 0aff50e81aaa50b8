"""The backward pass: how much of the gradient reaches the first layer of a deep network."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Vanishing gradients",
    track="Deep networks",
    order=30,
    summary="How much of the gradient reaches the first layer, and how the slope of f decides it.",
    teaches=("003/vanishing",),
    prerequisites=("deep-network",),
    read_next=("initialization", "batch-normalization"),
    sources=(
        "Study article 003, vanishing gradients and activation functions",
        "Hochreiter: The vanishing gradient problem during learning recurrent neural nets, 1998",
        "Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010",
        "Goodfellow, Bengio and Courville: Deep Learning, sections 6.5 and 8.2.5, 2016",
    ),
)
