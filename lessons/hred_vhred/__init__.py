"""Answers that depend on earlier turns (HRED), and that vary (VHRED)."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="HRED and VHRED",
    track="Sequences and language",
    order=100,
    summary="Dialogues: a network that remembers earlier turns, and one that varies its answers.",
    teaches=("001/hred", "001/vhred"),
    prerequisites=("seq2seq", "vae"),
    sources=(
        "Study article 001, HRED and VHRED",
        "Building end-to-end dialogue systems using generative hierarchical neural network models (Serban et al., 2016)",
        "A hierarchical latent variable encoder-decoder model for generating dialogues (Serban et al., 2017)",
        "Generating sentences from a continuous space (Bowman et al., 2016)",
    ),
)
