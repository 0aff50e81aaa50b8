"""An autoencoder squeezes digits into two numbers; a variational one makes the numbers a place.

Run alone: python -m lessons.vae.lesson
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.vae.pictures import codes_by_digit, decoded_plane, measure, strips
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class VariationalAutoencoder(Hyperparameters):
    """An encoder, a few numbers z, a decoder; and the question what z may be."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "The embedded digits (8×8), MNIST (28×28), or MNIST where it is present."
    )
    kind: Literal["vae", "autoencoder"] = param(
        "vae", "Whether z is drawn from a distribution, or is the code itself."
    )
    latent: int = param(2, "Numbers in z.", ge=1, le=32)
    beta: float = param(1.0, "β: the weight of KL in the loss; 1 is the bound.", ge=0, le=100)
    units: int = param(128, "Width of the two hidden layers.", ge=1, le=1024, unit="units")
    learning_rate: float = param(0.003, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(60, "How often every image is shown.", ge=1, le=1000)


# --- Data ------------------------------------------------------------------------------------


def data(p: VariationalAutoencoder, rng: np.random.Generator) -> Dataset:
    """Images (N, height, width), grey from 0 to 1; training never looks at their labels (N,)."""
    return digits.load(rng, p.images)


# --- Model -----------------------------------------------------------------------------------


def model(p: VariationalAutoencoder, data: Dataset) -> keras.Model:
    """pixels → hidden → q(z|x) → z → hidden → pixels."""
    import keras

    shape = data.x.shape[1:]
    network = autoencoder()(shape, p.latent, p.units, p.beta, p.kind == "vae")
    network.build((None, *shape))
    network.compile(keras.optimizers.Adam(p.learning_rate))
    return network


@functools.cache
def autoencoder() -> type[Any]:
    """The class of the network: encoder and decoder, and the loss in its two parts."""
    import keras
    from keras import layers, ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class Autoencoder(keras.Model):
        """Images x (batch, height, width) to the scores of their pixels, with μ and log σ²."""

        def __init__(
            self,
            shape: Any,
            latent: int,
            units: int,
            beta: float,
            variational: bool,
            **options: Any,
        ) -> None:
            super().__init__(**options)
            self.sizes = {"shape": tuple(shape), "latent": latent, "units": units}
            self.beta, self.variational = beta, variational
            self.encoder = keras.Sequential(
                [
                    keras.Input(shape),
                    layers.Flatten(),
                    layers.Dense(units, activation="relu"),
                    layers.Dense(2 * latent if variational else latent),
                ],
                name="encoder",
            )
            self.decoder = keras.Sequential(
                [
                    keras.Input((latent,)),
                    layers.Dense(units, activation="relu"),
                    layers.Dense(int(np.prod(shape))),
                    layers.Reshape(shape),
                ],
                name="decoder",
            )
            self.reconstruction = keras.metrics.Mean("reconstruction")
            self.kl = keras.metrics.Mean("kl")
            self.generator = keras.random.SeedGenerator()

        def encode(self, x: Any) -> tuple[Any, Any]:
            """μ and log σ² of q(z|x); a plain code has no width: log σ² = −∞ says it."""
            code = self.encoder(x)
            if not self.variational:
                return code, ops.full_like(code, -np.inf)
            mu, log_variance = ops.split(code, 2, axis=-1)
            return mu, log_variance

        def call(self, x: Any) -> tuple[Any, Any, Any]:
            """z = μ + σ ε, then the decoder's scores of the pixels."""
            mu, log_variance = self.encode(x)
            epsilon = keras.random.normal(ops.shape(mu), seed=self.generator)
            z = mu + ops.exp(log_variance / 2) * epsilon
            return self.decoder(z), mu, log_variance

        def compute_loss(
            self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
        ) -> Any:
            """reconstruction + β KL, in nats an image; the labels y are not used."""
            scores, mu, log_variance = y_pred
            pixels = ops.binary_crossentropy(x, scores, from_logits=True)
            reconstruction = ops.sum(pixels, axis=(1, 2))
            kl = ops.zeros_like(reconstruction)
            if self.variational:
                kl = ops.sum(mu**2 + ops.exp(log_variance) - 1 - log_variance, axis=-1) / 2
            self.reconstruction.update_state(reconstruction)
            self.kl.update_state(kl)
            return ops.mean(reconstruction + self.beta * kl)

        def get_config(self) -> dict[str, Any]:
            """What `from_config` needs."""
            own = {**self.sizes, "beta": self.beta, "variational": self.variational}
            return {**super().get_config(), **own}

    return Autoencoder


# --- Train: the engine fits the model; pictures.py draws while it does ----------------------------

# --- Experiments -----------------------------------------------------------------------------

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

LESSON = Lesson(
    id="vae",
    title="Variational autoencoder",
    track="Sequences and language",
    order=100,
    summary="Digits as two numbers, a code that is a distribution, and new digits drawn from it.",
    parameters=VariationalAutoencoder,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("plane", "Decoded plane", decoded_plane),
        View("codes", "Codes", codes_by_digit),
        View("images", "Digits, decoded, sampled", strips),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/vae",),
    prerequisites=("deep-network",),
    read_next=("hred-vhred",),
    sources=(
        "Study article 001, variational autoencoder",
        "Auto-encoding variational Bayes (Kingma and Welling, 2014)",
        "Stochastic backpropagation and approximate inference in deep generative models (Rezende, Mohamed and Wierstra, 2014)",
        "beta-VAE: learning basic visual concepts with a constrained variational framework (Higgins and others, 2017)",
    ),
    shows_code=(data, model, autoencoder),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
