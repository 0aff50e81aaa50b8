"""Questions to the system that may fail: a failure is no value, and is logged once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_logged: set[tuple[str, str]] = set()


def asked(what: str, question: Callable[[], Answer]) -> Answer | None:
    """Return the answer to a question about `what`, or None if it fails in whatever way."""
    try:
        return question()
    except Exception as error:  # drivers, sandboxes and old libraries fail in ways of their own
        log_once(what, f"{error}" or type(error).__name__)
        return None


def log_once(what: str, why: str) -> None:
    """Log that there is no value of `what`, unless the same was logged before."""
    if (what, why) not in _logged:
        _logged.add((what, why))
        LOG.info("no value of %s: %s", what, why)
