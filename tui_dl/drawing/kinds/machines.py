"""Networks, grid worlds and the cart with its pole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_dl.drawing.canvas import Canvas
from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import HATCH, Rgb, Scale, category, ink_on, rgb, scale_of
from tui_dl.drawing.swatches import scale_legend

NETWORK: Payload = {
    "kind": "network", "title": "dropout: half of the units rest", "scale": "sequential",
    "layers": [
        {"name": "input", "values": [0.2, 0.9], "labels": ["x₁", "x₂"]},
        {"name": "hidden", "values": [0.1, None, 0.7, None]},
        {"name": "output", "values": [0.8], "labels": ["ŷ"]},
    ],
    "weights": [[[0.5, -1, 0.2, 0.1], [0.3, 0.8, -0.9, 0.4]], [[1], [-1], [0.5], [0.2]]],
}  # fmt: skip
GRID: Payload = {
    "kind": "grid", "title": "values and greedy moves", "scale": "sequential",
    "values": [[0.5, 0.7, 1.0], [0.4, None, 0.2]],
    "moves": [["→", "→", ""], ["↑", "", "↑"]],
    "cells": [["", "", "goal"], ["start", "wall", "danger"]],
    "path": [[1, 0], [0, 0], [0, 1], [0, 2]],
}  # fmt: skip
CARTPOLE: Payload = {
    "kind": "cartpole", "title": "cart and pole", "position": 0.4, "limit": 2.4, "angle": 0.08,
    "push": 1, "labels": ["π(left)", "π(right)"], "values": [0.3, 0.7],
}  # fmt: skip


def draw_network(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``layers`` from left to right, each with ``values`` of its units, ``name`` and ``labels``.

    A value of None is a unit that is switched off (✕). ``weights`` has one table (from, to) for
    each pair of layers: strong ones are drawn, in the color of their sign. ``scale``, ``low`` and
    ``high`` are those of all values. Of a large layer every n-th unit is shown; those of a
    ``dense`` layer have no gaps between them.
    """
    layers = payload["layers"]
    values = [v for layer in layers for v in layer["values"] if v is not None]
    scale = scale_of(payload, np.asarray(values or [0.0], float))
    rows = height - 2
    shown = [_shown(len(each["values"]), rows, bool(each.get("dense"))) for each in layers]
    sheet = Canvas(width, height, palette.color)
    places = [
        [_place(i, len(layers), j, len(units), width, rows) for j in range(len(units))]
        for i, units in enumerate(shown)
    ]
    for i, table in enumerate(payload.get("weights", ())):
        _edges(sheet, layers, table, shown, places, i, palette)
    for layer, units, spots in zip(layers, shown, places, strict=True):
        for unit, (x, y) in zip(units, spots, strict=True):
            _unit(sheet, layer, unit, x, y, scale, palette)
        left = len(layer["values"]) - len(units)
        name = str(layer.get("name", "")) + (f" (+{left})" if left else "")
        start = min(max(0, spots[0][0] - len(name) // 2), max(0, width - len(name)))
        sheet.text(start, rows, name[:width], rgb(palette.muted, palette))
    lines = sheet.draw().split("\n")[: rows + 1]
    lines.append(scale_legend(scale, width, palette, str(payload.get("legend", ""))))
    return Text("\n", no_wrap=True).join(lines)


def _shown(count: int, rows: int, dense: bool) -> list[int]:
    """Return which units of a layer are drawn: all, or as many as there is room for, evenly."""
    most = max(1, rows if dense else rows // 2 + rows % 2)
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) if most > 1 else 0 for i in range(most)]


def _place(
    layer: int, layers: int, unit: int, units: int, width: int, rows: int
) -> tuple[int, int]:
    margin = 6
    x = margin + (width - 2 * margin - 1) * layer // max(1, layers - 1)
    return x, int((unit + 0.5) * rows / units)


def _edges(
    sheet: Canvas,
    layers: Sequence[Payload],
    table: Sequence[Sequence[float]],
    shown: Sequence[Sequence[int]],
    places: Sequence[Sequence[tuple[int, int]]],
    i: int,
    palette: Palette,
) -> None:
    """Draw the stronger half of the weights between two layers, weak ones first."""
    strongest = max((abs(w) for row in table for w in row), default=1.0) or 1.0
    edges = [
        (table[a][b], start, end)
        for a, start in zip(shown[i], places[i], strict=True)
        for b, end in zip(shown[i + 1], places[i + 1], strict=True)
        if layers[i]["values"][a] is not None and layers[i + 1]["values"][b] is not None
    ]
    for weight, (x0, y0), (x1, y1) in sorted(edges, key=lambda edge: abs(edge[0])):
        strength = abs(weight) / strongest
        if strength > 0.25 or len(edges) < 24:
            ink = category(int(weight < 0), palette)
            faint = tuple(round(c * (0.35 + 0.65 * strength)) for c in ink) if palette.dark else ink
            start, end = (2 * x0 + 6, 4 * y0 + 2), (2 * x1 - 4, 4 * y1 + 2)
            sheet.line(start, end, faint, dashed=0 if weight >= 0 else 2)  # type: ignore[arg-type]


def _unit(
    sheet: Canvas, layer: Payload, unit: int, x: int, y: int, scale: Scale, palette: Palette
) -> None:
    """Draw one unit as a cell three wide with its value's color, and its label beside it."""
    value = layer["values"][unit]
    labels = layer.get("labels") or ()
    label = str(labels[unit]) if unit < len(labels) else ""
    if value is None:
        sheet.text(x - 1, y, " ✕ ", rgb(palette.error, palette), bold=True)
    else:
        level = int(scale.levels(np.asarray([float(value)]))[0])
        back = scale.color(level, palette)
        for column in range(x - 1, x + 2):
            sheet.fill(column, y, back)
        if not palette.color:
            sheet.text(x - 1, y, f"({scale.character(level)})")
    sheet.text(x + 3 if x < sheet.columns // 2 else x - 2 - len(label), y, label, None)


CELLS = {"goal": "★", "start": "S", "danger": "✗", "wall": HATCH}


def draw_grid(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """A world of cells: ``values`` (None for none), ``moves`` (arrows) and ``cells`` by place.

    A cell is "", "start", "goal", "danger" or "wall"; danger and wall are hatched, never a color
    of the scale. ``path`` lists places [row, column] that are walked, ``agent`` is where the
    walker is. The grid fills the room there is.
    """
    values = [[math.nan if v is None else float(v) for v in row] for row in payload["values"]]
    table = np.asarray(values, float)
    scale = scale_of(payload, table)
    rows, columns = table.shape
    wide, tall = max(3, min(12, (width + 1) // columns)), max(1, min(4, (height - 1) // rows))
    sheet = Canvas(width, rows * tall, palette.color)
    path = {tuple(place) for place in payload.get("path", ())}
    for row in range(rows):
        for column in range(columns):
            box = (column * wide, row * tall, wide - 1, tall)
            _cell(sheet, payload, row, column, box, table, scale, (row, column) in path, palette)
    lines = sheet.draw().split("\n")[: height - 1]
    lines.append(scale_legend(scale, width, palette, str(payload.get("name", "V(s)"))))
    return Text("\n", no_wrap=True).join(lines)


def _cell(
    sheet: Canvas,
    payload: Payload,
    row: int,
    column: int,
    box: tuple[int, int, int, int],
    values: Any,
    scale: Scale,
    walked: bool,
    palette: Palette,
) -> None:
    left, top, wide, tall = box
    kind = _entry(payload, "cells", row, column)
    hatched = kind in ("wall", "danger")
    level = int(scale.levels(values[row, column]))
    ink = rgb(palette.error if kind == "danger" else palette.muted, palette)
    back = None if hatched or level < 0 else scale.color(level, palette)
    for y in range(top, top + tall):
        for x in range(left, left + wide):
            if hatched:
                sheet.text(x, y, HATCH, ink)
            elif back is not None:
                sheet.fill(x, y, back)
    _caption(sheet, payload, row, column, box, values[row, column], walked, back, palette)


def _caption(
    sheet: Canvas,
    payload: Payload,
    row: int,
    column: int,
    box: tuple[int, int, int, int],
    value: float,
    walked: bool,
    back: Rgb | None,
    palette: Palette,
) -> None:
    """Write what is in a cell: its mark or arrow, below it the value; the agent covers the mark."""
    left, top, wide, tall = box
    ink = rgb(palette.text, palette) if back is None else ink_on(back)
    kind = _entry(payload, "cells", row, column)
    mark = CELLS.get(kind, "") or _entry(payload, "moves", row, column)
    if kind == "start":
        mark = f"S{_entry(payload, 'moves', row, column)}"
    if payload.get("agent") == [row, column]:
        mark = f"☻{mark}"
    elif walked and kind in ("", "start"):
        mark = f"•{mark}"
    if kind == "wall":
        return
    middle = top + (tall - 1) // 2
    sheet.text(left + (wide - len(mark)) // 2, middle, mark, ink, bold=walked or bool(kind))
    digits = f"{value:.3g}"
    if tall > 1 and math.isfinite(value) and kind != "danger" and len(digits) <= wide:
        sheet.text(left + (wide - len(digits)) // 2, middle + 1, digits, ink)


def _entry(payload: Payload, name: str, row: int, column: int) -> str:
    table = payload.get(name)
    return str(table[row][column]) if table else ""


def draw_cartpole(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """The cart at ``position`` (from −``limit`` to ``limit``), the pole at ``angle`` (radians).

    ``push`` is −1, 0 or 1, drawn as an arrow; ``labels`` and ``values`` are bars beside it, such
    as the probabilities or values of both actions.
    """
    bars = list(zip(payload.get("labels", ()), payload.get("values", ()), strict=False))
    sheet = Canvas(width, height, palette.color)
    ground = height - 2 - len(bars)
    limit = float(payload.get("limit", 2.4))
    ink, quiet = rgb(palette.text, palette), rgb(palette.muted, palette)
    across = (float(payload["position"]) / limit + 1) / 2
    x = min(max(3, round(3 + across * (width - 7))), width - 4)
    sheet.text(0, ground, "━" * width, quiet)
    sheet.text(0, ground, "▏", rgb(palette.error, palette))
    sheet.text(width - 1, ground, "▕", rgb(palette.error, palette))
    _pole(sheet, x, ground, float(payload["angle"]), category(1, palette))
    sheet.text(x - 3, ground - 1, "▐█████▌", category(0, palette))
    push = int(payload.get("push", 0))
    if push > 0:
        sheet.text(x - 7, ground - 1, "──▶", ink, bold=True)
    elif push < 0:
        sheet.text(x + 5, ground - 1, "◀──", ink, bold=True)
    where, lean = float(payload["position"]), math.degrees(float(payload["angle"]))
    sheet.text(0, ground + 1, f"x {where:+.2f}   pole {lean:+.1f}°", quiet)
    _choices(sheet, bars, ground + 2, palette)
    return sheet.draw()


def _pole(sheet: Canvas, x: int, ground: int, angle: float, ink: Rgb) -> None:
    length = 4 * max(2, ground - 2)
    foot_x, foot_y = 2 * x + 1, 4 * (ground - 1)
    end = foot_x + length * math.sin(angle), foot_y - length * math.cos(angle)
    for shift in (-1, 0, 1):
        sheet.line((foot_x + shift, foot_y), (end[0] + shift, end[1]), ink)


def _choices(sheet: Canvas, bars: Sequence[tuple[str, float]], top: int, palette: Palette) -> None:
    """Draw one bar for each action, to the largest of them."""
    most = max((abs(float(value)) for _, value in bars), default=1.0) or 1.0
    side = max((len(str(name)) for name, _ in bars), default=0)
    digits = max((len(f"{float(value):.3g}") for _, value in bars), default=0)
    room = max(1, sheet.columns - side - digits - 2)
    best = max(range(len(bars)), key=lambda i: bars[i][1], default=0)
    for i, (name, value) in enumerate(bars):
        ink = category(0, palette) if i == best else rgb(palette.muted, palette)
        length = round(abs(float(value)) / most * room)
        text = f"{str(name).rjust(side)} {'█' * length} {float(value):.3g}"
        sheet.text(0, top + i, text, ink, bold=i == best)
