"""The colors of drawings in files, on a dark and on a light background."""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme

from tui_dl.drawing.palette import Palette

_DARK_ANSI = [
    (60, 60, 60), (255, 107, 107), (138, 212, 161), (255, 196, 115),
    (87, 165, 226), (209, 126, 146), (110, 200, 200), (224, 224, 224),
]  # fmt: skip
_LIGHT_ANSI = [
    (20, 20, 20), (176, 0, 32), (0, 112, 64), (160, 96, 0),
    (0, 96, 160), (160, 48, 80), (0, 110, 120), (120, 120, 120),
]  # fmt: skip
_DARK = TerminalTheme((18, 18, 18), (224, 224, 224), _DARK_ANSI)
_LIGHT = TerminalTheme((255, 255, 255), (20, 20, 20), _LIGHT_ANSI)

DARK_PALETTE = Palette(
    text="#e0e0e0", muted="#8a8a8a", error="#ff6b6b",
    series=("#57a5e2", "#ffc473", "#8ad4a1", "#b08af0", "#d17e92"),
)  # fmt: skip
LIGHT_PALETTE = Palette(
    text="#202020", muted="#808080", error="#b00020", dark=False,
    series=("#0060a0", "#a06000", "#007040", "#703090", "#a03050"),
)  # fmt: skip


def theme_of(*, dark: bool) -> TerminalTheme:
    """Return the background, the ink and what a terminal's own colors become."""
    return _DARK if dark else _LIGHT
