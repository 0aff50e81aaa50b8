"""Tests of runs as users see them: states, controls, divergence, reproducible streams."""

import threading
import time

import numpy as np
import pytest

from tests.making import made
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.errors import LessonError
from tui_dl.events import Epoch, Finished, Glimpse, Note, Progress, Snapshot, Started, State
from tui_dl.lesson import Dataset, Split, View
from tui_dl.parameters import Hyperparameters, param


class Settings(Hyperparameters):
    learning_rate: float = param(0.1, "Step length.", ge=0, le=1e9, live=True)
    batch_size: int = param(8, "Samples a step.", ge=1, le=512)
    epochs: int = param(3, "Passes.", ge=1, le=100_000)


def data(p, rng):
    x = rng.random((40, 3), "float32")
    return Dataset(
        "sum", x[:32], x[:32].sum(1, keepdims=True), Split(x[32:], x[32:].sum(1, keepdims=True))
    )


def model(p, data):
    import keras

    line = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    line.compile(keras.optimizers.SGD(p.learning_rate), "mse")
    return line


def count(model, data, p):
    return {"kind": "bars", "title": "w", "labels": list("abc"),
            "values": model.get_weights()[0][:, 0].tolist()}  # fmt: skip


def lesson(**changes):
    whole = {"data": data, "parameters": Settings, "model": model}
    whole["views"] = (View("w", "Weights", count),)
    return made("sum", **{**whole, **changes})


def run(lesson, control=None, seed=0, until=None, **values):
    events = []

    def emit(event):
        events.append(event)
        if until:
            until(event, events)

    parameters = lesson.parameters.of(values)
    finished = Session(lesson, parameters, seed=seed, emit=emit, control=control).run()
    return finished, events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_events_come_in_order_and_tell_the_whole_run():
    finished, events = run(lesson(), epochs=3)
    recorded = [e for e in events if not isinstance(e, State)]
    assert isinstance(recorded[0], Started) and isinstance(recorded[-1], Finished)
    started = recorded[0]
    assert (started.steps, started.steps_per_epoch, started.epochs) == (12, 4, 3)
    assert (started.data.train, started.data.validation) == (32, 8)
    assert started.layers[0].parameters == 4
    assert [e.step for e in of(Progress, events)] == list(range(1, 13))
    assert [e.epoch for e in of(Epoch, events)] == [1, 2, 3]
    assert set(of(Epoch, events)[-1].metrics) == {"loss", "val_loss"}
    assert finished.status == "completed" and finished.steps == 12
    assert finished.metrics["val_loss"] == of(Epoch, events)[-1].metrics["val_loss"]
    states = [e.state for e in of(State, events)]
    assert states[0] == "preparing" and "running" in states and states[-1] == "completed"


def test_the_loss_falls():
    _, events = run(lesson(), epochs=40, learning_rate=0.3)
    losses = [e.metrics["loss"] for e in of(Epoch, events)]
    assert losses[-1] < 0.01 * losses[0]


def test_the_stream_does_not_depend_on_where_chunks_end(monkeypatch):
    """The stream is the same if a slow machine's short chunks end between epoch and validation."""
    streams = []
    for seconds in (1e-9, 100.0):
        monkeypatch.setattr("tui_dl.engine.fit_loop.CHUNK_SECONDS", seconds)
        _, events = run(lesson())
        streams.append([
            e.model_copy(update={"seconds": 0.0, "time": 0.0})
            for e in events if not isinstance(e, State)
        ])  # fmt: skip
    assert streams[0] == streams[1]


@pytest.mark.slow
def test_same_seed_same_stream_apart_from_times():
    def stream(seed):
        _, events = run(lesson(), seed=seed, epochs=20)
        dumps = (e.model_dump(exclude={"seconds", "time"}) for e in events)
        return [d for d in dumps if d["kind"] != "state"]

    assert stream(1) == stream(1)
    assert stream(1) != stream(2)


def test_divergence_is_said_with_its_step_and_earlier_points_are_kept():
    finished, events = run(lesson(), learning_rate=50.0, epochs=200)
    assert finished.status == "diverged"
    points = of(Progress, events)
    assert points and all(np.isfinite(e.metrics["loss"]) for e in points)
    assert f"step {finished.steps + 1}" in finished.message
    assert "learning rate" in finished.message
    assert points[0].metrics["loss"] < points[-1].metrics["loss"]


