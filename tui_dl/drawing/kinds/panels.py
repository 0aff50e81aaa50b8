"""Several pictures in one: small multiples on common scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from tui_dl.drawing.lines import shortened
from tui_dl.drawing.palette import Palette

Payload = Mapping[str, Any]
Draw = Callable[[Payload, int, int, Palette], Text]
GAP = 2
LEAST = 16  # columns of a panel
EXAMPLE: Payload = {
    "kind": "panels", "title": "one curve for each unit",
    "panels": [
        {"kind": "plane", "title": "unit 1", "lines": [{"name": "", "x": [0, 1], "y": [0, 1]}]},
        {"kind": "plane", "title": "unit 2", "lines": [{"name": "", "x": [0, 1], "y": [1, 0]}]},
    ],
}  # fmt: skip


def draw(payload: Payload, width: int, height: int, palette: Palette, of_any: Draw) -> Text:
    """``panels``: payloads, each with its ``title``, in rows from the left.

    ``columns`` is how many stand in a row where there is room; each gets at least LEAST columns,
    or ``least``.
    """
    panels = payload["panels"]
    wished = int(payload.get("columns") or len(panels))
    columns = max(
        1, min(wished, len(panels), (width + GAP) // (int(payload.get("least", LEAST)) + GAP))
    )
    rows = -(-len(panels) // columns)
    wide, tall = (width + GAP) // columns - GAP, height // rows
    lowest = 5 if any(panel.get("axes", True) for panel in panels) else 4  # with its title
    if tall < lowest:
        rows = max(1, height // lowest)
        tall = max(4, height // rows)
    blocks = [_block(panel, wide, tall, palette, of_any) for panel in panels[: rows * columns]]
    text = Text(no_wrap=True)
    for row in range(0, len(blocks), columns):
        for lines in zip(*blocks[row : row + columns], strict=True):
            text.append("\n" if text.plain else "")
            text.append_text(Text(" " * GAP).join(lines))
    return text


def _block(panel: Payload, wide: int, tall: int, palette: Palette, of_any: Draw) -> Sequence[Text]:
    """Return the lines of a panel under its title, all as wide as the panel."""
    title = Text(shortened(str(panel.get("title", "")), wide), "bold")
    lines = [title, *of_any(panel, wide, tall - 1, palette).split("\n")][:tall]
    lines += [Text() for _ in range(tall - len(lines))]
    for line in lines:
        line.truncate(wide)
        line.append(" " * (wide - cell_len(line.plain)))
    return lines
