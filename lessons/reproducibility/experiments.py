"""Reproducibility: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "same", "Every seed the same", {},
        "“Fingerprints” finds no digit that differs, and `differing` is 0: nothing in the training is left to chance.",
    ),
    Experiment(
        "other-weights", "Other first weights", {"weights_seed": 1},
        "The losses differ from the start: two unlike networks that, once trained, read nearly all images alike. See “Read differently” for the others.",
    ),
    Experiment(
        "other-order", "Another order of the images", {"order_seed": 1},
        "The same first weights: the distance in “How they part” starts at 0, and the fingerprints differ after the first step.",
    ),
    Experiment(
        "other-dropout", "Other units dropped", {"dropout_seed": 1},
        "Hold “How they part” against that of `other-order`: chance in the masks parts the networks about as far.",
    ),
    Experiment(
        "nudge", "A rounding error", {"nudge": 1e-7},
        "Seeds are all the same, and one ten-millionth is added once: most weights differ, in their last digits. Does any answer change? Then raise `learning_rate` to 0.05.",
    ),
    Experiment(
        "no-dropout", "A seed that nothing uses", {"dropout": 0.0, "dropout_seed": 1},
        "Without dropout its seed decides nothing: `differing` is 0 again. A seed counts only where something is drawn.",
    ),
)  # fmt: skip
