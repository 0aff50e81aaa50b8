"""Four convolutions in two blocks classify small color pictures of ten kinds."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Convolution in color",
    track="Deep networks",
    order=130,
    summary="Two blocks of convolutions on color photographs of 32×32 pixels, or on generated shapes.",
    prerequisites=("mnist-cnn",),
    read_next=("deep-exercise",),
    sources=(
        "Study article 000, CIFAR-10",
        "A. Krizhevsky: Learning multiple layers of features from tiny images, 2009 (the data)",
        "K. Simonyan, A. Zisserman: Very deep convolutional networks, 2015 (pairs of 3×3 filters)",
    ),
    smaller="smaller",
)
