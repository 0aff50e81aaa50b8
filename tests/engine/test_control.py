"""Tests of the handle on a run: what a trainer in another thread gets, and when it waits."""

import queue
import threading
from contextlib import contextmanager

import pytest

from tui_dl.engine.control import Control

PATIENCE = 10  # seconds: the longest that a test waits for a thread
A_WHILE = 0.1  # seconds in which an unwanted event would have happened


class Trainer(threading.Thread):
    """A thread that asks for a wish at each `ask`; it reports answers and changes in order."""

    def __init__(self, control):
        super().__init__(daemon=True)
        self.control, self.told, self.states = control, queue.Queue(), []
        self._tickets = queue.Queue()
        control.on_state = self.states.append
        self.start()

    def run(self):
        while self._tickets.get():
            self.told.put(self.control.wish(lambda changes: self.told.put(changes)))

    def ask(self):
        self._tickets.put(True)
        return self

    def answer(self):
        return self.told.get(timeout=PATIENCE)

    def waits(self):
        try:
            return not self.told.get(timeout=A_WHILE)
        except queue.Empty:
            return True

    def leave(self):
        self.control.stop()
        self._tickets.put(False)
        self.join(PATIENCE)


@contextmanager
def trainer(control):
    thread = Trainer(control)
    try:
        yield thread
    finally:
        thread.leave()


def until_paused(control):
    done = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if control.state == "paused":
            return
        done.wait(0.01)
    raise AssertionError(f"is {control.state}")


def test_without_a_wish_it_runs_at_once():
    control = Control()
    assert control.state == "idle"
    assert control.wish(lambda changes: None) == "run"
    assert control.state == "running" and not control.stopping


@pytest.mark.parametrize(
    ("ask", "wish"),
    [("resume", "run"), ("step", "step"), ("step_epoch", "epoch"), ("stop", "stop")],
)
def test_a_paused_trainer_waits_until_something_else_is_asked(ask, wish):
    control = Control()
    control.pause()
    with trainer(control) as thread:
        thread.ask()
        until_paused(control)
        assert thread.waits()
        getattr(control, ask)()
        assert thread.answer() == wish


def test_changes_are_delivered_while_paused_and_it_goes_on_waiting():
    control = Control()
    control.pause()
    with trainer(control) as thread:
        thread.ask()
        until_paused(control)
        control.set("learning_rate", 0.5)
        assert thread.answer() == {"learning_rate": 0.5}
        assert thread.waits() and control.state == "paused"
        control.resume()
        assert thread.answer() == "run"


def test_changes_come_before_the_wish_once_and_the_last_value_counts():
    control, seen = Control(), []
    control.set("learning_rate", 0.5)
    control.set("learning_rate", 0.25)
    control.set("momentum", 0.9)
    assert control.wish(seen.append) == "run"
    assert seen == [{"learning_rate": 0.25, "momentum": 0.9}]
    control.wish(seen.append)
    assert len(seen) == 1


def test_what_hears_of_a_change_may_ask_for_something():
    control = Control()
    control.set("learning_rate", 0.5)
    assert control.wish(lambda changes: control.stop()) in ("run", "stop")
    assert control.wish(lambda changes: None) == "stop"


@pytest.mark.parametrize("ask", ["pause", "resume", "step", "step_epoch", "stop"])
def test_stop_is_final(ask):
    control = Control()
    control.stop()
    getattr(control, ask)()
    control.arrived()
    assert control.stopping
    assert control.wish(lambda changes: None) == "stop"


def test_a_change_that_came_with_the_stop_is_still_delivered():
    control, seen = Control(), []
    control.set("learning_rate", 0.5)
    control.stop()
    assert control.wish(seen.append) == "stop" and seen == [{"learning_rate": 0.5}]


@pytest.mark.parametrize("ask", ["step", "step_epoch"])
def test_arriving_pauses(ask):
    control = Control()
    getattr(control, ask)()
    with trainer(control) as thread:
        assert thread.ask().answer() in ("step", "epoch")
        control.arrived()
        thread.ask()
        until_paused(control)
        assert thread.waits()


def test_arriving_leaves_what_was_asked_meanwhile():
    control = Control()
    control.step()
    assert control.wish(lambda changes: None) == "step"
    control.resume()
    control.arrived()
    assert control.wish(lambda changes: None) == "run"


def test_a_step_keeps_the_state_that_was():
    control = Control()
    control.pause()
    with trainer(control) as thread:
        thread.ask()
        until_paused(control)
        control.step()
        assert thread.answer() == "step"
        assert control.state == "paused"
        assert thread.states == ["paused"]


def test_a_state_is_told_once():
    control, states = Control(), []
    control.on_state = states.append
    for _ in range(3):
        control.wish(lambda changes: None)
    control.enter("completed")
    assert states == ["running", "completed"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.pause(), lambda c: c.stop(), lambda c: c.step(), lambda c: c.set("units", 3),
        lambda c: setattr(c, "speed", None),
    ],
    ids=["pause", "stop", "step", "set", "speed"],
)  # fmt: skip
def test_a_rest_ends_when_something_is_asked(ask):
    control = Control()
    control.speed = 2.0
    thread = threading.Thread(target=control.rest, args=(60,), daemon=True)
    thread.start()
    thread.join(A_WHILE)
    assert thread.is_alive()
    ask(control)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_rest_ends_by_itself():
    thread = threading.Thread(target=Control().rest, args=(0.01,), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_rest_does_not_begin_where_something_was_just_asked():
    """A stop between the trainer's last check and its rest does not wait for the rest's end."""
    control = Control()
    control.wish(lambda changes: None)
    control.stop()
    thread = threading.Thread(target=control.rest, args=(60,), daemon=True)
    thread.start()
    thread.join(2)
    rested = thread.is_alive()
    control.speed = 1.0  # ends the rest
    assert not rested


def test_no_change_is_lost_or_delivered_twice_among_many_threads():
    control, seen = Control(), {}
    names = [[f"{thread}.{n}" for n in range(200)] for thread in range(4)]

    def heard(changes):
        assert not seen.keys() & changes.keys()
        seen.update(changes)

    def person(mine):
        for name in mine:
            control.set(name, name)
            (control.pause if len(name) % 2 else control.resume)()

    people = [threading.Thread(target=person, args=(mine,)) for mine in names]
    for each in people:
        each.start()

    def train():
        while control.wish(heard) != "stop":
            pass

    thread = threading.Thread(target=train, daemon=True)
    thread.start()
    for each in people:
        each.join(PATIENCE)
    control.stop()
    thread.join(PATIENCE)
    control.wish(heard)
    assert not thread.is_alive()
    assert seen == {name: name for mine in names for name in mine}


def test_who_gives_way_waits_for_the_release(monkeypatch):
    monkeypatch.setattr("tui_dl.engine.control.LONGEST_HOLD", 60)
    control = Control()
    control.give_way()  # nobody holds it
    control.hold()
    thread = threading.Thread(target=control.give_way, daemon=True)
    thread.start()
    thread.join(A_WHILE)
    assert thread.is_alive()
    control.release()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_hold_that_is_never_released_is_given_up(monkeypatch):
    monkeypatch.setattr("tui_dl.engine.control.LONGEST_HOLD", 0.01)
    control = Control()
    control.hold()
    control.give_way()
    monkeypatch.setattr("tui_dl.engine.control.LONGEST_HOLD", 60)
    thread = threading.Thread(target=control.give_way, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
