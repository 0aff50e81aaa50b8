"""A run is controlled from another place through its socket; no input can harm it."""

import json
import os
import socket
import stat
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_dl import catalog
from tui_dl.control_line import ControlLine, RemoteControl
from tui_dl.engine.control import Control
from tui_dl.errors import LessonError
from tui_dl.events import State
from tui_dl.runs import owner, requests

LESSON = catalog.lesson("iris")


def until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def run(home):
    """A run's directory that this process writes, its control, and its line."""
    directory = home / "runs" / "20260101-000000-iris-0000"
    directory.mkdir(parents=True)
    owner.claim(directory)
    control = Control()
    with ControlLine(control, LESSON, lambda: directory) as line:
        yield directory, control, line


@pytest.fixture
def remote(run):
    told, refused = [], []
    control = RemoteControl(told.append, refused.append)
    control.connect(run[0])
    yield control, told, refused
    control.disconnect()


@pytest.fixture
def wire(run):
    """Send lines as they are; return the answers."""
    link = socket.socket(socket.AF_UNIX)
    link.connect(str(requests.socket_of(os.getpid())))
    link.settimeout(10)
    answers = link.makefile("rb")
    assert json.loads(answers.readline())["state"] == "idle"

    def send(line):
        link.sendall(line + b"\n")
        return json.loads(answers.readline())["refused"]

    yield send
    link.close()


def test_requests_arrive_and_states_come_back(run, remote):
    _, control, line = run
    mine, told, refused = remote
    mine.pause()
    until(lambda: control.pausing)
    mine.speed = 50.0
    until(lambda: control.speed == 50.0)
    mine.watched = True
    until(lambda: control.looked_at)
    mine.set("learning_rate", 0.05)
    changes = {}
    mine.resume()
    until(lambda: not control.pausing)
    until(lambda: control.wish(changes.update) == "run" and changes)
    assert changes == {"learning_rate": 0.05}
    control.enter("paused")
    line(State(state="paused", step=7))
    until(lambda: mine.state == "paused")
    assert told[-1] == State(state="paused", step=7)
    mine.stop()
    until(lambda: control.stopping)
    assert refused == []


def test_a_viewer_that_leaves_no_longer_watches(run, remote):
    control, mine = run[1], remote[0]
    mine.watched = True
    until(lambda: control.looked_at)
    mine.disconnect()
    until(lambda: not control.looked_at)
    assert not control.stopping


def test_several_viewers_hear_the_same(run, remote):
    directory, _, line = run
    told = []
    other = RemoteControl(told.append, print)
    other.connect(directory)
    line(State(state="paused"))
    until(lambda: told[-1:] == remote[1][-1:] == [State(state="paused")])
    other.disconnect()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"v":1,"do":"set","name":"learning_rate","value":1000}', "1000 is not allowed"),
        (b'{"v":1,"do":"set","name":"learning_rate","value":"x"}', "is not allowed"),
        (b'{"v":1,"do":"set","name":"epochs","value":3}', "cannot be changed during a run"),
        (b'{"v":1,"do":"set","name":"nothing","value":3}', "unknown hyperparameter"),
        (b'{"v":1,"do":"speed","value":-1}', "not a number above 0"),
        (b'{"v":1,"do":"speed","value":NaN}', "request"),
        (b'{"v":1,"do":"speed","value":"fast"}', "not a number above 0"),
        (b'{"v":2,"do":"pause"}', "v: "),
        (b'{"v":1,"do":"delete"}', "do: "),
        (b'{"v":1,"do":"pause","more":1}', "more: "),
        (b"", "request"),
        (b"[" * 3000, "request"),
        (b"\xff\xfe", "request"),
    ],
)
def test_what_is_no_request_is_refused_in_one_line(run, wire, line, why):
    assert why in wire(line)
    assert wire(b'{"v":1,"do":"pause"}') == ""
    assert run[1].pausing and not run[1].stopping


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=80).map(lambda line: line.replace(b"\n", b"")))
def test_any_bytes_get_an_answer(wire, line):
    assert isinstance(wire(line), str)


def test_a_line_without_an_end_is_cut_off(run, wire):
    link = socket.socket(socket.AF_UNIX)
    link.connect(str(requests.socket_of(os.getpid())))
    link.settimeout(10)
    with pytest.raises(OSError, match=r"reset|pipe"):
        for _ in range(1000):
            link.sendall(b"x" * 4096)
    assert wire(b'{"v":1,"do":"pause"}') == ""


def test_only_the_owner_can_reach_the_socket(run):
    path = requests.socket_of(os.getpid())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_long_home_has_a_short_socket(monkeypatch, tmp_path):
    monkeypatch.setenv("DLWORKBENCH_HOME", str(tmp_path / ("x" * 120)))
    path = requests.socket_of(os.getpid())
    assert len(os.fsencode(path)) < requests.ADDRESS
    directory = tmp_path / "run"
    directory.mkdir()
    owner.claim(directory)
    with ControlLine(Control(), LESSON, lambda: directory):
        RemoteControl(print, print).connect(directory)
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.exists()
    path.parent.rmdir()


def test_a_folder_that_others_can_write_is_not_used(home, caplog):
    folder = requests.socket_of(os.getpid()).parent
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with ControlLine(Control(), LESSON, lambda: home):
        assert list(folder.iterdir()) == []
    assert "others could use this folder" in caplog.text


def test_the_sockets_of_dead_processes_are_removed(home):
    folder = requests.socket_of(os.getpid()).parent
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    dead = folder / "99999999.sock"
    dead.touch()
    with ControlLine(Control(), LESSON, lambda: home):
        assert not dead.exists()


def test_a_process_that_does_not_answer_is_named(home):
    directory = home / "runs" / "20260101-000000-iris-0000"
    directory.mkdir(parents=True)
    owner.claim(directory)
    with pytest.raises(LessonError, match="does not answer"):
        RemoteControl(print, print).connect(directory)
