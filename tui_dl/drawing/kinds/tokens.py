"""Text whose parts carry numbers or marks, and sequences unrolled over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.lines import fitted_lines, shortened, upright
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import LEVELS, Scale, rgb, scale_of
from tui_dl.drawing.swatches import on_scale, scale_legend, styled

TOKENS: Payload = {
    "kind": "tokens", "title": "where the answer looks", "scale": "sequential", "high": 1,
    "rows": [
        {"name": "A", "tokens": ["my", "cat", "is", "Tom"], "weights": [0.1, 0.2, 0, 0.7]},
        {"name": "B", "tokens": ["its", "name", "is", "Tom"], "marks": ["", "", "", "✓"]},
    ],
}  # fmt: skip
UNROLLED: Payload = {
    "kind": "unrolled", "title": "an LSTM, step by step", "x_label": "t",
    "columns": ["a", "b", "c", "d"],
    "rows": [
        {"name": "input gate", "values": [0.9, 0.1, 0.1, 0.2], "scale": "sequential", "high": 1},
        {"name": "cell", "values": [-0.9, 0.8, 0.8, 0.7], "scale": "diverging"},
        {"name": "predicted", "words": ["b", "c", "d", "e"], "marks": ["✓", "✓", "✓", "✗"]},
    ],
}  # fmt: skip


def draw_tokens(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``rows``: lines of ``tokens`` with a ``name``; ``weights`` color, ``marks`` follow them.

    ``joined`` writes the tokens without spaces, as letters. Lines that are too long are wrapped.
    ``scale``, ``low`` and ``high`` are those of all weights.
    """
    rows = payload["rows"]
    weights = [w for row in rows for w in row.get("weights", ())]
    scale = scale_of(payload, np.asarray(weights, float)) if weights else None
    side = min(max((len(str(row.get("name", ""))) for row in rows), default=0), width // 3)
    gap = "" if payload.get("joined") else " "
    lines = []
    for row in rows:
        line = Text(f"{shortened(str(row.get('name', '')), side).rjust(side)}  ", palette.muted)
        for token, style in _tokens(row, scale, palette):
            if line.cell_len + len(token) > width:
                lines.append(line)
                line = Text(" " * (side + 2))
            line.append(token, style)
            line.append(gap)
        lines.append(line)
    room = height - (scale is not None)
    text = fitted_lines(lines, width, room)
    if scale is not None:
        text.append("\n").append_text(scale_legend(scale, width, palette))
    return text


def _tokens(row: Payload, scale: Scale | None, palette: Palette) -> list[tuple[str, Style]]:
    tokens = [str(token) for token in row["tokens"]]
    weights = row.get("weights") or [None] * len(tokens)
    marks = [str(mark) for mark in row.get("marks", ())] or [""] * len(tokens)
    return [
        (token + mark, _style(weight, mark, scale, palette))
        for token, weight, mark in zip(tokens, weights, marks, strict=False)
    ]


def _style(weight: float | None, mark: str, scale: Scale | None, palette: Palette) -> Style:
    if weight is not None and scale is not None:
        level = int(scale.levels(np.asarray([float(weight)]))[0])
        if not palette.color:
            return Style(reverse=level > LEVELS // 2, bold=level > LEVELS // 4)
        return on_scale(scale, level, palette)
    if mark in WRONG:
        return styled(rgb(palette.error, palette), palette, bold=True)
    return styled(rgb(palette.text, palette), palette, bold=bool(mark))


WRONG = ("✗", "✕")


def draw_unrolled(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``columns``: the steps of a sequence; ``rows``: what is known of each step.

    A row has a ``name`` and either ``values`` with ``scale``, ``low``, ``high`` (colored cells;
    with ``numbers`` written in them, with ``bars`` as bars) or ``words`` with ``marks``. Time runs
    from left to right; what does not fit on the right is left out, and the title says so.
    """
    heads = [str(head) for head in payload["columns"]]
    rows = payload["rows"]
    side = min(max(len(str(row.get("name", ""))) for row in rows), width // 3)
    wide = _column_width(heads, rows, width - side - 1)
    count = min(len(heads), (width - side - 1) // wide)
    lines = [Text(" " * side + " ", palette.muted)]
    for head in heads[:count]:
        lines[0].append(head.center(wide)[:wide], styled(rgb(palette.text, palette), palette))
    tall = max(1, min(3, (height - 2) // max(1, len(rows))))
    for row in rows:
        lines += _unrolled_row(row, count, wide, side, tall, palette)
    left = len(heads) - count
    tail = f"… {left} more steps" if left else ""
    label = f"{payload['x_label']} →" if payload.get("x_label") else ""
    if label or tail:
        lines.append(Text(" " * (side + 1) + "  ".join(filter(None, [label, tail])), palette.muted))
    return fitted_lines(lines, width, height)


def _column_width(heads: Sequence[str], rows: Sequence[Payload], room: int) -> int:
    words = [len(head) for head in heads]
    words += [len(str(w)) + 1 for row in rows for w in row.get("words", ())]
    words += [6 for row in rows if row.get("numbers")]
    needed = max([*words, 1])
    return max(needed, min(8, room // max(1, len(heads))))


def _unrolled_row(
    row: Payload, count: int, wide: int, side: int, tall: int, palette: Palette
) -> list[Text]:
    name = Text(f"{shortened(str(row.get('name', '')), side).rjust(side)} ", palette.text)
    blank = Text(" " * (side + 1))
    if "words" in row:
        return [_words(name, row, count, wide, palette)]
    values = np.asarray(row["values"], float)
    scale = scale_of(row, values)
    levels = scale.levels(values)[:count].tolist()
    if row.get("bars") and scale.meaning != "diverging":
        return _bars(name, blank, levels, wide, tall, scale, palette)
    line = name.copy()
    for value, level in zip(values.tolist(), levels, strict=False):
        shown = f"{value:.2g}" if row.get("numbers") else ""
        if palette.color:
            line.append(shown.center(wide)[:wide], on_scale(scale, level, palette))
        else:
            line.append(shown.center(wide)[:wide] if shown else scale.character(level) * wide)
    return [line]


def _words(name: Text, row: Payload, count: int, wide: int, palette: Palette) -> Text:
    line = name.copy()
    marks = [str(mark) for mark in row.get("marks", ())] or [""] * count
    for word, mark in list(zip(row["words"], marks, strict=False))[:count]:
        ink = palette.error if mark in WRONG else palette.text
        line.append(f"{word}{mark}".center(wide)[:wide], styled(rgb(ink, palette), palette))
    return line


def _bars(
    name: Text,
    blank: Text,
    levels: Sequence[int],
    wide: int,
    tall: int,
    scale: Scale,
    palette: Palette,
) -> list[Text]:
    """Return upright bars in `tall` lines, to an eighth of a line."""
    lines = []
    for row in reversed(range(tall)):
        line = (name if row == 0 else blank).copy()
        for level in levels:
            eighths = round(max(level, 0) / (LEVELS - 1) * tall * 8)
            bar = upright(eighths, row) * max(1, wide - 1)
            line.append(bar.ljust(wide), styled(scale.color(LEVELS - 1, palette), palette))
        lines.append(line)
    return lines
