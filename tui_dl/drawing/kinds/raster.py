"""Numbers as colors: a heat map with half a cell for each, and images side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from tui_dl.drawing.canvas import Canvas
from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import Rgb, Scale, rgb, scale_of
from tui_dl.drawing.swatches import scale_legend

Floats = NDArray[np.float64]
GAP = 2  # columns between two tiles
HEATMAP: Payload = {
    "kind": "heatmap", "title": "attention", "scale": "sequential", "low": 0, "high": 1,
    "values": [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.3, 0.7]],
    "row_labels": ["le", "chat", "noir"], "column_labels": ["the", "black", "cat"],
}  # fmt: skip
TILES: Payload = {
    "kind": "tiles", "title": "filters", "scale": "diverging",
    "tiles": [
        {"values": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], "label": "edge"},
        {"values": [[0, 1, 0], [1, -4, 1], [0, 1, 0]], "label": "spot", "mark": "dead"},
    ],
}  # fmt: skip


def draw_heatmap(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``values`` (rows, columns), row 0 at the top, with ``scale``, ``low``, ``high``.

    ``row_labels`` and ``column_labels`` name rows and columns; ``x_label`` and ``y_label`` the
    axes. NaN is hatched. With ``fill`` cells are not square: they fill the room there is.
    """
    values = np.atleast_2d(np.asarray(payload["values"], float))
    scale = scale_of(payload, values)
    sides = [str(name) for name in payload.get("row_labels", ())]
    heads = [str(name) for name in payload.get("column_labels", ())]
    gutter = min(max((len(name) + 1 for name in sides), default=0), width // 3)
    names = [f"{payload[key]} {arrow}" for key, arrow in AXES if payload.get(key)]
    rows = height - 1 - bool(heads) - bool(names)
    sized = _filled if payload.get("fill") else _size
    across, down = sized(values.shape, width - gutter, rows)
    sheet = Canvas(width, height, palette.color)
    ink = rgb(palette.text, palette)
    top = int(bool(heads))
    _paint(sheet, _resized(scale.levels(values), across, 2 * down), (gutter, top), scale, palette)
    for i, name in enumerate(sides):
        row = top + int((i + 0.5) * down / len(sides))
        sheet.text(0, row, name[: gutter - 1].rjust(gutter - 1), ink)
    _column_heads(sheet, heads, gutter, across, ink)
    sheet.text(gutter, top + down, "  ".join(names), rgb(palette.muted, palette))
    lines = sheet.draw().split("\n")[: top + down + bool(names)]
    lines.append(scale_legend(scale, width, palette, str(payload.get("name", ""))))
    return Text("\n", no_wrap=True).join(lines)


AXES = (("x_label", "→"), ("y_label", "↓"))


def _column_heads(sheet: Canvas, heads: Sequence[str], gutter: int, across: int, ink: Rgb) -> None:
    """Write the names of columns where they fit; others are left out, not cut."""
    free = gutter
    for i, name in enumerate(heads):
        start = gutter + int((i + 0.5) * across / len(heads)) - len(name) // 2
        start = max(start, gutter)
        if start >= free and start + len(name) <= sheet.columns:
            sheet.text(start, 0, name, ink)
            free = start + len(name) + 1


def _size(shape: tuple[int, ...], columns: int, rows: int) -> tuple[int, int]:
    """Return columns and rows of cells: the largest whole multiple of squares that fits."""
    down, across = shape
    times = min(columns / across, 2 * rows / down)
    times = float(int(times)) if times >= 1 else times
    return max(1, int(across * times)), max(1, -(-int(down * times) // 2))


def _filled(shape: tuple[int, ...], columns: int, rows: int) -> tuple[int, int]:
    """Return columns and rows of cells: whole multiples in either direction where they fit."""
    down, across = shape
    wide = columns // across * across or columns
    halves = 2 * rows // down * down or 2 * rows
    return max(1, wide), max(1, -(-halves // 2))


def _resized(placed: NDArray[np.int64], columns: int, halves: int) -> NDArray[np.int64]:
    """Take the nearest value for each half cell."""
    rows, width = placed.shape
    down = ((np.arange(halves) + 0.5) * rows / halves).astype(int)
    across = ((np.arange(columns) + 0.5) * width / columns).astype(int)
    resized: NDArray[np.int64] = placed[down][:, across]
    return resized


def _shrunk(values: Floats, columns: int, halves: int) -> Floats:
    """Return means over the places that share one half cell; NaN only where all of them are."""
    rows, width = _shares(len(values), halves), _shares(values.shape[1], columns)
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        means: Floats = rows @ np.where(known, values, 0) @ width.T / (rows @ known @ width.T)
    return means


def _shares(many: int, few: int) -> Floats:
    """Return how much of each of `many` places lies in each of `few`; no fewer are more."""
    few = min(few, many)
    edges = np.arange(few + 1)[:, None] * many / few
    return np.diff(np.clip(edges - np.arange(many), 0, 1), axis=0)


def _paint(
    sheet: Canvas,
    levels: NDArray[np.int64],
    corner: tuple[int, int],
    scale: Scale,
    palette: Palette,
) -> None:
    left, top = corner
    for half, row in enumerate(levels.tolist()):
        for column, level in enumerate(row):
            if palette.color:
                sheet.half(left + column, 2 * top + half, scale.color(level, palette))
            elif half % 2 == 0:
                sheet.shade(left + column, top + half // 2, scale.character(level))


def draw_tiles(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``tiles``: a list of images, each ``values`` (rows, columns) with ``label`` and ``mark``.

    ``scale`` is common to all: ``gray`` for images, ``diverging`` for weights, or ``color`` for
    values (rows, columns, 3) of red, green and blue from 0 to 1 (shades where there are no
    colors). As many tiles as fit are drawn, all of the same size; a ``mark`` is written below the
    label. With ``legend`` false the scale is not written below. A smaller tile shows means of its
    image.
    """
    tiles = [np.asarray(tile["values"], float) for tile in payload["tiles"]]
    if not tiles:
        return Text("No images yet.", palette.muted)
    colored = payload.get("scale") == "color"
    legend = not colored and payload.get("legend", True)
    every = np.concatenate([tile.ravel() for tile in tiles])
    scale = None if colored else scale_of(payload, every)
    words = [_captions(tile) for tile in payload["tiles"]]
    below = max(1, *map(len, words))  # captions, or a gap
    room = height - bool(legend)
    columns, across, down = _arranged(tiles, words, width, room, below)
    per_page, step = columns * max(1, room // (down + below)), _step(across, words)
    ink = rgb(palette.text, palette)
    sheet = Canvas(width, height, palette.color)
    for i, (tile, caption) in enumerate(zip(tiles[:per_page], words, strict=False)):
        left, top = i % columns * (step + GAP), i // columns * (down + below)
        _tile(sheet, tile, (left, top), (across, down), scale, palette)
        for row, line in enumerate(caption):
            sheet.text(left, top + down + row, line[:step], ink)
    used = -(-min(len(tiles), per_page) // columns) * (down + below)
    lines = sheet.draw().split("\n")[:used]
    if scale is not None and legend:
        lines.append(scale_legend(scale, width, palette))
    return Text("\n", no_wrap=True).join(lines)


def _captions(tile: Payload) -> list[str]:
    return [str(tile[key]) for key in ("label", "mark") if tile.get(key)]


def _step(across: int, words: Sequence[Sequence[str]]) -> int:
    """Return the columns of a tile with its captions."""
    return max(across, *(len(line) for caption in words for line in caption), 1)


def _arranged(
    tiles: Sequence[Floats], words: Sequence[Sequence[str]], width: int, height: int, below: int
) -> tuple[int, int, int]:
    """Return tiles in a row and the columns and rows of one: the largest at which all fit."""
    best = (0, len(tiles), 2, 1)
    for columns in range(1, len(tiles) + 1):
        rows = -(-len(tiles) // columns)
        room = (width + GAP) // columns - GAP, height // rows - below
        captions = max((len(line) for caption in words for line in caption), default=0)
        if room[0] >= max(2, captions) and room[1] >= 1:
            across, down = _size(tiles[0].shape[:2], *room)
            best = max(best, (across * down, columns, across, down))
    return best[1:]


def _tile(
    sheet: Canvas,
    values: Floats,
    corner: tuple[int, int],
    size: tuple[int, int],
    scale: Scale | None,
    palette: Palette,
) -> None:
    across, down = size
    if scale is not None:
        levels = _resized(scale.levels(_shrunk(values, across, 2 * down)), across, 2 * down)
        _paint(sheet, levels, corner, scale, palette)
        return
    if not palette.color:
        gray = Scale("gray", 0.0, 1.0)
        levels = gray.levels(values @ np.array([0.299, 0.587, 0.114]))
        _paint(sheet, _resized(levels, across, 2 * down), corner, gray, palette)
        return
    shades = np.clip(values * 255, 0, 255).round().astype(np.int64)
    channels = [_resized(shades[:, :, i], across, 2 * down).tolist() for i in range(3)]
    for half in range(2 * down):
        for column in range(across):
            red, green, blue = (channel[half][column] for channel in channels)
            sheet.half(corner[0] + column, 2 * corner[1] + half, (red, green, blue))
