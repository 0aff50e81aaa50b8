"""CIFAR-10, photographs in ten classes, if its file is present, else generated shapes."""

from __future__ import annotations

import pickle
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tui_dl.datasets import local, shapes
from tui_dl.errors import LessonError
from tui_dl.lesson import Dataset, Split

if TYPE_CHECKING:
    from collections.abc import Iterable

Source = Literal["auto", "shapes", "cifar10"]
TRAINING = 50_000
CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
HOW_TO_GET = "for CIFAR-10 (170 MB): `dlworkbench data fetch cifar10`"
STAND_IN = "a stand-in for photographs: shapes in random colors, generated from the seed"


def load(rng: np.random.Generator, source: Source = "auto", training: int = TRAINING) -> Dataset:
    """Return images `x` (N, 32, 32, 3), RGB float32 in [0, 1], and labels `y` (N,) int32.

    CIFAR-10 gives the first `training` of its 50000 training images, and a fifth of that number of
    its 10000 test images for validation; the generated shapes give at most 5000 and 1000. `"auto"`
    takes CIFAR-10 if a `cifar10.npz` can be used; `name` and `note` say which was used and why.
    Raises LessonError if CIFAR-10 is requested and there is no usable file.
    """
    if source == "shapes":
        return shapes.load(rng, training, STAND_IN)
    found = local.candidates("cifar10.npz")
    if not found and source == "cifar10":
        raise LessonError(f"CIFAR-10 is not on this machine; {HOW_TO_GET}")
    if not found:
        return shapes.load(rng, training, f"{STAND_IN}; {HOW_TO_GET}")
    try:
        return _photographs(*local.first_usable(found, local.CIFAR10), training)
    except LessonError as error:
        if source == "cifar10":
            raise
        return shapes.load(rng, training, f"{error}: generated shapes are used instead")


def _photographs(place: str, arrays: local.Arrays, training: int) -> Dataset:
    x, y, x_val, y_val = arrays
    n = min(training, len(x))
    m = max(1, min(n // 5, len(x_val)))
    note = f"{n} of {len(x)} images from cifar10.npz in {place}"
    return Dataset("CIFAR-10", x[:n], y[:n], Split(x_val[:m], y_val[:m]), CLASSES, note)


# Convert the archive that the authors publish to a cifar10.npz.

_TRUSTED = {
    ("numpy", "dtype"), ("numpy", "ndarray"), ("_codecs", "encode"),
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"),
}  # fmt: skip


class _Unpickler(pickle.Unpickler):
    """An unpickler for arrays and plain values; it refuses a pickle that asks for anything else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return the class or function if an array needs it; raise UnpicklingError otherwise."""
        if (module, name) not in _TRUSTED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed in an archive of images")
        return super().find_class(module, name)


def convert(archive: Path, target: Path) -> None:
    """Write the images of `cifar-10-python.tar.gz` to `target` in the layout of `cifar10.npz`."""
    with tarfile.open(archive) as tar:
        x, y = _batches(tar, [f"data_batch_{k}" for k in range(1, 6)])
        x_val, y_val = _batches(tar, ["test_batch"])
    with target.open("xb") as file:
        np.savez(file, x_train=x, y_train=y, x_test=x_val, y_test=y_val)


def _batches(tar: tarfile.TarFile, names: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    read = [_batch(tar, f"cifar-10-batches-py/{name}") for name in names]
    images, labels = (np.concatenate(part) for part in zip(*read, strict=True))
    return images, labels


def _batch(tar: tarfile.TarFile, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images (N, 32, 32, 3) and labels (N,), uint8; the file separates the colors."""
    stream = tar.extractfile(name)
    assert stream is not None, name
    batch = _Unpickler(stream, encoding="bytes").load()
    images = batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.array(batch[b"labels"], "uint8")
