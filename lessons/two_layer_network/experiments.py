"""Two-layer network: settings to try, and the claims that they check."""

from __future__ import annotations

from statistics import median

from tui_dl.experiment import Claim, Experiment, Measured


def _plateau_then_fall(m: Measured) -> bool:
    """True for a plateau, then a fast fall to the noise floor.

    At 3000 iterations 90 % of the loss at 500 is left; half of the fall takes at most 1500
    iterations; the final loss is within 25 % of 1/12.
    """
    runs = [run["loss"] for run in m["this"].histories]
    stays = median(run[5] / run[0] for run in runs)
    fastest = median(_steepest(run) / (run[0] - run[-1]) for run in runs)
    return stays >= 0.9 and fastest >= 0.5 and abs(m["this"]["loss"] * 12 - 1) <= 0.25


def _steepest(run: tuple[float, ...]) -> float:
    """Return the largest fall within three epochs, 1500 iterations."""
    return max(a - b for a, b in zip(run, run[3:], strict=False))


EXPERIMENTS = (
    Experiment(
        "source", "The study article's run", {},
        "When does the curve stop being a straight line? Watch *Paths of the parameters* and note the iteration at which they part.",
        (
            Claim(
                "002/two-layer", "A long plateau, then a fast fall to the noise floor 1/12.",
                "0.302 at 500 iterations, 0.289 at 3000, 0.195 at 5000, 0.0889 at 6000, 0.0704 at 10 000",
                _plateau_then_fall, ("loss", "line_loss", "true_loss"),
                why="When the fall comes depends on the initial weights and the points: over six seeds, half of it was done after 5000 to 8000 iterations.",
            ),
        ),
    ),
    Experiment(
        "no-difference", "All weights 0", {"weight_scale": 0.0},
        "How many different curves do ten equal units learn? Compare the paths in *Paths of the parameters*.",
    ),
    Experiment(
        "larger-weights", "Initial weights 100 times larger", {"weight_scale": 1.0},
        "Does the fall come earlier if the units differ from the start? Watch the loss, also for later spikes.",
    ),
    Experiment(
        "tanh", "Tanh instead of sigmoid", {"activation": "tanh"},
        "Is the plateau shorter with tanh, whose slope at 0 is four times the sigmoid's? Watch the loss until iteration 1500.",
    ),
    Experiment(
        "relu", "ReLU instead of sigmoid", {"activation": "relu"},
        "Does the curve learn to bend with ReLU? Watch *What each unit adds*: where does each unit have its corner?",
    ),
    Experiment(
        "one-unit", "One hidden unit", {"units": 1},
        "How much of a sine can one soft step follow? Watch *Curve and residuals*.",
    ),
    Experiment(
        "many-units", "Fifty units, the same learning rate", {"units": 50},
        "Do more units help at the same learning rate? Compare the loss with `line_loss`, then try a learning rate of 0.05.",
    ),
)  # fmt: skip
