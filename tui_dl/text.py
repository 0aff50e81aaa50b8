"""Strings from outside, made safe to print or corrected: event files, errors, arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence

LIMIT = 4000  # characters of a message
NAME = 200  # characters of a name
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Control characters (C0, delete, C1), marks and overrides of writing direction, the byte order
# mark, and halves of surrogate pairs, which stand for bytes of file names that are not UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")


def clean(text: str, limit: int = LIMIT) -> str:
    """One line of at most `limit` characters that no terminal takes for a command.

    Line breaks and tabs become blanks, other control characters a replacement character.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():  # most are, and the test costs 0.1 µs
        return text
    return _UNSAFE.sub(REPLACEMENT, _BREAKS.sub(" ", text))


def escaped(json: str) -> str:
    r"""JSON that means the same, with `\u` sequences for the characters `clean` replaces."""
    return json if json.isprintable() else _UNSAFE.sub(_sequence, json)


def _sequence(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def nearest(word: str, known: Sequence[str]) -> str:
    """` (did you mean X?)` for the known word closest to `word`, or nothing."""
    import difflib  # few processes meet a wrong name

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""
