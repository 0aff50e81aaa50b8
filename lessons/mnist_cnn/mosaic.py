"""Arranges small pictures side by side, so that one heat map shows many."""

from __future__ import annotations

import numpy as np


def mosaic(tiles: np.ndarray, columns: int, gap: float = 0.0) -> list[list[float]]:
    """Return tiles (n, height, width) in rows of `columns`, one pixel of value `gap` between them."""
    n, height, width = tiles.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), gap)
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    plain: list[list[float]] = sheet.tolist()
    return plain


def stretched(tiles: np.ndarray) -> np.ndarray:
    """Return each tile scaled to values from 0 to 1; a flat one becomes 0."""
    low = tiles.min(axis=(1, 2), keepdims=True)
    span = tiles.max(axis=(1, 2), keepdims=True) - low
    return np.asarray((tiles - low) / np.where(span > 0, span, 1))
