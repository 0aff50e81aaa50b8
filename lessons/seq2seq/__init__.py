"""One network reads a sum as text, another writes its answer: "57+8" in, "65" out."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Sequence to sequence",
    track="Sequences and language",
    order=60,
    summary="An encoder reads a sum as text, a decoder writes the answer letter by letter.",
    teaches=("001/seq2seq",),
    prerequisites=("gru",),
    read_next=("attention",),
    sources=(
        "Study article 001, sequence to sequence",
        "Sequence to sequence learning with neural networks (Sutskever, Vinyals and Le, 2014)",
        "Learning phrase representations using RNN encoder-decoder for statistical machine translation (Cho et al., 2014)",
        "A learning algorithm for continually running fully recurrent neural networks (Williams and Zipser, 1989)",
    ),
)
