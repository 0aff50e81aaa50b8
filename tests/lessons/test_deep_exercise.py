"""The exercise: its plain start, its answer, the schedule, the checklist, the pages' numbers."""

import ast
import json
import math
import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measuring import history, trained

from lessons.deep_exercise import LESSON
from lessons.deep_exercise.experiments import ANSWER
from lessons.deep_exercise.model import callbacks, rate
from lessons.deep_exercise.views import met
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
SOLVED = LESSON.parameters.of(ANSWER)


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def test_the_worked_rates_are_right_and_on_the_page():
    rates = {0: "0.00333", 2: "0.01", 12: "0.0075", 21: "0.0025", 29: "0.000034"}
    for epoch, text in rates.items():
        assert f"**{text}**" in PAGE
        assert rate(SOLVED, epoch) == pytest.approx(float(text), rel=0.02)
    assert f"{math.cos(26 * math.pi / 27):.4f}" == "-0.9932" and "**-0.9932**" in PAGE
    assert math.sqrt(2 / 128) == 0.125 and "**0.125**" in PAGE


@given(st.integers(0, 10), st.integers(1, 60), st.floats(1e-4, 1))
def test_the_schedule_climbs_then_falls_and_is_never_zero(warmup, epochs, top):
    values = {"warmup": warmup, "epochs": epochs, "learning_rate": top}
    p = LESSON.parameters.of(values | {"schedule": "warmup-cosine"})
    rates = [rate(p, e) for e in range(epochs)]
    climb, fall = rates[:warmup], rates[warmup:]
    assert climb == sorted(climb) and fall == sorted(fall, reverse=True)
    assert min(rates) > 0 and max(rates) <= top * (1 + 1e-9)
    if epochs > warmup:
        assert rates[warmup] == pytest.approx(top)
    constant = LESSON.parameters.of(values)
    assert {rate(constant, e) for e in range(epochs)} == {top} and callbacks(constant) == []


@pytest.mark.slow
def test_the_engine_follows_the_schedule():
    seen = []
    p = LESSON.parameters.of({"images": "digits", **ANSWER, "units": 8, "epochs": 5})

    def note(event):
        if event.kind == "snapshot" and event.view == "task":
            seen.append(float(event.payload["rows"][-1]["tokens"][1]))

    assert Session(LESSON, p, emit=note).run().status == "completed"
    assert all(any(s == pytest.approx(rate(p, e), rel=1e-2) for s in seen) for e in range(1, 5))


@pytest.mark.parametrize("start, variance", [("normal", 1), ("xavier", 1 / 128), ("he", 2 / 128)])
def test_first_weights_are_as_spread_as_asked(start, variance):
    _, _, model = prepared(hidden_layers=2, hidden_start=start, output_start=start)
    for name, tolerance in (("dense_2", 0.05), ("output", 0.15)):
        kernel = np.asarray(model.get_layer(name).kernel)
        assert np.std(kernel) == pytest.approx(math.sqrt(variance), rel=tolerance)


def test_the_answer_s_network_is_the_one_asked_for():
    _, _, model = prepared(**ANSWER)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [
        "Flatten",
        *["Dense", "BatchNormalization", "Activation", "Dropout"] * 4,
        "Dense",
    ]
    assert model.count_params() == 65 * 128 + 3 * 129 * 128 + 4 * 4 * 128 + 129 * 10
    assert {layer.rate for layer in model.layers if "dropout" in layer.name} == {0.2}
    assert type(model.optimizer).__name__ == "Adam"


def test_the_start_meets_nothing_and_the_answer_everything():
    assert [fits for *_, fits in met(LESSON.parameters())] == [False] * 8
    assert [fits for *_, fits in met(SOLVED)] == [True] * 8


@pytest.mark.parametrize("field", ANSWER)
def test_each_part_of_the_answer_counts(field):
    plain = LESSON.parameters.of({k: v for k, v in ANSWER.items() if k != field})
    assert sum(fits for *_, fits in met(plain)) == 7


def test_the_checklist_and_the_metric_agree():
    p, data, model = prepared(hidden_layers=4, dropout=0.1)
    board, task, _ = (view.draw(model, data, p) for view in LESSON.views)
    assert [row["marks"][1] for row in task["rows"][:8]].count("✓") == 2
    assert task["title"] == "the task: 2 of 8 points" and "2 of 8 points" in board["title"]
    assert LESSON.measure(model, data, p) == {"met": 2}


@pytest.mark.parametrize("values", [{}, ANSWER])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(values):
    p, data, model = prepared(**values)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_scoreboard_counts_what_is_misread():
    p, data, model = prepared()
    truth, y_hat = data.held_out.y, model(data.held_out.x, training=False)
    read = np.argmax(y_hat, axis=1)
    board, _, misread = (view.draw(model, data, p) for view in LESSON.views)
    wrong = int(np.sum(read != truth))
    assert board["labels"] == ["goal", "this try", *"0123456789"]
    goal, now, *digits = board["values"]
    assert goal == pytest.approx(1.5) and now == pytest.approx(100 * wrong / 360)
    for digit, share in enumerate(digits):
        others = read[truth == digit]
        assert share == pytest.approx(100 * np.mean(others != digit))
        counts = np.bincount(others[others != digit], minlength=10)
        note = board["notes"][digit + 2]
        assert counts[int(note.split()[1])] == counts.max() if note else not counts.any()
    assert misread["title"] == f"{wrong} of 360 misread; the goal is 5" and wrong > 8
    first = np.flatnonzero(read != truth)[:8]
    assert [t["label"] for t in misread["tiles"]] == [f"{truth[i]} → {read[i]}" for i in first]
    np.testing.assert_allclose(misread["tiles"][3]["values"], data.held_out.x[first[3]], atol=0.006)


