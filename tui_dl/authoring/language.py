"""Phrases that read as translated, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

INSTEAD = {
    r"\bby chance\b": "at random",
    r"\banew\b": "again",
    r"\bby heart\b": "memorize",
    r"\bfirst weights\b": "initial weights",
    r"\bbroken off\b": "interrupted",
    r"\bwhoever\b": "anyone who",
    r"\bof its own\b|\bof their own\b": "its own, their own",
    r"\bblame\b": "error signal, or cause",
    r"\btrembl\w*": "oscillate",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bso many of\b|\bat most so many\b": "at most N",
    r"\blearnt\b": "learned",
    r"\btoo much said\b": "too strong",
    r"\bas good as\b": "nearly",
    r"\buntold\b": "pending",
    r"\bteach(es)? itself\b": "learns",
    r"(?:^|[.!?:] )Who (?!(?:is|was|are|were|wrote|said)\b)[a-z]+s?\b[^?]*[.!]$": "Anyone who …",
    r", the \w+ (?:tells|says|shows)\.$": "subject, verb, object: The … shows …",
}
"""Patterns for one sentence, without regard to capitals, and what to write instead."""

_PATTERNS = [(re.compile(pattern, re.I), plain) for pattern, plain in INSTEAD.items()]
_NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|\*[^*\n]+\*(?=[,. (])", re.S)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[-#|])")


def translated(text: str) -> Iterator[str]:
    """Yield a finding for each phrase in a text in Markdown that has a plainer form.

    Code, formulas and titles in italics are left alone.
    """
    for sentence in _SENTENCE.split(_NOT_PROSE.sub("x", text)):
        plain = " ".join(sentence.split())
        for pattern, instead in _PATTERNS:
            if found := pattern.search(plain):
                yield f"“{found.group(0).strip()[:60]}” reads as translated; write: {instead}"
