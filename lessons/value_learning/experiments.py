"""Value learning: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

GRID = {"world": "grid", "discount": 0.9}
SARSA, MONTE_CARLO = {"method": "sarsa"}, {"method": "monte-carlo"}
FIRST = {**GRID, "epochs": 1}


def _takes_the_edge(m: Measured) -> bool:
    edge = max(m["this"].each("path")) == 13 < min(m["sarsa"].each("path"))
    return edge and m["this"]["return"] <= m["sarsa"]["return"] - 10


def _walks_safely(m: Measured) -> bool:
    return m["this"]["return"] >= m["q-learning"]["return"] + 10 and m["this"]["path"] >= 15


def _waits_for_the_end(m: Measured) -> bool:
    early = m["q-learning"]["moved"] <= 1 and m["sarsa"]["moved"] <= 1
    return early and m["this"]["moved"] >= 5


def _finds_the_best(m: Measured) -> bool:
    return max(m["this"].each("error")) <= 0.01 and max(m["this"].each("path")) == 5


EXPERIMENTS = (
    Experiment(
        "edge", "Q-learning on the cliff", {},
        "Does the shortest way give the highest `return` during training? Watch the arrows along the edge, and `return`.",
        (
            Claim(
                "001/q-learning", "Moved toward the best next value, Q-learning takes the shortest way along the cliff and returns less than SARSA while it learns.",
                "the next value is the largest one", _takes_the_edge,
                ("return", "path", "greedy_return"), {"sarsa": SARSA},
            ),
        ),
    ),
    Experiment(
        "safe", "SARSA on the cliff", SARSA,
        "How far from the edge does SARSA walk? Compare the arrows and `return` with the experiment `edge`.",
        (
            Claim(
                "001/sarsa", "Moved toward the value of the action really taken next, SARSA walks away from the edge and returns more while it learns.",
                "what really came next is used", _walks_safely,
                ("return", "path", "greedy_return"), {"q-learning": {}},
            ),
        ),
    ),
    Experiment(
        "whole-episodes", "Monte Carlo on the cliff", MONTE_CARLO,
        "What does one fall do to the values of all the steps before it? Compare `path` and `return` with `safe`.",
    ),
    Experiment(
        "grid", "Q-learning on the grid", GRID,
        "In which order do the values appear? Step through the first episodes and watch them spread from the goal.",
        (
            Claim(
                "000/q-learning", "Updated at every move, Q-learning finds the values of the best policy: those that dynamic programming computes.",
                "the action value function is updated with every action", _finds_the_best,
                ("error", "path", "return"),
            ),
        ),
    ),
    Experiment(
        "grid-sarsa", "SARSA on the grid", {**GRID, **SARSA},
        "Does SARSA find the same values as Q-learning? Compare the way and the value of the start with `grid`.",
    ),
    Experiment(
        "first-episode", "One episode of Monte Carlo", {**FIRST, **MONTE_CARLO},
        "How many entries of the table does one episode change? Compare `moved` with one episode of `grid`.",
        (
            Claim(
                "001/monte-carlo", "Monte Carlo waits for the reward and then changes every value on the way; Q-learning and SARSA have changed only the last one by then.",
                "learns once a reward has really been obtained", _waits_for_the_end,
                ("moved", "episode_return"), {"q-learning": FIRST, "sarsa": {**FIRST, **SARSA}},
            ),
        ),
    ),
    Experiment(
        "no-trials", "No random steps", {"epsilon": 0.0},
        "Can the learner explore without random steps? Set `method` to sarsa as well, and watch which way it takes.",
    ),
    Experiment(
        "impatient", "A short horizon", {"discount": 0.5},
        "Is the way still found when ten steps ahead hardly count? Compare the arrows with the values, nearly all about −2.",
    ),
)  # fmt: skip
