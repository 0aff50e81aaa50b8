"""Curves over one axis, each named at its end."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.kinds.plane import draw as draw_plane
from tui_dl.drawing.palette import Palette

EXAMPLE: Payload = {
    "kind": "lines", "title": "two learning rates", "x_label": "step",
    "series": [
        {"name": "0.1", "x": [0, 1, 2, 3], "y": [1, 0.6, 0.35, 0.2]},
        {"name": "0.5", "x": [0, 1, 2, 3], "y": [1, 0.3, 0.1, 0.03]},
    ],
}  # fmt: skip


def draw(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``series``: a list of ``name``, ``x``, ``y``; ``x_label``, ``y_label``, ranges as in a plane.

    With ``log`` the heights are drawn as powers of ten; what is not above zero is left out. A curve
    that equals an earlier one is dashed, so that both are seen.
    """
    lines: list[dict[str, Any]] = []
    for one in payload["series"]:
        ys = np.asarray(one["y"], float)
        if payload.get("log"):
            with np.errstate(divide="ignore", invalid="ignore"):
                ys = np.where(ys > 0, np.log10(ys), np.nan)
        same = any(line["y"] == ys.tolist() and line["x"] == list(one["x"]) for line in lines)
        lines.append({"name": one["name"], "x": list(one["x"]), "y": ys.tolist(), "dashed": same})
    label = str(payload.get("y_label", ""))
    keys = ("x_range", "y_range", "x_label", "margin")
    kept = {key: payload[key] for key in keys if key in payload}
    if payload.get("log"):
        label = f"log₁₀ {label}".strip()
    return draw_plane({**kept, "y_label": label, "lines": lines}, width, height, palette)
