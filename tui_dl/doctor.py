"""Examines this machine: versions, devices, memory, data, the terminal.

Nothing is printed here. Each section is plain data; a text replaces a value that is unknown.
"""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any, TextIO

import psutil

from tui_dl import __version__, characters, paths
from tui_dl.devices.diagnosis import advice
from tui_dl.devices.nvml import Gpu, Holder, Unavailable, open_nvml
from tui_dl.devices.system import facts

PACKAGES = (
    "tensorflow", "keras", "numpy", "textual", "rich", "plotext", "typer", "pydantic",
    "scikit-learn", "gymnasium",
)  # fmt: skip
Section = dict[str, Any]
GIB = 1 << 30


def examine(about_terminal: Section) -> dict[str, Section]:
    """Return every section by name. Loads TensorFlow (seconds), which may print.

    Stdout may be redirected for that, so the terminal is examined beforehand, by `terminal`.
    """
    return {
        "versions": versions(),
        "devices": devices(),
        "memory": memory(),
        "paths": places(),
        "data": datasets(),
        "terminal": about_terminal,
    }


def versions() -> Section:
    """Return the versions of the workbench, Python, the system and the main packages."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    own: Section = {"dlworkbench": __version__, "python": platform.python_version()}
    return own | {"system": system} | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    """Return the version of a package, or of the distribution of another name that provides it."""
    try:
        return version(name)
    except PackageNotFoundError:
        others = packages_distributions().get(name, [])
        return f"{version(others[0])} ({others[0]})" if others else "not installed"


def devices() -> Section:
    """Return the devices and which one trains, or an `error` if TensorFlow cannot be loaded."""
    try:
        from tui_dl.engine import device

        device.load()
        return _devices(device.describe())
    except Exception as error:  # this command exists to report broken installations
        return {"error": f"TensorFlow cannot be loaded: {' '.join(str(error).split())}"}


def _devices(trains_on: str) -> Section:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    known = facts(len(gpus), dict(tf.sysconfig.get_build_info()), Path(tf.__file__).parents[1])
    found: Section = {"trains on": trains_on, "CPU cores": os.cpu_count()}
    found["built with CUDA"] = bool(known.cuda)
    found["GPUs"] = [_gpu(device) for device in gpus]
    found["GPU advice"] = advice(known)
    return found


def _gpu(device: Any) -> str:
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(device)
    capability = ".".join(map(str, details.get("compute_capability", ())))
    return f"{details.get('device_name', device.name)} {capability}".rstrip()


def memory() -> Section:
    """Return main memory in GiB, and that of each GPU if NVIDIA's library is available."""
    main = psutil.virtual_memory()
    found: Section = {"total GiB": _gib(main.total), "available GiB": _gib(main.available)}
    gpus = _gpu_memory()
    return found | ({"GPUs": gpus} if gpus else {})


def _gpu_memory() -> list[str]:
    try:
        nvml = open_nvml()
    except Unavailable:  # not installed, or no driver: nothing to report
        return []
    found = [_of_gpu(gpu, nvml.holders(place)) for place, gpu in enumerate(nvml.gpus())]
    nvml.close()
    return found


def _of_gpu(gpu: Gpu, holders: list[Holder]) -> str:
    """Return what is free, and what other processes hold, as far as the driver says it."""
    if gpu.used is None or gpu.total is None:
        return "unknown"
    others = [each for each in holders if each.pid != os.getpid() and each.used]
    held = [f", process {each.pid} holds {_gib(each.used or 0)} GiB" for each in others]
    return f"{_gib(gpu.total - gpu.used)} of {_gib(gpu.total)} GiB free{''.join(held)}"


def _gib(size: int) -> float:
    return round(size / GIB, 1)


def places() -> Section:
    """Return where files are stored, whether that is writable, and the free space."""
    there = _existing(paths.home())
    return {
        "runs": str(paths.runs()),
        "data": str(paths.data()),
        "log": str(paths.log()),
        "settings": str(paths.settings()),
        "writable": os.access(there, os.W_OK),
        "free GiB": _gib(shutil.disk_usage(there).free),
    }


def _existing(path: Path) -> Path:
    return next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())


def datasets() -> Section:
    """Return each data set's state and place."""
    from tui_dl.datasets.catalog import available

    return {each.name: f"{each.state}, {each.where}" for each in available()}


def terminal(stream: TextIO) -> Section:
    """Return what the terminal can do."""
    size = shutil.get_terminal_size()
    get = os.environ.get
    return {
        "is one": stream.isatty(),
        "size": f"{size.columns}×{size.lines}",
        "colors": _colors(stream),
        "unicode": characters.speaks_unicode(stream),
        "TERM": get("TERM", ""),
        "COLORTERM": get("COLORTERM", ""),
        "NO_COLOR": bool(get("NO_COLOR")),
        "locale": characters.locale(),
        "ssh": bool(get("SSH_CONNECTION") or get("SSH_TTY")),
        "tmux or screen": bool(get("TMUX") or get("STY")),
    }


def _colors(stream: TextIO) -> str:
    """Return `none`, `16`, `256` or `16 million`."""
    from rich.console import Console

    console = Console(file=stream)
    names = {"standard": "16", "256": "256", "truecolor": "16 million", "windows": "16"}
    return "none" if console.no_color else names.get(console.color_system or "", "none")


def healthy(sections: dict[str, Section]) -> bool:
    """True if a run can be trained and saved."""
    return "error" not in sections["devices"] and bool(sections["paths"]["writable"])
