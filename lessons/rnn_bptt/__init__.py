"""Backpropagation through time by hand, checked at every step against automatic differentiation."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="RNN and BPTT",
    track="Sequences and language",
    order=10,
    summary="A recurrent network's gradient by hand in NumPy, beside automatic differentiation.",
    teaches=("001/rnn", "001/bptt"),
    prerequisites=("two-layer-network", "vanishing-gradients"),
    read_next=("binary-addition", "lstm"),
    sources=(
        "Study article 001, concept of recurrent networks and BPTT",
        "Backpropagation through time: what it does and how to do it (Werbos, 1990)",
        "On the difficulty of training recurrent neural networks (Pascanu, Mikolov and Bengio, 2013)",
        "Deep Learning (Goodfellow, Bengio and Courville, 2016), section 10.2.2",
    ),
)
