"""How far two networks are apart: as points, over the epochs, and as fingerprints."""

from __future__ import annotations

import functools
import math
import zlib
from typing import Any

import numpy as np

from tui_dl.lesson import Dataset

NAMES = ("first", "second")


def weights(model: Any, name: str) -> list[np.ndarray]:
    """Kernels and biases of one of the two networks."""
    return [np.asarray(w) for w in model.get_layer(name).trainable_weights]


def flat(model: Any, name: str) -> np.ndarray:
    """The same as one row of numbers (weights,)."""
    return np.concatenate([w.ravel() for w in weights(model, name)])


def fingerprint(theta: np.ndarray) -> float:
    """The sum of all weights, rounded to six places."""
    return round(float(theta.sum(dtype="float64")), 6)


def distance(model: Any) -> float:
    """|θ₂ − θ₁| / |θ₁|, the length of the difference in units of the first network's own length."""
    first, second = (flat(model, name) for name in NAMES)
    return float(np.linalg.norm(second - first) / np.linalg.norm(first))


def pairs(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Each weight into the output layer: the first network's across, the second's upwards."""
    first, second = (weights(model, name)[2].ravel() for name in NAMES)
    ends = [float(min(first.min(), second.min())), float(max(first.max(), second.max()))]
    return {
        "kind": "scatter", "title": "weights into the output layer",
        "x_label": "in the first network", "y_label": "in the second",
        "groups": [{"name": "weights", "x": first.tolist(), "y": second.tolist()}],
        "lines": [{"name": "equal", "x": ends, "y": ends}],
    }  # fmt: skip


def parting(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """log₁₀ of the distance at the start and after each epoch; −12 stands for no difference."""
    apart = getattr(model, "apart", None) or [distance(model)]
    y = [math.log10(max(d, 1e-12)) for d in apart]
    series = [{"name": "distance", "x": [float(n) for n in range(len(y))], "y": y}]
    title = "log₁₀ of the distance (−12: none)"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def fingerprints(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Both networks' sums, checksums over every bit, and answers."""
    rows = []
    for number, name in enumerate(NAMES):
        theta = flat(model, name)
        right = float(np.mean(answers(model, data)[:, number] == data.y_val[:, number]))
        rows.append(
            [
                name,
                f"{fingerprint(theta):.6f}",
                f"{zlib.crc32(theta.tobytes()):08x}",
                f"{right:.4f}",
            ]
        )
    columns = ["network", "sum of weights", "checksum", "accuracy"]
    return {"kind": "table", "title": "fingerprints", "columns": columns, "rows": rows}


def answers(model: Any, data: Dataset) -> np.ndarray:
    """The digit that each network reads in each validation image, (images, 2), in NumPy."""
    x, read = data.x_val[:, 0].reshape(len(data.x_val), -1), []
    for name in NAMES:
        W_1, b_1, W_2, b_2 = weights(model, name)
        h = np.maximum(np.einsum("ni,ij->nj", x, W_1) + b_1, 0)
        read.append(np.argmax(np.einsum("nj,jk->nk", h, W_2) + b_2, axis=1))
    return np.stack(read, axis=1)


def measure(model: Any, data: Dataset, p: Any) -> dict[str, float]:
    """Fingerprints, how much of the two differs, and how often they read another digit."""
    first, second = (flat(model, name) for name in NAMES)
    read = answers(model, data)
    right = np.mean(read == data.y_val, axis=0)
    return {
        "fingerprint_1": fingerprint(first),
        "fingerprint_2": fingerprint(second),
        "differing": float(np.mean(first != second)),
        "distance": distance(model),
        "disagree": float(np.mean(read[:, 0] != read[:, 1])),
        "val_accuracy_1": float(right[0]),
        "val_accuracy_2": float(right[1]),
    }


@functools.cache
def watcher() -> type[Any]:
    """The class of the callback that notes the distance in `model.apart`."""
    import keras

    class Watcher(keras.callbacks.Callback):
        """One entry before training and one after each epoch."""

        def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
            self.model.apart = [distance(self.model)]

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            self.model.apart.append(distance(self.model))

    return Watcher