def test_stop_keeps_the_record():
    control = Control()

    def until(event, events):
        if len(of(Progress, events)) == 5:
            control.stop()

    finished, _events = run(lesson(), control, until=until, epochs=50_000)
    assert finished.status == "stopped"
    assert 5 <= finished.steps < 200_000
    assert control.state == "stopped"


def test_pause_step_epoch_and_resume():
    control = Control()
    control.step()
    results, seen = [], []
    go = {"epochs": 4, "until": lambda event, _: seen.append(event)}
    thread = threading.Thread(target=lambda: results.append(run(lesson(), control, **go)))
    thread.start()

    def paused_at(steps):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            told = [event.step for event in of(Progress, seen)]
            if control.state == "paused" and told and told[-1] == steps:
                return True
            time.sleep(0.01)
        return False

    assert paused_at(1)
    control.step()
    assert paused_at(2)
    control.step_epoch()
    assert paused_at(4)
    control.step_epoch()
    assert paused_at(8)
    control.resume()
    thread.join(60)
    finished, events = results[0]
    assert finished.status == "completed" and finished.steps == 16
    assert len(of(Epoch, events)) == 4


def test_the_learning_rate_changes_during_a_run():
    control = Control()
    control.step()  # one step at the first rate, then pause

    def until(event, events):
        if isinstance(event, State) and event.state == "paused":
            control.set("learning_rate", 0.0)
            control.resume()

    _, events = run(lesson(), control, until=until, epochs=5, learning_rate=0.3)
    assert [note.text for note in of(Note, events)] == ["learning rate set to 0"]
    values = [e.payload["values"] for e in of(Snapshot, events)]
    assert values[1] != values[0]  # the first step moved the weights
    assert all(v == values[1] for v in values[2:])  # at rate 0 nothing moves


def test_stop_is_final():
    control = Control()
    control.stop()
    control.resume()
    finished, _events = run(lesson(), control, epochs=2)
    assert finished.status == "stopped" and finished.steps == 0


def test_a_speed_limit_slows_the_run():
    control = Control()
    control.speed = 1000.0
    before = time.monotonic()
    finished, _ = run(lesson(), control, epochs=100)
    assert finished.steps == 400
    assert time.monotonic() - before > 0.35


def test_a_failing_lesson_is_an_event_not_a_crash():
    def broken(p, data):
        raise RuntimeError("no such layer\nand a second line")

    finished, events = run(lesson(model=broken))
    assert finished.status == "failed"
    assert finished.message == "RuntimeError: no such layer"
    assert events[-1] is finished


def test_unreadable_data_is_for_the_person_to_mend():
    def unreadable(p, rng):
        raise LessonError("mnist.npz cannot be read")

    with pytest.raises(LessonError, match="cannot be read"):
        run(lesson(data=unreadable))


def test_a_view_that_fails_is_noted_once_and_the_run_goes_on():
    def bad(model, data, p):
        raise ValueError("nothing to draw")

    finished, events = run(lesson(views=(View("bad", "Bad", bad),)))
    assert finished.status == "completed"
    assert len(of(Note, events)) == 1 and "nothing to draw" in of(Note, events)[0].text


def test_measures_join_the_final_metrics():
    finished, _ = run(lesson(measure=lambda model, data, p: {"answer": 42}))
    assert finished.metrics["answer"] == 42.0


@pytest.mark.parametrize("mode", ["graph", "keras"])
def test_the_metrics_are_of_the_weights_that_early_stopping_restores(mode):
    def callbacks(p):
        import keras

        worse = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 3 else 1.5)
        stop = keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True)
        return [worse, stop]

    events, whole = [], lesson(callbacks=callbacks)
    session = Session(whole, whole.parameters(epochs=9), compile=mode, emit=events.append)
    finished = session.run()
    told = {e.epoch: e.metrics for e in events if isinstance(e, Epoch)}
    assert (finished.epochs, finished.metrics) == (4, told[3])
    assert [e.text for e in events if isinstance(e, Note)][-1].startswith("The weights of epoch 3")


def test_the_metrics_are_of_the_weights_that_a_callback_makes():
    def callbacks(p):
        import keras

        class Empty(keras.callbacks.Callback):
            def on_train_end(self, logs=None):
                self.model.set_weights([0 * w for w in self.model.get_weights()])

        return [Empty()]

    finished, _ = run(lesson(callbacks=callbacks), epochs=2)
    made = data(None, np.random.default_rng(0))
    expected = [float(np.mean(np.square(y))) for y in (made.y, made.held_out.y)]
    assert [finished.metrics[n] for n in ("loss", "val_loss")] == pytest.approx(expected, rel=1e-5)


