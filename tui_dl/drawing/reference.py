"""The reference of all kinds: `python -m tui_dl.drawing.reference > docs/pictures.md`."""

from __future__ import annotations

import inspect
import json

from tui_dl.drawing.kinds import KINDS, Kind
from tui_dl.drawing.palette import Palette

SIZE = 60, 13
HEAD = """\
# Kinds of picture

A view of a lesson returns a payload: a dict of plain lists and numbers with a `kind`, a `title`
and the keys below. The payload says what its numbers mean; the theme gives them colors:

| `scale` | for | 0 looks like |
|---|---|---|
| `sequential` | quantities from 0 up: activations, probabilities, attention | the background |
| `gray` | images of one channel | the background |
| `diverging` | signed quantities, symmetric about 0 | the background, between two hues |
| `classes` | the probability of the second of two classes | the hue of the first class |
| `color` (tiles alone) | red, green and blue from 0 to 1 | black |

Groups and series are classes: each has a hue of its own, and a mark for terminals without color.
`null` or NaN is no value: it is hatched. `dlworkbench lesson check` draws every view of a lesson.
The drawings below are those of the examples, without colors.
"""


def reference() -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *(_section(name, kind) for name, kind in KINDS.items())])


def _section(name: str, kind: Kind) -> str:
    rows = kind.rows(kind.example) if kind.rows else SIZE[1]
    drawing = kind.draw(kind.example, SIZE[0], min(rows, SIZE[1]), Palette(color=False)).plain
    lines = "\n".join(line.rstrip() for line in drawing.split("\n"))
    text = inspect.cleandoc(kind.text).replace("``", "`")
    example = json.dumps(kind.example, ensure_ascii=False)
    return f"## {name}\n\n{text}\n\n```text\n{lines}\n```\n\n```json\n{example}\n```\n"


if __name__ == "__main__":
    print(reference(), end="")
