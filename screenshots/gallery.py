"""Draws the gallery: twelve lessons trained, and the first picture of each one's inside.

Run: make screenshots, or python screenshots/gallery.py. Writes SVG files and docs/gallery.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make import portable, temporary_home

FOLDER = Path(__file__).parent / "gallery"
PAGE = Path(__file__).parents[1] / "docs" / "gallery.md"
SIZE = 76, 20
HEAD = """\
# Gallery

What *Inside* shows in twelve of the lessons at the end of a run. In the workbench these
pictures follow the training; `dlworkbench runs picture` writes those of any run.
"""
LESSONS: dict[str, dict[str, Any]] = {
    "linear-regression": {},
    "perceptron": {},
    "iris": {},
    "optimizers": {},
    "dropout": {"images": "digits"},
    "mnist-cnn": {"images": "digits", "epochs": 4},
    "binary-addition": {},
    "lstm": {},
    "attention": {},
    "word2vec": {},
    "value-learning": {},
    "policy-gradient": {},
}


def picture(name: str, settings: dict[str, Any]) -> tuple[str, str]:
    """Train a lesson; return its title and the last snapshot of its first view as SVG."""
    from tui_dl import catalog
    from tui_dl.drawing.file_theme import DARK_PALETTE
    from tui_dl.drawing.kinds import draw, rows_of
    from tui_dl.drawing.svg import svg_of
    from tui_dl.engine.session import Session
    from tui_dl.events import Event, Snapshot

    lesson, events = catalog.lesson(name), list[Event]()
    Session(lesson, lesson.parameters.of(settings), emit=events.append).run()
    first = lesson.views[0].name
    shot = [e for e in events if isinstance(e, Snapshot) and e.view == first][-1]
    columns, rows = SIZE
    drawing = draw(shot.payload, columns, min(rows, rows_of(shot.payload) or rows), DARK_PALETTE)
    title = f"{shot.payload.get('title', first)} · step {shot.step:,}"
    return lesson.title, portable(svg_of(drawing, title, columns, dark=True))


def main() -> None:
    """Draw all of them, and the page that shows them."""
    FOLDER.mkdir(exist_ok=True)
    parts = [HEAD]
    for name, settings in LESSONS.items():
        with temporary_home():
            title, svg = picture(name, settings)
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        parts.append(f"## {title}\n\n![{title}](../screenshots/gallery/{name}.svg)\n")
        print(f"{name}.svg: {len(svg.encode()) / 1024:.0f} KB")
    PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
