"""Tensors, variables and the gradient tape: descent on a curve that can be drawn."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Tensors and gradients",
    track="First steps",
    order=10,
    summary="Constants, variables and the gradient tape: the tools that gradient descent needs.",
    teaches=("001/tensors",),
    read_next=("linear-regression", "activations"),
    sources=(
        "Study article 001, TensorFlow exercises: constants, placeholders, variables",
        "M. Abadi and others, TensorFlow: a system for large-scale machine learning, 2016",
        "A. Baydin, B. Pearlmutter, A. Radul, J. Siskind, Automatic differentiation in machine learning: a survey, 2018",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 4.3",
    ),
)
