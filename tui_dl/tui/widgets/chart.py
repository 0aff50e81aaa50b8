"""The widget that shows a run's metrics as curves, with the legend in its border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.events import Leave, MouseMove, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series
from tui_dl.tui.theme import palette_of

UNTRAINED = "Press r to train: the curve appears here."
PREPARING = "The run is being prepared: its curve appears here."


class Chart(Widget):
    """Curves of a run with the legend in the border.

    ``log_scale``, ``smoothing``, ``cursor`` and ``window`` may be set at any time. Draw again by
    calling ``set_series``; nothing is drawn twice for the same data, size and theme. ``marks`` are
    characters on the x axis, by position. The mouse posts ``Pointed``.
    """

    DEFAULT_CSS = """
    Chart {
        height: 1fr; min-height: 4; border: round $foreground 25%;
        border-title-color: $foreground; border-subtitle-color: $foreground-muted;
        border-subtitle-align: left; color: $foreground;
    }
    """

    log_scale: reactive[bool] = reactive(False)
    smoothing: reactive[float] = reactive(0.0)
    cursor: reactive[float | None] = reactive(None)
    window: reactive[tuple[float, float] | None] = reactive(None)

    class Pointed(Message):
        """The mouse is over a position of the x axis, or over none."""

        def __init__(self, x: float | None) -> None:
            super().__init__()
            self.x = x

    def __init__(
        self,
        title: str,
        log_scale: bool = False,
        smoothing: float = 0.0,
        *,
        empty: str = UNTRAINED,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.title, self.empty = title, empty
        self._series: list[Series] = []
        self._marks: Mapping[float, str] = {}
        self._version = 0
        self._drawn: tuple[object, Text] = (None, Text())
        self.set_reactive(Chart.log_scale, log_scale)
        self.set_reactive(Chart.smoothing, smoothing)

    def set_series(
        self, series: Sequence[Series], marks: Mapping[float, str] | None = None
    ) -> None:
        """Show these series instead of the former ones. Call it on the app's own thread."""
        self._series, self._marks = list(series), marks or {}
        self._version += 1
        self._label()
        self.refresh()

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._label())
        self._label()

    def on_resize(self, _: Resize) -> None:
        """Fit the legend to the width."""
        self._label()

    def watch_log_scale(self) -> None:
        """Say in the title that the scale is logarithmic."""
        self._label()

    def watch_smoothing(self) -> None:
        """Say in the title how much the curves are smoothed."""
        self._label()

    def watch_cursor(self) -> None:
        """Show the values at the cursor."""
        self._label()

    def watch_window(self) -> None:
        """Say in the title that a part is shown."""
        self._label()

    def csv(self, metric: str) -> list[str]:
        """Return `metric,curve,epoch,value` for each point of the chart's window."""
        low, high = self.window or (float("-inf"), float("inf"))
        return [
            f"{metric},{one.name},{x:.6g},{y:.8g}"
            for one in self._series
            for x, y in zip(one.xs, one.ys, strict=True)
            if low <= x <= high
        ]

    @property
    def limits(self) -> tuple[float, float] | None:
        """The whole x axis; None if there is no point."""
        from tui_dl.drawing.curves import x_limits

        return x_limits(self._series, log=self.log_scale, from_zero=True)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Point at the position under the mouse."""
        limits = self.window or self.limits if self._series else None
        if limits:
            from tui_dl.drawing.axes import position_of

            self.post_message(self.Pointed(position_of(event.x - 1, limits, self.size.width)))

    def on_leave(self, _: Leave) -> None:
        """Point nowhere."""
        self.post_message(self.Pointed(None))

    def _label(self) -> None:
        """Write the title and the legend into the border."""
        if not self.is_attached:
            return
        extras = ["log"] if self.log_scale else []
        extras += [f"smooth {self.smoothing:g}"] if self.smoothing else []
        extras += [f"{self.window[0]:.3g} to {self.window[1]:.3g}"] if self.window else []
        extras += [f"at {self.cursor:.3g}"] if self.cursor is not None else []
        self.border_title = Text(" · ".join([self.title, *extras]))
        self.border_subtitle = self._legend(self.size.width - 2, palette_of(self.app))

    def render(self) -> Text:
        """Return the curves, or a line that says why there are none."""
        palette = palette_of(self.app)
        view = (self.log_scale, self.smoothing, self.cursor, self.window)
        key = (self.size, self._version, palette, *view)
        if self._drawn[0] != key:
            self._drawn = (key, self._draw(palette))
        return self._drawn[1]

    def _draw(self, palette: Palette) -> Text:
        width, height = self.size
        if not any(len(one.ys) for one in self._series):
            return Text(self.empty, style=palette.muted)
        if width < 12 or height < 4:
            return self._legend(width, palette)
        from tui_dl.drawing.cursor import clipped
        from tui_dl.drawing.curves import draw_series

        text = draw_series(
            clipped(self._series, self.window),
            width,
            height,
            palette,
            log=self.log_scale,
            smoothing=self.smoothing,
            first_on_top=True,
            from_zero=True,
            x_range=self.window,
        )
        if text is None:
            return Text(self._nothing_to_draw(), style=palette.muted)
        return self._marked(text, palette)

    def _marked(self, text: Text, palette: Palette) -> Text:
        """Add the cursor and the marks."""
        limits = self.window or self.limits
        if limits is None or (self.cursor is None and not self._marks):
            return text
        from tui_dl.drawing.axes import column_of
        from tui_dl.drawing.cursor import with_marks

        low, high = limits
        marks = {
            column_of(x, limits, self.size.width): mark
            for x, mark in self._marks.items()
            if low <= x <= high
        }
        column = None
        if self.cursor is not None and low <= self.cursor <= high:
            column = column_of(self.cursor, limits, self.size.width)
        return with_marks(text, column, marks, palette)

    def _legend(self, width: int, palette: Palette) -> Text:
        if not self._series:
            return Text()
        from tui_dl.drawing.cursor import value_at
        from tui_dl.drawing.curves import legend  # NumPy and plotext: not for the first screen

        x = self.cursor
        values = None if x is None else [value_at(one, x) for one in self._series]
        return legend(self._series, width, palette, values)

    def _nothing_to_draw(self) -> str:
        if self.window:
            return "No value lies in this part: - shows more of the axis."
        if self.log_scale:
            return "No value is above zero: switch the log scale off to see them."
        return "No value is finite: try a smaller learning rate."
