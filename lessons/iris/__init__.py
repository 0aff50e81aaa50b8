"""Three species of iris classified by four lengths, with a hidden layer and softmax."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Iris",
    track="First steps",
    order=90,
    summary="Three species from four lengths: softmax, cross-entropy and a hidden layer.",
    prerequisites=("two-layer-network", "labels-and-losses"),
    read_next=("mnist-mlp",),
    sources=(
        "Study article 000, section on iris; study article 001, Keras exercises",
        "R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 6.2.2",
    ),
)
