"""Five optimizers, on a valley in two dimensions and on handwritten digits."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Optimizers",
    track="Deep networks",
    order=60,
    summary="SGD, momentum, AdaGrad, RMSprop and Adam: what each one remembers, and its path downhill.",
    teaches=("003/adam",),
    prerequisites=("deep-network",),
    read_next=("overfitting", "learning-rate-schedules"),
    sources=(
        "Study article 003, optimization functions; study articles 000 and 001, the MNIST exercises",
        "Kingma and Ba: Adam: a method for stochastic optimization, 2015",
        "Duchi, Hazan and Singer: Adaptive subgradient methods for online learning and stochastic optimization, 2011",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 8, 2016",
    ),
)
