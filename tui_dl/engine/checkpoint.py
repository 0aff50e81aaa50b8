"""Checkpoints: the whole state of a supervised run, written beside it while it goes on.

A checkpoint is a NumPy archive without objects: reading it runs no code. Its parts have checksums,
so a damaged one is noticed and the one before it is used.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from io import FileIO
from math import inf
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tui_dl import files
from tui_dl.engine.replay import Count, Counter

LOG = logging.getLogger(__name__)
FOLDER, SUFFIX = "checkpoints", ".npz"
INTERVAL = 5.0  # seconds of training between two checkpoints
MOST = 20  # kept of a run, spread over its steps
BYTES = 64 * 2**20  # of all that are kept; the latest is kept in any case
STATE = "state"  # the name of the part that holds everything but arrays


class Damaged(Exception):
    """A checkpoint cannot be read."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after some ticks.

    `arrays` are the values of the model's variables in order (see `variables_of`), `loop` and
    `report` what these two keep, `told` the events until then.
    """

    step: int
    arrays: list[np.ndarray]
    loop: dict[str, Any]
    report: dict[str, Any]
    told: Count


class Checkpoints:
    """Writes the checkpoints of one run into `folder()/checkpoints`, in a thread.

    `told` counts the events of the run so far. `trouble` says why there are no more of them.
    """

    def __init__(self, folder: Callable[[], Path | None], told: Counter) -> None:
        self.told, self._folder = told, folder
        self._writer = ThreadPoolExecutor(1, "checkpoint")
        self._writing: Future[None] | None = None
        self._latest = time.monotonic()
        self.trouble = ""

    def due(self) -> bool:
        """True if the latest checkpoint is old enough, and written."""
        busy = self._writing is not None and not self._writing.done()
        return not (busy or self.trouble) and time.monotonic() - self._latest >= INTERVAL

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, later; its arrays must not change."""
        self._latest = time.monotonic()
        self._writing = self._writer.submit(self._write, checkpoint)

    def settle(self) -> None:
        """Wait until all is written."""
        self._writer.shutdown()

    def _write(self, checkpoint: Checkpoint) -> None:
        run = self._folder()
        if run is None or not os.path.isdir(run):  # noqa: PTH112  never raises
            return
        folder = run / FOLDER
        part = folder / f".{checkpoint.step}"
        try:
            files.make_folder(folder)
            if folder.is_symlink():  # files that are not ours would be deleted
                raise NotADirectoryError(f"{folder} is a link")
            with contextlib.closing(FileIO(part, "w", opener=files.opener)) as file:
                files.write(file, packed(checkpoint))
                files.sync(file)
            part.replace(folder / f"{checkpoint.step:012d}{SUFFIX}")
            for old in superfluous(folder):
                old.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = (
                f"{part}: {error.strerror or error}; no checkpoint was written after that"
            )
            LOG.warning("%s", self.trouble)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def packed(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as the bytes of its file."""
    state = {
        "step": checkpoint.step, "loop": checkpoint.loop, "report": checkpoint.report,
        "told": asdict(checkpoint.told),
    }  # fmt: skip
    text: Any = np.frombuffer(json.dumps(state).encode(), np.uint8)
    parts: dict[str, Any] = {f"{place}": array for place, array in enumerate(checkpoint.arrays)}
    archive = io.BytesIO()
    np.savez(archive, **{STATE: text}, **parts)
    return archive.getvalue()


def unpacked(file: Path) -> Checkpoint:
    """Return the checkpoint in a file; raise Damaged for anything else."""
    try:
        with files.reading(file) as opened, np.load(_stored(opened), allow_pickle=False) as archive:
            state = json.loads(archive[STATE].tobytes())
            arrays = [archive[f"{place}"] for place in range(len(archive.files) - 1)]
        return Checkpoint(
            int(state["step"]), arrays, dict(state["loop"]), dict(state["report"]),
            Count(int(state["told"]["events"]), str(state["told"]["digest"])),
        )  # fmt: skip
    except (OSError, ArithmeticError, LookupError, TypeError, ValueError, zipfile.BadZipFile,
            RecursionError, EOFError) as error:  # fmt: skip
        raise Damaged(f"{file.name}: {error}") from None


def _stored(file: BinaryIO) -> BinaryIO:
    """Return an archive whose parts are as large as they are; raise ValueError for a packed one."""
    if any(part.compress_type != zipfile.ZIP_STORED for part in zipfile.ZipFile(file).infolist()):
        raise ValueError("its parts are compressed")
    file.seek(0)
    return file


def written(run: Path) -> list[Path]:
    """Return the checkpoint files of a run, the latest first."""
    with contextlib.suppress(OSError):
        return sorted((run / FOLDER).glob(f"[0-9]*{SUFFIX}"), reverse=True)
    return []


def latest(
    run: Path,
    fits: Callable[[Count], bool],
    say: Callable[[str], None] = LOG.warning,
    most: float = inf,
) -> Checkpoint | None:
    """Return the latest checkpoint after at most `most` steps whose events so far fit.

    Skip damaged ones; `say` gets one sentence about them.
    """
    damaged: list[str] = []
    found = _sound(run, fits, damaged, most)
    if damaged:
        names = f"checkpoint{'s' if len(damaged) > 1 else ''} {', '.join(damaged)}"
        start = f"the run goes on from step {found.step:,}" if found else "the run starts over"
        say(f"damaged {names}: {start}")
    return found


def _sound(
    run: Path, fits: Callable[[Count], bool], damaged: list[str], most: float
) -> Checkpoint | None:
    """Return the latest checkpoint that fits; add the names of damaged ones."""
    for file in written(run):
        if _step_of(file) > most:
            continue
        try:
            found = unpacked(file)
        except Damaged as error:
            LOG.warning("damaged checkpoint of %s: %s", run.name, error)
            damaged.append(file.name)
            continue
        if fits(found.told):
            return found
    return None


def _step_of(file: Path) -> int:
    """Return the step of a checkpoint, which its file name tells."""
    return int(file.stem)


def superfluous(folder: Path) -> Iterator[Path]:
    """Yield the checkpoints to delete, so that those that stay are few and spread over the run."""
    kept = sorted(folder.glob(f"[0-9]*{SUFFIX}"))
    sizes = {file: file.stat().st_size for file in kept}
    while len(kept) > 1 and (len(kept) > MOST or sum(sizes[file] for file in kept) > BYTES):
        steps = [0, *map(_step_of, kept)]
        gaps = [steps[place + 2] - steps[place] for place in range(len(kept) - 1)]
        yield kept.pop(gaps.index(min(gaps)))
