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
        "Thousands of iterations look like nothing: the curve is a straight line. Then the paths part and within some 1500 iterations the wave is there.",
        (
            Claim(
                "002/two-layer", "A long plateau, then a fast fall to the noise floor 1/12.",
                "0.302 at 500 iterations, 0.289 at 3000, 0.195 at 5000, 0.0889 at 6000, 0.0704 at 10 000",
                _plateau_then_fall, ("loss", "line_loss", "true_loss"),
                why="When the fall comes depends on the first weights and the points: of six seeds, half of it was done between 5000 and 8000 iterations.",
            ),
        ),
    ),
    Experiment(
        "no-difference", "All weights 0", {"weight_scale": 0.0},
        "The paths of all units are alike: equal units get equal gradients and stay equal, so that ten are worth one. The line is all they find.",
    ),
    Experiment(
        "larger-weights", "First weights 100 times larger", {"weight_scale": 1.0},
        "The units differ from the start, and the fall comes after some 2000 iterations in place of 6000. Later some steps overshoot: spikes in the loss.",
    ),
    Experiment(
        "tanh", "tanh in place of sigmoid", {"activation": "tanh"},
        "Its slope at 0 is 1 where the sigmoid's is 1/4: the plateau is over within 1500 iterations. Then the loss goes up and down: 0.2 is a little too much for tanh.",
    ),
    Experiment(
        "relu", "ReLU", {"activation": "relu"},
        "Biases begin at 0 and x is positive, so a unit is open for all points or for none: the sum begins as a straight line and hardly learns to bend.",
    ),
    Experiment(
        "one-unit", "One hidden unit", {"units": 1},
        "One sigmoid is one S: it falls once, and a sine that rises, falls and rises again is out of its reach.",
    ),
    Experiment(
        "many-units", "Fifty units, the same rate", {"units": 50},
        "More units, and it does not even find the line: the first steps overshoot, until every unit's output is stuck near 0. Try learning_rate 0.05.",
    ),
)  # fmt: skip
