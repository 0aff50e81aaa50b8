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
        "The line of the gradient against the lag falls straight down: each step back halves it at least.",
    ),
    Experiment(
        "exploding", "Large recurrent weights", {**LONG, "recurrent_scale": 3.0},
        "The line before training climbs with the lag; then the long steps drive the units into saturation.",
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
        "A gradient longer than 2 keeps its direction and loses its length: the longest leaps are gone.",
    ),
    Experiment(
        "no-transpose", "W where Wᵀ belongs", {"transpose": False},
        "The difference jumps from 1e-16 to the size of the gradient itself, at once: the check found the mistake.",
    ),
    Experiment(
        "cross-entropy", "Cross-entropy", {"error": "cross_entropy"},
        "g′ is gone from δ of the output: the sums are learnt in fewer epochs at the same learning rate.",
    ),
)  # fmt: skip
