"""The line of keys at the bottom of the screen."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.events import Leave, MouseDown, MouseMove
from textual.screen import Screen
from textual.widget import Widget


class _Shown(NamedTuple):
    """A key of the line, from column `start` up to `end`."""

    key: str
    display: str
    description: str
    enabled: bool
    start: int
    end: int


class KeyFooter(Widget):
    """The keys that fit completely; `?` lists them all. A click has the effect of the key.

    It is one widget that draws a line: the keys change with the focus and the state of a run, and
    one widget per key, as in Textual's footer, costs more than everything else that a key does.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyFooter { dock: bottom; height: 1; text-wrap: nowrap;
                color: $footer-foreground; background: $footer-background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[_Shown] = []
        self._hovered = ""

    def on_mount(self) -> None:
        """Follow changes of the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        """Choose the keys for the new width."""
        self._choose()

    def render(self) -> Content:
        """Return the keys, each with what it does."""
        return Content.assemble(*(part for key in self._keys for part in self._parts(key)))

    def _parts(self, shown: _Shown) -> list[tuple[str, str]]:
        look = "" if shown.enabled else " dim"
        if shown.key == self._hovered:
            look += " on $block-hover-background"
        return [
            (shown.display, f"bold $footer-key-foreground{look}"),
            (f" {shown.description}", f"$footer-description-foreground{look}"),
            (" ", ""),
        ]

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen and screen.app.app_focus:
            self.call_after_refresh(self._choose)

    def _choose(self) -> None:
        """Show the keys up to the first that would be cut off."""
        keys: list[_Shown] = []
        start = 0
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if not binding.show or any(key.description == binding.description for key in keys):
                continue
            display = self.app.get_key_display(binding)
            end = start + cell_len(f"{display} {binding.description}")
            if end > self.size.width:
                break
            keys.append(_Shown(binding.key, display, binding.description, enabled, start, end))
            start = end + 1
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _under(self, column: int) -> _Shown | None:
        return next((key for key in self._keys if key.start <= column < key.end), None)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Mark the key under the mouse."""
        found = self._under(event.x)
        self._hover(found.key if found else "")

    def on_leave(self, _: Leave) -> None:
        """Remove the mark when the mouse leaves."""
        self._hover("")

    def _hover(self, key: str) -> None:
        if key != self._hovered:
            self._hovered = key
            self.refresh()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Do what the key does."""
        found = self._under(event.x)
        if found and found.enabled:
            self.app.simulate_key(found.key)
        elif found:
            self.app.bell()
