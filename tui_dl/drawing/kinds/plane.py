"""Points, lines, regions, contours, arrows and words over two axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from rich.text import Text

from tui_dl.drawing.contours import contour_segments
from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.plot import Limits, Plot, limits_of
from tui_dl.drawing.scales import Rgb, category, rgb, scale_of
from tui_dl.drawing.swatches import legend_of, scale_legend

MARKS = "●✕▲◆+*#%"  # of groups, so that they differ without color too
EXAMPLE: Payload = {
    "kind": "plane", "title": "two classes, and the line between them",
    "x_label": "x₁", "y_label": "x₂", "x_range": [-0.5, 1.5], "y_range": [-0.5, 1.5],
    "regions": {"values": [[0.1, 0.4, 0.7], [0.4, 0.7, 0.9]], "scale": "classes"},
    "groups": [
        {"name": "0", "x": [0], "y": [0]}, {"name": "1", "x": [0, 1, 1], "y": [1, 0, 1]},
    ],
    "lines": [{"name": "y = 0.5", "x": [-0.5, 1], "y": [1, -0.5]}],
    "arrows": [{"name": "w", "x": [0.25, 0.75], "y": [0.25, 0.75]}],
    "words": [{"text": "AND", "x": 1, "y": 1}],
}  # fmt: skip


def draw(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw any of these, the later over the earlier ones.

    - ``regions``: ``values`` (rows, columns), row 0 at the bottom, with ``scale``, ``low``,
      ``high``: the background of the window.
    - ``contours``: ``values`` as above, and ``levels``, the heights to draw.
    - ``sticks``: ``[x, y0, y1]`` each, such as residuals.
    - ``lines``: ``name``, ``x``, ``y`` each; ``dashed``, ``label`` (at the end) and ``quiet`` (in
      the color of what matters less, without a name) if true.
    - ``groups`` of points: ``name``, ``x``, ``y`` each. With ``trail`` a line joins the points, and
      only the last one is marked.
    - ``arrows``: ``name``, ``x`` [from, to], ``y`` [from, to] each.
    - ``words``: ``text``, ``x``, ``y`` each.

    ``x_range`` and ``y_range`` default to what is drawn; ``x_label``, ``y_label`` name the axes.
    ``margin`` is the least number of columns left of them, to align planes one above the other.
    ``axes`` false leaves out axes and legend, for small multiples.
    """
    axes = bool(payload.get("axes", True))
    legend = _legend(payload, width, palette) if axes else Text()
    plot = Plot(
        width,
        height - 1 - legend.plain.count("\n") if legend.plain else height,
        palette,
        _limits(payload, "x"),
        _limits(payload, "y"),
        x_label=str(payload.get("x_label", "")),
        y_label=str(payload.get("y_label", "")),
        margin=int(payload.get("margin", 0)),
        axes=axes,
    )
    for part in (_regions, _contours, _sticks, _lines, _points, _arrows, _words):
        part(plot, payload, palette)
    text = plot.draw()
    return text.append("\n").append_text(legend) if legend.plain else text


def _limits(payload: Payload, axis: str) -> Limits:
    if given := payload.get(f"{axis}_range"):
        low, high = map(float, given)
        return (low, high) if high > low else (low, low + 1.0)
    return limits_of(_places(payload, axis))


def _places(payload: Payload, axis: str) -> Iterator[float]:
    parts = chain(*(payload.get(name, ()) for name in ("lines", "groups", "arrows")))
    yield from chain.from_iterable(part[axis] for part in parts)
    yield from (word[axis] for word in payload.get("words", ()))
    for x, *ends in payload.get("sticks", ()):
        yield from [x] if axis == "x" else ends


def _regions(plot: Plot, payload: Payload, palette: Palette) -> None:
    if given := payload.get("regions"):
        values = np.atleast_2d(np.asarray(given["values"], float))
        plot.regions(values, scale_of(given, values))


