"""Dropout: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

CLEAN = {"wrong_labels": 0.0}
EXPERIMENTS = (
    Experiment(
        "half", "Every second unit", {},
        "The training loss in the chart lies above what “Three losses” says of the whole network: it is measured while half the units are absent.",
    ),
    Experiment(
        "without", "Without dropout", {"rate": 0.0},
        "The training accuracy keeps rising, so the network memorizes the wrong labels too, and the validation loss climbs. Compare `gap` and `val_accuracy` with those of `half`.",
    ),
    Experiment(
        "clean", "All labels right", CLEAN,
        "Run it with a `rate` of 0.5 and of 0: on these easy images the gap hardly differs, because there is little to mend. Another seed changes more.",
    ),
    Experiment(
        "source", "A fifth, as in the exercise", {"hidden_layers": 4, "units": 128, "rate": 0.2},
        "The study article's exercise uses four layers of 128 and a rate of 0.2: hold `gap` against the same network at a rate of 0.",
    ),
    Experiment(
        "too-much", "Nine of ten dropped", CLEAN | {"rate": 0.9},
        "Both losses are far higher than at a rate of 0.5, and the gap is not surely smaller: too few units are left in a step to learn anything precise.",
    ),
    Experiment(
        "at-the-input", "Pixels dropped too", {"input_rate": 0.2},
        "A fifth of the pixels is missing from every image: the original paper's choice for inputs. Does it help here?",
    ),
    Experiment(
        "more-images", "As many images as there are", {"training_images": 60_000},
        "With more images, what does dropout still mend? Run it with a `rate` of 0.5 and of 0, and compare `gap` with that of 500 images.",
    ),
    Experiment(
        "rescaled-later", "Rescaled at inference", {"rescale": "inference"},
        "The original recipe: nothing is enlarged in training, everything is shrunk afterwards. Does it end where `half` does?",
    ),
    Experiment(
        "never-rescaled", "The forgotten factor", CLEAN | {"rescale": "never"},
        "At inference each layer receives twice what it was trained with: the answers become far too certain. The validation loss pays for it, the accuracy little.",
    ),
)  # fmt: skip
