"""Fixes bugs of the pinned Textual that no subclass can fix."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.errors import NoWidget
from textual.events import Click
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.widget import PseudoClasses, Widget
from textual.widgets import OptionList, Tree


def mend() -> None:
    """Apply the fixes; a second call changes nothing."""
    OptionList._move_page = _move_page  # type: ignore[method-assign, assignment]
    Screen.get_widget_at = _widget_at  # type: ignore[method-assign, assignment]
    Screen.get_widget_and_offset_at = (  # type: ignore[method-assign]
        _widget_and_offset_at  # type: ignore[assignment]
    )
    Screen.get_style_at = _style_at  # type: ignore[method-assign, assignment]
    OptionList._on_click = _on_click  # type: ignore[method-assign, assignment]


_move_page_of_library = OptionList._move_page
_on_click_of_library = OptionList._on_click
_style_at_of_library = Screen.get_style_at
_widget_at_of_library = Screen.get_widget_at
_widget_and_offset_at_of_library = Screen.get_widget_and_offset_at


def _move_page(options: OptionList, direction: object) -> None:
    """Turn a page in a list that was filled but not painted: Textual raises KeyError."""
    options._update_lines()
    if (options.highlighted or 0) in options._index_to_line:
        _move_page_of_library(options, direction)  # type: ignore[arg-type]


async def _on_click(options: OptionList, event: Click) -> None:
    """Ignore a click on an entry that a refilled list lacks: Textual raises IndexError."""
    if event.style.meta.get("option", 0) < options.option_count:
        await _on_click_of_library(options, event)


def _widget_at(screen: Screen[object], x: int, y: int) -> tuple[Widget, Region]:
    """Raise NoWidget for a widget that was removed since the last layout: its parent is None."""
    widget, region = _widget_at_of_library(screen, x, y)
    if _is_gone(widget):
        raise NoWidget(f"{widget!r} was removed")
    return widget, region


def _widget_and_offset_at(
    screen: Screen[object], x: int, y: int
) -> tuple[Widget | None, Offset | None]:
    """Return (None, None) where there is nothing to select: Textual would render the widget."""
    if _is_plain(screen, x, y):
        return None, None
    return _widget_and_offset_at_of_library(screen, x, y)


def _style_at(screen: Screen[object], x: int, y: int) -> Style:
    """Return no style beside a dialog: Textual would render all behind it to find a link."""
    return Style.null() if _is_plain(screen, x, y) else _style_at_of_library(screen, x, y)


def make_visible_to_mouse(tree: Tree[Any]) -> None:
    """Let the mouse move over a tree before its first paint, in which Textual sets this."""
    tree._pseudo_class_state = PseudoClasses(True, False, False)


def _is_plain(screen: Screen[object], x: int, y: int) -> bool:
    """True where there is nothing to select or follow: no widget, or the screen's background."""
    try:
        return _widget_at(screen, x, y)[0] is screen
    except NoWidget:
        return True


def _is_gone(widget: Widget) -> bool:
    return not isinstance(widget, Screen) and not widget.is_attached
