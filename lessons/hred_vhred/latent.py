"""VHRED: HRED with a latent variable z, drawn anew for each answer."""

from __future__ import annotations

import functools
from typing import Any

from lessons.hred_vhred.network import TURN, hred


@functools.cache
def vhred() -> type[Any]:  # noqa: C901 - the methods of one class, counted together
    """The class whose decoder starts from the context and from z."""
    import keras
    from keras import ops

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class VHRED(hred()):  # type: ignore[misc]
        """Trained, z is drawn knowing the answer; asked, from what the context lets expect."""

        def __init__(
            self, units: int, latent: int, annealing: int, word_dropout: float, **options: Any
        ) -> None:
            super().__init__(units, **options)
            self.settings |= {
                "latent": latent, "annealing": annealing, "word_dropout": word_dropout,
            }  # fmt: skip
            self.known = units + latent
            self.annealing, self.word_dropout = annealing, word_dropout
            self.prior = gaussian(units, latent, "prior")
            self.posterior = gaussian(units + TURN, latent, "posterior")
            self.chance = keras.random.SeedGenerator()  # follows the run's seed
            self.kl = keras.metrics.Mean(name="kl")

        def answer(self, x: Any, noise: Any) -> Any:
            """Free running, z drawn from the prior with `noise` (batch, latent) from N(0, 1)."""
            c = self.contexts(x)[:, -1]
            return self.speak(ops.concatenate([c, draw(self.prior(c), noise)], axis=-1))

        def beliefs(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
            """The context c, and two Gaussians over z: q, which sees the answer, and p, which not."""
            c = self.contexts(x)[:, -1]
            return c, self.posterior(ops.concatenate([c, self.read(y)], axis=-1)), self.prior(c)

        def divergences(self, x: Any, y: Any) -> Any:
            """KL (batch,) of each answer."""
            _, q, p = self.beliefs(x, y)
            return divergence(q, p)

        def taught(self, x: Any, y: Any, training: bool) -> tuple[Any, Any]:
            """Logits with z drawn from q and some of the right words shown, and β · KL."""
            c, q, p = self.beliefs(x, y)
            z = draw(q, keras.random.normal(ops.shape(q[0]), seed=self.chance))
            kl = divergence(q, p)
            self.kl.update_state(kl)
            logits = self.told(y, ops.concatenate([c, z], axis=-1), self.kept(y, training))
            return logits, self.beta(training) * ops.mean(kl)

        def kept(self, words: Any, training: bool) -> Any:
            """0 where a word is hidden from the decoder, else 1."""
            hidden = self.word_dropout if training else 0.0
            u = keras.random.uniform((*ops.shape(words), 1), seed=self.chance)
            return ops.cast(u >= hidden, "float32")

        def beta(self, training: bool) -> Any:
            """The weight of KL: from 0 to 1 over the first `annealing` steps, 1 in tests."""
            if not training or not self.annealing:
                return 1.0
            return ops.minimum(1.0, ops.cast(self.optimizer.iterations, "float32") / self.annealing)

    return VHRED


def gaussian(inputs: int, latent: int, name: str) -> Any:
    """A network that gives a Gaussian over z: its mean μ and log σ², each (batch, latent)."""
    import keras

    given = keras.Input((inputs,))
    hidden = keras.layers.Dense(64, activation="tanh")(given)
    mu, log_var = keras.layers.Dense(latent)(hidden), keras.layers.Dense(latent)(hidden)
    return keras.Model(given, [mu, log_var], name=name)


def draw(gauss: Any, noise: Any) -> Any:
    """z = μ + σ · noise: a draw through which gradients reach μ and σ."""
    from keras import ops

    mu, log_var = gauss
    return mu + ops.exp(log_var / 2) * noise


def divergence(q: Any, p: Any) -> Any:
    """KL(q‖p) of two Gaussians, in nats, (batch,): how much z tells that the context does not."""
    from keras import ops

    (mu_q, log_q), (mu_p, log_p) = q, p
    spread = ops.exp(log_q - log_p) + (mu_q - mu_p) ** 2 / ops.exp(log_p)
    return ops.sum(log_p - log_q + spread - 1, axis=-1) / 2
