"""A memory with gates: an LSTM remembers the first step of a long sequence, a simple RNN rarely."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="LSTM",
    track="Sequences and language",
    order=30,
    summary="A cell state that keeps its gradient, the gates that guard it, and their peepholes.",
    teaches=("001/cec", "001/input-gate", "001/output-gate", "001/forget-gate", "001/peephole"),
    prerequisites=("rnn-bptt",),
    read_next=("gru",),
    sources=(
        "Study article 001, long short-term memory",
        "Long short-term memory (Hochreiter and Schmidhuber, 1997)",
        "Learning to forget: continual prediction with LSTM (Gers, Schmidhuber and Cummins, 2000)",
        "Learning precise timing with LSTM recurrent networks (Gers, Schraudolph and Schmidhuber, 2002)",
    ),
)
