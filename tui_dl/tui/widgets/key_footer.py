"""The line of keys at the foot of the screen."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Footer


class KeyFooter(Footer):
    """As many keys as fit whole; `?` lists them all."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    def compose(self) -> ComposeResult:
        """The keys up to the first that would be cut off."""
        left = self.app.size.width + 1  # the space behind the last one may be cut
        for key in super().compose():
            shown = getattr(key, "key_display", ""), getattr(key, "description", "")
            left -= cell_len(" ".join(shown)) + 1
            if left < 0:
                return
            yield key

    def on_resize(self) -> None:
        """Choose anew for the new width."""
        self.call_after_refresh(self.recompose)
