"""A line through noisy points, by gradient descent: with a visible gradient, and by Keras."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Linear regression",
    track="First steps",
    order=20,
    summary="Fit a line by gradient descent: the whole of training, with two parameters.",
    prerequisites=("tensors",),
    read_next=("nonlinear-regression", "perceptron"),
    sources=(
        "Study article 000, TensorFlow and Keras exercises: linear regression",
        "Study article 001, TensorFlow exercise: linear regression",
        "A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, sections 4.3 and 5.1",
    ),
)
