"""Recorded answers of NVML for two GPUs, the second of which is lost halfway."""

from __future__ import annotations

import sys
import types

from tui_dl.devices import asking

GIB = 1 << 30
NO_PERMISSION, NOT_LOADED, NOT_FOUND, LOST, MISMATCH = 4, 9, 12, 15, 18
WORDS = {
    NO_PERMISSION: "Insufficient Permissions",
    NOT_LOADED: "Driver Not Loaded",
    NOT_FOUND: "NVML Shared Library Not Found",
    LOST: "GPU is lost",
    MISMATCH: "Driver/library version mismatch",
}
USES = {0: (0, 83, 97, 100), 1: (12, 34)}  # in percent, one reading after the other
MEMORY = {0: (12.25, 79.6), 1: (0.5, 24.0)}  # in GiB, used and all
CELSIUS = {0: 61, 1: 34}
NAMES = {0: "NVIDIA H100 80GB HBM3", 1: "NVIDIA L4"}


class NVMLError(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value

    def __str__(self):
        return WORDS[self.value]


class Recorded(types.SimpleNamespace):
    """Stands in for the module `pynvml`; `fault` is what opening it raises."""

    NVML_TEMPERATURE_GPU = 0

    def __init__(self, fault=None, driver="550.54.15", count=2, holders=None, full=()):
        super().__init__(fault=fault, driver=driver, count=count, full=full)
        self.holders = holders or {}
        self.open = 0
        self.read = dict.fromkeys(range(count), 0)

    def nvmlInit(self):
        if self.fault is not None:
            raise NVMLError(self.fault)
        self.open += 1

    def nvmlShutdown(self):
        self.open -= 1

    def nvmlSystemGetDriverVersion(self):
        return self.driver

    def nvmlDeviceGetCount(self):
        return self.count

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetName(self, gpu):
        return NAMES[gpu]

    def nvmlDeviceGetUtilizationRates(self, gpu):
        place = self.read[gpu]
        self.read[gpu] += 1
        if gpu == 0:
            place = min(place, len(USES[0]) - 1)
        self.there(gpu)
        return types.SimpleNamespace(gpu=USES[gpu][place], memory=0)

    def nvmlDeviceGetMemoryInfo(self, gpu):
        self.there(gpu)
        used, total = (round(size * GIB) for size in MEMORY[gpu])
        used = total if gpu in self.full else used
        return types.SimpleNamespace(used=used, total=total, free=total - used)

    def nvmlDeviceGetTemperature(self, gpu, sensor):
        self.there(gpu)
        return CELSIUS[gpu]

    def nvmlDeviceGetComputeRunningProcesses(self, gpu):
        made = [types.SimpleNamespace(pid=p, usedGpuMemory=u) for p, u in self.holders.get(gpu, ())]
        return made

    def there(self, gpu):
        """Raise if the GPU was lost: the second one is, after two readings."""
        if gpu == 1 and self.read[1] > len(USES[1]):
            raise NVMLError(LOST)


def record(monkeypatch, **options):
    """Let NVML give the recorded answers, and let the log hear of every fault again."""
    library = Recorded(**options)
    monkeypatch.setitem(sys.modules, "pynvml", library)
    monkeypatch.setattr(asking, "_logged", set())
    return library


def forget(monkeypatch):
    """Let the package be missing."""
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setattr(asking, "_logged", set())
