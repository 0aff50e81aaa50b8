"""An autoencoder compresses digits to two numbers; a variational one can also generate digits."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Variational autoencoder",
    track="Sequences and language",
    order=90,
    summary="Digits as two numbers, a code that is a distribution, and new digits drawn from it.",
    teaches=("001/vae",),
    prerequisites=("deep-network",),
    read_next=("hred-vhred",),
    sources=(
        "Study article 001, variational autoencoder",
        "Auto-encoding variational Bayes (Kingma and Welling, 2014)",
        "Stochastic backpropagation and approximate inference in deep generative models (Rezende, Mohamed and Wierstra, 2014)",
        "beta-VAE: learning basic visual concepts with a constrained variational framework (Higgins and others, 2017)",
    ),
)
