"""Tests of `doctor`: it lists what is installed, and finds a fault if there is one."""

from __future__ import annotations

import io
import os
import sys

import pytest

from tests.recorded_nvml import GIB, MISMATCH, NO_PERMISSION, NOT_FOUND, forget, record
from tui_dl import doctor
from tui_dl.devices import system
from tui_dl.devices.diagnosis import Facts, advice
from tui_dl.devices.nvml import Gpu, Holder


@pytest.mark.parametrize("arguments", [("doctor", "--json"), ("doctor",)])
def test_doctor_tells_of_everything_that_matters(say, arguments):
    said = say(*arguments)
    assert (said.code, said.err) == (0, "")
    for words in ("keras", "memory", "GPU", "TERM", "unicode", "ssh", "mnist", "runs"):
        assert words in said.out


def test_doctor_as_json_is_one_object(say, home, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    (found,) = say("doctor", "--json").objects
    assert set(found) == {"versions", "devices", "memory", "paths", "data", "terminal"}
    assert found["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["versions"]["tensorflow"][0].isdigit()
    assert found["devices"]["trains on"].startswith(("CPU", "GPU"))
    assert 0 < found["memory"]["available GiB"] <= found["memory"]["total GiB"]
    assert found["paths"]["runs"] == str(home / "runs")
    assert found["data"]["mnist"].startswith("absent")
    assert (found["terminal"]["is one"], found["terminal"]["ssh"]) == (False, True)
    assert not home.exists()


def test_a_broken_tensorflow_is_told_and_not_raised(say, monkeypatch):
    def fail():
        raise ImportError("libcudart.so.12: cannot open\nshared object file")

    monkeypatch.setattr("tui_dl.engine.device.load", fail)
    said = say("doctor", "--json")
    assert said.code == 1
    assert "libcudart.so.12" in said.objects[0]["devices"]["error"]


def test_a_folder_that_cannot_be_written_is_told(say, home, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    said = say("doctor", "--json")
    assert said.code == 1
    assert said.objects[0]["paths"]["writable"] is False


def test_gpu_memory_is_told_where_it_can_be_asked(monkeypatch):
    holders = {0: [(os.getpid(), GIB), (4242, 9 * GIB), (77, None)]}
    record(monkeypatch, holders=holders)
    first, second = doctor.memory()["GPUs"]
    assert first == "67.3 of 79.6 GiB free, process 4242 holds 9.0 GiB"
    assert second == "23.5 of 24.0 GiB free"


BUILD = {"is_cuda_build": True, "cuda_version": "12.5.1", "cudnn_version": "9"}


@pytest.fixture
def gpu_box(monkeypatch, tmp_path):
    """Return a function that lets this machine look like one with an unused NVIDIA GPU."""

    def pretend(*, build=BUILD, missing=(), installed=True, loaded="", visible=None, **nvml):
        import tensorflow as tf

        device = tmp_path / "pci" / "0000:01:00.0"
        device.mkdir(parents=True)
        (device / "vendor").write_text("0x10de\n" if installed else "0x8086\n")
        (device / "class").write_text("0x030200\n")
        (tmp_path / "version").write_text(loaded)
        monkeypatch.setattr(system, "PCI", tmp_path / "pci")
        monkeypatch.setattr(system, "DRIVER", tmp_path / "version")
        monkeypatch.setattr(tf.sysconfig, "get_build_info", lambda: build)
        monkeypatch.setattr(system.ctypes, "CDLL", lambda place: _loads(place, missing))
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        if nvml.pop("package", True):
            record(monkeypatch, **nvml)
        else:
            forget(monkeypatch)

    return pretend


def _loads(place, missing):
    if any(name in place for name in missing):
        raise OSError(f"{place}: cannot open shared object file")


KERNEL = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27 21:21:55 UTC 2021"
INSTALL = "run pip install 'dlworkbench[gpu]'"
REMEDY = "end it, or choose another device with `train --device`"
CONTAINER = "(in a container: start it with --gpus all)"
OLD = (
    "the NVIDIA driver 470.82.01 is too old: update it, CUDA 12.5.1 of TensorFlow needs"
    " 525.60.13 or later"
)
CASES = {
    "no GPU": (
        {"installed": False, "fault": NOT_FOUND, "missing": ["so"]},
        ["no NVIDIA GPU was found, so the CPU trains"],
    ),
    "no driver": (
        {"fault": NOT_FOUND, "missing": ["libcuda.so.1"]},
        [f"no NVIDIA driver is loaded: install it and restart the machine {CONTAINER}"],
    ),
    "no driver and no package": (
        {"package": False, "missing": ["so"]},
        [
            f"no NVIDIA driver is loaded: install it and restart the machine {CONTAINER}",
            "TensorFlow cannot load CUDA's libcudart.so.12, libcublas.so.12, libcudnn.so.9: "
            + INSTALL,
        ],
    ),
    "half a driver": (
        {"missing": ["libcuda.so.1"]},
        [f"libcuda.so.1 is missing: install the whole NVIDIA driver {CONTAINER}"],
    ),
    "updated driver": (
        {"fault": MISMATCH},
        ["the NVIDIA driver was updated while in use: restart the machine"],
    ),
    "no permission": (
        {"fault": NO_PERMISSION},
        [
            "this user may not use the GPU: ask the administrator for access to /dev/nvidia*",
        ],
    ),
    "built without CUDA": (
        {"build": {"is_cuda_build": False}},
        [f"this TensorFlow is built without CUDA: {INSTALL} under Linux on x86-64"],
    ),
    "no cuDNN": (
        {"missing": ["libcudnn"]},
        [f"TensorFlow cannot load CUDA's libcudnn.so.9: {INSTALL}"],
    ),
    "hidden": ({"visible": "-1"}, ["CUDA_VISIBLE_DEVICES=-1 hides every GPU: unset it"]),
    "hidden by nothing": ({"visible": ""}, ["CUDA_VISIBLE_DEVICES= hides every GPU: unset it"]),
    "hidden by number": (
        {"visible": "2,0"},
        ["CUDA_VISIBLE_DEVICES=2,0 hides every GPU: unset it"],
    ),
    "old driver": ({"driver": "470.82.01"}, [OLD]),
    "old driver and no package": (
        {"package": False, "loaded": KERNEL, "missing": ["libcudnn"]},
        [OLD, f"TensorFlow cannot load CUDA's libcudnn.so.9: {INSTALL}"],
    ),
    "full": (
        {"full": (0,), "holders": {0: [(77, GIB), (4242, 70 * GIB)]}},
        [
            f"process 4242 holds 70.0 of the 79.6 GiB of GPU 0: {REMEDY}",
            f"process 77 holds 1.0 of the 79.6 GiB of GPU 0: {REMEDY}",
        ],
    ),
    "full and silent": (
        {"full": (1,)},
        [
            "GPU 1 has 0.0 of 24.0 GiB free, and a process that is not visible here holds the"
            f" rest: {REMEDY}",
        ],
    ),
    "unknown": (
        {"visible": "1"},
        [
            "TensorFlow finds no GPU for a reason unknown here: run doctor with"
            " TF_CPP_MIN_LOG_LEVEL=0 and read the log",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_doctor_says_why_no_gpu_is_used_and_what_to_do(say, gpu_box, case):
    facts, lines = CASES[case]
    gpu_box(**facts)
    said = say("doctor", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.objects[0]["devices"]["GPU advice"] == lines


def test_each_piece_of_advice_is_a_line(say, gpu_box):
    gpu_box(package=False, loaded=KERNEL, missing=["libcudnn"])
    lines = say("doctor").out.splitlines()
    (first,) = [place for place, line in enumerate(lines) if line.startswith("  GPU advice  ")]
    assert lines[first].endswith(OLD)
    assert lines[first + 1].strip() == f"TensorFlow cannot load CUDA's libcudnn.so.9: {INSTALL}"


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        ({}, []),
        (
            {"fault": "package"},
            ["nvidia-ml-py is missing, so the use of the GPU is not shown: " + INSTALL],
        ),
    ],
)
def test_a_gpu_that_is_used_needs_no_advice(facts, lines):
    assert advice(Facts(used=1, cuda="12.5.1", driver="550.54.15", **facts)) == lines


def test_a_gpu_that_is_used_may_be_full():
    full = Gpu("NVIDIA L4", 1.0, 24 * GIB, 24 * GIB, 60)
    holders = ([Holder(4242, 9 * GIB), Holder(os.getpid(), 15 * GIB)],)
    known = Facts(used=1, driver="550.54.15", gpus=(full,), holders=holders)
    assert advice(known) == [f"process 4242 holds 9.0 of the 24.0 GiB of GPU 0: {REMEDY}"]


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "colors"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "16 million"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "dumb"}, "none"),
    ],
)
def test_the_terminal_s_colors(monkeypatch, environment, colors):
    for name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert doctor.terminal(Terminal())["colors"] == colors
