"""Is a larger than b? An easy task, made harder by wrong labels, useless inputs and bad scales."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Greater than",
    track="First steps",
    order=70,
    summary="Is a > b? An easy task that shows why inputs are normalized.",
    prerequisites=("two-layer-network",),
    read_next=("labels-and-losses", "batch-normalization"),
    sources=(
        "Study article 004, sections 1 to 4",
        "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp, 1998, section 4.3",
    ),
)
