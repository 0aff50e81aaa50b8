"""Q-network: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "raw-values", "Values in plain units", {"scaled": False, "optimism": 0.0},
        "`value` climbs to between 100 and 200, but the return stays near 100: what left and right differ by, about 1, drowns in it.",
    ),
    Experiment(
        "pessimistic", "Expect nothing at first", {"optimism": 0.0},
        "Scaled, but starting from 0: the value has to be built up from the fall backwards, move by move. It gets there, on some seeds later.",
    ),
    Experiment(
        "no-target", "No target network", {"target_rate": 1.0},
        "On most seeds it gets there in half as many steps again: `value` is near 200 early, and the return falls back between.",
    ),
    Experiment(
        "unbounded", "Targets without a bound", {"bounded": False},
        "No return exceeds 200, yet `value` and `start_value` climb past it: nothing corrects a belief in states that go well. The policy suffers little.",
    ),
    Experiment(
        "single", "One network picks and values, no bound", {"double": False, "bounded": False},
        "The largest of noisy values is too large: `start_value` ends higher still than in `unbounded`.",
    ),
    Experiment(
        "no-memory", "Learn from the last moves only", {"replay": 256},
        "256 moves from 16 environments are varied enough to get there, but look at the way: on seed 0 a return of 340 falls back below 50 first.",
    ),
    Experiment(
        "long-memory", "Remember 200 000 moves", {"replay": 200_000},
        "Nothing is forgotten in the whole run, the clumsy beginning neither: most batches hold it, and some seeds need twice the steps or do not arrive.",
    ),
    Experiment(
        "short-sighted", "A shorter horizon", {"discount": 0.95},
        "A horizon of twenty moves: the pole is soon kept up, but the end of the track is seen too late, and the return stays near 270.",
    ),
    Experiment(
        "linear", "No hidden layer", {"hidden_layers": 0},
        "A plane cannot bend down on both sides, and falling left is as bad as falling right: the return stays at about 25.",
    ),
)  # fmt: skip
