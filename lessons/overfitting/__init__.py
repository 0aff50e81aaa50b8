"""Two half moons, a few noisy points, a large network: memorizing, and ways to stop it."""

from tui_dl.lesson import Lesson

LESSON = Lesson(
    __name__,
    title="Overfitting",
    track="Deep networks",
    order=70,
    summary="A model that memorizes its training set: validation, checkpoints and early stopping.",
    teaches=("003/split", "003/checkpoint", "003/early-stopping"),
    prerequisites=("optimizers",),
    read_next=("dropout", "learning-rate-schedules"),
    sources=(
        "Study article 003, data splitting and prevention of overfitting",
        "Prechelt: Early stopping, but when?, 1998",
        "Goodfellow, Bengio and Courville: Deep Learning, sections 5.2, 5.3 and 7.8, 2016",
    ),
)
