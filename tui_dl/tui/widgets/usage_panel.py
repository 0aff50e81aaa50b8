"""The use of CPU, memory and GPUs, below the panes while it is wanted."""

from __future__ import annotations

from collections import deque

from textual.widgets import Static

from tui_dl.devices.sampler import Sample, Watch
from tui_dl.drawing.lines import fitted_lines
from tui_dl.drawing.usage import MINUTE, usage
from tui_dl.tui.theme import palette_of

HERTZ = 4  # so that a sample is shown a quarter of a second after it was taken
SHARE = 3  # of the rows of the screen, the panel takes a third at most


class UsagePanel(Static):
    """A line for each device. Samples are taken only while the panel exists."""

    DEFAULT_CSS = "UsagePanel { height: auto; padding: 0 1; background: $surface; }"

    def __init__(self) -> None:
        super().__init__()
        self._history: deque[Sample] = deque(maxlen=MINUTE)
        self._count = 0
        self._rows = 0

    def on_mount(self) -> None:
        """Watch from now on."""
        self._watch = Watch()
        self.set_interval(1 / HERTZ, self._follow)
        self.draw()

    def on_unmount(self) -> None:
        """Watch no more."""
        self._watch.stop()

    def on_resize(self) -> None:
        """Fit the width."""
        self.draw()

    def draw(self) -> None:
        """Draw the latest sample and the minute before it."""
        width, height = self.app.size.width - 2, max(2, self.app.size.height // SHARE)
        lines = usage(self._history, self._count, width, palette_of(self.app))
        rows, before = min(len(lines), height), self._rows
        self._rows = rows
        self.update(fitted_lines(lines, width, height), layout=rows != before)

    def _follow(self) -> None:
        if samples := self._watch.drain():
            self._history.extend(samples)
            self._count += len(samples)
            self.draw()
