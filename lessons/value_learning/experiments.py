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
        "The arrows run along the edge, the shortest way; yet `return` stays low, for ε pushes the learner over it now and then.",
        (
            Claim(
                "001/q-learning", "Moved towards the best next value, Q-learning takes the shortest way along the cliff and returns less than SARSA while it learns.",
                "the next value is the largest one", _takes_the_edge,
                ("return", "path", "greedy_return"), {"sarsa": SARSA},
            ),
        ),
    ),
    Experiment(
        "safe", "SARSA on the cliff", SARSA,
        "The arrows keep away from the edge: the values know of the trials still to come. `return` is the better for it.",
        (
            Claim(
                "001/sarsa", "Moved towards the value of the move really made next, SARSA walks away from the edge and returns more while it learns.",
                "what really came next is used", _walks_safely,
                ("return", "path", "greedy_return"), {"q-learning": {}},
            ),
        ),
    ),
    Experiment(
        "whole-episodes", "Monte Carlo on the cliff", MONTE_CARLO,
        "One fall spoils the return of every move before it, good ones too: the table is slow and noisy.",
    ),
    Experiment(
        "grid", "Q-learning on the grid", GRID,
        "The values grow backwards from the goal, a factor of 0.9 for each move: 1, 0.9, 0.81, … to 0.6561 at the start.",
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
        "A way of five moves again, though perhaps the other one of the two; smaller values: the trials to come, and now and then the pit, are counted in.",
    ),
    Experiment(
        "first-episode", "One episode of Monte Carlo", {**FIRST, **MONTE_CARLO},
        "After the first reward every move that led to it has been moved: compare `moved` with one episode of `grid`, where it is 1. The pictures show the best action of a cell, so values below 0 hide behind actions not yet tried.",
        (
            Claim(
                "001/monte-carlo", "Monte Carlo waits for the reward and then moves every value on the way; Q-learning and SARSA have moved only the last one by then.",
                "learns once a reward has really been obtained", _waits_for_the_end,
                ("moved", "episode_return"), {"q-learning": FIRST, "sarsa": {**FIRST, **SARSA}},
            ),
        ),
    ),
    Experiment(
        "no-trials", "No trials", {"epsilon": 0.0},
        "Nobody falls in the end, and SARSA takes the edge too: set `method` to sarsa. A first value of 0 is optimistic where every move costs 1, which is trial enough.",
    ),
    Experiment(
        "impatient", "A short horizon", {"discount": 0.5},
        "Nearly every value is drawn as −2, for ten moves ahead hardly count. The arrows along the edge are right all the same: a table keeps differences of 0.0001. A network would not.",
    ),
)  # fmt: skip
