"""What a resumed run has recorded already: it is computed again, but not recorded again.

A run depends only on its settings, so computing it again gives the same events. Those that the
record holds are dropped; the first one that differs, and all after it, replace the rest of the
record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tui_dl.errors import LessonError
from tui_dl.events import (
    Epoch,
    Event,
    Finished,
    Glimpse,
    Metrics,
    Note,
    Progress,
    Snapshot,
    Started,
    State,
)

Told = Progress | Epoch | Note
SETTINGS = ("lesson", "hyperparameters", "seed", "data", "epochs", "steps", "layers")


@dataclass(frozen=True)
class Count:
    """How many events a run has told, pictures aside, and a digest of them without their times."""

    events: int = 0
    digest: str = ""

    def after(self, events: Iterable[Told]) -> Count:
        """Return the count after these events too."""
        number, digest = self.events, self.digest
        for event in events:
            text = f"{digest}{_plain(event)}".encode()
            number, digest = number + 1, hashlib.blake2b(text, digest_size=16).hexdigest()
        return Count(number, digest)


class Counter:
    """Counts the events of a run; the digest is made when asked for, as most runs need none."""

    def __init__(self) -> None:
        self._counted = Count()
        self._since: list[Told] = []

    def add(self, event: Event) -> None:
        """Count an event, unless it is a state, a picture, the first or the last one."""
        if isinstance(event, Told):
            self._since.append(event)

    def count(self) -> Count:
        """Return the count of all events so far."""
        self._counted, self._since = self._counted.after(self._since), []
        return self._counted

    def restore(self, count: Count) -> None:
        """Go on from what `count` returned."""
        self._counted, self._since = count, []


def changes_of(said: Iterable[Told]) -> list[tuple[int, Metrics]]:
    """Return the live values that were set, and at which steps."""
    return [(e.step, e.changes) for e in said if isinstance(e, Note) and e.changes]


def begins_with(said: Sequence[Told], count: Count) -> bool:
    """True if the first of `said` are the events that were counted."""
    return Count().after(said[: count.events]) == count


@dataclass
class Replay:
    """The recorded events of a run after its `started`, and what is still to come of them.

    `said` are those without pictures; `drawn` says for each recorded picture, by view and step,
    how many of `said` come before it. `cut` shortens the record to the first of `said`; `leave`
    leaves it as it is, without an end, if the run ends before all of it is computed again.
    `owed` is a note for the record: it is added after what is computed again, as an event that is
    not recorded replaces the rest of the record.
    """

    started: Started
    said: Sequence[Told]
    drawn: Mapping[tuple[str, int], int]
    cut: Callable[[int], None]
    leave: Callable[[], None]
    owed: str = ""
    _next: int = 0
    _ahead: float = field(default=0.0)  # seconds by which the record's times are ahead

    @property
    def changes(self) -> list[tuple[int, Metrics]]:
        """The live values that were set in what is computed again, and at which steps."""
        return changes_of(self.said[self._next :])

    def begins_with(self, count: Count) -> bool:
        """True if the first of `said` are the events that were counted."""
        return begins_with(self.said, count)

    def skip(self, count: Count) -> None:
        """Expect the event after those that were counted next: a checkpoint was restored."""
        self._next = count.events

    def owe(self, text: str) -> None:
        """Add a note with this text as soon as nothing is left to be computed again."""
        self.owed = text

    def due(self, step: int) -> Note | None:
        """Return the note that is owed, once, when nothing is left to be computed again."""
        if not self.owed or self.behind:
            return None
        text, self.owed = self.owed, ""
        return Note(step=step, text=text)

    def is_drawn(self, view: str, step: int) -> bool:
        """True if the record holds this picture."""
        return (view, step) in self.drawn

    def new(self, event: Event) -> Event | None:
        """Return the event to tell, with a time that goes on from the record's, or None.

        Raise LessonError if the run that starts is another one.
        """
        match event:
            case State() | Glimpse() | Snapshot():
                return event
            case Started():
                self._compare(event)
                return None
            case Note() | Progress() | Epoch():
                return None if self._recorded(event) else self._later(event)
            case Finished():
                if self.behind and event.status in ("stopped", "failed"):
                    self.leave()
                else:
                    self._drop_the_rest()
                return self._later(event)

    def _recorded(self, event: Told) -> bool:
        """True if the event is the next recorded one; a note that does not come again is kept."""
        place = self._next
        while place < len(self.said):
            recorded = self.said[place]
            if _plain(recorded) == _plain(event):
                self._next = place + 1
                if not (isinstance(recorded, Note) or isinstance(event, Note)):
                    self._ahead = recorded.seconds - event.seconds
                return True
            if not isinstance(recorded, Note):
                break
            place += 1
        self._drop_the_rest()
        return False

    def _drop_the_rest(self) -> None:
        """Shorten the record by what is not computed again, notes at its end excepted."""
        if self.behind:
            self.cut(self._next)
            self.drawn = {key: before for key, before in self.drawn.items() if before <= self._next}
        self.said = self.said[: self._next]

    @property
    def behind(self) -> bool:
        """True if recorded events, notes aside, are still to be computed again."""
        return any(not isinstance(event, Note) for event in self.said[self._next :])

    def _later(self, event: Told | Finished) -> Event:
        """Return the event with a time that goes on from the record's."""
        if isinstance(event, Note):
            return event
        return event.model_copy(update={"seconds": event.seconds + self._ahead})

    def _compare(self, started: Started) -> None:
        before, now = (e.model_dump(include=set(SETTINGS)) for e in (self.started, started))
        other = [name for name in SETTINGS if before[name] != now[name]]
        if other:
            raise LessonError(f"the run cannot be resumed: its {', '.join(other)} would differ")


def _plain(event: Told) -> str:
    return event.model_dump_json(exclude={"seconds"})
