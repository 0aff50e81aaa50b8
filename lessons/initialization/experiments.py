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
        "In “First weights” N(0, 1) is a low line along the bottom, where the other two are steep bells; in “Spread by depth” it sends every tanh to its end.",
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
        "The line of He lies level through all ten layers: half the units are off, and the 2 under the root makes up for them.",
    ),
    Experiment(
        "relu-xavier", "ReLU from Xavier's start", {"weights": "xavier"},
        "Every layer loses a factor √½, ten of them a factor 32. Lay it over `relu-he`: it learns later.",
    ),
    Experiment(
        "relu-normal", "ReLU from N(0, 1)", {"weights": "normal"},
        "Every layer multiplies by √(256/2) = 11.3: the outputs of the tenth are of the order of 10¹⁰, and training diverges after one step.",
    ),
    Experiment(
        "tanh-xavier", "tanh from Xavier's start", {"weights": "xavier", "activation": "tanh"},
        "The spread sinks slowly, all values stay where tanh has a slope, and it learns.",
    ),
    Experiment(
        "tanh-normal", "tanh from N(0, 1)", {"weights": "normal", "activation": "tanh"},
        "“Values by layer”: most at −1 and 1, where the slope is near 0. The few in between make the gradient explode on its way back, and images that hardly differ give unrelated outputs.",
    ),
    Experiment(
        "sigmoid-wide", "Sigmoid from a wide start", {
            "weights": "normal", "activation": "sigmoid", "units": 100, "learning_rate": 0.1, "epochs": 30,
        },
        "With 100 units N(0, 1) is σ = 10/√n, and ten layers of sigmoids learn: validation accuracy about 0.94 after 30 epochs (five seeds: 0.92 to 0.95). With He's start the loss stays near 2.303.",
    ),
    Experiment(
        "zero", "All weights 0", {"weights": "zero"},
        "All units of a layer are equal, and with zeros nothing passes in either direction: only the output's biases learn, and the loss stays near 2.303.",
    ),
)  # fmt: skip
