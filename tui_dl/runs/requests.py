"""Requests to the process that trains a run: one JSON object a line, over a Unix socket."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from tui_dl import paths
from tui_dl.text import LIMIT, clean

LINE = 1 << 12  # bytes of a request
ADDRESS = 100  # bytes of a socket's path; the systems allow 104 to 108

Do = Literal["pause", "resume", "step", "epoch", "stop", "set", "speed", "watch"]
Sentence = Annotated[str, AfterValidator(clean)]


class Request(BaseModel):
    """One request, of version `v`: `set` has the name and the new value of a live hyperparameter.

    `speed` has the most steps per second, or None for no limit; `watch` is true while the pictures
    are looked at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1] = 1
    do: Do
    name: str = ""
    value: bool | float | str | None = None


class Reply(BaseModel):
    """What the process says to each viewer: the state of the run, or why a request is refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Literal["reply"] = "reply"
    v: int = 1
    state: Sentence = ""
    speed: float | None = None
    refused: Sentence = ""


def read(line: bytes) -> Request:
    """Return the request in a line; raise ValueError, in one line, for anything else."""
    try:
        return Request.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(place) for place in first["loc"]) or "request"
        raise ValueError(clean(f"{where}: {first['msg']}", LIMIT)) from None


def written(message: Request | Reply | Any) -> bytes:
    """Return a message as a line."""
    return message.model_dump_json().encode() + b"\n"


def socket_of(pid: int) -> Path:
    """Return the socket of a process: in the workbench's folder, or, if that path is too long for
    one, in a folder of this user below /tmp. Both sides find the same one. Raise NoHome.
    """
    folder = paths.home().absolute() / "sockets"
    if len(os.fsencode(folder)) > ADDRESS - 20:
        digest = hashlib.blake2b(os.fsencode(folder), digest_size=6).hexdigest()
        folder = Path("/tmp") / f"dlworkbench-{os.getuid()}-{digest}"
    return folder / f"{pid}.sock"
