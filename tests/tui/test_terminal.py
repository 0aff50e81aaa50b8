"""The program in its own terminal: signals, keys, stray output, poor terminals."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte
import pytest
from driving import bench, until, workbench

from tui_dl import paths
from tui_dl.runs.index import list_runs
from tui_dl.runs.reader import read
from tui_dl.tui.run_controller import RunController
from tui_dl.tui.screens.dialogs import Leave

PATIENCE = 60  # seconds: a loaded machine may need many of them to import Keras
LEFT = {
    "alternate screen": b"\x1b[?1049l",
    "cursor": b"\x1b[?25h",
    "mouse": b"\x1b[?1000l",
    "mouse motion": b"\x1b[?1003l",
    "bracketed paste": b"\x1b[?2004l",
}
QUESTION = "or let it go on"
OWN = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"  # as a shell starts it
MAIN = "from tui_dl.cli import main; main()"
PROGRAM = OWN + MAIN
AT_LEISURE = (
    OWN
    + """
from tui_dl.tui import leaving
leaving.RUN = leaving.PROCESS = 60  # seconds: a loaded machine needs many of them to save a model
from tui_dl.cli import main
main()
"""
)
WITHOUT_KERAS = """
from tui_dl.tui.run_controller import RunController
RunController.load = lambda self: None
"""
LOUD = """
import functools, os, sys
from tui_dl import catalog
from tui_dl.cli import main

lesson = catalog.lesson("perceptron")
quiet = lesson.model

@functools.wraps(quiet)
def loud(p, data):
    print("STRAY print")
    print("STRAY complaint", file=sys.stderr)
    os.write(1, b"STRAY one\\n")
    os.write(2, b"STRAY two\\n")
    return quiet(p, data)

object.__setattr__(lesson, "model", loud)
main()
"""

LEFT_AT_ONCE = """
from tui_dl.cli import main
from tui_dl.tui.screens.workbench import WorkbenchScreen

async def interrupted(self, lesson):
    await self.app._leave(0)
    raise RuntimeError("mounted on nothing")

WorkbenchScreen.show_lesson = interrupted
main()
"""

SHELL = "import os; os.execvp('bash', ['bash', '--norc', '--noediting', '-i'])"

STUCK = """
import time
from tui_dl import catalog
from tui_dl.cli import main

object.__setattr__(catalog.lesson("perceptron"), "measure", lambda *_: time.sleep(600))
main()
"""

GONE = """
import os, pty
from tui_dl.tui.runtime.outlet import Outlet

master, slave = pty.openpty()
outlet = Outlet(slave, lambda: "")
outlet.write("before")
assert outlet.finish(60)
os.close(master)
for _ in range(100):
    outlet.write("after")
    assert outlet.finish(60)
