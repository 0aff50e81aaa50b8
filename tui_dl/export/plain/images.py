"""Reads an npz file of images from the working directory or from Keras's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tui_dl.lesson import Split

PLACES = (Path(), Path("~/.keras/datasets").expanduser())


def read_images(name: str) -> tuple[np.ndarray, np.ndarray, Split]:
    """Return images (N, ...) float32 in [0, 1] and labels (N,) int32: training, then validation."""
    found = [place / name for place in PLACES if (place / name).is_file()]
    if not found:
        raise SystemExit(f"Put {name} beside this file, or into {PLACES[1]}.")
    with np.load(found[0]) as archive:
        x, y, x_val, y_val = (archive[key] for key in ("x_train", "y_train", "x_test", "y_test"))
    if not all(128 <= images.max() <= 255 for images in (x, x_val)):
        raise SystemExit(f"The pixels of {found[0]} must be numbers from 0 to 255.")
    gray = [images.astype("float32") / 255 for images in (x, x_val)]
    digits = [labels.astype("int32").reshape(-1) for labels in (y, y_val)]
    return gray[0], digits[0], Split(gray[1], digits[1])
