"""Samples the use of CPU, memory and GPUs once a second, while somebody watches."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from tui_dl.devices.asking import asked, log_once
from tui_dl.devices.nvml import Gpu, Nvml, Unavailable, open_nvml

PERIOD = 1.0  # seconds between two samples
FIRST = 0.2  # seconds until the first one: the use of the CPU needs two readings of its times
MOST = 60  # samples that wait for the watcher, at most


@dataclass(frozen=True)
class Sample:
    """What was in use at a moment; None is an unknown value.

    Attributes:
        cpu: Share of the machine's cores, 0 to 1.
        own_cpu: Cores that this process used, such as 1.5.
        cores: Cores that this process may use.
        memory: Memory of the machine in use, in bytes; `total` is all of it.
        own_memory: Memory of this process, in bytes.
        gpus: The GPUs that NVML reports.
    """

    cpu: float | None = None
    own_cpu: float | None = None
    cores: int = 1
    memory: int | None = None
    total: int | None = None
    own_memory: int | None = None
    gpus: tuple[Gpu, ...] = ()


class Watch:
    """Takes samples in a thread of its own from now on until `stop`."""

    def __init__(self, period: float = PERIOD) -> None:
        self._period, self._over = period, threading.Event()
        self._samples: deque[Sample] = deque(maxlen=MOST)
        threading.Thread(target=self._run, name="devices", daemon=True).start()

    def drain(self) -> list[Sample]:
        """Return the samples since the last call."""
        return [self._samples.popleft() for _ in range(len(self._samples))]

    def stop(self) -> None:
        """End the thread, at once if it waits for the next sample."""
        self._over.set()

    def _run(self) -> None:
        nvml = _nvml()
        take = sampling(nvml)
        wait = min(FIRST, self._period)
        while not self._over.wait(wait):
            self._samples.append(take())
            wait = self._period
        if nvml:
            nvml.close()


def sampling(nvml: Nvml | None) -> Callable[[], Sample]:
    """Return a function that takes a sample over the time since the call before it."""
    own = asked("this process", psutil.Process)
    cores = _cores()

    def take() -> Sample:
        cpu = asked("the CPU", psutil.cpu_percent)
        own_cpu = asked("this process", own.cpu_percent) if own else None
        memory = asked("the memory", psutil.virtual_memory)
        own_memory = asked("this process", own.memory_info) if own else None
        return Sample(
            None if cpu is None else cpu / 100,
            None if own_cpu is None else own_cpu / 100,
            cores,
            memory and memory.total - memory.available,
            memory and memory.total,
            own_memory and own_memory.rss,
            nvml.gpus() if nvml else (),
        )

    take()  # from here on the time counts
    return take


def _nvml() -> Nvml | None:
    try:
        return open_nvml()
    except Unavailable as error:
        log_once("the GPUs", f"{error}")
        return None


def _cores() -> int:
    """Return how many cores this process may use, where the system says so."""
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
