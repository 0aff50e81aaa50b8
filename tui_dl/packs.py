"""Lesson packs of other people: the user is told, once, that their lessons are code."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui_dl import files, paths
from tui_dl.text import clean

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

LOG = logging.getLogger(__name__)
GROUP = "dlworkbench.lessons"
OURS = "dlworkbench"
_found: list[EntryPoint] = []


def found() -> list[EntryPoint]:
    """Return the entry point of each pack on this machine."""
    from importlib.metadata import entry_points  # not needed by `--help`

    _found[:] = entry_points(group=GROUP)
    return _found


def first_uses() -> list[str]:
    """Return a line for each pack that was found, is somebody else's and was never told of.

    They count as told from now on. Where that cannot be kept, they are told of again next time.
    """
    lines = {_key(package, point): _line(package, point) for package, point in _of_others()}
    told = _told() if lines else set()
    new = [key for key in lines if key not in told]
    if new:
        _remember(new)
    return [lines[key] for key in new]


def _of_others() -> Iterator[tuple[Distribution, EntryPoint]]:
    """Yield the packs of other people, each with the package that it belongs to."""
    for point in _found:
        if point.dist and point.dist.name != OURS and not _is_the_users(point.dist):
            yield point.dist, point


def _is_the_users(package: Distribution) -> bool:
    """True for a package that was asked for by its name, where this user may install packages.

    Installers leave a file REQUESTED with such a package, and none with what another one needs.
    """
    return package.read_text("REQUESTED") is not None and os.access(_folder(package), os.W_OK)


def _folder(package: Distribution) -> Path:
    return Path(str(package.locate_file("")))


def _key(package: Distribution, point: EntryPoint) -> str:
    return clean(f"{point.value} in {_folder(package)}")


def _line(package: Distribution, point: EntryPoint) -> str:
    return clean(
        f"first use of the lesson pack {point.name} ({package.name} {package.version}, in"
        f" {_folder(package)}): its lessons are code that runs with your rights; uninstall the"
        " package if you do not trust it"
    )


def _told() -> set[str]:
    try:
        with files.reading(paths.told_packs()) as file:
            return set(file.read(files.LINE).decode(errors="replace").splitlines())
    except OSError:
        return set()


def _remember(keys: list[str]) -> None:
    try:
        files.make_folder(paths.home())
        with files.appending(paths.told_packs()) as file:
            files.write(file, "".join(f"{key}\n" for key in keys).encode())
    except OSError as error:
        LOG.warning("the packs that were told of are not kept: %s", error)