"""


class Terminal:
    """A program in a terminal of some size, with access to its screen."""

    def __init__(self, code, *arguments, size=(80, 24), **environment):
        self.master, self.slave = pty.openpty()
        width, height = size
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=self.slave, stdout=self.slave, stderr=self.slave,
            start_new_session=True, env=self._environment(environment),
        )  # fmt: skip

    @staticmethod
    def _environment(changes):
        others = ("TF_", "LC_", "NO_COLOR", "COLUMNS", "LINES")  # test workers set a size
        kept = {k: v for k, v in os.environ.items() if not k.startswith(others)}
        return kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | changes

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)

    @property
    def text(self):
        return "\n".join(self.screen.display)

    def read(self, seconds=0.05):
        """Show what the program has written by now."""
        while select.select([self.master], [], [], seconds)[0]:
            piece = os.read(self.master, 65536)
            self.output += piece
            self._stream.feed(piece)
            seconds = 0

    def until(self, shown, gone=False):
        """Wait until a pattern appears on the screen, or disappears."""
        deadline = time.monotonic() + PATIENCE
        while bool(re.search(shown, self.text)) is gone:
            self.read()
            assert self.process.poll() is None, f"ended: {self.output[-2000:]!r}"
            assert time.monotonic() < deadline, f"waited in vain for {shown!r}:\n{self.text}"

    def rest(self):
        """Read until nothing has come for a while, and return every cell as it then shows."""
        silent = 0
        while silent < 10:
            before = len(self.output)
            self.read()
            silent = silent + 1 if len(self.output) == before else 0
        lines, columns = range(self.screen.lines), range(self.screen.columns)
        return [[self._seen(self.screen.buffer[y][x]) for x in columns] for y in lines]

    @staticmethod
    def _seen(cell):
        """Return what a user sees of a cell: on a blank only the background."""
        return (" ", cell.bg) if cell.data == " " else cell

    def press(self, keys):
        os.write(self.master, keys.encode())

    def close(self):
        """Take the terminal away, as closing its window does."""
        os.close(self.master)
        self.master = -1

    def end(self, rate=None):
        """Return the exit code after the program's end; read until then, or `rate` bytes/s."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "does not end"
            if self.master < 0 or rate is not None:
                time.sleep(0.05)
            if rate and select.select([self.master], [], [], 0)[0]:
                self.output += os.read(self.master, rate // 20)
            elif rate is None and self.master >= 0:
                self.read()
        if self.master >= 0:
            self.read()
        return self.process.returncode

    def fill(self):
        """Paint more than the line holds, and read nothing of it."""
        self.press("dddd")
        time.sleep(1)

    def is_as_it_was(self):
        """True if every mode that was switched on is off again, and the line is in its old mode."""
        for what, sequence in LEFT.items():
            on = sequence[:-1] + (b"l" if what == "cursor" else b"h")
            assert self.output.rfind(sequence) > self.output.rfind(on) >= 0, what
        return termios.tcgetattr(self.slave) == self.modes


def opened(terminal):
    terminal.until(r"\? Keys|\? keys")
    return terminal


def running_slowly(terminal):
    """Start a run at two steps a second, which would take a minute."""
    opened(terminal).press("<<<<<r")
    terminal.until(r"running .* epoch +[1-9]")


@pytest.mark.parametrize(
    ("number", "rate", "environment"),
    [(signal.SIGTERM, None, {"LANG": "C", "NO_COLOR": "1"}), (signal.SIGHUP, 0, {})],
    ids=["SIGTERM, no colors, LANG=C", "SIGHUP, and nothing reads"],
)
def test_a_signal_ends_the_run_and_keeps_its_record(number, rate, environment, home):
    home.mkdir()
    (home / "settings.toml").write_text('on_hangup = "stop"')
    with Terminal(AT_LEISURE, "open", "perceptron", **environment) as terminal:
        running_slowly(terminal)
        if rate == 0:
            terminal.fill()
        terminal.process.send_signal(number)
        assert terminal.end(rate) == 128 + number
        assert terminal.is_as_it_was()
        assert b"Traceback" not in terminal.output
    (run,) = list_runs("perceptron")
    assert run.status == "stopped" and run.steps > 0
    assert (run.directory / "model.keras").exists()


def status_becomes(wanted):
    """Wait until the only run has a status, and return it."""
    deadline = time.monotonic() + PATIENCE
    while list_runs("perceptron")[0].status != wanted:
        assert time.monotonic() < deadline, list_runs("perceptron")
        time.sleep(0.1)
    (run,) = list_runs("perceptron")
    return run


def test_a_run_goes_on_without_its_window_until_it_is_told_to_stop():
    with Terminal(AT_LEISURE, "open", "perceptron", size=(120, 36)) as terminal:
        running_slowly(terminal)
        terminal.close()
        before = list_runs("perceptron")[0].steps
        terminal.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while list_runs("perceptron")[0].steps < before + 4:
            assert time.monotonic() < deadline and terminal.process.poll() is None
            time.sleep(0.1)
        assert list_runs("perceptron")[0].status == "running"
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 128 + signal.SIGTERM
    assert status_becomes("stopped").steps >= before + 4


def test_a_run_that_is_left_running_goes_on_in_another_process():
    with Terminal(PROGRAM, "open", "perceptron", size=(120, 36)) as terminal:
        running_slowly(terminal)
        terminal.press("q")
        terminal.until(QUESTION)
        terminal.press("l")
        assert terminal.end() == 0
        assert terminal.is_as_it_was()
    run = status_becomes("completed")
    steps = [event.step for event in read(run.name).progress]
    assert steps == sorted(set(steps)) and steps[-1] == 120


def alike(first, second):
    """True if both ways give the same screen; at an early attempt the app may be drawing."""
    return any(first() == second() for _ in range(5))


def test_a_terminal_that_catches_up_shows_the_screen_as_it_is():
    with Terminal(OWN + WITHOUT_KERAS + MAIN, "open", "iris", size=(120, 36)) as terminal:
        speeds = iter(["1,?000", "200", "50", "10", "2"])

        def catching_up():
            terminal.press("dd<")
            time.sleep(1.5)  # in which more is painted than the line holds
            terminal.until(f"at most {next(speeds)} step/s")
            return terminal.rest()

        def painted_whole():
            terminal.screen.reset()
            terminal.press("\x0c")
            return terminal.rest()

        def resized():
            terminal.screen.reset()
            terminal.process.send_signal(signal.SIGWINCH)  # the state of the screen is unknown then
            return terminal.rest()

        opened(terminal)
        assert alike(catching_up, painted_whole)
        assert alike(terminal.rest, resized)
        terminal.press("q")
        assert terminal.end() == 0


def test_ctrl_z_stops_the_job_and_fg_paints_it_again(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(WITHOUT_KERAS + MAIN)
    with Terminal(OWN + SHELL, size=(120, 36), PS1="ready> ") as terminal:

        def continued():
            terminal.press("\x1a")
            terminal.until("Stopped")
            left, entered = (terminal.output.rfind(b"\x1b[?1049" + end) for end in (b"l", b"h"))
            assert left > entered >= 0
            terminal.screen.reset()
            terminal.press("fg\r")
            opened(terminal)
            return terminal.rest()

        terminal.until("ready>")
        terminal.press(f"{sys.executable} {program} open iris\r")
        opened(terminal)
        assert alike(terminal.rest, continued)
        terminal.press("q")
        terminal.until("ready>")
        terminal.press("exit\r")
        assert terminal.end() == 0


def test_ctrl_z_changes_nothing_where_nobody_would_continue_the_app():
    with Terminal(OWN + WITHOUT_KERAS + MAIN, "open", "iris") as terminal:

        def not_stopped():
            terminal.press("\x1a")
            return terminal.rest()

        opened(terminal)
        assert alike(terminal.rest, not_stopped)
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.is_as_it_was()


@pytest.mark.slow
def test_a_measurement_that_takes_long_does_not_hold_up_leaving():
    with Terminal(OWN + STUCK, "open", "perceptron") as terminal:
        opened(terminal).press("r")
        terminal.until("measuring and saving")
        terminal.fill()
        terminal.press("qq")
        assert terminal.end(rate=0) == 0
        assert terminal.is_as_it_was()
    (run,) = list_runs("perceptron")
    assert run.status == "stopped" and run.steps > 0 and run.metrics["loss"] > 0
    assert "before the result was measured" in run.finished.message


@pytest.mark.parametrize(
    ("how", "rate"),
    [
        ("q", 0),
        pytest.param(signal.SIGTERM, 2000, marks=pytest.mark.slow),
        pytest.param(signal.SIGQUIT, 0, marks=pytest.mark.slow),
    ],
)
def test_a_terminal_that_does_not_keep_up_is_left(how, rate):
    with Terminal(OWN + WITHOUT_KERAS + MAIN, "open", "iris", size=(160, 45)) as terminal:
        opened(terminal).fill()
        if how == "q":
            terminal.press("q")
        else:
            terminal.process.send_signal(how)
        assert terminal.end(rate) == (0 if how == "q" else 128 + how)
        assert terminal.is_as_it_was()


@pytest.mark.slow
def test_closing_the_window_ends_a_paused_run_and_keeps_its_record():
    with Terminal(AT_LEISURE, "open", "perceptron", size=(120, 36)) as terminal:
        opened(terminal).press("s")
        terminal.until(r"paused .* step +1/")
        terminal.close()
        assert terminal.end() == 128 + signal.SIGHUP
    (run,) = list_runs("perceptron")
    assert run.status == "stopped" and run.steps == 1


def test_drawing_goes_on_into_nothing_where_the_terminal_is_gone():
    command = [sys.executable, "-c", GONE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")


def test_stray_output_goes_to_the_log_and_ctrl_c_asks_during_a_run():
    with Terminal(OWN + LOUD, "open", "perceptron", size=(120, 36)) as terminal:
        opened(terminal).press("r")
        terminal.until("completed .* took")
        running_slowly(terminal)
        terminal.press("\x03")
        terminal.until(QUESTION)
        terminal.press("n")
        terminal.until(QUESTION, gone=True)
        terminal.press("\x03")
        terminal.until(QUESTION)
        terminal.press("y")
        assert terminal.end() == 0
        assert terminal.is_as_it_was()
        assert b"STRAY" not in terminal.output
    assert [run.status for run in list_runs("perceptron")] == ["stopped", "completed"]
    log = paths.log().read_text(errors="replace")
    assert [
        word for word in ("one", "two", "print", "complaint") if f"STRAY {word}" not in log
    ] == []


def test_ctrl_c_leaves_at_once_without_a_run():
    with Terminal(OWN + WITHOUT_KERAS + MAIN, NO_COLOR="1", LANG="C") as terminal:
        terminal.until("Welcome")
        terminal.press("\x03")
        assert terminal.end() == 0
        assert terminal.is_as_it_was()
        assert b"Traceback" not in terminal.output
    assert list_runs() == []


def test_what_breaks_once_the_app_is_left_is_no_failure():
    with Terminal(OWN + LEFT_AT_ONCE, "open", "iris", size=(100, 30)) as terminal:
        assert terminal.end() == 0
        assert b"broke off" not in terminal.output
        assert "mounted on nothing" in paths.log().read_text()


@pytest.mark.slow
async def test_ctrl_c_twice_leaves_a_run(monkeypatch):
    """A second Ctrl-C answers the question of the first and leaves the run."""
    monkeypatch.setattr(RunController, "load", lambda self: None)
    async with workbench() as (app, pilot):
        training = bench(app).runs.training
        training.busy = True
        try:
            await pilot.press("ctrl+c")
            await until(pilot, lambda: isinstance(app.screen, Leave))
            await pilot.press("ctrl+c")
            await pilot.pause(0.2)
            assert training.control.stopping
        finally:
            training.busy = False


def refused(**streams):
    """Return the program's message where it cannot open."""
    process = subprocess.run(
        [sys.executable, "-m", "tui_dl"], stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
        **streams,
    )  # fmt: skip
    assert process.returncode == 2
    (line,) = process.stderr.splitlines()
    return line


def test_a_pipe_is_refused_in_one_line():
    said = refused(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert "needs a terminal" in said and "headless" in said


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_refused_in_one_line(name):
    master, slave = pty.openpty()
    try:
        said = refused(stdin=slave, stdout=slave, env={**os.environ, "TERM": name})
        assert not select.select([master], [], [], 0)[0]
    finally:
        os.close(master)
        os.close(slave)
    assert f"TERM={name}" in said and "headless" in said


@pytest.mark.slow
def test_two_apps_and_five_commands_train_in_one_home():
    command = [sys.executable, "-m", "tui_dl", "train", "perceptron", "--quiet"]
    size = (160, 45)
    with (
        Terminal(MAIN, "open", "iris", size=size) as one,
        Terminal(MAIN, "open", "greater-than", size=size) as two,
    ):
        for terminal in (one, two):
            terminal.until("CPU")
        children = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(5)]
        for terminal in (one, two):
            terminal.press("r")
        for terminal in (one, two):
            terminal.until("completed .* took")
        for child in children:
            assert b"perceptron completed" in child.communicate(timeout=PATIENCE)[0]
        for terminal in (one, two):
            terminal.press("q")
            assert terminal.end() == 0
    runs = list_runs()
    assert len(runs) == len({run.name for run in runs}) == 7
    assert {run.status for run in runs} == {"completed"}
    assert [read(run.name).steps for run in runs if run.lesson == "perceptron"] == [120] * 5
