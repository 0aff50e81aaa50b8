"""Creation of a lesson: a copy of a small lesson that trains, under another name."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from tui_dl import catalog
from tui_dl.errors import LessonError

TEMPLATE = Path(__file__).parent / "template"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SUFFIX = ".txt"  # the template's files are not modules of this package


def make(name: str, pack: Path) -> Path:
    """Create the folder of a lesson in the folder of a pack and return it.

    Raises LessonError if the name is not valid for a package, or is taken.
    """
    words = name.replace("_", "-").split("-")
    package = "_".join(words)
    if not NAME.fullmatch(package) or keyword.iskeyword(package):
        raise LessonError(
            f"{name!r} is not a valid lesson name: use words of a-z and 0-9, such as my-lesson"
        )
    if catalog.find("-".join(words)):
        raise LessonError(f"lesson {'-'.join(words)} already exists; choose another name")
    if not pack.is_dir():
        raise LessonError(f"there is no folder {pack}")
    folder = pack / package
    texts = {file.name.removesuffix(SUFFIX): file.read_text("utf-8") for file in TEMPLATE.iterdir()}
    named = {
        "PACKAGE": ".".join((*catalog.package_of(pack), package)),
        "CLASS": "".join(word.capitalize() for word in words),
        "TITLE": " ".join(words).capitalize(),
    }
    _write(folder, {file: _filled(text, named) for file, text in texts.items()})
    return folder


def _filled(text: str, named: dict[str, str]) -> str:
    for word, value in named.items():
        text = text.replace(word, value)
    return text


def _write(folder: Path, texts: dict[str, str]) -> None:
    try:
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise LessonError(f"{folder} already exists; choose another name") from None
    except OSError as error:
        raise LessonError(f"{folder} cannot be written: {error.strerror}") from None
