"""Initial weights: their spread decides which signals reach the last layer."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Initialization",
    track="Deep networks",
    order=40,
    summary="N(0, 1), Xavier and He: why the initial weights of a deep network need the right spread.",
    prerequisites=("vanishing-gradients",),
    read_next=("batch-normalization",),
    sources=(
        "Study article 003, initial values of the weights",
        "Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010",
        "He, Zhang, Ren and Sun: Delving deep into rectifiers: surpassing human-level performance on ImageNet classification, 2015",
    ),
)
