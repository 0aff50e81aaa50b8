"""Tests that a large model's run begins while the end of an epoch is still compiled."""

import threading

import pytest

from tests.engine.test_session import Settings, lesson, of
from tui_dl.engine import fused
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Epoch, Note, Progress, Started, State

PATIENCE = 20  # seconds: the longest that a test waits for a thread
WHOLE = 3  # batches of 9 among 32 samples; the last one holds 5


@pytest.fixture(autouse=True)
def in_parts(monkeypatch):
    """Make every model count as large."""
    monkeypatch.setattr(fused, "LARGE", 0)


@pytest.fixture
def compiled(monkeypatch):
    """An event: the end of an epoch counts as compiled once it is set."""
    told, original = threading.Event(), fused.Program.upon_stand_ins

    def slow(self):
        call = original(self)
        return lambda *arguments: told.wait(PATIENCE) and call(*arguments)

    monkeypatch.setattr(fused.Program, "upon_stand_ins", slow)
    yield told
    told.set()


class Run:
    """A run in a separate thread."""

    def __init__(self, control=None, **changes):
        self.control, self.events = control or Control(), []
        self._news = threading.Condition()
        settings = Settings(epochs=2, batch_size=9)
        session = Session(lesson(**changes), settings, emit=self._emit, control=self.control)
        self._thread = threading.Thread(target=session.run, daemon=True)
        self._thread.start()

    def _emit(self, event):
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def until(self, told):
        with self._news:
            assert self._news.wait_for(lambda: any(map(told, self.events)), PATIENCE), self.events

    def waits(self):
        self.until(lambda event: isinstance(event, State) and "rest of an epoch" in event.detail)

    def finished(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.events[-1]

    def numbers(self):
        kept = (event for event in self.events if not isinstance(event, State))
        return [event.model_copy(update={"seconds": 0.0, "time": 0.0}) for event in kept]


def test_the_first_batches_are_trained_meanwhile_and_the_numbers_are_the_same(compiled):
    run = Run()
    run.waits()
    assert [event.step for event in of(Progress, run.events)] == [1, 2, 3] and WHOLE == 3
    assert run.control.state == "running" and not of(Epoch, run.events)
    compiled.set()
    assert run.finished().status == "completed"
    assert of(State, run.events)[-2].detail == ""
    again = Run()
    again.finished()
    assert again.numbers() == run.numbers()


def test_whoever_waits_can_pause_go_on_and_stop(compiled):
    run = Run()
    run.waits()
    run.control.pause()
    run.until(lambda event: isinstance(event, State) and event.state == "paused")
    run.control.resume()
    run.until(lambda event: event is run.events[-1] and getattr(event, "detail", ""))
    run.control.stop()
    finished = run.finished()
    assert (finished.status, finished.steps) == ("stopped", WHOLE)


def test_waiting_does_not_count_as_training(compiled):
    run = Run()
    run.waits()
    threading.Event().wait(1)
    compiled.set()
    assert run.finished().seconds < 1


def test_what_xla_cannot_compile_at_the_end_of_an_epoch_the_graph_does():
    """If XLA cannot compile an epoch's end (such as a Python `test_step`), the graph runs it."""
    import keras
    import tensorflow as tf

    class InPython(keras.Sequential):
        def test_step(self, data):
            logs = super().test_step(data)
            loss = tf.py_function(lambda loss: loss, [logs["loss"]], tf.float32)
            return logs | {"loss": tf.ensure_shape(loss, ())}

    def model(p, data):
        line = InPython([keras.Input((3,)), keras.layers.Dense(1)])
        line.compile(keras.optimizers.SGD(p.learning_rate), "mse")
        return line

    run = Run(model=model)
    assert run.finished().status == "completed", run.finished().message
    assert of(Started, run.events)[0].compile == "xla"
    assert [note.step for note in of(Note, run.events)] == [WHOLE]
    assert "graph" in of(Note, run.events)[0].text
    plain = Run()
    plain.finished()
    theirs = of(Epoch, plain.events)[-1].metrics
    assert of(Epoch, run.events)[-1].metrics == pytest.approx(theirs, rel=1e-4)


def test_the_end_may_be_asked_for_while_the_first_part_is_compiled(monkeypatch):
    held, original = threading.Event(), fused.Program.__call__

    def slow(self, *arguments):
        held.wait(3 * PATIENCE)
        return original(self, *arguments)

    monkeypatch.setattr(fused.Program, "__call__", slow)
    run = Run()
    run.until(lambda event: isinstance(event, State) and event.detail.startswith("compiling"))
    run.control.stop()
    finished = run.finished()
    held.set()
    assert (finished.status, finished.steps) == ("stopped", 0)
