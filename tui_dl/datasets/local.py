"""Images from an npz file that the user or Keras put there. This module only reads.

A file is judged by its content (keys, shapes and values), not by its hash: Keras's own loader
deletes a file whose hash differs from the one it knows, so that loader is never called.
The data list and training apply the same checks: both read the values.
"""

from __future__ import annotations

import math
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from tui_dl import paths
from tui_dl.errors import LessonError

KEYS = ("x_train", "y_train", "x_test", "y_test")
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
BRIGHT = 128  # any file of pixels from 0 to 255 has a pixel at least this bright
Header = tuple[tuple[int, ...], np.dtype[Any]]


@dataclass(frozen=True)
class Layout:
    """The required content of a file: the shape of an image, and whether labels may be (N, 1)."""

    image: tuple[int, ...]
    column_labels: bool = False


MNIST = Layout((28, 28))
CIFAR10 = Layout((32, 32, 3), column_labels=True)


class _Unusable(Exception):
    """The problem with a file, worded as the end of a sentence that begins with the file's name."""


def places() -> dict[str, Path]:
    """Return the folders to search, in order of preference, by the name shown to the user."""
    return {"the data folder": paths.data(), "Keras's cache": paths.keras_cache()}


def candidates(name: str) -> dict[str, Path]:
    """Return the files of that name, usable or not, by the place they are in."""
    files = {place: folder / name for place, folder in places().items()}
    return {place: file for place, file in files.items() if os.path.lexists(file)}


def first_usable(files: dict[str, Path], layout: Layout = MNIST) -> tuple[str, Arrays]:
    """Return the first readable file with its place; if there is none, raise the first error."""
    errors: list[LessonError] = []
    for place, file in files.items():
        try:
            return place, read(file, layout)
        except LessonError as error:
            errors.append(error)
    raise errors[0]


def read(file: Path, layout: Layout = MNIST) -> Arrays:
    """Read images (N, ...) float32 in [0, 1] and labels (N,) int32: training, then validation.

    Raises LessonError, one line with the file's name, if the file is anything else.
    """
    try:
        made = [
            _scaled(values) if key.startswith("x") else values.astype("int32").reshape(-1)
            for key, values in _sound(file, layout)
        ]
    except Exception as error:  # the file comes from outside: any error makes it unusable
        raise _named(file, error) from None
    x, y, x_val, y_val = made
    return x, y, x_val, y_val


def samples(file: Path, layout: Layout = MNIST) -> tuple[int, int]:
    """Return the numbers of training and validation images; raise LessonError if `read` would."""
    try:
        lengths = [len(values) for _, values in _sound(file, layout)]
    except Exception as error:  # as in `read`
        raise _named(file, error) from None
    return lengths[0], lengths[2]


def _sound(file: Path, layout: Layout) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays as stored in the file, each checked first; raises _Unusable."""
    if not stat.S_ISREG(file.stat().st_mode):  # a pipe would wait for its other end for ever
        raise _Unusable("cannot be read (it is not a regular file)")
    with zipfile.ZipFile(file) as archive:  # headers first: they state how much data follows
        headers = {key: _header(archive, key) for key in KEYS}
    for part in ("train", "test"):
        _check_shapes(headers, part, layout)
    with np.load(file, allow_pickle=False) as archive:
        for key in KEYS:
            values = archive[key]
            _check_values(key, values)
            yield key, values


def _named(file: Path, error: Exception) -> LessonError:
    reason = str(error) if isinstance(error, _Unusable) else _reason(error)
    return LessonError(f"{file}: {reason}")


def _reason(error: Exception) -> str:
    if isinstance(error, zipfile.BadZipFile):
        return "is not an npz archive, or is damaged"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or type(error).__name__})"
    return f"cannot be read ({' '.join(str(error).split()) or type(error).__name__})"


def _header(archive: zipfile.ZipFile, key: str) -> Header:
    if f"{key}.npy" not in archive.namelist():
        raise _Unusable(f"has no array {key!r}; needed: {', '.join(KEYS)}")
    size = archive.getinfo(f"{key}.npy").file_size
    with archive.open(f"{key}.npy") as stream:
        shape, dtype = _npy_header(stream)
    if dtype.kind not in "uif":
        raise _Unusable(f"{key} holds {dtype}, not numbers")
    if math.prod(shape) * dtype.itemsize > size:
        raise _Unusable(f"{key} is truncated")
    return shape, dtype


def _npy_header(stream: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0}
    shape, _, dtype = readers.get(version, np.lib.format.read_array_header_2_0)(stream)
    return shape, dtype


def _check_shapes(headers: dict[str, Header], part: str, layout: Layout) -> None:
    (images, _), (labels, _) = headers[f"x_{part}"], headers[f"y_{part}"]
    if len(images) == 0 or images[1:] != layout.image or images[0] < 1:
        wanted = ", ".join(["N", *map(str, layout.image)])
        raise _Unusable(f"x_{part} has the shape {_text(images)}, not ({wanted})")
    n = images[:1]
    if labels not in ((n, (*n, 1)) if layout.column_labels else (n,)):
        raise _Unusable(f"y_{part} has the shape {_text(labels)}; x_{part} needs ({n[0]},)")


def _text(shape: Iterable[int]) -> str:
    return str(tuple(shape))


def _scaled(images: np.ndarray) -> np.ndarray:
    scaled = images.astype("float32")
    scaled /= 255  # in place: 50000 color images are 600 MB
    return scaled


def _check_values(key: str, values: np.ndarray) -> None:
    """Raise _Unusable for values that cannot be meant for training."""
    _check_range(key, values, 255 if key.startswith("x") else 9)
    if key.startswith("x") and values.max() < BRIGHT:
        brightest = f"the brightest pixel of {key} is {values.max():g}"
        raise _Unusable(f"{brightest}: pixels must be unscaled whole numbers from 0 to 255")
    if key == "y_train" and values.min() == values.max():
        raise _Unusable(f"{key} holds only the label {values.min():g}: there is nothing to learn")


def _check_range(key: str, values: np.ndarray, most: int) -> None:
    whole = values.dtype.kind in "ui" or bool(np.all(values == np.floor(values)))
    if not (whole and values.min() >= 0 and values.max() <= most):
        raise _Unusable(f"{key} holds values other than the whole numbers 0 to {most}")
