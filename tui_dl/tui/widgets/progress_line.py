"""The line that always shows the progress of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from tui_dl.drawing.lines import bar
from tui_dl.drawing.series import number
from tui_dl.durations import clock
from tui_dl.lesson import Lesson

if TYPE_CHECKING:
    from tui_dl.tui.run_view import RunView

IDLE = "r trains · e experiments · ? keys"
EXPLORER = "change a number (f), the pictures follow · e experiments · ? keys"
ROLES = {
    "running": "success", "paused": "warning", "completed": "success", "stopped": "warning",
    "diverged": "error", "failed": "error", "preparing": "primary",
}  # fmt: skip


def hint_of(lesson: Lesson) -> str:
    """Return the hint to show before the first run."""
    return EXPLORER if lesson.explorer else IDLE


class ProgressLine(Static):
    """State, bar, epoch, step, steps per second, time left; every number keeps its width."""

    DEFAULT_CSS = "ProgressLine { height: 1; padding: 0 1; background: $surface; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._run: RunView | None = None
        self._hint = IDLE
        self._limit: float | None = None
        self._of = ""

    def show(
        self, run: RunView | None, hint: str = IDLE, limit: float | None = None, of: str = ""
    ) -> None:
        """Draw the line for a run, or the hint if there is none.

        `limit` is the speed limit in steps per second. `of` is the title of the run's lesson if
        another lesson is open.
        """
        self._run, self._hint, self._limit, self._of = run, hint, limit, of
        self._draw()

    def on_resize(self) -> None:
        """Fit the width."""
        self._draw()

    def _draw(self) -> None:
        run, hint = self._run, self._hint
        line = self._line(run, hint) if run and run.state != "idle" else Text(hint, style="dim")
        self.update(line, layout=False)

    def _line(self, run: RunView, hint: str) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{run.state:<9} ", style=self._style(run.state))
        if self._of:
            line.append(f"{self._of}: ", style="bold")
        if run.detail:
            done = f"{run.step / run.total:4.0%} " if run.total else ""
            stops = ", then it stops" if run.stopping else ""
            return line.append(f"{done}{run.detail} …{stops}")
        if run.finished and run.finished.message:
            return line.append(run.finished.message)
        if run.finished and run.untrained:
            return line.append(hint, style="dim")
        if not run.total:
            return line
        return line.append_text(self._fitting(run, self.size.width - 2 - line.cell_len))

    def _fitting(self, run: RunView, width: int) -> Text:
        """Return as many numbers as fit; the metrics are more important than the steps."""
        for detail in (2, 1, 0):
            text = self._numbers(run, detail)
            if text.cell_len <= width:
                break
        return text

    def _numbers(self, run: RunView, detail: int) -> Text:
        """Return share, epoch, rate, time and metrics; detail 1 adds a bar, 2 the steps too."""
        text = Text()
        total, epochs = run.total, run.started.epochs if run.started else 1
        step = run.finished.steps if run.finished else run.step
        if detail:
            text.append_text(self._bar(step / total, 20 if self.size.width >= 120 else 8))
            text.append(" ")
        text.append(f"{step / total:4.0%}", style="bold")
        text.append(f" epoch {min(run.epoch, epochs):>{len(str(epochs))}}/{epochs}")
        if detail == 2:
            text.append(f" step {step:>{len(f'{total:,}')},}/{total:,}")
        text.append(_rate(run, self._limit, 9, " step/s") if detail else
                    _rate(run, self._limit, 7, "/s"))  # fmt: skip
        text.append(self._time(run, total - step))
        for name in ("loss", run.charted()[1]):
            if name in run.metrics:
                text.append(f"  {name if detail else _short(name)} {number(run.metrics[name], 7)}")
        return text

    def _time(self, run: RunView, left: int) -> str:
        if run.finished:
            return f" took {clock(run.finished.seconds)}"
        rate = run.rate(self._limit)
        return f" ETA {clock(left / rate)}" if rate else " ETA    …"

    def _bar(self, part: float, width: int) -> Text:
        full, rest = bar(part, width)
        return Text.assemble((full, self._style("running")), (rest, "dim"))

    def _style(self, state: str) -> str:
        role = ROLES.get(state, "foreground")
        return self.app.theme_variables.get(f"text-{role}", "") and f"bold {self._color(role)}"

    def _color(self, role: str) -> str:
        return self.app.theme_variables.get(role, "default").split()[0]


def _rate(run: RunView, limit: float | None, width: int, unit: str) -> str:
    """Format the speed (of the whole run once it has ended); below 10, with a decimal."""
    if run.finished:
        seconds = run.finished.seconds
        rate = run.finished.steps / seconds if seconds else None
    else:
        rate = run.rate(limit)
    if rate is None:
        return f" {'…':>{width}}{unit}"
    return f" {rate:>{width},.{0 if rate >= 10 else 1}f}{unit}"


def _short(name: str) -> str:
    return {"accuracy": "acc"}.get(name, name)
