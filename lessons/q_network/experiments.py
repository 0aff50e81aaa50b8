"""Q-network: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "raw-values", "Values in plain units", {"scaled": False, "optimism": 0.0},
        "Can the network learn a difference of about 1 among values near 200? Compare `value` with `return`.",
    ),
    Experiment(
        "pessimistic", "A start at 0", {"optimism": 0.0},
        "Does it matter where the values start? Compare `value`, and the steps until the run ends, with the default.",
    ),
    Experiment(
        "no-target", "No target network", {"target_rate": 1.0},
        "What does the target network contribute? Count the steps, and watch whether the return falls back.",
    ),
    Experiment(
        "unbounded", "Targets without a bound", {"bounded": False},
        "How far above 200 do the values rise when nothing limits the targets? Watch `value`, and “One episode”.",
    ),
    Experiment(
        "single", "No double Q-learning, no bound", {"double": False, "bounded": False},
        "How strong is the maximization bias? Compare `start_value` with that of `unbounded`.",
    ),
    Experiment(
        "no-memory", "A replay memory of 256", {"replay": 256},
        "What happens if the memory holds only the last 256 transitions? Watch whether the return keeps what it has gained.",
    ),
    Experiment(
        "long-memory", "A replay memory of 200,000", {"replay": 200_000},
        "Is a longer memory always better? Compare the number of steps over several seeds.",
    ),
    Experiment(
        "short-sighted", "A shorter horizon", {"discount": 0.95},
        "Is it enough to look about twenty steps ahead? Watch whether the pole falls or the cart leaves its track.",
    ),
    Experiment(
        "linear", "No hidden layer", {"hidden_layers": 0},
        "Can values that are linear in the state balance the pole? Watch “Value over the pole”.",
    ),
)  # fmt: skip
