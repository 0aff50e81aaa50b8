"""What a person may do to a run from another thread: pause, step, stop, change, slow down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Literal

RunState = Literal[
    "idle", "preparing", "running", "paused", "completed", "stopped", "diverged", "failed"
]
Wish = Literal["run", "pause", "step", "epoch", "stop"]

LONGEST_HOLD = 0.05  # seconds


class Control:
    """The handle on a run, safe to use from any thread.

    A trainer asks `wish()` between two short pieces of work; it blocks there while paused.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wish: Wish = "run"
        self._heard: Wish = "run"  # what the trainer was last told
        self._changes: dict[str, Any] = {}
        self._state: RunState = "idle"
        self._speed: float | None = None
        self.watched = False  # True while somebody looks at the pictures
        self._way = threading.Event()
        self._way.set()
        self.on_state: Callable[[RunState], None] = lambda state: None

    # What a person asks for.

    def pause(self) -> None:
        """Wait after the piece of work under way."""
        self._ask("pause")

    def resume(self) -> None:
        """Go on."""
        self._ask("run")

    def step(self) -> None:
        """Train one step, then pause."""
        self._ask("step")

    def step_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._ask("epoch")

    def stop(self) -> None:
        """End the run; its record is kept. Nothing undoes it."""
        self._ask("stop")

    def set(self, name: str, value: Any) -> None:
        """Change a live hyperparameter at the next opportunity."""
        with self._condition:
            self._changes[name] = value
            self._condition.notify_all()

    def hold(self) -> None:
        """Ask a trainer that needs the interpreter to leave it alone, until `release`."""
        self._way.clear()

    def release(self) -> None:
        """The interpreter is free again."""
        self._way.set()

    @property
    def speed(self) -> float | None:
        """The most steps per second, or None for full speed."""
        return self._speed

    @speed.setter
    def speed(self, value: float | None) -> None:
        with self._condition:
            self._speed = value
            self._condition.notify_all()

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        return self._state

    @property
    def pausing(self) -> bool:
        """True if the trainer will pause, or pauses."""
        return self._wish == "pause"

    @property
    def stopping(self) -> bool:
        """Whether the end has been asked for."""
        return self._wish == "stop"

    def _ask(self, wish: Wish) -> None:
        with self._condition:
            if self._wish != "stop":
                self._wish = wish
            self._condition.notify_all()

    # What the trainer does with it.

    def enter(self, state: RunState) -> None:
        """Record a new state and tell whoever listens."""
        if state != self._state:
            self._state = state
            self.on_state(state)

    def wish(self, changed: Callable[[dict[str, Any]], None]) -> Wish:
        """What to do next; blocks while paused. `changed` gets the live values set meanwhile."""
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
        """Wait while held, for at most LONGEST_HOLD; hand over the interpreter in any case."""
        time.sleep(0)
        if not self._way.wait(LONGEST_HOLD):
            self._way.set()

    def arrived(self) -> None:
        """The step or epoch that was asked for is done: pause, unless something else was asked."""
        with self._condition:
            if self._wish in ("step", "epoch"):
                self._wish = "pause"

    def rest(self, seconds: float) -> bool:
        """Sleep that long; ends at once when anything is asked for, and tells whether it was."""
        with self._condition:
            heard, speed = self._heard, self._speed
            return self._condition.wait_for(
                lambda: self._wish != heard or self._speed != speed or bool(self._changes),
                timeout=seconds,
            )
