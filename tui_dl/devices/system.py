"""What the system says about NVIDIA: hardware, driver, libraries, memory."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tui_dl.devices.diagnosis import DRIVER_LIBRARY, Facts
from tui_dl.devices.nvml import Unavailable, open_nvml

PCI = Path("/sys/bus/pci/devices")
DRIVER = Path("/proc/driver/nvidia/version")
NVIDIA, DISPLAY = "0x10de", "0x03"  # the vendor, the class of what draws or computes


def facts(used: int, build: dict[str, object], packages: Path) -> Facts:
    """Return the facts about this machine.

    `used` is the number of GPUs that TensorFlow finds, `build` what it says about how it was built,
    `packages` the folder of the packages, among which NVIDIA's libraries may be.
    """
    cuda = str(build.get("cuda_version", "")) if build.get("is_cuda_build") else ""
    known = Facts(
        used=used,
        cuda=cuda,
        missing=() if used else _missing(cuda, str(build.get("cudnn_version", "")), packages),
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
        installed=_installed(),
        driver=_driver(),
    )
    return _with_nvml(known)


def _with_nvml(known: Facts) -> Facts:
    try:
        nvml = open_nvml()
    except Unavailable as error:
        return replace(known, fault=error.fault)
    gpus = nvml.gpus()
    holders = tuple(nvml.holders(place) for place in range(len(gpus)))
    found = replace(known, gpus=gpus, holders=holders, driver=nvml.driver() or known.driver)
    nvml.close()
    return found


def _missing(cuda: str, cudnn: str, packages: Path) -> tuple[str, ...]:
    """Return the libraries that cannot be loaded, of those that every GPU build needs."""
    if not cuda:
        return ()
    major, of_cudnn = cuda.split(".")[0], cudnn.split(".")[0]
    names = (
        DRIVER_LIBRARY, f"libcudart.so.{major}", f"libcublas.so.{major}", f"libcudnn.so.{of_cudnn}",
    )  # fmt: skip
    return tuple(name for name in names if not _loads(name, packages))


def _loads(name: str, packages: Path) -> bool:
    """True if the system finds a library, or if one of NVIDIA's packages has it."""
    return _opens([name]) or _opens(map(str, packages.glob(f"nvidia/*/lib/{name}")))


def _opens(places: Iterable[str]) -> bool:
    for place in places:
        try:
            ctypes.CDLL(place)
            return True
        except OSError:
            continue
    return False


def _installed() -> bool:
    """True if a PCI device is NVIDIA's and draws or computes."""
    return any(
        _read(each / "vendor") == NVIDIA and _read(each / "class").startswith(DISPLAY)
        for each in PCI.glob("*")
    )


def _driver() -> str:
    """Return the version of the loaded driver, which Linux knows also without NVML, or ""."""
    found = re.search(r"\b\d{3,}\.\d+(?:\.\d+)?\b", _read(DRIVER))
    return found[0] if found else ""


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
