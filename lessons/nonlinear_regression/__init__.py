"""A curve through noisy points: a polynomial, whose weights gradient descent finds."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Nonlinear regression",
    track="First steps",
    order=15,
    summary="A polynomial fitted step by step: the learning rate, the noise, two ways to underfit.",
    prerequisites=("linear-regression",),
    read_next=("two-layer-network",),
    sources=(
        "Study article 000, TensorFlow exercises: nonlinear regression",
        "Study article 001, TensorFlow exercise: nonlinear regression",
        "D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015",
        "C. Bishop, Pattern Recognition and Machine Learning, 2006, section 1.1",
    ),
)
