"""A memory with two gates: a GRU beside an LSTM, on a task for both and a task for only one."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="GRU",
    track="Sequences and language",
    order=40,
    summary="Two gates instead of three: cheaper than an LSTM, as good at memory, worse at counting.",
    prerequisites=("lstm",),
    read_next=("bidirectional-rnn", "seq2seq"),
    sources=(
        "Study article 001, gated recurrent unit",
        "Learning phrase representations using RNN encoder-decoder for statistical machine translation (Cho et al., 2014)",
        "Empirical evaluation of gated recurrent neural networks on sequence modeling (Chung et al., 2014)",
        "On the practical computational power of finite precision RNNs for language recognition (Weiss, Goldberg and Yahav, 2018)",
    ),
)
