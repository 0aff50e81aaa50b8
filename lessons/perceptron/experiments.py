"""Perceptron: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

AND, XOR = {"gate": "and", "epochs": 300}, {"gate": "xor", "epochs": 300}


def _xor_alone_fails(m: Measured) -> bool:
    return min(m["this"].each("wrong")) >= 1 and max(m["and"].each("wrong")) == 0


def _by_seed(m: Measured, metric: str) -> tuple[float, ...]:
    values = m["this"].each(metric)
    if len(values) < 2:
        raise KeyError("this takes two seeds or more")
    return values


def _seeds_differ(m: Measured) -> bool:
    losses = [round(loss, 3) for loss in _by_seed(m, "loss")]
    return len(set(losses)) == len(losses)


EXPERIMENTS = (
    Experiment(
        "seed", "Another start", {},
        "Does every start learn OR in 30 epochs? Train with seeds 0, 1 and 2 and watch where the line ends.",
        (
            Claim(
                "000/perceptron-seed", "Another seed gives another result after the same 30 epochs.",
                "the result changes", _seeds_differ, ("loss", "wrong"),
            ),
            Claim(
                "001/perceptron-seed1", "With seed 1, one of the four cases is still wrong after 30 epochs.",
                "seed 1: 1 of 4 wrong", lambda m: _by_seed(m, "wrong")[1] == 1, ("wrong", "loss"),
                why="Seed 1 gives another start here than there. Six of seven starts miss (0, 0) after 30 epochs.",
            ),
        ),
    ),
    Experiment(
        "epochs", "More epochs", {"epochs": 300},
        "Does training still change anything once all four points are right? Compare accuracy and loss.",
        (
            Claim(
                "000/perceptron-epochs", "100 and then 300 epochs give a lower loss than 30.",
                "falls with the epochs",
                lambda m: m["this"]["loss"] < m["100"]["loss"] < m["30"]["loss"],
                ("loss", "wrong"), {"30": {}, "100": {"epochs": 100}},
            ),
        ),
    ),
    Experiment(
        "and", "AND", AND,
        "Does AND take longer than OR? Watch how far the line has to move.",
    ),
    Experiment(
        "xor", "XOR", XOR,
        "Can one line separate XOR? Count the wrong corners while the line moves.",
        (
            Claim(
                "000/xor", "AND is learned, XOR is not: at best 3 of 4 points.",
                "AND separable, XOR not", _xor_alone_fails, ("wrong", "loss"), {"and": AND},
            ),
            Claim(
                "001/gates", "After the same training the loss is lowest for OR, then AND, then XOR.",
                "OR < AND < XOR", lambda m: m["or"]["loss"] < m["and"]["loss"] < m["this"]["loss"],
                ("loss", "wrong"), {"or": {"epochs": 300}, "and": AND},
            ),
        ),
    ),
    Experiment(
        "batch", "One step an epoch", {"batch_size": 10},
        "What if all four points share one step per epoch? Compare the loss after 30 epochs.",
        (
            Claim(
                "000/perceptron-batch", "Batch 10 leaves a higher loss than batch 1 after as many epochs.",
                "higher loss", lambda m: m["this"]["loss"] > m["1"]["loss"],
                ("loss", "wrong"), {"1": {}},
            ),
        ),
    ),
    Experiment(
        "batch-long", "One step an epoch, 300 epochs", {"batch_size": 10, "epochs": 300},
        "Do 300 such epochs learn OR? They are 300 steps, as many as 75 epochs with batch size 1.",
        (
            Claim(
                "001/perceptron-batch300", "With batch 10, 300 epochs still do not learn OR.",
                "001: OR not learned; 000: the loss falls with the epochs",
                lambda m: m["this"]["wrong"] >= 1, ("wrong", "loss"), {"30": {"batch_size": 10}},
                why="After 30 such epochs OR is not learned, after 300 it is: 000 is right, more epochs help. "
                "30 full-batch steps are simply too few.",
            ),
        ),
    ),
)  # fmt: skip
