"""Reads images from an npz file that a person or Keras put there. It only ever reads.

A file is judged by what is in it, its keys, shapes and values, and not by its hash: Keras's own
loader deletes a file whose hash differs from the one it knows, so that loader is never called.
"""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from tui_dl import paths
from tui_dl.lesson import LessonError

KEYS = ("x_train", "y_train", "x_test", "y_test")
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Header = tuple[tuple[int, ...], np.dtype[Any]]


@dataclass(frozen=True)
class Layout:
    """What a file must hold: the shape of one image, and whether labels (N, 1) will do as well."""

    image: tuple[int, ...]
    column_labels: bool = False


MNIST = Layout((28, 28))
CIFAR10 = Layout((32, 32, 3), column_labels=True)


class _Unusable(Exception):
    """What is wrong with a file, as the end of a sentence that begins with the file's name."""


def places() -> dict[str, Path]:
    """The folders that are searched, by the name a person knows them by; the first goes first."""
    return {"the data folder": paths.data(), "Keras's cache": paths.keras_cache()}


def candidates(name: str) -> dict[str, Path]:
    """The files of that name, usable or not, by the place they are in."""
    files = {place: folder / name for place, folder in places().items()}
    return {place: file for place, file in files.items() if os.path.lexists(file)}


def first_usable(files: dict[str, Path], layout: Layout = MNIST) -> tuple[str, Arrays]:
    """The first file that can be read, with its place; if none can, raises the first's error."""
    errors: list[LessonError] = []
    for place, file in files.items():
        try:
            return place, read(file, layout)
        except LessonError as error:
            errors.append(error)
    raise errors[0]


def read(file: Path, layout: Layout = MNIST) -> Arrays:
    """Images (N, ...) float32 in [0, 1] and labels (N,) int32: training's, then validation's.

    Raises LessonError, one line with the file's name, where the file is anything else.
    """
    samples(file, layout)  # the headers first: they cost nothing and say how much is to come
    try:
        with np.load(file, allow_pickle=False) as archive:
            x, y, x_val, y_val = (archive[key] for key in KEYS)
        return (
            _images("x_train", x),
            _labels("y_train", y),
            _images("x_test", x_val),
            _labels("y_test", y_val),
        )
    except Exception as error:  # the file comes from outside: whatever it does, it is unusable
        raise _named(file, error) from None


def samples(file: Path, layout: Layout = MNIST) -> tuple[int, int]:
    """The number of training and validation images, from the arrays' headers alone.

    Raises LessonError where keys, shapes or types are not those of the layout's images and labels.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            headers = {key: _header(archive, key) for key in KEYS}
        return _pair(headers, "train", layout), _pair(headers, "test", layout)
    except Exception as error:  # as in `read`
        raise _named(file, error) from None


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
        raise _Unusable(f"{key} is cut short")
    return shape, dtype


def _npy_header(stream: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0}
    shape, _, dtype = readers.get(version, np.lib.format.read_array_header_2_0)(stream)
    return shape, dtype


def _pair(headers: dict[str, Header], part: str, layout: Layout) -> int:
    (images, _), (labels, _) = headers[f"x_{part}"], headers[f"y_{part}"]
    if len(images) == 0 or images[1:] != layout.image or images[0] < 1:
        wanted = ", ".join(["N", *map(str, layout.image)])
        raise _Unusable(f"x_{part} has the shape {_text(images)}, not ({wanted})")
    n = images[:1]
    if labels not in ((n, (*n, 1)) if layout.column_labels else (n,)):
        raise _Unusable(f"y_{part} has the shape {_text(labels)}, not ({n[0]},) as x_{part} asks")
    return images[0]


def _text(shape: Iterable[int]) -> str:
    return str(tuple(shape))


def _images(key: str, values: np.ndarray) -> np.ndarray:
    _check(key, values, 255)
    scaled = values.astype("float32")
    scaled /= 255  # in place: 50000 colour images are 600 MB
    return scaled


def _labels(key: str, values: np.ndarray) -> np.ndarray:
    _check(key, values, 9)
    return values.astype("int32").reshape(-1)


def _check(key: str, values: np.ndarray, most: int) -> None:
    whole = values.dtype.kind in "ui" or bool(np.all(values == np.floor(values)))
    if not (whole and values.min() >= 0 and values.max() <= most):
        raise _Unusable(f"{key} holds values other than the whole numbers 0 to {most}")
