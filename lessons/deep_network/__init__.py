"""Four hidden layers of 32 units read handwritten digits."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Deep network",
    track="Deep networks",
    order=20,
    summary="Four hidden layers read handwritten digits: layers, parameters, steps and epochs.",
    teaches=("003/summary", "003/clear-session"),
    prerequisites=("mnist-mlp",),
    read_next=("vanishing-gradients", "optimizers"),
    sources=(
        "Study article 003, a simple deep network; summary of the structure; models and cache that are no longer needed",
        "LeCun, Bottou, Bengio and Haffner: Gradient-based learning applied to document recognition, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, chapter 6, 2016",
    ),
)
