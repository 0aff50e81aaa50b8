"""Dropout: which units are dropped, when, and how the others are rescaled."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Dropout",
    track="Deep networks",
    order=80,
    summary="Units dropped at random during training: which ones, when, and how the rest is rescaled.",
    teaches=("003/dropout",),
    prerequisites=("overfitting",),
    read_next=("reproducibility", "mnist-cnn"),
    sources=(
        "Study article 003, dropout, and the exercise's answer",
        "Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov: Improving neural networks by preventing co-adaptation of feature detectors, 2012",
        "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov: Dropout: a simple way to prevent neural networks from overfitting, 2014",
        "Goodfellow, Bengio and Courville: Deep Learning, section 7.12, 2016",
    ),
)
