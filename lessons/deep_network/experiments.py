"""Deep network: settings to try, and the claims that they check."""

from __future__ import annotations

from itertools import pairwise

from tui_dl.experiment import Claim, Experiment, Measured


def _learns(m: Measured) -> bool:
    loss, accuracy = m["this"].history("loss"), m["this"].history("accuracy")
    falls = all(later < earlier for earlier, later in pairwise(loss))
    return falls and accuracy[-1] - accuracy[0] >= 0.2


EXPERIMENTS = (
    Experiment(
        "source", "Five epochs", {},
        "The loss falls at every epoch: on MNIST fastest at first, on the embedded digits by about as little each time. One epoch is 1875 steps there, 45 here.",
        (
            Claim(
                "003/deep", "The training loss falls at each of five epochs, and the accuracy gains 0.2 or more after the first.",
                "loss 1.1316, .3337, .2527, .2087, .1801; accuracy .6453, .9029, .9256, .9389, .9474",
                _learns, ("loss", "accuracy"),
                why="The source's figures are MNIST's, after 1875 to 9375 steps. Five epochs of the embedded digits are 225 steps, "
                "less than an eighth of the source's first epoch: there the loss falls at every epoch too, but the accuracy has hardly left guessing.",
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "208 epochs of the small digits", {"images": "digits", "epochs": 208},
        "With 9360 steps, as many as the source's, the embedded digits are learnt as well: count steps, not epochs.",
    ),
    Experiment(
        "sigmoid", "Sigmoid in every layer", {"activation": "sigmoid"},
        "The loss stays at 2.3 = log 10, pure guessing, and σ over the images in “Digits part with depth” falls from layer to layer: the last layers hardly tell images apart.",
    ),
    Experiment(
        "very-deep", "Sixteen layers", {"hidden_layers": 16},
        "Four times as deep is not better: it starts more slowly, if at all.",
    ),
)  # fmt: skip
