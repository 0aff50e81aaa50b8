"""The report on the claims, as a Markdown page."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from itertools import groupby

from tui_dl import __version__, catalog
from tui_dl.measurements import versions
from tui_dl.reproduce import Row

TITLE = "# The claims, measured"


def report(rows: Sequence[Row], seeds: int, minutes: float) -> str:
    """Return the page: how it was made, the count, a table for each lesson, contradictions."""
    held = sum(row.verdict == "holds" for row in rows)
    device = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    known = " · ".join(f"{name} {number}" for name, number in versions().items())
    parts = [
        f"{TITLE}\n\nMade by `dlworkbench reproduce --markdown FILE`: every claim of the sources, "
        f"over {seeds} seeds (medians) unless a row names another number. The training took "
        f"{minutes:.0f} minutes.",
        f"dlworkbench {__version__} · {known} · {device}",
        f"**{held} of {len(rows)} claims hold**, {len(rows) - held} are contradicted; those are "
        "explained below their table.",
        *_lessons(rows, seeds),
        _topics(),
    ]
    return "\n\n".join(parts) + "\n"


def _lessons(rows: Iterable[Row], seeds: int) -> Iterable[str]:
    for lesson, group in groupby(rows, key=lambda row: row.lesson):
        told = list(group)
        head = "| row | verdict | claim | published | measured | data |\n|---|---|---|---|---|---|"
        lines = [head, *(_line(row, seeds) for row in told)]
        why = [f"- `{row.row}`: {row.why or row.note}" for row in told if row.why or row.note]
        yield "\n\n".join(filter(None, [f"## {lesson}", "\n".join(lines), "\n".join(why)]))


def _line(row: Row, seeds: int) -> str:
    verdict = "holds" if row.verdict == "holds" else "**contradicted**"
    measured = figures(row) if row.seeds == seeds else f"{row.seeds} seeds: {figures(row)}"
    cells = (f"`{row.row}`", verdict, row.claim, row.published, measured, row.data)
    return "| " + " | ".join(cell.replace("|", "∣").replace("\n", " ") for cell in cells) + " |"


def figures(row: Row) -> str:
    """Format the metrics as `this: loss 0.1, accuracy 0.9; default: …`."""
    arms = (
        f"{arm}: " + ", ".join(f"{name} {value:.4g}" for name, value in medians.items())
        for arm, medians in row.measured.items()
        if medians
    )
    return "; ".join(arms)


def _topics() -> str:
    lines = [
        f"- `{row}`: lesson `{lesson.id}`" for lesson in catalog.lessons() for row in lesson.teaches
    ]
    return "\n".join(["## Topics that are taught but not measured", "", *lines])
