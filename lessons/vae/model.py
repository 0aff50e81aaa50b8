"""An autoencoder compresses digits to two numbers; a variational one can also generate digits."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from lessons.vae.settings import VariationalAutoencoder
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: VariationalAutoencoder, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width), gray from 0 to 1; their labels (N,) are not trained on."""
    return digits.load(rng, p.images)


def model(p: VariationalAutoencoder, data: Dataset) -> keras.Model:
    """Return pixels → hidden → q(z|x) → z → hidden → pixels."""
    shape = data.x.shape[1:]
    network = Autoencoder(shape, p.latent, p.units, p.beta, p.kind == "vae")
    network.build((None, *shape))
    network.compile(keras.optimizers.Adam(p.learning_rate))
    return network


@keras.saving.register_keras_serializable(package="dlworkbench")
class Autoencoder(keras.Model):
    """A model from images x (batch, height, width) to pixel logits, with μ and log σ²."""

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
        """Return μ and log σ² of q(z|x); a plain autoencoder has no width, so log σ² = −∞."""
        code = self.encoder(x)
        if not self.variational:
            return code, ops.full_like(code, -np.inf)
        mu, log_variance = ops.split(code, 2, axis=-1)
        return mu, log_variance

    def call(self, x: Any) -> tuple[Any, Any, Any]:
        """Return the decoder's pixel logits for z = μ + σ ε, with μ and log σ²."""
        mu, log_variance = self.encode(x)
        epsilon = keras.random.normal(ops.shape(mu), seed=self.generator)
        z = mu + ops.exp(log_variance / 2) * epsilon
        return self.decoder(z), mu, log_variance

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
    ) -> Any:
        """Return reconstruction + β KL, in nats per image; the labels y are not used."""
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
        """Return the arguments that `from_config` needs."""
        own = {**self.sizes, "beta": self.beta, "variational": self.variational}
        return {**super().get_config(), **own}
