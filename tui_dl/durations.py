"""Formats durations for people."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Format seconds as m:ss, or as h:mm:ss from one hour on."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
