"""Handwritten digits: MNIST if its file is present, else the 8×8 digits of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tui_dl.datasets import embedded, local
from tui_dl.datasets.splitting import split
from tui_dl.errors import LessonError
from tui_dl.lesson import Dataset, Split

if TYPE_CHECKING:
    import numpy as np

Source = Literal["auto", "digits", "mnist"]
CLASSES = tuple("0123456789")
HOW_TO_GET = "for MNIST: `dlworkbench data fetch mnist`"


def load(rng: np.random.Generator, source: Source = "auto") -> Dataset:
    """Return digits as `x` (samples, height, width) float32 in [0, 1] and `y` (samples,) int32.

    MNIST (28×28) keeps its own 60000/10000 split; the embedded digits (8×8) are split 80/20 by
    `rng`. `"auto"` takes MNIST if its file can be used, and `note` says which was used and why.
    Raises LessonError if MNIST is requested and there is no usable file.
    """
    if source == "digits":
        return _embedded(rng, "embedded in scikit-learn, split 80/20")
    found = local.candidates("mnist.npz")
    if not found:
        return _absent(rng, source)
    try:
        return _mnist(*local.first_usable(found))
    except LessonError as error:
        if source == "mnist":
            raise
        return _embedded(rng, f"{error}: the embedded digits are used instead")


def _absent(rng: np.random.Generator, source: Source) -> Dataset:
    if source == "mnist":
        raise LessonError(f"MNIST is not on this machine; {HOW_TO_GET}")
    return _embedded(rng, f"embedded in scikit-learn, split 80/20; {HOW_TO_GET}")


def _mnist(place: str, arrays: local.Arrays) -> Dataset:
    x, y, x_val, y_val = arrays
    return Dataset("MNIST", x, y, Split(x_val, y_val), CLASSES, f"from mnist.npz in {place}")


def _embedded(rng: np.random.Generator, note: str) -> Dataset:
    images, labels = embedded.digits()
    x, y = (images / 16).astype("float32"), labels.astype("int32")
    return Dataset("digits (embedded 8×8)", *split(x, y, rng), CLASSES, note)
