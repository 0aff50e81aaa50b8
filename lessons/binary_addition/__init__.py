"""A recurrent network learns to add two binary numbers: its state has to hold the carry."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Binary addition",
    track="Sequences and language",
    order=20,
    summary="Sixteen recurrent units learn to add bit by bit, and to remember the carry.",
    prerequisites=("rnn-bptt",),
    read_next=("lstm",),
    sources=(
        "Study article 000, recurrent network that predicts binary sums",
        "Study article 001, Keras exercises, recurrent network",
        "Finding structure in time (Elman, 1990)",
        "Deep Learning (Goodfellow, Bengio and Courville, 2016), section 10.2",
    ),
)
