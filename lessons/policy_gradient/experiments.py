"""Policy gradient: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "no-baseline", "No baseline", {"baseline": "none"},
        "Count the updates: about twice as many as with V(s), and the return dips on its way up.",
    ),
    Experiment(
        "one-episode", "One episode an update", {"environments": 1, "epochs": 80},
        "One episode is a noisy sample of the gradient: some seeds get there, some collapse. Try several.",
    ),
    Experiment(
        "one-episode-no-baseline", "One episode, no baseline", {"environments": 1, "epochs": 80, "baseline": "none"},
        "With neither many episodes nor a baseline the noise wins: see the entropy fall to 0 while the return falls too.",
    ),
    Experiment(
        "hot", "A hot softmax", {"temperature": 4.0},
        "The entropy starts at ln 2 = 0.69, a toss of a coin, and comes down slowly: the slope is divided by τ too.",
    ),
    Experiment(
        "cold", "A cold softmax", {"temperature": 0.1},
        "Nearly greedy before anything is learnt: where the first guess is bad, the entropy is 0 at once and nothing moves.",
    ),
    Experiment(
        "too-fast", "A learning rate of 100", {"learning_rate": 100.0},
        "A few steps make the policy certain and wrong. A return of about 9 is what always pushing one way gives.",
    ),
    Experiment(
        "adam", "Adam", {"optimizer": "adam", "learning_rate": 0.01},
        "The same gradient in better steps: a third of the updates or fewer.",
    ),
    Experiment(
        "short-sighted", "A short horizon", {"discount": 0.5},
        "What happens a few steps later hardly counts: the pole is soon kept up, but nothing teaches the cart to mind the end of its track.",
    ),
)  # fmt: skip
