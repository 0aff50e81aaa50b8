"""Two networks side by side: change the second one's seeds, and see if they stay the same."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Reproducibility",
    track="Deep networks",
    order=100,
    summary="What is random in training, which seed controls it, and what differs all the same.",
    teaches=("003/seeds",),
    prerequisites=("dropout",),
    read_next=("deep-exercise",),
    sources=(
        "Study article 003, fixing random seeds",
        "Goldberg: What every computer scientist should know about floating-point arithmetic, 1991",
        "Bouthillier and others: Accounting for variance in machine learning benchmarks, 2021",
        "TensorFlow documentation: tf.config.experimental.enable_op_determinism; Python documentation: PYTHONHASHSEED",
    ),
)
