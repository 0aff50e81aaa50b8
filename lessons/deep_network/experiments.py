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
        "How far does the loss fall in five epochs? One epoch has 1875 steps on MNIST and 45 on the embedded digits.",
        (
            Claim(
                "003/deep", "The training loss falls at each of five epochs, and the accuracy gains 0.2 or more after the first.",
                "loss 1.1316, .3337, .2527, .2087, .1801; accuracy .6453, .9029, .9256, .9389, .9474",
                _learns, ("loss", "accuracy"),
                why="The source's figures are MNIST's, after 1875 to 9375 steps. Five epochs of the embedded digits are 225 steps, "
                "less than an eighth of the source's first epoch. The loss falls at every epoch there too, but the accuracy has only reached about 0.2.",
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "208 epochs of the small digits", {"images": "digits", "epochs": 208},
        "Do the embedded digits need as many steps as MNIST? These are 9360 steps, about as many as the source's five epochs.",
    ),
    Experiment(
        "sigmoid", "Sigmoid in every layer", {"activation": "sigmoid"},
        "Does the loss leave log 10 = 2.303, that of guessing? Compare σ over the images, layer by layer, in “Digits part with depth”.",
    ),
    Experiment(
        "very-deep", "Sixteen layers", {"hidden_layers": 16},
        "Does a network that is four times as deep learn faster? Watch the loss.",
    ),
)  # fmt: skip
