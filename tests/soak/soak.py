"""`make soak`: drive the real app with random gestures; options SOAK_SECONDS, SOAK_SEED.

The gestures depend on the seed alone. A failure is an end that was not requested, an error or a
traceback in the log, or a terminal that gets no answer.
"""

import contextlib
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from clock import Clock
from gestures import Gestures
from pty_app import LEFT, PtyApp

OPENED = 90  # seconds for the first screen on a busy machine
HANGS = 60  # seconds without an answer after which the app counts as hanging
LEAVES = 30  # seconds that leaving may take before the app counts as hanging
SLOW = 1  # seconds after which the report shows what the app did instead of answering
AGAIN = 5  # seconds after which a key without an answer is sent again
PROBE_EVERY = 60  # gestures between two keys whose answer is timed
REPEAT = 30  # keys per second of a keyboard whose key is held down
ERROR = re.compile(r"^\S+ \S+ (?:ERROR|CRITICAL) .*|^Traceback \(most recent call last\).*", re.M)
PALETTE = "Search for commands"
ESCAPES = 6
GOES_ON = ["-m", "tui_dl", "runs", "resume"]  # arguments of a process that goes on with a run
PRESS = re.compile(  # one paste, key, click or answer
    r"\x1b\[200~.*?\x1b\[201~|\x1b[\[P\]][^A-Za-z~]*.|.", re.DOTALL
)


@dataclass
class Outcome:
    """The results of a soak; `faults` must stay empty."""

    gestures: Counter = field(default_factory=Counter)
    ends: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    left: int = 0
    left_running: int = 0  # runs that another process went on with

    @property
    def faults(self):
        return self.ends + self.errors + self.hangs


