"""The colors that drawings use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colors in Rich's notation, such as ``"#57a5e2"`` or, in a terminal's own theme, ``"blue"``.

    Attributes:
        text: Labels and numbers.
        muted: Axes.
        error: Marks of values that are not finite.
        series: Colors for series, groups and bars, in order.
        dark: True if the background is dark.
        color: False if the user asked for none; shades must then carry the meaning.
    """

    text: str = "default"
    muted: str = "bright_black"
    error: str = "red"
    series: tuple[str, ...] = ("blue", "yellow", "green", "cyan", "magenta")
    dark: bool = True
    color: bool = True

    def of_series(self, index: int) -> str:
        """Return the color of the series at that position in the list."""
        return self.series[index % len(self.series)]
