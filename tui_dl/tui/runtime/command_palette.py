"""Textual's command palette, made safe against keys and clicks that arrive too late."""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.errors import NoWidget
from textual.events import Click, Mount
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList
from textual.worker import Worker

from tui_dl.tui.runtime.dismissing import once
from tui_dl.tui.runtime.pacing import Paced

REQUESTS = (Click, Input.Changed, Input.Submitted, OptionList.OptionSelected, Button.Pressed)


class GuardedPalette(Paced, CommandPalette):
    """Closes once and runs one command, however often Enter or the mouse button is pressed."""

    # If it were transparent, each paint would render and tint the whole screen below it again.
    DEFAULT_CSS = "GuardedPalette { background: $background; }"

    _done = False

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close; keys and clicks after that have no effect."""
        self._done = self._done or self.app.screen is self
        return once(self, super().dismiss, result)

    def _on_mount(self, event: Mount) -> None:
        """Search, unless the palette was closed before it was mounted."""
        if self._done or self.app._exit:
            event.prevent_default()

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Run the search; ignore its error if the list that it fills was removed meanwhile."""

        async def search() -> None:
            try:
                await work()
            except NoMatches:
                if self.is_attached and not self._done:
                    raise

        return super().run_worker(search, *arguments, **options)

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        """Return the widget there, or the palette itself where nothing is laid out."""
        try:
            return super().get_widget_at(x, y)
        except NoWidget:
            return self, self.region

    async def _on_message(self, message: Message) -> None:
        if not (self._done and isinstance(message, REQUESTS)):
            await super()._on_message(message)