class Soak:
    """One soak; the app is restarted in the same home after each exit."""

    def __init__(self, home, seed):
        self.home, self.outcome = home, Outcome()
        self._random = random.Random(seed)
        self._gestures = Gestures(self._random)
        self._clock = Clock()
        self._recent = deque(maxlen=12)
        self._signals = set()
        self._size = (100, 30)
        self._log = ""  # of the present app
        self._ahead = 0.0  # seconds by which the typing is ahead of a held key

    def run(self, seconds):
        """Drive the app for that many seconds."""
        began = time.monotonic()
        app = self._start()
        try:
            for count, gesture in enumerate(self._gestures, 1):
                if time.monotonic() - began > seconds:
                    break
                if not app.alive:
                    self._judge_exit(app)
                    app.close()
                    app = self._start()
                self._do(app, gesture)
                if count % PROBE_EVERY == 0:
                    self._probe(app)
                    self._judge_log(app)
                if (time.monotonic() - began) // 60 >= len(self.outcome.memory):
                    self.outcome.memory.append(app.memory())
            self._leave(app)
        finally:
            app.close()
            self._end_others()
        return self.outcome

    def _start(self):
        self._end_others()
        self._signals.clear()
        self._log = ""
        app = PtyApp(self.home, self._size)
        if app.until(lambda text: text.strip(), OPENED) is None:
            self.outcome.hangs.append(f"not opened: {app.tail[-500:]!r}")
        app.read(0.5)
        return app

    def _end_others(self):
        """End the processes that go on with runs that were left running."""
        for process in psutil.process_iter(["cmdline"]):
            with contextlib.suppress(psutil.Error):
                resumes = (process.info["cmdline"] or [])[1:5] == GOES_ON
                if resumes and process.environ().get("DLWORKBENCH_HOME") == str(self.home):
                    self.outcome.left_running += 1
                    process.kill()

    def _do(self, app, gesture):
        self.outcome.gestures[gesture.name] += 1
        self._recent.append(f"{gesture.name} {(gesture.data or gesture.size or gesture.signal)!r}")
        if gesture.size:
            self._size = gesture.size
            app.resize(*gesture.size)
        elif gesture.signal:
            killed = gesture.signal == signal.SIGKILL
            self._signals.add(-gesture.signal if killed else 128 + gesture.signal)
            app.signal(gesture.signal)
        else:
            app.send(gesture.data)
        typed = len(PRESS.findall(gesture.data.decode("utf-8", "replace")))
        self._ahead = max(0.0, self._ahead + typed / REPEAT - gesture.pause)
        app.read(gesture.pause)
        app.wake()
        if gesture.leaves:
            app.read(1.0)
        if gesture.signal == signal.SIGHUP and app.alive:
            self._leave(app)  # a run goes on without the screen

    def _probe(self, app):
        """Time a key that always has an answer: the palette opens.

        Input that was typed faster than a held key repeats gets the time that repeating would take.
        """
        if self._size[0] < 60 or self._size[1] < 20 or not app.alive:
            return
        app.read(self._ahead)
        self._ahead = 0.0
        for _ in range(ESCAPES):  # out of dialogs, lists and fields
            app.send(b"\x1b")
            app.read(0.15)
        app.read(0.6)  # an escape directly followed by a key means alt and that key
        app.wake()
        spent = self._open_palette(app)
        if spent is not None:
            self.outcome.answers.append(spent)
        elif app.alive:
            self.outcome.hangs.append(
                f"no answer in {HANGS} s\n{app.text}\n{app.stacks()}\n{self._story()}\n"
                f"  not understood: {app.unread[-3:]}"
            )
            app.process.send_signal(signal.SIGKILL)
            app.process.wait()
            self._signals.add(-signal.SIGKILL)
        app.send(b"\x1b")
        app.read(0.2)

    def _open_palette(self, app):
        """Return the seconds until the palette shows; a lost key is sent again as time runs."""
        began = time.monotonic()
        for _ in range(HANGS // AGAIN):
            app.send(b"\x10")
            if app.until(lambda text: PALETTE in text, SLOW) is None and app.alive:
                self.outcome.slow.append(self._slow(app, began))
            if app.until(lambda text: PALETTE in text, AGAIN) is not None:
                return time.monotonic() - began
        return None

    def _slow(self, app, began):
        """Describe an answer that is due: what the app does, the machine, what came before."""
        state = f"{app.state()}; the machine stood still for {self._clock.still(began):.2f} s"
        return (
            f"an answer takes over {SLOW} s at {self._size}: {state}\n{app.stacks()}\n"
            f"{app.text}\n{self._log[-1000:]}\n{self._story()}"
        )

    def _leave(self, app):
        """Leave by signal; it must work from every screen."""
        if app.alive:
            self._signals.add(128 + signal.SIGTERM)
            app.wake()
            app.signal(signal.SIGTERM)
            end = time.monotonic() + LEAVES
            while app.alive and time.monotonic() < end:
                app.read(0.1)
            if app.alive:
                self.outcome.hangs.append(f"SIGTERM did not end it in {LEAVES} s; {self._story()}")
                return
        self._judge_exit(app)

    def _judge_exit(self, app):
        code = app.process.wait()
        self._judge_log(app)
        wished = LEFT in self._log and (code == 0 or code in self._signals)
        if wished or code in self._signals:
            self.outcome.left += 1
            return
        story = f"{app.tail[-600:]!r}\n{app.stacks()}\n{self._log[-2000:]}\n{self._story()}"
        self.outcome.ends.append(f"exit code {code}: {story}")

    def _judge_log(self, app):
        log = app.new_log()
        self._log = (self._log + log)[-100_000:]
        self._count_errors(log)

    def _count_errors(self, log):
        for found in ERROR.finditer(log):
            if found.group().startswith("Traceback") and "ERROR" in log[: found.start()][-300:]:
                continue  # the stack of the record before it
            self.outcome.errors.append(f"{log[found.start() :][:6000]}\n{self._story()}")

    def _story(self):
        return "  before it: " + " | ".join(self._recent)


def report(outcome):
    """Return the outcome in lines."""
    answers = sorted(outcome.answers) or [0.0]
    p95 = answers[int(len(answers) * 0.95)]
    yield f"gestures: {sum(outcome.gestures.values())}; left on request: {outcome.left} times"
    yield f"runs left running that still went on: {outcome.left_running}"
    yield f"ends: {len(outcome.ends)}; errors in the log: {len(outcome.errors)}"
    yield f"hangs: {len(outcome.hangs)}"
    yield f"slowest answer: {answers[-1]:.2f} s; p95 {p95:.2f} s; of {len(outcome.answers)} keys"
    yield "memory by minute, MB: " + " ".join(f"{each:.0f}" for each in outcome.memory)
    for fault in outcome.faults + outcome.slow[:10]:
        yield f"--- {fault}"


def main():
    """Soak as the environment says; the exit code is 1 if anything failed."""
    seconds = float(os.environ.get("SOAK_SECONDS", "600"))
    seed = int(os.environ.get("SOAK_SEED", "1"))
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        outcome = Soak(Path(folder) / "home", seed).run(seconds)
    print(f"seed {seed}, {seconds:g} s")
    print("\n".join(report(outcome)))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
