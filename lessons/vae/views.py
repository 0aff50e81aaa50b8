"""Variational autoencoder: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.vae.settings import VariationalAutoencoder
from tui_dl.lesson import Dataset, View

SIDE = 10  # pixels: larger images are shrunk for the screen
WIDTH, ROWS = 44, 3  # pixels and images of a whole picture
DIGITS = 100  # codes drawn
SAMPLES = 1000


def encode(model: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return μ and σ of q(z|x), each (N, latent); for a plain autoencoder the code, and 0."""
    code = np.asarray(model.encoder(x, training=False))
    if not model.variational:
        return code, np.zeros_like(code)
    mu, log_variance = np.split(code, 2, axis=-1)
    return mu, np.exp(log_variance / 2)


def decode(model: Any, z: np.ndarray) -> np.ndarray:
    """Decode codes (N, latent) to pixels between 0 and 1, (N, height, width)."""
    scores = np.asarray(model.decoder(z.astype("float32"), training=False))
    return (1 + np.tanh(scores / 2)) / 2


def whereabouts(model: Any, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and spread of the training images' codes, per dimension, (latent,) each."""
    mu, _ = encode(model, data.x[:SAMPLES])
    return mu.mean(axis=0), mu.std(axis=0)


def sampled(model: Any, count: int, mean: Any = 0.0, spread: Any = 1.0) -> np.ndarray:
    """Return decoded z ~ N(mean, spread²), (count, height, width); N(0, 1) by default.

    ε is always the same, so that pictures differ only by what was learned.
    """
    latent = model.decoder.input_shape[-1]
    return decode(model, mean + spread * np.random.default_rng(0).normal(size=(count, latent)))


def nearest(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance from each image to the nearest other, RMS per pixel, (N,)."""
    a, b = images.reshape(len(images), -1), others.reshape(len(others), -1)
    squares = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    return np.sqrt(np.maximum(squares.min(axis=1), 0) / a.shape[1])


def same_digit(model: Any, data: Dataset) -> float:
    """Return the share of unseen images whose nearest training code is of the same digit."""
    seen, _ = encode(model, data.x[: 5 * SAMPLES])
    unseen, _ = encode(model, data.held_out.x[:SAMPLES])
    squares = (seen**2).sum(1) - 2 * unseen @ seen.T
    return float(np.mean(data.y[squares.argmin(axis=1)] == data.held_out.y[:SAMPLES]))


def measure(model: Any, data: Dataset, p: VariationalAutoencoder) -> dict[str, float]:
    """Measure samples and codes.

    `off`: the distance of a sample from the nearest digit; `missed`: that of an unseen digit from
    the nearest sample; both again (`_fitted`) for samples from a normal fitted to the codes.
    `same_digit`: the share of codes with a neighbor of the same class; `spread` of the codes.
    """
    mean, spread = whereabouts(model, data)
    quality = off_and_missed(sampled(model, SAMPLES), data)
    fitted = off_and_missed(sampled(model, SAMPLES, mean, spread), data)
    helped = {f"{name}_fitted": value for name, value in fitted.items()}
    codes = {"same_digit": same_digit(model, data), "spread": float(spread.mean())}
    return {**quality, **helped, **codes}


def off_and_missed(samples: np.ndarray, data: Dataset) -> dict[str, float]:
    """Measure from samples to the nearest training image, and from unseen images to a sample."""
    off, missed = (
        nearest(samples, data.x[: 5 * SAMPLES]),
        nearest(data.held_out.x[:SAMPLES], samples),
    )
    return {"off": float(off.mean()), "missed": float(missed.mean())}


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Shrink images to at most SIDE pixels a side by the mean of whole blocks."""
    count, height, width = images.shape
    block = -(-height // SIDE)
    cut = images[:, : height // block * block, : width // block * block]
    return cut.reshape(count, height // block, block, width // block, block).mean(axis=(2, 4))


def mosaic(images: np.ndarray, columns: int) -> np.ndarray:
    """Join images (rows · columns, height, width), a dark line between any two."""
    lined = np.pad(images, ((0, 0), (0, 1), (0, 1)))
    _, height, width = lined.shape
    grid = lined.reshape(-1, columns, height, width).transpose(0, 2, 1, 3)
    return grid.reshape(-1, columns * width)[:-1, :-1]


def in_a_row(data: Dataset, room: int) -> int:
    """Return how many thumbnails stand in a row of so many pixels."""
    return max(2, (room + 1) // (thumbnails(data.x[:1]).shape[2] + 1))


def window(model: Any, data: Dataset, p: VariationalAutoencoder) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and spread of what is drawn of z: the prior's, 0 and 1.

    A plain autoencoder has no prior, so its window covers its codes.
    """
    if model.variational:
        return np.zeros(p.latent), np.ones(p.latent)
    return whereabouts(model, data)


def cursor(model: Any, data: Dataset, p: VariationalAutoencoder) -> dict[str, Any]:
    """Draw the codes μ of unseen digits as digits, and the decoder's output at a cursor.

    The cursor goes round the middle of the plane, a little at every step of training.
    """
    mean, spread = window(model, data, p)
    turn = 0.05 * int(model.optimizer.iterations)
    second = min(1, p.latent - 1)
    z = mean.copy()
    z[0] += 1.3 * spread[0] * np.cos(turn)
    z[second] += 1.3 * spread[second] * np.sin(turn) * (p.latent > 1)
    mu, _ = encode(model, data.held_out.x[:DIGITS])
    codes = [
        {"text": data.classes[y], "x": float(code[0]), "y": float(code[second]), "group": int(y)}
        for code, y in zip(mu, data.held_out.y[:DIGITS], strict=True)
    ]
    ranges = [(mean[i] + 3 * spread[i] * np.array([-1, 1])).tolist() for i in (0, second)]
    at = {"text": "◎", "x": float(z[0]), "y": float(z[second]), "bold": True}
    return {
        "kind": "panels", "columns": 2, "widths": [3, 2],
        "title": f"◎ at z = ({', '.join(f'{value:.1f}' for value in z[:2])}), decoded beside it",
        "panels": [
            {"kind": "plane", "title": "unseen digits, encoded", "words": [at, *codes],
             "x_range": ranges[0], "y_range": ranges[1],
             "x_label": "z₁", "y_label": f"z{'₁₂'[second]}"},
            {"kind": "tiles", "title": "decoded at ◎", "scale": "gray", "low": 0, "high": 1,
             "legend": False, "tiles": [{"values": decode(model, z[None])[0].tolist()}]},
        ],
    }  # fmt: skip


def decoded_plane(model: Any, data: Dataset, p: VariationalAutoencoder) -> dict[str, Any]:
    """Draw the decoder's output over the plane of z₁ and z₂, two spreads to either side."""
    columns = in_a_row(data, WIDTH)
    mean, spread = window(model, data, p)
    z = np.tile(mean, (ROWS, columns, 1))
    z[..., 0] += 2 * spread[0] * np.linspace(-1, 1, columns)
    if p.latent > 1:
        z[..., 1] += 2 * spread[1] * np.linspace(1, -1, ROWS)[:, None]
    images = thumbnails(decode(model, z.reshape(-1, p.latent)))
    ends = zip(("z₁ →", "z₂ ↑"), mean - 2 * spread, mean + 2 * spread, strict=False)
    title = ", ".join(f"{name} {low:.1f} … {high:.1f}" for name, low, high in ends)
    return mosaic_of(f"decoded: {title}", images, columns)


def mosaic_of(title: str, images: np.ndarray, columns: int) -> dict[str, Any]:
    """Return a picture of images side by side."""
    return {
        "kind": "heatmap", "title": title, "scale": "gray", "low": 0.0, "high": 1.0,
        "values": mosaic(images, columns).tolist(),
    }  # fmt: skip


def strips(model: Any, data: Dataset, p: VariationalAutoencoder) -> dict[str, Any]:
    """Draw unseen digits, their reconstructions below them, and samples below these."""
    names = ["digit", "decoded", "z drawn"]
    columns = in_a_row(data, WIDTH - 8)
    x = data.held_out.x[:columns]
    rows = np.concatenate([x, decode(model, encode(model, x)[0]), sampled(model, columns)])
    title = "unseen digits, the same decoded, samples z ~ N(0, 1)"
    return mosaic_of(title, thumbnails(rows), columns) | {"row_labels": names}


VIEWS = (
    View("cursor", "Codes and decoder", cursor),
    View("plane", "Decoded plane", decoded_plane),
    View("images", "Digits, decoded, sampled", strips),
)
