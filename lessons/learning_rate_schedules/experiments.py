"""Learning-rate schedules: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

DIGITS = {"images": "digits"}
ZERO = {"zero_start": True}
CONSTANT = DIGITS | {"schedule": "constant"}
PLATEAU = DIGITS | {"schedule": "plateau"}
REST = PLATEAU | {"factor": 0.5, "patience": 5, "cooldown": 10, "floor": 2e-4}


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= 1e-4 * wanted


def _fin(m: Measured) -> bool:
    this, source = m["this"], m["zero start, 12 epochs"]
    rises = _near(this["first_rate"], 0.0001) and _near(this["peak_rate"], 0.001)
    falls = _near(this["middle_rate"], 0.0005) and this["last_rate"] < 1e-6
    idle = source["first_rate"] == 0 and source["first_move"] == 0 and this["first_move"] > 0
    return rises and falls and idle and this["val_loss"] < m["constant"]["val_loss"]


def _cut(m: Measured) -> bool:
    this, rest = m["this"], m["cooldown and floor"]
    tenfold = all(
        n >= 1 and _near(last, 0.001 * 0.1**n)
        for n, last in zip(this.each("cuts"), this.each("last_rate"), strict=True)
    )
    patient = min(this.each("closest_cuts")) >= 10 and min(rest.each("closest_cuts")) >= 14
    floored = min(rest.each("last_rate")) >= 1.999e-4
    return tenfold and patient and floored and this["val_loss"] < m["constant"]["val_loss"]


EXPERIMENTS = (
    Experiment(
        "shark-fin", "Warm-up, then a cosine", DIGITS,
        "In “Rate above loss” the rate in use follows the planned fin; in “Distance moved” a smaller rate moves the weights less, and towards the end they come to rest.",
        (
            Claim(
                "003/warmup-cosine",
                "The rate climbs to 0.001 in 10 epochs, is half of it midway down and near 0 at the end; the validation loss ends below that of a constant rate. "
                "With the article's formula the first epoch moves no weight.",
                "warm-up 10, peak 0.001, 200 epochs: a curve like a shark's fin, of use against flat regions (no figure)", _fin,
                ("first_rate", "peak_rate", "middle_rate", "last_rate", "first_move", "val_loss", "val_accuracy"),
                {"constant": CONSTANT, "zero start, 12 epochs": DIGITS | ZERO | {"epochs": 12}},
            ),
        ),
    ),
    Experiment(
        "zero-start", "The study article's first epoch", DIGITS | ZERO,
        "A whole epoch of steps, and “Distance moved” has a point at the origin: the loss after it is that of the untrained network.",
    ),
    Experiment(
        "plateau", "Cut at a plateau", PLATEAU,
        "When “Rate above loss” counts 10 epochs without a new best, the rate falls to a tenth, and the jagged validation loss turns smooth. After a few cuts nothing moves any more.",
        (
            Claim(
                "003/plateau",
                "Each cut divides the rate by 10, no two come within 10 epochs; with a factor of 0.5, patience 5, cooldown 10 and a floor of 0.0002 none within 14 epochs "
                "or below the floor; the validation loss ends below that of a constant rate.",
                "factor, patience, cooldown and floor as described, of use against flat regions (no figure)", _cut,
                ("cuts", "closest_cuts", "last_rate", "val_loss", "val_accuracy"),
                {"constant": CONSTANT, "cooldown and floor": REST},
            ),
        ),
    ),
    Experiment(
        "cooldown-floor", "Cooldown and floor", REST,
        "Cuts by half, at least 14 epochs apart: ten of rest, of which the last one counts already, and five of patience. At 0.0002 they end.",
    ),
    Experiment(
        "constant", "One rate throughout", CONSTANT,
        "The validation loss jumps about and in the end climbs, as the network grows too sure of itself; the distance moved never comes to rest.",
    ),
    Experiment(
        "high-peak", "A high peak, without warm-up", DIGITS | {"learning_rate": 0.02, "warmup": 0, "epochs": 50},
        "Twenty times the rate from the first step: this small network bears it, after a first epoch that throws the weights far. Run it with a `warmup` of 10 too, then try 0.1.",
    ),
    Experiment(
        "exercise", "As in the exercise", DIGITS | {"learning_rate": 0.01, "warmup": 3, "epochs": 30},
        "Thirty epochs: a shorter fin. In the last third, where the rate is small, the validation loss hardly moves any more.",
    ),
)  # fmt: skip
