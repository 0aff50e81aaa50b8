"""Policy gradient: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "no-baseline", "No baseline", {"baseline": "none"},
        "How much does the baseline help? Count the updates, and watch whether the return dips on its way up.",
    ),
    Experiment(
        "one-episode", "One episode per update", {"environments": 1, "epochs": 80},
        "Is one episode enough to estimate the gradient? Try seeds 0, 1 and 2, and watch the entropy.",
    ),
    Experiment(
        "one-episode-no-baseline", "One episode, no baseline", {"environments": 1, "epochs": 80, "baseline": "none"},
        "What happens without many episodes and without a baseline? Watch entropy and return.",
    ),
    Experiment(
        "hot", "A hot softmax", {"temperature": 4.0},
        "How does a high temperature change the learning? Watch the entropy, which starts near log 2 = 0.69.",
    ),
    Experiment(
        "cold", "A cold softmax", {"temperature": 0.1},
        "Can a policy learn that is nearly certain from the start? Try seeds 0, 1 and 2, and watch the entropy.",
    ),
    Experiment(
        "too-fast", "A learning rate of 100", {"learning_rate": 100.0},
        "What do steps that are far too large do to the policy? Watch entropy and return.",
    ),
    Experiment(
        "adam", "Adam", {"optimizer": "adam", "learning_rate": 0.01},
        "How many updates does Adam need for the same return? Compare with the default.",
    ),
    Experiment(
        "short-sighted", "A short horizon", {"discount": 0.5},
        "What does a policy learn that looks only a few steps ahead? Watch where the episode ends in “Cart and pole”.",
    ),
)  # fmt: skip
