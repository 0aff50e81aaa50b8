"""Dates as people write them and as ISO 8601 does; texts as indices of characters."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

END = 0  # pads a text to its full length, and precedes an answer's first character
READ = "\0" + string.ascii_lowercase + string.digits + " .,/'"  # characters that are read …
WRITTEN = "\0" + string.digits + "- "  # … and those that are written
FIRST, LAST = date(1930, 1, 1), date(2029, 12, 31)  # a hundred years: two digits identify one
DAYS = (LAST - FIRST).days + 1
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def month(d: date) -> str:
    """Return the month's name."""
    return MONTHS[d.month - 1]


def weekday(d: date) -> str:
    """Return the day's name."""
    return WEEKDAYS[d.weekday()]


def nth(d: date) -> str:
    """Return the day of the month: 1st, 2nd, 3rd, 4th …"""
    last = 0 if d.day in (11, 12, 13) else d.day % 10
    return f"{d.day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


FORMS: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d:%d.%m.%y}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.day} {month(d)[:3]} {d.year}",
    lambda d: f"{month(d)[:3]} {d.day} '{d:%y}",
    lambda d: f"{d.day} {month(d)} {d.year}",
    lambda d: f"{month(d)} {d.day}, {d.year}",
    lambda d: f"{weekday(d)[:3]} {d.day} {month(d)[:3]} '{d:%y}",
    lambda d: f"{weekday(d)}, {month(d)} {nth(d)}, {d.year}",
    lambda d: f"the {nth(d)} of {month(d)} {d.year}",
    lambda d: f"{weekday(d)} the {nth(d)} of {month(d)} '{d:%y}",
    lambda d: f"in {d.year}, on {weekday(d)} the {nth(d)} of {month(d)}",
)
LONGEST = 43  # characters: "in 1930, on wednesday the 24th of september"
JOINT = " and "


def written(d: date, rng: np.random.Generator) -> str:
    """Return the date in one of the forms, chosen at random."""
    return FORMS[rng.integers(len(FORMS))](d)


def iso(d: date) -> str:
    """Return year, month, day: 1998-03-12."""
    return d.isoformat()


def day(number: int) -> date:
    """Return the date this many days after the first."""
    return FIRST + timedelta(days=int(number))


def encode(texts: Sequence[str], symbols: str, length: int) -> np.ndarray:
    """Return the indices of characters (texts, length), padded with END."""
    number = {symbol: i for i, symbol in enumerate(symbols)}
    rows = [[number[c] for c in text.ljust(length, symbols[END])] for text in texts]
    return np.array(rows, "int32")


def decode(indices: np.ndarray, symbols: str) -> str:
    """Return the text up to the first END."""
    return "".join(symbols[i] for i in indices).split(symbols[END])[0]
