"""Dates in many written forms become ISO dates; attention looks back at the input characters."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Attention",
    track="Sequences and language",
    order=80,
    summary="A decoder that looks back at the input, and shows where it looks.",
    prerequisites=("seq2seq", "word2vec"),
    read_next=("hred-vhred",),
    sources=(
        "Study article 001, attention mechanism",
        "Neural machine translation by jointly learning to align and translate (Bahdanau, Cho and Bengio, 2015)",
        "Effective approaches to attention-based neural machine translation (Luong, Pham and Manning, 2015)",
    ),
)
