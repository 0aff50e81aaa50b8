"""Files that commands write: new ones, completely or not at all."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from tui_dl.errors import LessonError


def write_new(path: Path, content: bytes) -> None:
    """Write a new file and say so; raise LessonError if it exists or cannot be written."""
    made = False
    try:
        with path.open("xb") as file:
            made = True
            file.write(content)
    except FileExistsError:
        raise LessonError(f"{path} already exists; choose another name") from None
    except OSError as error:
        if made:
            with contextlib.suppress(OSError):
                path.unlink()
        raise LessonError(f"{path} cannot be written: {error.strerror}") from None
    print(f"wrote {path}", file=sys.stderr)
