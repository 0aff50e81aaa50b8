"""The few colours that drawings use, taken from the app's theme."""

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.color import Color


@dataclass(frozen=True)
class Palette:
    """Colours in Rich's notation, such as ``"#57a5e2"`` or, in a terminal's own theme, ``"blue"``.

    Attributes:
        text: Labels and numbers.
        muted: Axes.
        error: Marks of values that are not finite.
        series: One colour after another for series, groups and bars.
        dark: Whether the background is dark.
        colour: False if the user asked for none; shades must then carry the meaning.
    """

    text: str = "default"
    muted: str = "bright_black"
    error: str = "red"
    series: tuple[str, ...] = ("blue", "yellow", "green", "cyan", "magenta")
    dark: bool = True
    colour: bool = True

    @classmethod
    def of(cls, app: App[Any]) -> "Palette":
        """The colours of the app's current theme."""
        get = app.theme_variables.get
        if app.native_ansi_color:
            return cls(dark=app.current_theme.dark, colour=not app.no_color)
        names = ("text-primary", "text-warning", "text-success", "text-secondary", "text-error")
        return cls(
            text=get("foreground", cls.text),
            muted=_half(get("foreground", ""), get("background", "")),
            error=get("text-error", cls.error),
            series=tuple(get(name, cls.text) for name in names),
            dark=app.current_theme.dark,
            colour=not app.no_color,
        )

    def of_series(self, index: int) -> str:
        """The colour of the series with that place in the list."""
        return self.series[index % len(self.series)]


def _half(text: str, background: str) -> str:
    """Halfway to the background: what is there, but not to be read first."""
    return Color.parse(text).blend(Color.parse(background), 0.5).hex6
