"""Faults of the pinned Textual that no subclass of ours can mend, mended where they arise."""

from __future__ import annotations

from textual.widgets import OptionList


def mend() -> None:
    """Mend them; a second call changes nothing."""
    OptionList._move_page = _move_page  # type: ignore[method-assign, assignment]


_original_move_page = OptionList._move_page


def _move_page(options: OptionList, direction: object) -> None:
    """A page up or down in a list that was filled but not painted yet: KeyError without lines."""
    options._update_lines()
    if (options.highlighted or 0) in options._index_to_line:
        _original_move_page(options, direction)  # type: ignore[arg-type]
