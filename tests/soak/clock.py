"""A clock that notices when the machine itself stood still."""

import threading
import time
from collections import deque

TICK = 0.05  # seconds between two looks at the time
KEPT = 2000  # ticks: more than the longest wait for an answer


class Clock:
    """Looks at the time in a thread of its own; a late look is a pause of the whole machine."""

    def __init__(self):
        self._late = deque(maxlen=KEPT)  # (time, seconds by which the look was late)
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self):
        while True:
            due = time.monotonic() + TICK
            time.sleep(TICK)
            self._late.append((time.monotonic(), time.monotonic() - due))

    def still(self, since):
        """Return the longest pause after the time `since`, in seconds."""
        return max((late for when, late in list(self._late) if when >= since), default=0.0)
