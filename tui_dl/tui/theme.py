"""The colors of drawings, taken from the app's theme."""

from typing import Any

from textual.app import App
from textual.color import Color

from tui_dl.drawing.palette import Palette


def palette_of(app: App[Any]) -> Palette:
    """Return the colors of the app's current theme."""
    get = app.theme_variables.get
    if app.native_ansi_color:
        return Palette(dark=app.current_theme.dark, color=not app.no_color)
    names = ("text-primary", "text-warning", "text-success", "text-secondary", "text-error")
    return Palette(
        text=get("foreground", Palette.text),
        muted=_half(get("foreground", ""), get("background", "")),
        error=get("text-error", Palette.error),
        series=tuple(get(name, Palette.text) for name in names),
        dark=app.current_theme.dark,
        color=not app.no_color,
    )


def _half(text: str, background: str) -> str:
    """Return a color halfway to the background, for less important text."""
    return Color.parse(text).blend(Color.parse(background), 0.5).hex6
