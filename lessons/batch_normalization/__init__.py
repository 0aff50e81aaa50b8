"""A deep network with and without batch normalization in front of every activation."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Batch normalization",
    track="Deep networks",
    order=50,
    summary="Give every unit mean 0 and variance 1: how it works, and what changes at inference.",
    teaches=("003/batchnorm",),
    prerequisites=("initialization",),
    read_next=("optimizers",),
    sources=(
        "Study article 003, batch normalization, and the exercise's answer",
        "Ioffe and Szegedy: Batch normalization: accelerating deep network training by reducing internal covariate shift, 2015",
        "Santurkar, Tsipras, Ilyas and Madry: How does batch normalization help optimization?, 2018",
    ),
)
