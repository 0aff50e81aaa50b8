"""Why TensorFlow does not use a GPU, and what to do about it, one line for each reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_dl.devices.nvml import Fault, Gpu, Holder

OLDEST_DRIVER = {11: "450.80.02", 12: "525.60.13", 13: "580.65.06"}  # by the major CUDA version
DRIVER_LIBRARY = "libcuda.so.1"
GIB = 1 << 30
LITTLE = GIB  # free bytes of a GPU with which TensorFlow can hardly start
MOST = 3  # processes that are named for each GPU
INSTALL = "run pip install 'dlworkbench[gpu]'"
CONTAINER = "in a container: start it with --gpus all"
NO_GPU = "no NVIDIA GPU was found, so the CPU trains"
UNKNOWN = (
    "TensorFlow finds no GPU for a reason unknown here: run doctor with TF_CPP_MIN_LOG_LEVEL=0"
    " and read the log"
)
FAULTS: dict[Fault, str] = {
    "versions": "the NVIDIA driver was updated while in use: restart the machine",
    "permission": "this user may not use the GPU: ask the administrator for access to /dev/nvidia*",
}


@dataclass(frozen=True)
class Facts:
    """What a diagnosis needs to know.

    Attributes:
        used: How many GPUs TensorFlow finds.
        cuda: The CUDA version TensorFlow is built for, such as `12.5.1`, or "".
        missing: The libraries that TensorFlow needs for a GPU and that cannot be loaded.
        visible: The value of CUDA_VISIBLE_DEVICES, or None.
        installed: True if the machine has an NVIDIA GPU, whether it has a driver or not.
        driver: The version of its driver, or "".
        fault: Why NVML cannot be used, or None.
        gpus: The GPUs that NVML reports.
        holders: For each of them, the processes that hold its memory.
    """

    used: int = 0
    cuda: str = ""
    missing: tuple[str, ...] = ()
    visible: str | None = None
    installed: bool = False
    driver: str = ""
    fault: Fault | None = None
    gpus: tuple[Gpu, ...] = ()
    holders: tuple[list[Holder], ...] = field(default=())


def advice(facts: Facts) -> list[str]:
    """Return a line for each reason; none if a GPU is used and has memory left."""
    taken = list(_taken(facts))
    if facts.used:
        return taken + ([f"nvidia-ml-py is missing, so the use of the GPU is not shown: {INSTALL}"]
                        if facts.fault == "package" else [])  # fmt: skip
    if not (facts.installed or facts.driver or facts.gpus):
        return [NO_GPU]
    return [*_driver(facts), *_libraries(facts), *_hidden(facts), *taken] or [UNKNOWN]


def _driver(facts: Facts) -> Iterator[str]:
    if facts.fault in FAULTS:
        yield FAULTS[facts.fault]
    elif not (facts.driver or facts.gpus):
        yield f"no NVIDIA driver is loaded: install it and restart the machine ({CONTAINER})"
    elif DRIVER_LIBRARY in facts.missing:
        yield f"{DRIVER_LIBRARY} is missing: install the whole NVIDIA driver ({CONTAINER})"
    oldest = OLDEST_DRIVER.get(_numbers(facts.cuda)[0])
    if facts.driver and oldest and _numbers(facts.driver) < _numbers(oldest):
        needed = f"CUDA {facts.cuda} of TensorFlow needs {oldest} or later"
        yield f"the NVIDIA driver {facts.driver} is too old: update it, {needed}"


def _libraries(facts: Facts) -> Iterator[str]:
    missing = [name for name in facts.missing if name != DRIVER_LIBRARY]
    if not facts.cuda:
        yield f"this TensorFlow is built without CUDA: {INSTALL} under Linux on x86-64"
    elif missing:
        yield f"TensorFlow cannot load CUDA's {', '.join(missing)}: {INSTALL}"


def _hidden(facts: Facts) -> Iterator[str]:
    if facts.visible is not None and _hides_all(facts.visible, len(facts.gpus)):
        yield f"CUDA_VISIBLE_DEVICES={facts.visible} hides every GPU: unset it"


def _hides_all(visible: str, count: int) -> bool:
    """True if the first entry is invalid: what comes after an invalid one is hidden too."""
    first = visible.split(",")[0].strip()
    if first.startswith(("GPU-", "MIG-")):
        return False
    return not first.isdecimal() or 0 < count <= int(first)


def _taken(facts: Facts) -> Iterator[str]:
    for place, (gpu, holders) in enumerate(zip(facts.gpus, facts.holders, strict=False)):
        if gpu.used is not None and gpu.total is not None and gpu.total - gpu.used < LITTLE:
            yield from _full(place, gpu.total - gpu.used, gpu.total, holders)


def _full(place: int, free: int, total: int, holders: list[Holder]) -> Iterator[str]:
    """Name the processes, the largest first; in a container the driver may know none."""
    others = [each for each in holders if each.pid != os.getpid()]
    remedy = "end it, or choose another device with `train --device`"
    for each in sorted(others, key=lambda each: each.used or 0, reverse=True)[:MOST]:
        held = "an unknown part" if each.used is None else f"{each.used / GIB:.1f}"
        memory = f"{held} of the {total / GIB:.1f} GiB of GPU {place}"
        yield f"process {each.pid} holds {memory}: {remedy}"
    if not others:
        left = f"GPU {place} has {free / GIB:.1f} of {total / GIB:.1f} GiB free"
        yield f"{left}, and a process that is not visible here holds the rest: {remedy}"


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version for comparison; (0,) if there is none."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal()) or (0,)
