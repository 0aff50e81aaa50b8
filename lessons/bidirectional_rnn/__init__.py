"""Reading from both ends: the inputs that follow help to identify a signal in noise."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Bidirectional RNN",
    track="Sequences and language",
    order=50,
    summary="One network reads from the left, one from the right: later inputs explain earlier ones.",
    prerequisites=("gru",),
    read_next=("seq2seq",),
    sources=(
        "Study article 001, bidirectional recurrent networks",
        "Bidirectional recurrent neural networks (Schuster and Paliwal, 1997)",
        "A tutorial on hidden Markov models and selected applications in speech recognition (Rabiner, 1989)",
    ),
)
