"""Tests that a prepared run gives the same events as an unprepared one."""

import json
import random

import numpy as np
import pytest

from tests.making import changed
from tui_dl import catalog
from tui_dl.engine.session import Session
from tui_dl.events import State, to_json

SMALL = [
    ("iris", {"epochs": 3}),
    ("binary-addition", {"epochs": 1, "activation": "relu"}),
    ("lstm", {"epochs": 1, "lag": 5, "units": 4}),
    ("batch-normalization", {"epochs": 1, "units": 8, "dropout": 0.3, "images": "digits"}),
    ("learning-rate-schedules", {"epochs": 3}),
    ("vae", {"epochs": 1, "images": "digits"}),
    ("word2vec", {"epochs": 1}),
]
SLOW = tuple(name for name, _ in SMALL if name != "iris")


def told(lesson, settings, seed, *, ahead):
    """Return every event of a run except the states, without times."""
    events = []
    p = lesson.parameters.of(settings)
    prepared = None
    if ahead:
        prepared = Session(lesson, p, seed=seed, emit=print).ahead(lambda layers, drawn: None)
        random.random(), np.random.rand(7)  # activity in between makes no difference
    finished = Session(lesson, p, seed=seed, emit=events.append, prepared=prepared).run()
    assert finished.status == "completed", finished.message
    lines = [json.loads(to_json(e)) for e in events if not isinstance(e, State)]
    return [{k: v for k, v in line.items() if k not in ("seconds", "time")} for line in lines]


def without_seconds(events):
    for event in events:
        event.get("metrics", {}).pop("seconds", None)
    return events


@pytest.mark.parametrize(
    ("lesson", "settings"),
    [pytest.param(*case, marks=[pytest.mark.slow] * (case[0] in SLOW)) for case in SMALL],
    ids=[name for name, _ in SMALL],
)
def test_a_prepared_run_tells_the_same(lesson, settings):
    chosen = catalog.lesson(lesson)
    plain, prepared = (told(chosen, settings, 3, ahead=ahead) for ahead in (False, True))
    assert without_seconds(prepared) == without_seconds(plain)


@pytest.mark.slow
def test_what_draws_from_the_global_generators_draws_the_same():
    def measure(model, data, p):
        return {"of_python": random.random(), "of_numpy": np.random.rand()}

    lesson = changed(catalog.lesson("iris"), measure=measure)
    plain, prepared = (told(lesson, {"epochs": 1}, 3, ahead=ahead) for ahead in (False, True))
    assert prepared[-1]["metrics"]["of_numpy"] == plain[-1]["metrics"]["of_numpy"]
    assert prepared == plain


@pytest.mark.parametrize("lesson", ["activations", "bandit", "q-network", "mnist-cnn"])
def test_explorers_own_loops_and_long_runs_are_not_prepared_but_show_their_layers(lesson):
    chosen, layers = catalog.lesson(lesson), []
    session = Session(chosen, chosen.parameters(), emit=print)
    assert session.ahead(lambda found, drawn: layers.extend(found)) is None
    assert bool(layers) == bool(chosen.model)


def test_the_untrained_model_is_drawn_before_anything_is_trained():
    chosen, calls = catalog.lesson("perceptron"), []
    session = Session(chosen, chosen.parameters(), emit=print)
    assert session.ahead(lambda layers, drawn: calls.append((len(layers), drawn))) is not None
    assert [layers for layers, _ in calls] == [1, 1] and calls[0][1] == []
    assert [event.view for event in calls[1][1]] == [view.name for view in chosen.views]
    assert {event.step for event in calls[1][1]} == {0}
