"""A picture of a network's internal state."""

from typing import Any

from rich.text import Text
from textual.widget import Widget

from tui_dl.drawing.palette import Palette
from tui_dl.tui.theme import palette_of


class Picture(Widget):
    """Shows one payload at a time, with its title in the border."""

    DEFAULT_CSS = """
    Picture {
        height: 1fr; min-height: 4; border: round $foreground 25%;
        border-title-color: $foreground; border-subtitle-color: $foreground-muted;
        color: $foreground;
    }
    """

    def __init__(
        self,
        empty: str = "Press r to train: the network shows here what it has learned.",
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._payload: dict[str, Any] = {}
        self._version = 0
        self._drawn: tuple[object, Text] = (None, Text())

    @property
    def drawn(self) -> bool:
        """True if there is a picture, and not a sentence in its place."""
        return bool(self._payload)

    @property
    def rows(self) -> int | None:
        """The rows that the picture needs; None if it fills the room there is."""
        if not self._payload:
            return None
        from tui_dl.drawing.kinds import rows_of

        return rows_of(self._payload)

    def clear(self, empty: str) -> None:
        """Show a sentence instead of a picture."""
        self.empty = empty
        self._payload = {}
        self._version += 1
        self.refresh()

    def show(self, payload: dict[str, Any], step: int | None = None) -> None:
        """Show this payload instead of the former one. Call it on the app's own thread.

        `step` is the step of the run at which it was drawn.
        """
        self._payload = payload
        self._version += 1
        self.border_title = Text(str(payload.get("title", "")))
        self.border_subtitle = "" if step is None else f"step {step:,}"
        self.refresh()

    def render(self) -> Text:
        """Return the picture, redrawn only for another payload, size or theme."""
        palette = palette_of(self.app)
        key = (self.size, self._version, palette)
        if self._drawn[0] != key:
            self._drawn = (key, self._draw(palette))
        return self._drawn[1]

    def _draw(self, palette: Palette) -> Text:
        if not self._payload:
            return Text(self.empty, style=palette.muted)
        from tui_dl.drawing.kinds import draw  # NumPy and plotext: not for the first screen

        return draw(self._payload, *self.size, palette)
