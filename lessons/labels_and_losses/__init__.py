"""Labels as one-hot rows or integers, with the matching cross-entropy and with the other one."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Labels and losses",
    track="Deep networks",
    order=110,
    summary="One-hot labels or integers: one loss for each, the same result, and an error crosswise.",
    prerequisites=("mnist-mlp",),
    read_next=("mnist-cnn",),
    sources=(
        "Study article 000, classification of MNIST with Keras",
        "Study article 001, Keras exercises, MNIST",
        "C. Bishop: Pattern Recognition and Machine Learning, 2006, section 4.3.4",
    ),
)
