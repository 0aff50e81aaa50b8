"""Controls a run from another thread: pause, step, stop, live values, speed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal

RunState = Literal[
    "idle", "preparing", "running", "paused", "completed", "stopped", "diverged", "failed"
]
Wish = Literal["run", "pause", "step", "epoch", "stop"]

LONGEST_HOLD = 0.05  # seconds


class Control:
    """The control of a run, safe to use from any thread.

    The trainer calls `wish()` between two short pieces of work; it blocks there while paused.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wish: Wish = "run"
        self._heard: Wish = "run"  # what the trainer read last
        self._changes: dict[str, Any] = {}
        self._planned: deque[tuple[int, dict[str, Any]]] = deque()
        self._state: RunState = "idle"
        self._speed: float | None = None
        self.watched = False  # True while this process shows the pictures
        self.viewers: set[int] = set()  # other processes that show the pictures
        self._way = threading.Event()
        self._way.set()
        self.on_state: Callable[[RunState], None] = lambda state: None

    # Requests of the user.

    def pause(self) -> None:
        """Pause after the current piece of work."""
        self._ask("pause")

    def resume(self) -> None:
        """Resume the run."""
        self._ask("run")

    def step(self) -> None:
        """Train one step, then pause."""
        self._ask("step")

    def step_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._ask("epoch")

    def stop(self) -> None:
        """End the run and keep its record. This cannot be undone."""
        self._ask("stop")

    def set(self, name: str, value: Any) -> None:
        """Change a live hyperparameter at the next opportunity."""
        with self._condition:
            self._changes[name] = value
            self._condition.notify_all()

    def hold(self) -> None:
        """Ask a trainer that uses the interpreter to leave it free until `release`."""
        self._way.clear()

    def release(self) -> None:
        """Let the trainer use the interpreter again."""
        self._way.set()

    @property
    def speed(self) -> float | None:
        """The limit in steps per second, or None for full speed."""
        return self._speed

    @speed.setter
    def speed(self, value: float | None) -> None:
        with self._condition:
            self._speed = value
            self._condition.notify_all()

    @property
    def state(self) -> RunState:
        """The state of the run."""
        return self._state

    @property
    def looked_at(self) -> bool:
        """True while somebody looks at the pictures."""
        return self.watched or bool(self.viewers)

    @property
    def pausing(self) -> bool:
        """True if the trainer will pause, or pauses."""
        return self._wish == "pause"

    @property
    def stopping(self) -> bool:
        """True once stop() was called."""
        return self._wish == "stop"

    def _ask(self, wish: Wish) -> None:
        with self._condition:
            if self._wish != "stop":
                self._wish = wish
            self._condition.notify_all()

    # Calls of the trainer.

    def enter(self, state: RunState) -> None:
        """Set a new state and report it to `on_state`."""
        if state != self._state:
            self._state = state
            self.on_state(state)

    def plan(self, changes: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Set live values at these steps, as an earlier part of the run did."""
        self._planned.extend(changes)

    @property
    def planned(self) -> int | None:
        """The next step at which live values are set as planned."""
        return self._planned[0][0] if self._planned else None

    def wish(self, changed: Callable[[dict[str, Any]], None], step: int = 0) -> Wish:
        """Return what to do next; block while paused. `changed` gets live values set meanwhile."""
        while self.planned is not None and self.planned <= step:
            changed(self._planned.popleft()[1])
        while True:
            with self._condition:
                changes, self._changes = self._changes, {}
                wish = self._heard = self._wish
            if changes:
                changed(changes)
            if wish != "pause":
                self.enter("running" if wish == "run" else self._state)
                return wish
            self.enter("paused")
            with self._condition:
                self._condition.wait_for(lambda: self._wish != "pause" or bool(self._changes))

    def give_way(self) -> None:
        """Yield the interpreter, and wait while held, for at most LONGEST_HOLD."""
        time.sleep(0)
        if not self._way.wait(LONGEST_HOLD):
            self._way.set()

    def arrived(self) -> None:
        """Note that the requested step or epoch is done: pause, unless there is a new request."""
        with self._condition:
            if self._wish in ("step", "epoch"):
                self._wish = "pause"

    def rest(self, seconds: float) -> bool:
        """Sleep for this many seconds; return True at once if there is a new request."""
        with self._condition:
            heard, speed = self._heard, self._speed
            return self._condition.wait_for(
                lambda: self._wish != heard or self._speed != speed or bool(self._changes),
                timeout=seconds,
            )
