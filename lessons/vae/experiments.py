"""Variational autoencoder: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "autoencoder", "The plain autoencoder", {"kind": "autoencoder"},
        "Does the better copy give better samples? Compare `val_reconstruction`, `spread` and `missed` with the default.",
    ),
    Experiment(
        "no-kl", "Noise without KL", {"beta": 0.0},
        "What does the encoder do with σ if the KL divergence is free? Watch `kl` and the range of the codes.",
    ),
    Experiment(
        "pixel-mean", "Too much KL", {"beta": 64.0},
        "What if the reconstruction loss were a mean over 64 pixels? Watch `kl`, and the samples in “Digits, decoded, sampled”.",
    ),
    Experiment(
        "eight-numbers", "Eight numbers", {"latent": 8},
        "How much do eight numbers tell that two cannot? Compare `same_digit`, `missed` and `kl` with the default.",
    ),
    Experiment(
        "eight-plain", "Eight numbers, plain autoencoder", {"latent": 8, "kind": "autoencoder"},
        "Does the network with the best copies give the best samples? Compare `missed` and `missed_fitted` with “Eight numbers”.",
    ),
    Experiment(
        "one-number", "One number", {"latent": 1},
        "Which digits become neighbors on a single line? Watch “Decoded plane” and `same_digit`.",
    ),
    Experiment(
        "mnist", "Larger digits", {"images": "mnist", "epochs": 5, "batch_size": 100},
        "What changes from corner to corner of “Decoded plane”? MNIST must be present; it takes half a minute or more.",
    ),
)  # fmt: skip
