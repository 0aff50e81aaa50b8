"""A network from scratch: ten sigmoid units learn a sine; every parameter's path is shown."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Two-layer network",
    track="First steps",
    order=60,
    summary="A network from scratch: backpropagation written out, with the path of every parameter.",
    teaches=("002/curve-animation", "002/parameter-traces"),
    prerequisites=("nonlinear-regression", "perceptron"),
    read_next=("greater-than", "vanishing-gradients"),
    sources=(
        "Study article 002, section 7.3.1 and 7.3.3: a two-layer network",
        "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors, 1986",
        "G. Cybenko, Approximation by superpositions of a sigmoidal function, 1989",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, sections 6.4 and 6.5",
    ),
)
