"""Initialization: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

BRIEF = {"activation": "tanh", "epochs": 1}


def _order(m: Measured) -> bool:
    normal, xavier, he = (m[name]["spread"] for name in ("this", "xavier", "he"))
    return normal >= 8 * he and he >= 1.2 * xavier


EXPERIMENTS = (
    Experiment(
        "spread", "Three spreads", BRIEF | {"weights": "normal"},
        "How wide are the three distributions, and what does N(0, 1) do to tanh? Compare “Initial weights” and “Spread by depth”.",
        (
            Claim(
                "003/init", "For n = 256, N(0, 1) is spread at least 8 times as wide as He's, and He's at least 1.2 times as wide as Xavier's.",
                "N(0, 1) ≫ He > Xavier (by their definition 16 : 1.41 : 1)", _order, ("spread", "deepest"),
                {"he": BRIEF | {"weights": "he"}, "xavier": BRIEF | {"weights": "xavier"}},
            ),
        ),
    ),
    Experiment(
        "relu-he", "ReLU from He's start", {},
        "Does the spread keep its size through ten layers? Compare the three panels of “Spread by depth”.",
    ),
    Experiment(
        "relu-xavier", "ReLU from Xavier's start", {"weights": "xavier"},
        "What does a factor of √½ per layer cost over ten layers? Overlay the loss on that of `relu-he`.",
    ),
    Experiment(
        "relu-normal", "ReLU from N(0, 1)", {"weights": "normal"},
        "What happens if every layer multiplies the signal by 11.3? Watch the loss of the first step.",
    ),
    Experiment(
        "tanh-xavier", "tanh from Xavier's start", {"weights": "xavier", "activation": "tanh"},
        "Do the values stay where tanh has a slope? Watch “Values by layer”.",
    ),
    Experiment(
        "tanh-normal", "tanh from N(0, 1)", {"weights": "normal", "activation": "tanh"},
        "Where do the values of tanh lie, and does the loss fall? Watch “Values by layer”.",
    ),
    Experiment(
        "sigmoid-wide", "Sigmoid from a wide start", {
            "weights": "normal", "activation": "sigmoid", "units": 100, "learning_rate": 0.1, "epochs": 30,
        },
        "Can ten sigmoid layers learn at all? With 100 units N(0, 1) is σ = 10/√n. Compare with He's start.",
    ),
    Experiment(
        "zero", "All weights 0", {"weights": "zero"},
        "Which parameters change if all weights start at 0? Watch the loss for as long as you like.",
    ),
)  # fmt: skip
