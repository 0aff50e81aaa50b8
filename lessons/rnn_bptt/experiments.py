"""RNN and BPTT: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured


def _vanishes_and_explodes(m: Measured) -> bool:
    small, large = m["small W"]["lag_ratio_at_start"], m["this"]["lag_ratio_at_start"]
    return small < 0.01 and large > 10


LONG = {"bits": 16}
EXPERIMENTS = (
    Experiment(
        "vanishing", "Small recurrent weights", {**LONG, "recurrent_scale": 0.5},
        "Are long sums learned although the gradient vanishes? Watch “Gradient against lag” before training and after.",
    ),
    Experiment(
        "exploding", "Large recurrent weights", {**LONG, "recurrent_scale": 3.0},
        "How many times larger is the gradient 15 steps back? Watch “Gradient against lag” and the loss.",
        (
            Claim(
                "001/rnn-vanish",
                "Over 15 steps back the gradient vanishes with small recurrent weights (0.5) "
                "and explodes with large ones (3).",
                "vanishes or explodes with the length T", _vanishes_and_explodes,
                ("lag_ratio_at_start", "lag_ratio"),
                {"small W": {**LONG, "recurrent_scale": 0.5}, "scale 1": LONG},
                "Measured before the first step, as training itself changes W: the ratio of the "
                "gradient's norm 15 steps back to its norm at the last step.",
            ),
        ),
    ),
    Experiment(
        "clipped", "Large weights, clipped gradient", {**LONG, "recurrent_scale": 3.0, "clip_norm": 2.0},
        "Does scaling every gradient down to a norm of 2 save the training? Compare the accuracy with “Large recurrent weights”.",
    ),
    Experiment(
        "no-transpose", "W in place of its transpose", {"transpose": False},
        "Does the loss still fall with a wrong gradient? Watch `difference` and “Both gradients”.",
    ),
    Experiment(
        "cross-entropy", "Cross-entropy", {"error": "cross_entropy"},
        "Does training need fewer epochs without the factor σ′? Compare the accuracy with the default.",
    ),
)  # fmt: skip
