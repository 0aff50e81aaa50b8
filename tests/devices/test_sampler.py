"""Samples of the devices: what cannot be read is no value, and never an error."""

import logging
import threading
import time

import psutil
import pytest

from tests.recorded_nvml import GIB, MISMATCH, NO_PERMISSION, NOT_FOUND, forget, record
from tui_dl.devices import sampler
from tui_dl.devices.nvml import Gpu, Unavailable, open_nvml
from tui_dl.devices.sampler import Watch, sampling


def watched(count):
    """Return the first samples of a watch."""
    watch, found = Watch(period=0.01), []
    deadline = time.monotonic() + 60
    while len(found) < count and time.monotonic() < deadline:
        found += watch.drain()
        time.sleep(0.01)
    watch.stop()
    return found


def threads():
    return [each for each in threading.enumerate() if each.name == "devices"]


def test_a_sample_holds_the_use_of_this_machine(monkeypatch):
    forget(monkeypatch)
    (sample, *_) = watched(1)
    assert 0 <= sample.cpu <= 1 and sample.own_cpu >= 0 and sample.cores >= 1
    assert 0 < sample.own_memory < sample.memory <= sample.total
    assert sample.gpus == ()


def test_a_gpu_that_is_lost_keeps_its_place_and_is_logged_once(monkeypatch, caplog):
    library = record(monkeypatch)
    nvml = open_nvml()
    with caplog.at_level(logging.INFO):
        readings = [nvml.gpus() for _ in range(4)]
    first = Gpu("NVIDIA H100 80GB HBM3", 0.0, round(12.25 * GIB), round(79.6 * GIB), 61)
    second = Gpu("NVIDIA L4", 0.12, GIB // 2, 24 * GIB, 34)
    assert readings[0] == (first, second)
    assert [each[0].use for each in readings] == [0.0, 0.83, 0.97, 1.0]
    assert [each[1].use for each in readings] == [0.12, 0.34, None, None]
    assert readings[3][1] == Gpu("NVIDIA L4")
    assert [each.message for each in caplog.records] == ["no value of GPU 1: GPU is lost"]
    nvml.close()
    assert library.open == 0


@pytest.mark.parametrize(
    ("fault", "called"),
    [(NOT_FOUND, "driver"), (MISMATCH, "versions"), (NO_PERMISSION, "permission")],
)
def test_samples_go_on_without_nvml_and_the_log_says_why_once(monkeypatch, caplog, fault, called):
    library = record(monkeypatch, fault=fault)
    with pytest.raises(Unavailable) as error:
        open_nvml()
    assert error.value.fault == called
    with caplog.at_level(logging.INFO):
        samples = watched(2) + watched(1)
    assert all(sample.cpu is not None and sample.gpus == () for sample in samples)
    assert [each.message for each in caplog.records] == [f"no value of the GPUs: {error.value}"]
    assert library.open == 0


def test_a_system_that_refuses_gives_no_value(monkeypatch):
    def refuse(*_):
        raise PermissionError("/proc/stat")

    forget(monkeypatch)
    monkeypatch.setattr(psutil, "cpu_percent", refuse)
    monkeypatch.setattr(psutil, "virtual_memory", refuse)
    monkeypatch.setattr(psutil.Process, "memory_info", refuse)
    sample = sampling(None)()
    assert (sample.cpu, sample.memory, sample.total, sample.own_memory) == (None,) * 4
    assert sample.own_cpu is not None


def test_nothing_runs_unless_somebody_watches(monkeypatch):
    library = record(monkeypatch)
    assert not threads()
    watch = Watch(period=60)
    assert len(threads()) == 1
    watch.stop()
    for thread in threads():
        thread.join(60)
    assert not threads() and library.open == 0


def test_samples_that_nobody_takes_are_few(monkeypatch):
    forget(monkeypatch)
    monkeypatch.setattr(sampler, "sampling", lambda nvml: lambda: None)
    watch = Watch(period=0)
    deadline = time.monotonic() + 60
    while len(watch._samples) < sampler.MOST and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(watch.drain()) == sampler.MOST
    watch.stop()
