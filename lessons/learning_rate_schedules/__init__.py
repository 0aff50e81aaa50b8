"""A learning rate that changes during training: at a plateau, or along a planned curve."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Learning-rate schedules",
    track="Deep networks",
    order=90,
    summary="Cut the learning rate on a plateau, or let it follow a curve: warm-up and cosine.",
    prerequisites=("optimizers", "overfitting"),
    read_next=("deep-exercise",),
    sources=(
        "Study article 003, learning-rate schedulers, and the exercise",
        "Loshchilov and Hutter: SGDR: stochastic gradient descent with warm restarts, 2017",
        "Goyal and others: Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017 (warm-up)",
        "Goodfellow, Bengio and Courville: Deep Learning, section 8.3, 2016",
    ),
)
