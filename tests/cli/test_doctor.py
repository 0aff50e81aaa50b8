"""Tests of `doctor`: it lists what is installed, and finds a fault if there is one."""

from __future__ import annotations

import io
import sys
import types

import pytest

from tui_dl import doctor


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
    memory = types.SimpleNamespace(free=70 * doctor.GIB, total=80 * doctor.GIB)
    library = types.SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetMemoryInfo=lambda handle: memory,
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    assert doctor.memory()["GPUs"] == ["70.0 of 80.0 GiB free"]


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