def _contours(plot: Plot, payload: Payload, palette: Palette) -> None:
    if given := payload.get("contours"):
        values = np.atleast_2d(np.asarray(given["values"], float))
        quiet = rgb(palette.muted, palette)
        for level in given["levels"]:
            for (x0, y0), (x1, y1) in contour_segments(values, float(level), plot.x, plot.y):
                plot.curve([x0, x1], [y0, y1], quiet)


def _sticks(plot: Plot, payload: Payload, palette: Palette) -> None:
    for x, start, end in payload.get("sticks", ()):
        plot.curve([x, x], [start, end], rgb(palette.error, palette))


def _lines(plot: Plot, payload: Payload, palette: Palette) -> None:
    for i, line in enumerate(payload.get("lines", ())):
        ink = rgb(palette.muted, palette) if line.get("quiet") else line_ink(i, palette)
        plot.curve(line["x"], line["y"], ink, dashed=_dashes(line, i, palette))
        if line.get("label") and line["x"]:
            plot.words(line["x"][-1], line["y"][-1], f" {line['name']}", ink, bold=True)


def _dashes(line: Payload, index: int, palette: Palette) -> int:
    """Return the dots of a dash; without colors, lines differ by their dashes."""
    if line.get("dashed"):
        return 4
    return 0 if palette.color else (0, 6, 2, 3)[index % 4]


def line_ink(index: int, palette: Palette) -> Rgb:
    """Return the color of a line: the first in that of text, for it carries the idea."""
    return rgb(palette.text, palette) if index == 0 else category(index - 1, palette)


def _points(plot: Plot, payload: Payload, palette: Palette) -> None:
    groups = payload.get("groups", ())
    for i, group in enumerate(groups):
        if group.get("trail"):
            plot.curve(group["x"], group["y"], category(i, palette))
    for i, group in enumerate(groups):
        mark, start = MARKS[i % len(MARKS)], -1 if group.get("trail") else 0
        xs, ys = group["x"][start:], group["y"][start:]
        for x, y in zip(_thinned(xs), _thinned(ys), strict=True):
            plot.mark(x, y, mark, category(i, palette))


def _thinned(values: Sequence[float], most: int = 2000) -> Sequence[float]:
    return values[:: 1 + len(values) // most]


def _arrows(plot: Plot, payload: Payload, palette: Palette) -> None:
    ink = rgb(palette.text, palette)
    for arrow in payload.get("arrows", ()):
        (x0, x1), (y0, y1) = arrow["x"], arrow["y"]
        plot.arrow((x0, y0), (x1, y1), ink)
        if arrow.get("name"):
            plot.words(x1, y1, f" {arrow['name']}", ink, bold=True)


def _words(plot: Plot, payload: Payload, palette: Palette) -> None:
    for word in payload.get("words", ()):
        group = word.get("group")
        ink = rgb(palette.text, palette) if group is None else category(int(group), palette)
        plot.words(word["x"], word["y"], str(word["text"]), ink, bold=bool(word.get("bold")))


def _legend(payload: Payload, width: int, palette: Palette) -> Text:
    """Return the names of groups and of unlabeled lines, and the scale of the regions."""
    entries = [
        (MARKS[i % len(MARKS)], str(group["name"]), category(i, palette))
        for i, group in enumerate(payload.get("groups", ()))
        if group.get("name")
    ]
    entries += [
        ("━" if not _dashes(line, i, palette) else "╍", str(line["name"]), line_ink(i, palette))
        for i, line in enumerate(payload.get("lines", ()))
        if line.get("name") and not line.get("label") and not line.get("quiet")
    ]
    legend = legend_of(entries, width, palette)
    given = payload.get("regions")
    if given and given.get("legend", True) and given.get("scale") != "categorical":
        values = np.atleast_2d(np.asarray(given["values"], float))
        scale = scale_legend(scale_of(given, values), width, palette, str(given.get("name", "")))
        legend = Text("\n").join([scale, legend]) if legend.plain else scale
    return legend
