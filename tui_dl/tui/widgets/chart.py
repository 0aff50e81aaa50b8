"""The widget that shows a run's metrics as curves, with the legend in its border."""

from collections.abc import Sequence

from rich.text import Text
from textual.events import Resize
from textual.reactive import reactive
from textual.widget import Widget

from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series
from tui_dl.tui.theme import palette_of

UNTRAINED = "Press r to train: the curve appears here."
PREPARING = "The run is being prepared: its curve appears here."


class Chart(Widget):
    """Curves of a run with the legend in the border.

    ``log_scale`` and ``smoothing`` may be set at any time. Draw again by calling ``set_series``;
    nothing is drawn twice for the same data, size and theme.
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
        self._version = 0
        self._drawn: tuple[object, Text] = (None, Text())
        self.set_reactive(Chart.log_scale, log_scale)
        self.set_reactive(Chart.smoothing, smoothing)

    def set_series(self, series: Sequence[Series]) -> None:
        """Replace the series. Call it in the app's thread."""
        self._series = list(series)
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

    def _label(self) -> None:
        """Write the title and the legend into the border."""
        if not self.is_attached:
            return
        extras = ["log"] if self.log_scale else []
        extras += [f"smooth {self.smoothing:g}"] if self.smoothing else []
        self.border_title = Text(" · ".join([self.title, *extras]))
        self.border_subtitle = self._legend(self.size.width - 2, palette_of(self.app))

    def render(self) -> Text:
        """Return the curves, or a line that says why there are none."""
        palette = palette_of(self.app)
        key = (self.size, self._version, palette, self.log_scale, self.smoothing)
        if self._drawn[0] != key:
            self._drawn = (key, self._draw(palette))
        return self._drawn[1]

    def _draw(self, palette: Palette) -> Text:
        width, height = self.size
        if not any(len(one.ys) for one in self._series):
            return Text(self.empty, style=palette.muted)
        if width < 12 or height < 4:
            return self._legend(width, palette)
        from tui_dl.drawing.curves import draw_series

        text = draw_series(
            self._series,
            width,
            height,
            palette,
            log=self.log_scale,
            smoothing=self.smoothing,
            first_on_top=True,
            from_zero=True,
        )
        return text or Text(self._nothing_to_draw(), style=palette.muted)

    def _legend(self, width: int, palette: Palette) -> Text:
        if not self._series:
            return Text()
        from tui_dl.drawing.curves import legend  # NumPy and plotext: too slow for the first screen

        return legend(self._series, width, palette)

    def _nothing_to_draw(self) -> str:
        if self.log_scale:
            return "No value is above zero: switch the log scale off to see them."
        return "No value is finite: try a smaller learning rate."
