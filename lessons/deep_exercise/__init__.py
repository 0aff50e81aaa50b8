"""An exercise: improve a plain network until it reads 98.5 % of the digits correctly."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Exercise: a deep network",
    track="Deep networks",
    order=140,
    summary="A task: improve a plain network with everything from this track.",
    prerequisites=("initialization", "batch-normalization", "dropout", "learning-rate-schedules"),
    read_next=("rnn-bptt",),
    sources=(
        "Study article 003, exercise and its answer",
        "Ioffe and Szegedy: Batch normalization, 2015",
        "He, Zhang, Ren and Sun: Delving deep into rectifiers, 2015",
        "Loshchilov and Hutter: SGDR: stochastic gradient descent with warm restarts, 2017 (the cosine)",
    ),
)
