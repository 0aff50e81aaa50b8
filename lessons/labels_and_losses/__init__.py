"""Labels as one-hot rows or integers, with the matching cross-entropy and with the other one."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Labels and losses",
    track="First steps",
    order=80,
    summary="One-hot or integer labels: a loss for each, the same result, and an error when they are mixed.",
    prerequisites=("perceptron",),
    read_next=("iris",),
    sources=(
        "Study article 000, classification of MNIST with Keras",
        "Study article 001, Keras exercises, MNIST",
        "C. Bishop: Pattern Recognition and Machine Learning, 2006, section 4.3.4",
    ),
)
