"""The display of a run on a terminal: a bar with a line of metrics, then a chart and a table."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from tui_dl import events
from tui_dl.cli.display import opening
from tui_dl.cli.output import console, in_words
from tui_dl.runs.reader import Run


class LiveBar:
    """A display that draws the latest event ten times a second, on the main thread."""

    def __init__(self, out: TextIO) -> None:
        self._console = console(out)
        self._state, self._detail, self._line = "loading", "", ""
        self._epochs = 0
        self._latest: events.Progress | events.Epoch | None = None
        self._notes: list[str] = []
        self._bar = _bar(self._console)
        self._task = self._bar.add_task("", total=None, about="", speed="")
        self._live = Live(console=self._console, auto_refresh=False, get_renderable=self._frame)
        self._live.start()

    def show(self, event: events.Event) -> None:
        """Record the event; `draw` shows it later, on the main thread."""
        match event:
            case events.State():
                self._state, self._detail = event.state, event.detail
            case events.Started():
                self._epochs = event.epochs
                self._notes.append(opening(event))
                self._bar.update(self._task, total=event.steps)
            case events.Progress() | events.Epoch():
                self._latest = event
                self._line = in_words(event.metrics)
            case events.Note():
                self._notes.append(f"step {event.step}: {event.text}")
            case events.Finished():
                self._detail = ""

    def draw(self) -> None:
        """Draw one frame."""
        while self._notes:
            self._live.console.print(Text(self._notes.pop(0)))
        self._advance()
        self._live.refresh()

    def leave(self) -> None:
        """Remove the bar and show the cursor again."""
        self._live.transient = True
        self._live.stop()

    def end(self, run: Run) -> None:
        """Draw the last frame, then the chart and the table."""
        from tui_dl.cli.result import print_result

        self._line = ""
        self.draw()
        self._live.stop()
        print_result(self._console, run)

    def _advance(self) -> None:
        about, speed, done = self._detail or self._state, "", 0
        if latest := self._latest:
            about, done = self._detail or f"epoch {latest.epoch}/{self._epochs}", latest.step
            speed = f"{done / latest.seconds:,.0f} steps/s" if latest.seconds else ""
        self._bar.update(self._task, completed=done, about=about, speed=speed)

    def _frame(self) -> Group:
        return Group(self._bar.get_renderable(), Text(self._line, no_wrap=True, overflow="crop"))


def _bar(to: Console) -> Progress:
    columns = (
        TextColumn("{task.fields[about]}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=to, auto_refresh=False)