def test_a_network_without_mistakes_has_reached_the_goal():
    p, data, _ = prepared()

    class Perfect:
        def __call__(self, x, training=False):
            return np.eye(10)[data.held_out.y[: len(x)]]

    board, misread = (LESSON.views[k].draw(Perfect(), data, p) for k in (0, 2))
    assert board["values"][1:] == [0.0] * 11 and board["notes"][1] == "reached"
    assert misread["tiles"] == [] and misread["title"].startswith("0 of 360")


@pytest.mark.answer("settings")
def test_the_worked_answer_is_hidden_until_it_is_asked_for():
    answer = LESSON.questions[0].answer
    assert "### The settings" in LESSON.theory(1) and "### The settings" not in PAGE
    for field, value in ANSWER.items():
        shown = "on" if value is True else str(value)
        assert f"| `{field}` | {shown} |" in answer
    for word in ("0.2", "he_normal"):
        assert word not in PAGE
    code = [line.strip() for line in LESSON.code.splitlines()]
    for block in re.findall(r"```python\n(.*?)```", answer, re.S):
        ast.parse("def f():\n" + re.sub("^", " ", block, flags=re.M))
        assert [line for line in block.splitlines() if line.strip() not in code] == []


def outcome(accuracy):
    return Outcome(({"val_accuracy": accuracy},))


def test_the_claim_can_fail_and_is_the_answer_s():
    assert LESSON.rows == ("003/exercise",)
    (claim,) = LESSON.experiment("answer").claims
    assert LESSON.experiment("answer").settings == ANSWER and claim.arms == {"start": {}}
    assert claim.check({"this": outcome(0.985), "start": outcome(0.7)})
    assert not claim.check({"this": outcome(0.97), "start": outcome(0.7)})
    assert not claim.check({"this": outcome(0.985), "start": outcome(0.99)})


@cache
def reached(experiment, seed, **settings):
    return trained("deep-exercise", experiment, seed=seed, images="digits", **settings)[
        "val_accuracy"
    ]


def figures(experiment, **settings):
    return [reached(experiment, seed, **settings) for seed in (0, 1)]


@pytest.mark.slow
@pytest.mark.answer("longer")
@pytest.mark.answer("deep")
def test_the_answers_about_the_start():
    assert figures("start") == pytest.approx([0.633, 0.633], abs=0.04)
    assert figures("longer") == pytest.approx([0.942, 0.958], abs=0.02)
    assert figures("start", hidden_start="he") == pytest.approx([0.908, 0.900], abs=0.03)
    assert figures("start", output_start="xavier") == pytest.approx([0.908, 0.892], abs=0.03)
    assert figures("deep-and-plain") == pytest.approx([0.864, 0.897], abs=0.04)


@pytest.mark.slow
@pytest.mark.answer("settings")
def test_the_answer_calms_down_and_its_free_values_matter_little():
    assert figures("answer") == pytest.approx([1.0, 0.986], abs=0.012)
    assert figures("answer", units=64) == pytest.approx([0.994, 0.981], abs=0.012)
    assert figures("answer", dropout=0.5) == pytest.approx([0.994, 0.983], abs=0.012)
    below = 0
    for seed in (0, 1):
        run = {"experiment": "answer", "seed": seed, "images": "digits"}
        read = history("deep-exercise", "val_accuracy", **run)
        seen = history("deep-exercise", "accuracy", **run)
        assert np.ptp(read[3:13]) > 2 * np.ptp(read[-5:])
        below += sum(a < b for a, b in zip(seen, read, strict=True))
    assert below == pytest.approx(46, abs=10)


@pytest.mark.slow
@pytest.mark.answer("ablation")
def test_no_single_part_is_missed_much_but_two_are():
    off, normal = {"batch_normalization": False}, {"hidden_start": "normal"}
    assert figures("answer", **off) == pytest.approx([0.983, 0.989], abs=0.012)
    assert figures("answer", **normal) == pytest.approx([0.989, 0.981], abs=0.012)
    assert figures("answer", schedule="constant") == pytest.approx([0.986, 0.983], abs=0.015)
    both = figures("answer", **off, **normal)
    assert both == pytest.approx([0.936, 0.969], abs=0.03)
    assert np.mean(both) < min(np.mean(figures("answer", **part)) for part in (off, normal))


@pytest.mark.slow
def test_strong_dropout_needs_wide_layers():
    assert "ends at 0.46 and 0.63" in " ".join(PAGE.split())
    assert max(figures("answer", units=16, dropout=0.5)) < 0.75
    assert min(figures("answer", dropout=0.5)) > 0.97
