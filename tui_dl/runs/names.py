"""The names of run directories, such as `20261121-031500-perceptron-1a2b`; they sort by time.

The last four digits count 1/65536 s. The name alone tells the lesson: no event need be read.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from tui_dl import paths

NAME = re.compile(r"\d{8}-\d{6}-(?P<lesson>.+)-[0-9a-f]{4}")


def unused(root: Path, lesson: str) -> Path:
    """Return the path of a new run directory of a lesson, named after the present moment."""
    now = time.time()
    stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{lesson}"
    tick = int(now % 1 * 65536)
    while os.path.lexists(root / f"{stamp}-{tick:04x}"):  # False if the folder is unreadable
        tick = (tick + 1) % 65536
    return root / f"{stamp}-{tick:04x}"


def moment(name: str) -> tuple[str, str, str]:
    """Return a key that sorts run directories by the time of their names."""
    return name[:15], name[-4:], name


def last_lesson() -> str:
    """Return the lesson of the newest run directory; "" if there is none or it is unreadable."""
    with contextlib.suppress(OSError):
        names = (name for name in os.listdir(paths.runs()) if NAME.fullmatch(name))  # noqa: PTH208
        if newest := NAME.fullmatch(max(names, key=moment, default="")):
            return newest["lesson"]
    return ""
