"""A curve through noisy points: a polynomial, whose weights gradient descent finds."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Nonlinear regression",
    track="First steps",
    order=30,
    summary="Fit a polynomial: learning rate, noise, capacity, and two ways to underfit.",
    prerequisites=("linear-regression",),
    read_next=("activations", "overfitting"),
    sources=(
        "Study article 000, TensorFlow exercises: nonlinear regression",
        "Study article 001, TensorFlow exercise: nonlinear regression",
        "D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015",
        "C. Bishop, Pattern Recognition and Machine Learning, 2006, section 1.1",
    ),
)