def test_a_run_stopped_within_an_epoch_keeps_the_metrics_of_the_epoch_that_is_restored():
    def callbacks(p):
        import keras

        best = keras.callbacks.EarlyStopping("loss", patience=99, restore_best_weights=True)
        return [best]

    control = Control()

    def until(event, events):
        if isinstance(event, Progress) and event.epoch == 3:
            control.stop()

    finished, events = run(lesson(callbacks=callbacks), control, until=until, epochs=900)
    told = [e.metrics for e in events if isinstance(e, Epoch)]
    best = min(told, key=lambda metrics: metrics["loss"])
    assert finished.status == "stopped" and finished.metrics == best


def test_a_run_stopped_within_an_epoch_says_of_which_epoch_its_validation_is():
    control = Control()
    control.speed = 19  # one step per chunk

    def until(event, events):
        if isinstance(event, Progress) and event.step == 5:  # of four per epoch
            control.stop()

    _, events = run(lesson(), control, until=until, epochs=9)
    notes = [event.text for event in events if isinstance(event, Note)]
    assert notes == ["Stopped within epoch 2: validation metrics are from epoch 1."]


def test_callbacks_work_at_epoch_ends():
    def callbacks(p):
        import keras

        return [
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.2 if epoch == 0 else 0.0),
            keras.callbacks.EarlyStopping("loss", patience=2, min_delta=1e-9),
        ]

    finished, events = run(lesson(callbacks=callbacks), epochs=50)
    losses = [e.metrics["loss"] for e in of(Epoch, events)]
    assert finished.status == "completed" and finished.epochs == 4
    assert losses[0] > losses[1] == pytest.approx(losses[3])


class OwnSettings(Hyperparameters):
    epochs: int = param(30, "Updates.", ge=1, le=10_000)
    rate: float = param(0.5, "Halving.", ge=0, le=1, live=True)


def halve(p, data, loop):
    value = {"x": 1.0}
    loop.model(value)
    for _step in loop.steps(p.epochs):
        value["x"] *= loop.live("rate")
        loop.progress(loss=value["x"])
        loop.epoch(loss=value["x"])
        if value["x"] < 1e-3:
            loop.finish("small enough")


def own(**changes):
    view = View("x", "x", lambda m, d, p: {"kind": "bars", "labels": ["x"], "values": [m["x"]]})
    parts = {"parameters": OwnSettings, "model": None, "train": halve, "views": (view,)}
    return lesson(**{**parts, **changes})


def test_an_own_loop_sends_the_same_events():
    finished, events = run(own())
    assert finished.status == "completed" and finished.steps == 10
    assert finished.metrics["loss"] == pytest.approx(2**-10)
    assert [e.step for e in of(Epoch, events)] == list(range(1, 11))
    assert of(Note, events)[0].text == "small enough"
    assert of(Snapshot, events)[-1].payload["values"] == [pytest.approx(2**-10, rel=1e-4)]


def test_an_own_loop_obeys_stop_and_live_values():
    control = Control()

    def until(event, events):
        steps = len(of(Progress, events))
        if steps == 3:
            control.set("rate", 1.0)
        if steps == 8:
            control.stop()

    finished, _events = run(own(), control, until=until, epochs=1000)
    assert finished.status == "stopped" and finished.steps == 8
    assert finished.metrics["loss"] == pytest.approx(2**-3)


def test_an_own_loop_diverges_with_its_points_kept():
    def explode(p, data, loop):
        for step in loop.steps(p.epochs):
            loop.progress(loss=1.0 if step < 4 else float("inf"))

    finished, events = run(own(train=explode))
    assert finished.status == "diverged" and "step 5" in finished.message
    assert len(of(Progress, events)) == 4


# Nothing to train; runs that report how long they take; stops requested early.


class Numbers(Hyperparameters):
    slope: float = param(2.0, "A number.", ge=-5, le=5)


def explorer(**changes):
    def drawn(model, data, p):
        assert model is None
        return {"kind": "bars", "title": "y", "labels": ["y"], "values": [p.slope * 3]}

    changes = {"measure": lambda model, data, p: {"y": p.slope * 3}} | changes
    return lesson(
        model=None, parameters=Numbers, views=(View("y", "y", drawn),),
        data=lambda p, rng: Dataset("none", np.zeros((1, 1)), np.zeros((1, 1))), **changes,
    )  # fmt: skip


