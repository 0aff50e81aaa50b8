"""Handwritten digits with one layer and with three: the effects of size and optimizer."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="MNIST: one layer or three",
    track="Deep networks",
    order=10,
    summary="A softmax layer alone and with two hidden layers: what size and optimizer change.",
    prerequisites=("iris",),
    read_next=("deep-network",),
    sources=(
        "Study article 000, MNIST classification with one and three layers",
        "Study article 001, MNIST exercise: hidden sizes and optimizer",
        "LeCun, Bottou, Bengio and Haffner: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 6, 2016",
    ),
)
