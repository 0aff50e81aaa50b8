"""Keeps code compiled by XLA between processes: the next `train` of the same graph starts sooner.

TensorFlow reads and writes the files itself. It trusts what it finds, and a write that fails ends
the compilation. So it is given only complete files for this processor and this TensorFlow, and no
folder if there is little disk space. If a process died while it used the folder, the code may be
the cause, so all of it is deleted. This is only for processes that train once: the key of an entry
contains names that count what the process has traced before, so an app would seldom find its own.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import time
import zlib
from importlib.metadata import version
from io import FileIO
from pathlib import Path

from tui_dl import files, paths
from tui_dl.digest import digest

FREE = 256 << 20  # bytes of free disk space below which nothing is kept
LARGEST = 64 << 20  # bytes of kept code; the oldest is deleted first
ABANDONED = 3600.0  # seconds after which no process is still writing a file
FLAGS = "TF_XLA_FLAGS"
MARK = ".using"
DEVICE = "CPU"  # nothing is kept for a GPU
PROCESSOR = ("vendor_id", "model name", "flags", "CPU implementer", "CPU part", "Features", "isa")

_wanted = False
_folder: Path | None = None
_mark: FileIO | None = None  # locked while this process uses the folder


def keep() -> None:
    """Keep and use compiled code in this process; call it before `device.load`."""
    global _wanted
    _wanted = True


def begin() -> None:
    """Pass the folder to TensorFlow, which reads its flags when it is imported."""
    global _folder, _mark
    if not _wanted:
        return
    with contextlib.suppress(OSError, ImportError):  # without a folder everything is compiled
        folder = paths.compiled_code() / _kind()
        if not _unusable(folder):
            files.make_folder(folder)
            _tidy(folder, everything=_died(folder))
            if os.access(folder, os.R_OK | os.W_OK | os.X_OK) and _room(folder):
                options = {"directory": folder, "device_types": DEVICE}
                flags = (f"--tf_xla_persistent_cache_{k}={v}" for k, v in options.items())
                _mark = _lock(files.appending(folder / f"{os.getpid()}{MARK}"))
                os.environ[FLAGS] = " ".join(flags)
                _folder = folder


def settle() -> None:
    """Add checksums to what this process wrote: its code is complete, and it did not die."""
    if _folder is None or _mark is None:
        return
    with contextlib.suppress(OSError):
        for code in _folder.glob("*.pb"):
            if not _voucher(code).exists():
                code.chmod(files.FILE)
                with files.appending(_voucher(code)) as file:
                    files.write(file, _sum(code))
        Path(str(_mark.name)).unlink(missing_ok=True)


def _lock(file: FileIO) -> FileIO:
    """Lock a file for this process. Raise OSError if another process has locked it."""
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _died(folder: Path) -> bool:
    """True if a process that used the folder ended without calling `settle`."""
    died = False
    for mark in folder.glob(f"*{MARK}"):
        with contextlib.suppress(OSError), _lock(files.appending(mark)):  # locked: it is alive
            mark.unlink(missing_ok=True)
            died = True
    return died


def _kind() -> str:
    """Return the name of the folder for this processor and this TensorFlow.

    Several machines may share a home folder, and another processor's code may contain instructions
    that this one lacks.
    """
    return digest([version("tensorflow"), sys.platform, platform.machine(), *_processor()])[:16]


def _processor() -> list[str]:
    """Return the models and instruction sets of the processor's cores."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        return sorted({line for line in text.splitlines() if line.startswith(PROCESSOR)})
    except OSError:
        return [platform.processor(), platform.node()]


def _unusable(folder: Path) -> bool:
    """True if TensorFlow would misread the path in its flags, or cannot write large files."""
    return any(letter.isspace() or letter in ",'\"" for letter in str(folder)) or _limited()


def _limited() -> bool:
    try:
        import resource
    except ImportError:
        return True
    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


def _room(folder: Path) -> bool:
    return shutil.disk_usage(folder).free >= FREE


def _tidy(folder: Path, everything: bool) -> None:
    """Delete all entries except complete ones, the newest up to LARGEST bytes; or everything."""
    now, room = time.time(), LARGEST
    for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True):
        if path.name.endswith(".pb"):
            room -= path.stat().st_size
            if everything or room < 0 or not _whole(path):
                _remove(path)
        elif _is_left(path, now):
            _remove(path)


def _is_left(path: Path, now: float) -> bool:
    """True if it is a checksum without its code, or was never finished."""
    if path.suffix == MARK:
        return False
    if path.suffix == ".sum":
        return not path.with_suffix(".pb").exists()
    return now - path.stat().st_mtime > ABANDONED


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _voucher(path).unlink(missing_ok=True)


def _whole(code: Path) -> bool:
    try:
        return _voucher(code).read_bytes() == _sum(code)
    except OSError:
        return False


def _voucher(code: Path) -> Path:
    return code.with_suffix(".sum")


def _sum(code: Path) -> bytes:
    data = code.read_bytes()
    return f"{len(data)} {zlib.crc32(data):08x}\n".encode()
