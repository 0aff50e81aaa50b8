"""Closes a screen once, however many keys and clicks ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.await_complete import AwaitComplete
from textual.screen import Screen


def once(
    screen: Screen[Any], dismiss: Callable[[Any], AwaitComplete], result: Any
) -> AwaitComplete:
    """Dismiss a screen if it is on top; a second key or click has no effect."""
    if screen.app.screen is screen:
        return dismiss(result)
    return AwaitComplete.nothing()  # type: ignore[no-untyped-call, no-any-return]
