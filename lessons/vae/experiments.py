"""Variational autoencoder: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "autoencoder", "The plain autoencoder", {"kind": "autoencoder"},
        "It copies better, by about 2 nats an image, and its codes lie more than four times as wide: samples from N(0, 1) stay in the middle of them, so `missed` rises from about 0.19 to 0.22.",
    ),
    Experiment(
        "no-kl", "Noise without KL", {"beta": 0.0},
        "σ goes to nothing and the codes spread apart: the network buys itself out of the noise, and `kl`, which it no longer pays for, climbs to 40 nats and more. An autoencoder in disguise.",
    ),
    Experiment(
        "pixel-mean", "Too much KL", {"beta": 64.0},
        "As if the reconstruction were a mean over 64 pixels: `kl` falls to 0 and stays there, every code is the prior, every sample the same mean digit.",
    ),
    Experiment(
        "eight-numbers", "Eight numbers", {"latent": 8},
        "Codes of nine unseen digits in ten now lie nearest to one of their own kind (seven with two numbers), and samples miss less, though `kl` has risen by only about a nat.",
    ),
    Experiment(
        "eight-plain", "Eight numbers, plain", {"latent": 8, "kind": "autoencoder"},
        "The best copies of all and the worst samples: in eight dimensions a gap is nearly everywhere. `off_fitted` shows that a normal fitted to the codes helps, but not enough.",
    ),
    Experiment(
        "one-number", "One number", {"latent": 1},
        "All digits in one row: see in the plane which ones are neighbours, and which codes it cannot tell apart.",
    ),
    Experiment(
        "mnist", "Larger digits", {"images": "mnist", "epochs": 5, "batch_size": 100},
        "Half a minute or more on two cores, and MNIST must be present. The plane shows slant and roundness change from corner to corner.",
    ),
)  # fmt: skip
