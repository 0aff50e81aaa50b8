"""NVIDIA's management library (NVML), through the optional package nvidia-ml-py.

This is the only module that calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tui_dl.devices.asking import asked

Fault = Literal["package", "driver", "versions", "permission", "other"]
FAULTS: dict[int | None, Fault] = {
    4: "permission",  # NVML_ERROR_NO_PERMISSION
    9: "driver",  # NVML_ERROR_DRIVER_NOT_LOADED
    12: "driver",  # NVML_ERROR_LIBRARY_NOT_FOUND: the driver brings the library
    18: "versions",  # NVML_ERROR_LIB_RM_VERSION_MISMATCH
}


class Unavailable(Exception):
    """NVML cannot be used; `fault` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True)
class Gpu:
    """A reading of one GPU; None is an unknown value.

    Attributes:
        name: The product's name, or "".
        use: Share of the last second in which the GPU computed, 0 to 1.
        used: Memory in use, in bytes; `total` is all of it.
        temperature: In °C.
    """

    name: str = ""
    use: float | None = None
    used: int | None = None
    total: int | None = None
    temperature: int | None = None


@dataclass(frozen=True)
class Holder:
    """A process that holds memory of a GPU: in bytes, or None if the driver does not say."""

    pid: int
    used: int | None


class Nvml:
    """The library, initialized. Nothing here raises: what cannot be read is None or missing."""

    def __init__(self, library: Any) -> None:
        self._library = library
        count = asked("the number of GPUs", library.nvmlDeviceGetCount) or 0
        self._handles = [self._handle(index) for index in range(count)]
        self._names = [self._name(index) for index in range(count)]

    def driver(self) -> str:
        """Return the driver's version, such as `550.54.15`, or ""."""
        return _text(asked("the driver's version", self._library.nvmlSystemGetDriverVersion))

    def gpus(self) -> tuple[Gpu, ...]:
        """Read every GPU. One that is lost stays in its place, without values."""
        return tuple(self._read(index, name) for index, name in enumerate(self._names))

    def holders(self, index: int) -> list[Holder]:
        """Return the processes that compute on a GPU."""
        found = self._ask(index, self._library.nvmlDeviceGetComputeRunningProcesses) or []
        return [Holder(int(each.pid), each.usedGpuMemory) for each in found]

    def close(self) -> None:
        """Release the library."""
        asked("the end of NVML", self._library.nvmlShutdown)

    def _handle(self, index: int) -> Any:
        return asked(f"GPU {index}", lambda: self._library.nvmlDeviceGetHandleByIndex(index))

    def _name(self, index: int) -> str:
        return _text(self._ask(index, self._library.nvmlDeviceGetName))

    def _read(self, index: int, name: str) -> Gpu:
        library = self._library
        rates = self._ask(index, library.nvmlDeviceGetUtilizationRates)
        memory = self._ask(index, library.nvmlDeviceGetMemoryInfo)
        celsius = self._ask(index, library.nvmlDeviceGetTemperature, library.NVML_TEMPERATURE_GPU)
        return Gpu(
            name,
            rates and rates.gpu / 100,
            memory and int(memory.used),
            memory and int(memory.total),
            celsius,
        )

    def _ask(self, index: int, question: Callable[..., Any], *more: Any) -> Any:
        handle = self._handles[index]
        return None if handle is None else asked(f"GPU {index}", lambda: question(handle, *more))


def open_nvml() -> Nvml:
    """Initialize NVML; raise Unavailable if that is not possible."""
    try:
        import pynvml
    except Exception as error:  # also a package that is damaged
        raise Unavailable("package", f"nvidia-ml-py: {error}") from None
    try:
        pynvml.nvmlInit()
    except Exception as error:
        raise Unavailable(FAULTS.get(getattr(error, "value", None), "other"), f"{error}") from None
    return Nvml(pynvml)


def _text(found: str | bytes | None) -> str:
    """Return a text; earlier versions of the package give bytes."""
    return found.decode(errors="replace") if isinstance(found, bytes) else found or ""
