"""One row of weights per word: skip-gram and CBOW with negative sampling, on a made-up language."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Word vectors",
    track="Sequences and language",
    order=70,
    summary="A vector for each word, learned from the words around it.",
    teaches=("001/word2vec",),
    prerequisites=("labels-and-losses",),
    read_next=("attention",),
    sources=(
        "Study article 001, word2vec",
        "Efficient estimation of word representations in vector space (Mikolov, Chen, Corrado and Dean, 2013)",
        "Distributed representations of words and phrases and their compositionality (Mikolov and others, 2013)",
        "Neural word embedding as implicit matrix factorization (Levy and Goldberg, 2014)",
    ),
)
