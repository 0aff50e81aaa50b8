"""Lines of text in a limited room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text


def shortened(text: str, room: int) -> str:
    """Return the text, or as much of it as fits with an ellipsis."""
    return text if len(text) <= room else text[: max(0, room - 1)].rstrip() + "…" * (room > 0)


def fitted_lines(lines: Sequence[Text], width: int, height: int) -> Text:
    """Cut lines to the width; if they are too many, the last one says how many more there are."""
    shown = list(lines)
    if len(shown) > height:
        left = len(shown) - height + 1
        shown = [*shown[: height - 1], Text(f"… {left} more")]
    for line in shown:
        line.truncate(width, overflow="ellipsis")
    return Text("\n", no_wrap=True).join(shown)


def upright(eighths: int, row: int) -> str:
    """Return the character of an upright bar in a row, row 0 at its foot; 8 eighths fill a row."""
    return " ▁▂▃▄▅▆▇█"[min(max(eighths - 8 * row, 0), 8)]


def bar(part: float, width: int) -> tuple[str, str]:
    """Return the full and the empty piece of a bar of which a part, 0 to 1, is full."""
    halves = round(min(max(part, 0.0), 1.0) * width * 2)
    full = "━" * (halves // 2) + "╸" * (halves % 2)
    return full, "─" * (width - len(full))
