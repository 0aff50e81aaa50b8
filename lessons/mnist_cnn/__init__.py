"""Two convolutions and pooling read handwritten digits."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Convolution",
    track="Deep networks",
    order=120,
    summary="Small filters slide over the image: the same weights look for the same pattern everywhere.",
    prerequisites=("mnist-mlp", "dropout"),
    read_next=("cifar10-cnn",),
    sources=(
        "Study article 000, classification of MNIST with a CNN",
        "Y. LeCun and others: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio, Courville: Deep Learning, 2016, chapter 9",
    ),
    smaller="smaller",
)
