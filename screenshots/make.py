"""Makes the pictures of README from the real app: it opens lessons, trains them, and looks.

Run: make screenshots (all pictures), or python screenshots/make.py wide inside (some).
Runs and data lie in a temporary folder meanwhile, so a person's own are neither seen nor touched.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot

if TYPE_CHECKING:
    from tui_dl.tui.screens.workbench import WorkbenchScreen

FOLDER = Path(__file__).parent
# The first fonts have braille, of which the charts are made.
FONTS = "'DejaVu Sans Mono', Menlo, 'Cascadia Mono', 'Noto Sans Mono', monospace"
PATIENCE = 120.0  # seconds for a run to end
SETTLING = 0.4  # seconds from an event to its drawing, with room to spare


class Person:
    """Drives the app with keys, and waits as a person would."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot

    @property
    def bench(self) -> WorkbenchScreen:
        """The working screen."""
        from tui_dl.tui.screens.workbench import WorkbenchScreen

        return next(s for s in self.pilot.app.screen_stack if isinstance(s, WorkbenchScreen))

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so; raises TimeoutError where it never is."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the app did not do what the picture needs")
            await self.pilot.pause(0.02)
        await self.pilot.pause(SETTLING)

    async def press(self, *keys: str) -> None:
        """Press keys, and let the screen settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause(SETTLING)

    async def train(self, preset: str = "") -> None:
        """Choose an experiment (or the defaults) and train it to its end."""
        names = ["", *(each.name for each in self.bench.lesson.experiments)]
        await self.press(str(names.index(preset)), "r")
        await self.until(lambda: not self.bench.runs.busy)

    async def read(self, heading: str) -> None:
        """Bring the section of that heading to the top of the theory page."""
        from tui_dl.tui.widgets.theory import Theory

        page = self.bench.page.query_one(Theory)
        page.go_to([text for _, text in page.headings].index(heading))
        await self.pilot.pause(SETTLING)


async def wide(person: Person) -> None:
    """Three columns; two trainings, the earlier one laid over the later."""
    await person.train("tanh")
    await person.train()
    await person.press("o", "down", "o")
    person.bench.page.tab = "theory"
    await person.press("g", "l")


async def theory(person: Person) -> None:
    """Formulas in two dimensions, beside the training they describe."""
    await person.train()
    await person.read("The equations backward")


async def narrow(person: Person) -> None:
    """One pane at a time on a small terminal."""
    await person.train()


async def inside(person: Person) -> None:
    """What the network has made of its inputs."""
    await person.train()
    person.bench.page.tab = "inside"
    await person.press("g")


async def light(person: Person) -> None:
    """The light theme."""
    await person.press("d", "l")
    await person.train()


async def experiments(person: Person) -> None:
    """What to try, each one key away."""
    await person.train("scale")
    await person.press("e")


@dataclass(frozen=True)
class Shot:
    """One picture: the lesson, columns and rows, and what is done before looking."""

    lesson: str
    size: tuple[int, int]
    act: Callable[[Person], Awaitable[None]]


SHOTS = {
    "wide": Shot("binary-addition", (200, 50), wide),
    "theory": Shot("rnn-bptt", (120, 36), theory),
    "narrow": Shot("iris", (80, 24), narrow),
    "inside": Shot("greater-than", (160, 45), inside),
    "light": Shot("linear-regression", (120, 36), light),
    "experiments": Shot("greater-than", (120, 36), experiments),
}


async def take(shot: Shot) -> str:
    """The picture as SVG."""
    from tui_dl.tui.app import Workbench

    app = Workbench(shot.lesson)
    async with app.run_test(size=shot.size) as pilot:
        person = Person(pilot)
        await person.until(lambda: person.bench.query("#field-seed"))
        await person.until(lambda: person.bench.runs.device)
        await shot.act(person)
        return portable(app.export_screenshot(title="dlworkbench"))


def portable(svg: str) -> str:
    """The same picture with fonts that the reader has, none of them fetched from a web address."""
    svg = re.sub(r"\s*@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]+;", f"font-family: {FONTS};", svg)
    return re.sub(r"<!-- Generated.*?-->\s*", "", svg)


@contextmanager
def temporary_home() -> Iterator[None]:
    """An empty data folder, and surroundings that are the same everywhere."""
    os.environ.pop("NO_COLOR", None)
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DLWORKBENCH_HOME"] = os.environ["KERAS_HOME"] = folder
        yield


def main(names: list[str]) -> None:
    """Take the named pictures, or all."""
    for name in names or SHOTS:
        with temporary_home():
            svg = asyncio.run(take(SHOTS[name]))
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"{name}.svg: {len(svg.encode()) / 1024:.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
    from tui_dl.cli.failure import leave

    leave(0)  # a thread that prepares the next run would abort an orderly exit
