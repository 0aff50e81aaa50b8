"""Several pictures in one: small multiples on common scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text

from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.lines import shortened
from tui_dl.drawing.palette import Palette

Draw = Callable[[Payload, int, int, Palette], Text]
GAP = 2
LEAST = 16  # columns of a panel
NARROW = 12  # columns of a panel with a width of its own
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
    or ``least``. With ``widths`` all stand in one row and share its width like these numbers, where
    each gets at least NARROW columns.
    """
    panels = payload["panels"]
    shared = _shared(payload.get("widths", ()), width)
    if len(shared) == len(panels):
        return _row(
            [
                _block(panel, wide, height, palette, of_any)
                for panel, wide in zip(panels, shared, strict=True)
            ]
        )
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
    table = [_row(blocks[start : start + columns]) for start in range(0, len(blocks), columns)]
    return Text("\n", no_wrap=True).join(table)


def _shared(widths: Sequence[float], width: int) -> list[int]:
    """Return the columns of panels that share a row; none if they would be too narrow."""
    room = width - GAP * (len(widths) - 1)
    if room < NARROW * len(widths):
        return []
    shared = [max(NARROW, int(room * share / sum(widths))) for share in widths]
    while sum(shared) > room:
        shared[shared.index(max(shared))] -= 1
    return shared


def _row(blocks: Sequence[Sequence[Text]]) -> Text:
    lines = [Text(" " * GAP).join(parts) for parts in zip(*blocks, strict=True)]
    return Text("\n", no_wrap=True).join(lines)


def _block(panel: Payload, wide: int, tall: int, palette: Palette, of_any: Draw) -> Sequence[Text]:
    """Return the lines of a panel under its title, all as wide as the panel."""
    title = Text(shortened(str(panel.get("title", "")), wide), "bold")
    lines = [title, *of_any(panel, wide, tall - 1, palette).split("\n")][:tall]
    lines += [Text() for _ in range(tall - len(lines))]
    for line in lines:
        line.truncate(wide)
        line.append(" " * (wide - cell_len(line.plain)))
    return lines
