"""Batch normalization: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.batch_normalization.settings import BatchNormalization
from tui_dl.lesson import Dataset, View, evenly_spaced


def measure(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, float]:
    """Measure the gap: validation loss minus that on equally many training images, at inference."""
    n = min(len(data.x), len(data.held_out.x))
    seen, _ = model.evaluate(data.x[:n], data.y[:n], batch_size=512, verbose=0)
    unseen, _ = model.evaluate(data.held_out.x, data.held_out.y, batch_size=512, verbose=0)
    return {"gap": unseen - seen}


def layer_inputs(
    model: Any, data: Dataset, kind: str, training: bool = False
) -> dict[str, np.ndarray]:
    """Return each input (128, units) of layers of a kind, for a batch of 128 training images.

    In `training` they are normalized with the statistics of this batch; nothing is dropped.
    """
    h, inputs = data.x[:128].reshape(128, -1), {}
    for layer in model.layers[1:]:
        if layer.name.startswith(kind):
            inputs[layer.name] = h
        h = passed(layer, h, training)
    return inputs


def passed(layer: Any, h: np.ndarray, training: bool) -> np.ndarray:
    """Apply one layer in NumPy, ten times faster than Keras's eager call."""
    weights = layer.get_weights()
    if layer.name.startswith("norm"):
        gamma, beta, mu, variance = weights
        if training:
            mu, variance = h.mean(axis=0), h.var(axis=0)
        return np.asarray(gamma * (h - mu) / np.sqrt(variance + layer.epsilon) + beta)
    if layer.name.startswith("relu"):
        return np.maximum(h, 0)
    if not weights:  # dropout passes h on
        return h
    # not h @ W, whose threads would wait for cores that training uses
    return np.asarray(np.einsum("mi,ij->mj", h, weights[0]) + sum(weights[1:]))


def one_unit(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """Draw one unit's pre-activations in every layer, before and after it is normalized.

    Mean and variance are those of these images, as in training.
    """
    kind = "norm" if p.batch_normalization else "relu"
    inputs = list(layer_inputs(model, data, kind, training=True).items())
    shown = evenly_spaced(len(inputs), 4)
    before = {i + 1: inputs[i][1][:, 0] for i in shown}
    after = {}
    if p.batch_normalization:
        after = {
            i + 1: passed(model.get_layer(name), u, training=True)[:, 0]
            for i, (name, u) in ((i, inputs[i]) for i in shown)
        }
    reach = float(np.ceil(max(4.0, *(np.abs(u).max() for u in before.values()))))
    first = before[1]
    panels = [_ridges("u = h W" if after else "u = h W + b, into ReLU", before, reach)]
    title = f"unit 1 without batch norm: μ {first.mean():.2g}, σ {first.std():.2g}"
    if after:
        panels.append(_ridges("γ (u − μ) / σ + β, into ReLU", after, reach))
        title = (
            f"unit 1 of layer 1: σ {first.std():.2g} → {after[1].std():.2g}, "
            f"μ {first.mean():.2g} → {after[1].mean().round(2) + 0.0:.2g}"
        )
    return {"kind": "panels", "title": title, "panels": panels}


def _ridges(title: str, units: dict[int, np.ndarray], reach: float) -> dict[str, Any]:
    """Draw histograms of units by layer, from −reach to reach."""
    layers = [
        {"name": str(layer), "counts": np.histogram(u, 41, (-reach, reach))[0].tolist(),
         "note": f"σ {u.std():.2g}"}
        for layer, u in units.items()
    ]  # fmt: skip
    return {"kind": "ridges", "title": title, "x_range": [-reach, reach], "layers": layers}


def statistics(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """Draw the moving mean and variance of units over those of 128 images: equal on the line."""
    means, variances = [], []
    for name, u in layer_inputs(model, data, "norm").items():
        norm, some = model.get_layer(name), slice(0, 16)
        means.append((u.mean(0)[some], np.asarray(norm.moving_mean)[some]))
        variances.append((u.var(0)[some], np.asarray(norm.moving_variance)[some]))
    if not means:
        return _off("there are no moving statistics")
    return {
        "kind": "panels", "title": "do the moving statistics of inference match these images?",
        "panels": [_against("mean μ", means), _against("variance σ²", variances)],
    }  # fmt: skip


def _against(title: str, pairs: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """Draw the moving statistic over that of the images, unit by unit, and where both are equal."""
    x, y = (np.concatenate(each).tolist() for each in zip(*pairs, strict=True))
    ends = [min(x), max(x)]
    return {
        "kind": "plane", "title": title, "x_label": "these images", "y_label": "moving",
        "groups": [{"name": "", "x": x, "y": y}],
        "lines": [{"name": "", "x": ends, "y": ends}],
    }  # fmt: skip


def scale_and_shift(model: Any, data: Dataset, p: BatchNormalization) -> dict[str, Any]:
    """Draw histograms of γ and β by layer: at first all are 1 and 0."""
    norms = [layer for layer in model.layers if layer.name.startswith("norm")]
    if not norms:
        return _off("there are no γ and β")
    shown = evenly_spaced(len(norms), 4)
    gammas, betas = (
        {i + 1: np.asarray(norms[i].get_weights()[which]) for i in shown} for which in (0, 1)
    )
    return {
        "kind": "panels", "title": "scale γ and shift β of all units, by layer",
        "panels": [_learned("scale γ, and mean", gammas, 1.0), _learned("shift β, and mean", betas, 0.0)],
    }  # fmt: skip


def _learned(title: str, values: dict[int, np.ndarray], start: float) -> dict[str, Any]:
    """Draw histograms by layer around the value at which training starts."""
    reach = max(0.1, *(float(np.abs(v - start).max()) for v in values.values()))
    low, high = start - 1.05 * reach, start + 1.05 * reach
    layers = [
        {"name": str(layer), "counts": np.histogram(v, 41, (low, high))[0].tolist(),
         "note": f"{round(float(v.mean()), 2) + 0.0:.2f}"}
        for layer, v in values.items()
    ]  # fmt: skip
    return {"kind": "ridges", "title": title, "x_range": [low, high], "layers": layers}


def _off(why: str) -> dict[str, Any]:
    return {
        "kind": "table", "title": "batch normalization is off", "columns": [why], "rows": [[""]],
    }  # fmt: skip


VIEWS = (
    View("one-unit", "Before and after normalizing", one_unit),
    View("statistics", "Moving statistics", statistics),
    View("scale-and-shift", "Scale and shift", scale_and_shift),
)
