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
        "Does the validation loss end lower than with a constant rate? Watch “Rate above loss”, then “Distance moved”.",
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
        "zero-start", "A first epoch at rate 0", DIGITS | ZERO,
        "What does an epoch at a rate of 0 cost? Look for the point at the origin of “Distance moved”.",
    ),
    Experiment(
        "plateau", "Cut at a plateau", PLATEAU,
        "How often is the rate cut, and what do the later cuts change? Watch the validation loss in “Rate above loss”.",
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
        "With a patience of 5 and a cooldown of 10, how far apart are two cuts at least? Count the epochs between the marks in “Rate above loss”.",
    ),
    Experiment(
        "constant", "One rate throughout", CONSTANT,
        "Does the network ever come to rest? Watch the validation loss, and “Distance moved” to the end.",
    ),
    Experiment(
        "high-peak", "A high peak, without warm-up", DIGITS | {"learning_rate": 0.02, "warmup": 0, "epochs": 50},
        "Does twenty times the rate need a warm-up? Compare with a `warmup` of 10, over several seeds.",
    ),
    Experiment(
        "exercise", "As in the exercise", DIGITS | {"learning_rate": 0.01, "warmup": 3, "epochs": 30},
        "From which epoch on does the validation loss hardly move? Compare the rate there with its peak.",
    ),
)  # fmt: skip
