"""Makes strings from event files, errors and arguments safe to print, or suggests corrections."""

from __future__ import annotations

import re
from collections.abc import Sequence

LIMIT = 4000  # characters of a message
NAME = 200  # characters of a name
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Control characters (C0, delete, C1), marks and overrides of writing direction, the byte order
# mark, and lone surrogates, which represent bytes of file names that are not UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")


def clean(text: str, limit: int = LIMIT) -> str:
    """Return the text as one line of at most `limit` characters, without terminal commands.

    Line breaks and tabs become spaces, other control characters a replacement character.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():  # most are, and the test costs 0.1 µs
        return text
    return _UNSAFE.sub(REPLACEMENT, _BREAKS.sub(" ", text))


def escaped(json: str) -> str:
    r"""Return equivalent JSON with `\u` sequences for the characters that `clean` replaces."""
    return json if json.isprintable() else _UNSAFE.sub(_sequence, json)


def _sequence(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def nearest(word: str, known: Sequence[str]) -> str:
    """Return ` (did you mean X?)` for the known word closest to `word`, or ""."""
    import difflib  # rarely needed

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""
