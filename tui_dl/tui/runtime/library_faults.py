"""Faults of the pinned Textual that no subclass of ours can mend, mended where they arise."""

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
    """Mend them; a second call changes nothing."""
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
    """A page up or down in a list that was filled but not painted yet: KeyError without lines."""
    options._update_lines()
    if (options.highlighted or 0) in options._index_to_line:
        _move_page_of_library(options, direction)  # type: ignore[arg-type]


async def _on_click(options: OptionList, event: Click) -> None:
    """A click on an entry of a list that was filled again meanwhile: IndexError."""
    if event.style.meta.get("option", 0) < options.option_count:
        await _on_click_of_library(options, event)


def _widget_at(screen: Screen[object], x: int, y: int) -> tuple[Widget, Region]:
    """The mouse on a widget that was removed since the last layout: its parent is None."""
    widget, region = _widget_at_of_library(screen, x, y)
    if _is_gone(widget):
        raise NoWidget(f"{widget!r} was removed")
    return widget, region


def _widget_and_offset_at(
    screen: Screen[object], x: int, y: int
) -> tuple[Widget | None, Offset | None]:
    """The same for the mouse that selects text, for which the library renders the widget."""
    if _is_plain(screen, x, y):
        return None, None
    return _widget_and_offset_at_of_library(screen, x, y)


def _style_at(screen: Screen[object], x: int, y: int) -> Style:
    """The mouse beside a dialog: the library renders all that lies behind it, for a link there."""
    return Style.null() if _is_plain(screen, x, y) else _style_at_of_library(screen, x, y)


def make_visible_to_mouse(tree: Tree[Any]) -> None:
    """Let the mouse meet a tree that was not painted yet: the library sets this when it paints."""
    tree._pseudo_class_state = PseudoClasses(True, False, False)


def _is_plain(screen: Screen[object], x: int, y: int) -> bool:
    """True where there is nothing to select or follow: no widget, or the screen's own ground."""
    try:
        return _widget_at(screen, x, y)[0] is screen
    except NoWidget:
        return True


def _is_gone(widget: Widget) -> bool:
    return not isinstance(widget, Screen) and not widget.is_attached
