"""Bars with labels, and histograms one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from rich.text import Text

from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.lines import fitted_lines, shortened, upright
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import category, rgb
from tui_dl.drawing.series import number, short
from tui_dl.drawing.swatches import styled

EIGHTHS = " ▏▎▍▌▋▊▉█"
BARS: Payload = {
    "kind": "bars", "title": "probability of each digit", "low": 0, "high": 1,
    "labels": ["3", "5", "8"], "values": [0.12, 0.71, 0.17], "highlight": [1], "target": 2,
}  # fmt: skip
RIDGES: Payload = {
    "kind": "ridges", "title": "activations by layer", "x_range": [-1, 1],
    "layers": [
        {"name": "layer 1", "counts": [1, 5, 9, 5, 1], "note": "σ 0.52"},
        {"name": "layer 2", "counts": [0, 1, 19, 1, 0], "note": "σ 0.11"},
    ],
}  # fmt: skip


def draw_bars(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``labels`` and ``values``: one bar each, to the left of zero if it is negative.

    ``low`` and ``high`` fix the scale, ``log`` makes it logarithmic (all values above 0).
    ``highlight`` lists the bars to emphasize, ``target`` is the right one, marked ◀; ``notes`` are
    written behind the numbers. ``decimals`` writes numbers with so many digits after the point.
    """
    values = [float(v) for v in payload["values"]]
    labels = [str(name) for name in payload["labels"]]
    notes = [str(note) for note in payload.get("notes", ())] or [""] * len(values)
    lit = set(payload.get("highlight", range(len(values))))
    side = min(max(map(len, labels), default=0), width // 2)
    tail = max(map(len, notes), default=0)
    narrow = width - side - tail < 24
    numbers = _numbers(values, payload.get("decimals"), 6 if narrow else 9)
    room = max(4, width - side - 4 - len(max(numbers, key=len, default="")) - tail - bool(tail))
    low, high = _ends(payload, values)
    lines = []
    for i, (name, value, note, digits) in enumerate(
        zip(labels, values, notes, numbers, strict=True)
    ):
        line = Text(f"{shortened(name, side).rjust(side)} ", palette.text)
        ink = category(int(value < 0), palette) if i in lit else rgb(palette.muted, palette)
        line.append(_bar(value, low, high, room, bool(payload.get("log"))), styled(ink, palette))
        line.append(f" {digits}", styled(ink, palette, bold=i in lit and len(lit) < len(values)))
        if payload.get("target") == i:
            line.append(" ◀", styled(rgb(palette.text, palette), palette, bold=True))
        lines.append(line.append(f" {note}" if note else "", palette.muted))
    return fitted_lines(lines, width, height)


def _numbers(values: Sequence[float], decimals: int | None, width: int) -> list[str]:
    if decimals is None:
        return [number(value, width) for value in values]
    texts = [f"{value:.{decimals}f}" for value in values]
    return [text.rjust(max(map(len, texts))) for text in texts]


def _ends(payload: Payload, values: Sequence[float]) -> tuple[float, float]:
    low, high = payload.get("low"), payload.get("high")
    if payload.get("log"):
        positive = [v for v in values if v > 0]
        least, most = min(positive, default=1.0), max(positive, default=1.0)
        return float(low or least / 10), float(high or most)
    least, most = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    return float(least if low is None else low), float(most if high is None else high)


def _bar(value: float, low: float, high: float, room: int, log: bool) -> str:
    """Return a bar of `room` columns, to an eighth of a column where it starts at the left."""
    if log:
        share = log10(max(value, low) / low) / (log10(high / low) or 1.0)
        return _filled(share * room).ljust(room)
    scale = room / ((high - low) or 1.0)
    zero = -low * scale
    if value < 0:
        start = round(zero + max(value, low) * scale)
        return (" " * start + "▒" * (round(zero) - start)).ljust(room)
    return (" " * round(zero) + _filled(min(value, high) * scale)).ljust(room)[:room]


def _filled(length: float) -> str:
    eighths = round(max(0.0, length) * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def draw_ridges(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``layers``: histograms on one axis, each ``name``, ``counts`` and perhaps a ``note``.

    All have the same bins between the ends of ``x_range``. Each is drawn to its own greatest
    count: shapes are compared, not sizes.
    """
    layers = payload["layers"]
    side = min(max((len(str(each["name"])) for each in layers), default=0), width // 3)
    tail = max((len(str(each.get("note", ""))) for each in layers), default=0)
    room = max(8, width - side - 2 - tail - bool(tail))
    tall = max(1, min(4, (height - 1) // max(1, len(layers))))
    lines = []
    for i, layer in enumerate(layers):
        rows = _histogram([float(c) for c in layer["counts"]], room, tall)
        for j, row in enumerate(rows):
            name = shortened(str(layer["name"]), side) if j == tall - 1 else ""
            note = str(layer.get("note", "")) if j == tall - 1 else ""
            line = Text(f"{name.rjust(side)} ", palette.text)
            line.append(row, styled(category(i, palette), palette))
            lines.append(line.append(f" {note}", palette.muted))
    low, high = map(float, payload["x_range"])
    lines.append(Text(" " * (side + 1) + _axis(low, high, room), palette.muted))
    return fitted_lines(lines, width, height)


def _histogram(counts: Sequence[float], columns: int, rows: int) -> list[str]:
    """Return the rows of a histogram, the highest first, to an eighth of a row."""
    shown = [_mean_count(counts, c / columns, (c + 1) / columns) for c in range(columns)]
    most = max([*shown, 0.0]) or 1.0
    heights = [round(count / most * rows * 8) for count in shown]
    return ["".join(upright(h, row) for h in heights) for row in reversed(range(rows))]


def _mean_count(counts: Sequence[float], start: float, end: float) -> float:
    """Return the mean of the bins between two shares of the axis, or the one in their middle."""
    middle = int((start + end) / 2 * len(counts))
    bins = counts[round(start * len(counts)) : round(end * len(counts))] or [counts[middle]]
    return sum(bins) / len(bins)


def _axis(low: float, high: float, columns: int) -> str:
    """Return both ends of an axis, and zero where it lies well between them."""
    line = [" "] * columns
    ends = [(0, short(low)), (columns - len(short(high)), short(high))]
    if low < 0 < high:
        ends.append((round(-low / (high - low) * columns), "0"))
    for start, label in ends:
        if all(c == " " for c in line[max(0, start - 1) : start + len(label) + 1]):
            line[start : start + len(label)] = label
    return "".join(line)