def test_a_chunk_that_ends_before_the_validation_costs_no_picture(monkeypatch):
    def cut(trainer, ticks, seconds):
        trainer._size = 1000 if trainer._validating() else 4  # per epoch: 4 steps, 1 of validation

    monkeypatch.setattr("tui_dl.engine.fit_loop.FitLoop._adapt", cut)
    _, events = run(lesson(), epochs=20)
    drawn = [event.step for event in events if isinstance(event, Snapshot)]
    assert drawn == list(range(0, 81, 4))


def test_an_explorer_gives_its_pictures_and_its_figures_without_a_model():
    finished, events = run(explorer(), slope=-1.5)
    assert finished.status == "completed" and finished.metrics == {"y": -4.5}
    pictures = [event.payload["values"] for event in events if isinstance(event, Snapshot)]
    assert pictures == [[-4.5]]
    assert isinstance(next(e for e in events if not isinstance(e, State)), Started)


def test_measuring_how_long_a_run_takes_changes_nothing_in_it():
    plain, _ = run(lesson(), epochs=5)
    estimated, events = run(lesson(smaller="small"), epochs=5)
    started = next(event for event in events if isinstance(event, Started))
    assert started.estimate is not None and started.estimate > 0
    assert estimated.metrics == plain.metrics


def test_a_long_run_waits_for_an_answer_where_somebody_asks(monkeypatch):
    monkeypatch.setattr("tui_dl.engine.session.LONG", 0.0)
    control, events = Control(), []
    whole = lesson(smaller="small")
    session = Session(whole, whole.parameters(), emit=events.append, control=control, asks=True)
    thread = threading.Thread(target=session.run)
    thread.start()
    end = time.monotonic() + 60
    while control.state != "paused" and time.monotonic() < end:
        time.sleep(0.01)
    assert control.state == "paused" and not any(isinstance(e, Progress) for e in events)
    control.resume()
    thread.join(60)
    assert events[-1].status == "completed"


def test_a_stop_before_the_first_step_ends_the_run_without_one():
    control = Control()

    def stop(event, _):
        if isinstance(event, State) and event.detail == "reading the data":
            control.stop()

    finished, events = run(lesson(), control, until=stop)
    assert finished.status == "stopped" and not finished.steps
    assert not any(isinstance(event, Started | Progress) for event in events)


def test_what_an_own_loop_told_off_the_grid_is_told_when_it_finishes():
    def train(p, data, loop):
        for step in loop.steps(p.epochs):
            loop.progress(loss=float(step))
            if step == 4321:
                loop.finish("Enough.")

    finished, events = run(lesson(model=None, train=train, views=()), epochs=5000)
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert finished.metrics == {"loss": 4321.0} and last.step == 4322


def test_a_stop_is_answered_before_the_result_is_measured():
    control, seen = Control(), []

    def until(event, events):
        if isinstance(event, Progress):
            control.stop()

    def measure(model, data, p):
        seen.append(control.state)
        return {"weight": 1.0}

    finished, events = run(lesson(measure=measure), control, until=until, epochs=50_000)
    assert seen == ["stopped"] and finished.metrics["weight"] == 1
    told = [event for event in events if isinstance(event, State)]
    assert (told[-1].state, told[-1].detail) == ("stopped", "measuring and saving")


def test_nothing_is_measured_where_nothing_was_trained(tmp_path):
    control, folder = Control(), tmp_path / "run"
    folder.mkdir()

    def emit(event):
        if isinstance(event, Started):
            control.stop()

    whole = lesson(measure=lambda model, data, p: {"weight": 1.0})
    session = Session(whole, whole.parameters(), emit=emit, control=control, save_to=folder)
    finished = session.run()
    assert (finished.status, finished.steps, finished.metrics) == ("stopped", 0, {})
    assert not list(folder.iterdir())


def test_glimpses_are_for_whoever_watches_and_change_no_other_event():
    def events(watched):
        seen = []
        control = Control()
        control.watched = watched
        p = lesson().parameters.of({"epochs": 40})
        Session(lesson(), p, emit=seen.append, control=control).run()
        return seen

    watched, alone = events(True), events(False)
    assert not any(isinstance(event, Glimpse) for event in alone)
    kept = [e for e in watched if not isinstance(e, State | Glimpse)]
    told = [e for e in alone if not isinstance(e, State)]
    timeless = {"seconds": 0.0, "time": 0.0}
    assert [e.model_copy(update=timeless) for e in kept] == [
        e.model_copy(update=timeless) for e in told
    ]
