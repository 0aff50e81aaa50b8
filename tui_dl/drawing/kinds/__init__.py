"""The kinds of picture that a view may return: plain data in, text out.

A payload is a dict that JSON can hold, with its ``kind``, a ``title`` and the keys that the kind's
function documents. It says what its numbers are (`scale`: ``sequential``, ``gray``, ``diverging``;
groups and series are classes), never a color. To add a kind, write such a function with an
example, and enter both in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from tui_dl.drawing.kinds import bars, curves, machines, panels, plane, raster, tables, tokens
from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.palette import Palette

Draw = Callable[[Payload, int, int, Palette], Text]
LEAST = 4  # rows of any picture


@dataclass(frozen=True)
class Kind:
    """How a kind of picture is drawn, a payload as an example, and the rows that one needs.

    `rows` is None for a kind that fills the room there is.
    """

    draw: Draw
    example: Payload
    rows: Callable[[Payload], int] | None = None

    @property
    def text(self) -> str:
        """What it draws, and the keys of its payloads."""
        return self.draw.__doc__ or ""


def draw(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw any payload; one that cannot be drawn becomes a line that says why."""
    payload = _present(payload)
    kind = payload.get("kind")
    found = KINDS.get(str(kind))
    if found is None:
        return Text(f"No picture of kind {kind!r} is known here.", style=palette.muted)
    columns, rows = (12, LEAST) if payload.get("axes", True) else (8, 3)
    if width < columns or height < rows:
        return Text("Too small to draw", style=palette.muted)
    try:
        return found.draw(payload, width, height, palette)
    except Exception as error:  # a payload may come from any file
        return Text(f"This {kind} cannot be drawn: {error}", style=palette.error)


def rows_of(payload: Payload) -> int | None:
    """Return how many rows a picture needs, or None if it fills the room there is."""
    found = KINDS.get(str(payload.get("kind")))
    try:
        return max(LEAST, found.rows(payload)) if found and found.rows else None
    except Exception:  # a payload may come from any file
        return None


def _draw_panels(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    return panels.draw(payload, width, height, palette, draw)


_draw_panels.__doc__ = panels.draw.__doc__


_FORMER_SCALES = {"grey": "gray", "colour": "color"}


def _present(payload: Payload) -> Payload:
    """Turn a payload of an earlier version into one of this version, so that old runs are drawn."""
    if scale := _FORMER_SCALES.get(str(payload.get("scale"))):
        payload = {**payload, "scale": scale}
    if payload.get("kind") == "scatter":
        return {**payload, "kind": "plane"}
    if payload.get("kind") == "heatmap" and payload.get("y_range"):
        regions = {key: payload[key] for key in ("values", "low", "high") if key in payload}
        groups: dict[int, dict[str, Any]] = {}
        for x, y, label in payload.get("points") or ():
            group = groups.setdefault(int(label), {"name": str(label), "x": [], "y": []})
            group["x"].append(x)
            group["y"].append(y)
        return {**payload, "kind": "plane", "regions": regions, "groups": list(groups.values())}
    return payload


KINDS: dict[str, Kind] = {
    "plane": Kind(plane.draw, plane.EXAMPLE),
    "lines": Kind(curves.draw, curves.EXAMPLE),
    "bars": Kind(bars.draw_bars, bars.BARS, lambda p: len(p["values"])),
    "ridges": Kind(bars.draw_ridges, bars.RIDGES),
    "heatmap": Kind(raster.draw_heatmap, raster.HEATMAP),
    "tiles": Kind(raster.draw_tiles, raster.TILES),
    "matrix": Kind(tables.draw_matrix, tables.MATRIX, lambda p: len(p["values"]) + 2),
    "table": Kind(tables.draw_table, tables.TABLE, lambda p: len(p["rows"]) + 1),
    "tokens": Kind(tokens.draw_tokens, tokens.TOKENS, lambda p: len(p["rows"]) + 2),
    "unrolled": Kind(tokens.draw_unrolled, tokens.UNROLLED),
    "network": Kind(machines.draw_network, machines.NETWORK),
    "grid": Kind(machines.draw_grid, machines.GRID),
    "cartpole": Kind(machines.draw_cartpole, machines.CARTPOLE),
    "panels": Kind(_draw_panels, panels.EXAMPLE),
}
"""Every kind by its name."""
