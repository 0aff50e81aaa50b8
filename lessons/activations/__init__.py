"""The two halves of a unit, the line xW + b and the activation, redrawn when a number changes."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Activation functions",
    track="First steps",
    order=40,
    summary="What one unit computes: a weighted sum, then an activation function. Change a number and watch.",
    teaches=("002/activations",),
    prerequisites=("tensors",),
    read_next=("perceptron",),
    sources=(
        "Study article 002, section 7.3.2: linear transform and activation functions",
        "Y. LeCun, L. Bottou, G. Orr, K. Müller, Efficient backprop, 1998 (tanh against sigmoid)",
        "V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines, 2010",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 6.3",
    ),
)
