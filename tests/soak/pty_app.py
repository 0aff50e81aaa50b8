"""The workbench in a pseudo-terminal: the input of a user, and the screen."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import psutil
import pyte

PROGRAM = """
import faulthandler, fcntl, os, signal, sys, termios, traceback
stacks = open(os.environ["DLWORKBENCH_HOME"] + "-stacks", "w")
def state(app):
    painting, out, order = app._driver._painting, app._driver._outlet, app._in_order
    yield "screens", app.screen_stack
    yield "batches", app._batch_count
    yield "in order", (order._turn, len(order._waiting), order._ready())
    yield "painting", (painting._size, painting._stale)
    yield "outlet", out and (out._due, out._busy, out._left, out._era, out._ending)
def show_stacks(_, frame):
    for inner, _ in traceback.walk_stack(frame):
        if inner.f_code.co_name == "run_workbench":
            print(*state(inner.f_locals["app"]), sep="\\n", file=stacks)
    for number, frame in sys._current_frames().items():
        print("thread", number, file=stacks)
        traceback.print_stack(frame, file=stacks)
    stacks.flush()
signal.signal(signal.SIGUSR1, show_stacks)
faulthandler.enable(file=stacks)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from tui_dl.cli import main
main()
"""
LEFT = "leaving with exit code"  # log lines of a requested exit
KEPT = 4000  # bytes of output in a report of an end


class PtyApp:
    """One process of the app, its screen as a terminal would show it, and its log."""

    def __init__(self, home, size=(100, 30), lesson=None):
        self.home, self.log = home, home / "workbench.log"
        self._logged = self.log.stat().st_size if self.log.exists() else 0
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.tail = b""
        self.unread: list[str] = []  # sequences that pyte did not understand
        self._set_size(*size)
        command = [sys.executable, "-c", PROGRAM, *(("open", lesson) if lesson else ())]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=self._environment(),
        )  # fmt: skip
        os.close(slave)

    def _environment(self):
        others = ("TF_", "LC_", "NO_COLOR", "COLUMNS", "LINES", "PYTEST_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(others)}
        own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        return kept | own | {"DLWORKBENCH_HOME": str(self.home)}

    @property
    def text(self):
        """The text on the screen."""
        return "\n".join(self.screen.display)

    @property
    def alive(self):
        return self.process.poll() is None

    def memory(self):
        """Return resident memory in megabytes."""
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.process.pid).memory_info().rss / 1e6
        return 0.0

    def state(self):
        """Return what the system says of the process: running or stopped, age, processor time."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.process.pid)
            age, used = time.time() - process.create_time(), sum(process.cpu_times()[:2])
            return f"{process.status()}, started {age:.1f} s ago, {used:.1f} s of processor time"
        return "gone"

    def read(self, seconds):
        """Read the app's output for that many seconds."""
        end = time.monotonic() + seconds
        while True:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self._master], [], [], left)
            if not ready:
                return
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # the other end is closed: the app has ended
                time.sleep(min(left, 0.05))
                return
            self.tail = (self.tail + piece)[-KEPT:]
            self._show(piece)

    def _show(self, piece):
        """Feed the terminal; pyte does not know every sequence."""
        try:
            self._stream.feed(piece)
        except Exception as error:
            self.unread.append(f"{error!r} in {piece[:2000]!r}")

    def until(self, shown, seconds):
        """Return the seconds until the predicate holds for the screen's text, or None."""
        began = time.monotonic()
        while not shown(self.text):
            if time.monotonic() - began > seconds or not self.alive:
                return None
            self.read(0.01)
        return time.monotonic() - began

    def send(self, data):
        """Type these bytes, as fast as the app takes them; give up after ten seconds."""
        end = time.monotonic() + 10
        while data and self.alive and time.monotonic() < end:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.read(0.05)
            except OSError:
                return

    def resize(self, columns, rows):
        """Change the terminal's size; the kernel sends the signal."""
        self._set_size(columns, rows)
        self.screen.resize(rows, columns)

    def _set_size(self, columns, rows):
        packed = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, packed)

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def wake(self):
        """Continue the suspended app, as `fg` does."""
        with contextlib.suppress(psutil.Error):
            if psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED:
                self.signal(signal.SIGCONT)
                return True
        return False

    def new_log(self):
        """Return the log lines since the last call."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._logged)
            text = file.read()
        self._logged += len(text)
        return text.decode(errors="replace")

    def stacks(self):
        """Return each thread's stack, to report a hang; after a crash, the stack at the crash."""
        file = Path(f"{self.home}-stacks")
        before = file.stat().st_size
        if not self.alive:
            return file.read_text()[-5000:]
        self.signal(signal.SIGUSR1)
        end = time.monotonic() + 1
        while file.stat().st_size == before and time.monotonic() < end:
            self.read(0.02)
        return file.read_text()[before:]

    def close(self):
        """End the process in any state."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
