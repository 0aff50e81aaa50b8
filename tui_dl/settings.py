"""The user's settings: `settings.toml` in the folder of the workbench."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tui_dl import files, paths
from tui_dl.errors import LessonError
from tui_dl.text import nearest

LOG = logging.getLogger(__name__)
OnHangup = Literal["go-on", "stop"]
ALLOWED: dict[str, tuple[str, ...]] = {"on_hangup": get_args(OnHangup)}
LONGEST = 1 << 16  # bytes of the file


@dataclass(frozen=True)
class Settings:
    """What the user has set; the defaults where nothing is set.

    `on_hangup` says what a run does when its terminal goes away: it goes on to its end, or stops.
    """

    on_hangup: OnHangup = "go-on"


def read() -> Settings:
    """Return the settings; raise LessonError, in one line, for a file that cannot be used."""
    try:
        with files.reading(paths.settings()) as file:
            found = tomllib.loads(file.read(LONGEST).decode())
    except OSError as error:  # a folder that cannot be read does not keep a run from starting
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            LOG.warning("the settings are not read: %s", error)
        return Settings()
    except ValueError as error:
        raise LessonError(f"{paths.settings()} is not valid TOML: {error}") from None
    return _checked(found)


def _checked(found: dict[str, Any]) -> Settings:
    """Return the settings of a file; raise LessonError for a name or a value that is unknown."""
    for name, value in found.items():
        if name not in ALLOWED:
            hint = nearest(name, list(ALLOWED))
            raise LessonError(f"{paths.settings()}: there is no setting {name!r}{hint}")
        if value not in ALLOWED[name]:
            wanted = " or ".join(f'"{each}"' for each in ALLOWED[name])
            raise LessonError(f"{paths.settings()}: {name} must be {wanted}, not {value!r}")
    return Settings(**found)
