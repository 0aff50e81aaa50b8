"""Tests of `reproduce`: claims are measured over seeds, each setting once, and then judged."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import json
import math
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from tests.making import changed
from tui_dl.engine.control import Control
from tui_dl.events import Data, Epoch, Finished, Progress, Started
from tui_dl.measurements import Measurement, Store, fingerprint
from tui_dl.reproduce import Interrupted, Reproduction, measurement
from tui_dl.reproduction_report import TITLE, report

QUICKLY = ("--seeds", 1, "--compile", "graph")


def pretend(calls):
    """A trainer whose loss is 1/epochs + seed/100, and that records its calls."""

    def train(lesson, parameters, seed):
        calls.append((parameters.epochs, parameters.scale, seed))
        loss = 1 / parameters.epochs + seed / 100
        wild = parameters.scale > 1e20
        final = {"loss": loss, "val_loss": math.inf if wild else loss, "diverged": float(wild)}
        return Measurement(final, {"loss": (1.0, loss)})

    return train


def rows_of(lessons, **changes):
    calls = []
    work = Reproduction(lessons, train=pretend(calls), **changes)
    return {row.row: row for row in work.rows()}, calls


def test_every_claim_is_judged_with_medians(toys):
    rows, _ = rows_of(toys[:1], seeds=3)
    assert list(rows) == ["9/falls", "9/rises", "9/lost", "9/wild"]
    falls = rows["9/falls"]
    assert (falls.verdict, falls.why, falls.note) == ("holds", "", "")
    assert falls.measured == {
        "this": {"val_loss": pytest.approx(1 / 20 + 0.01)},
        "one": {"val_loss": pytest.approx(1 / 2 + 0.01)},
    }
    assert (falls.lesson, falls.experiment, falls.published, falls.seeds) == (
        "toy", "long", "yes", 3,
    )  # fmt: skip


def test_a_contradicted_claim_says_why_where_that_is_known(toys):
    rows, _ = rows_of(toys[:1])
    assert (rows["9/rises"].verdict, rows["9/rises"].why) == ("contradicted", "It is not.")


def test_a_missing_metric_is_a_note_and_not_a_crash(toys):
    rows, _ = rows_of(toys[:1])
    assert rows["9/lost"].verdict == "contradicted"
    assert "absent" in rows["9/lost"].note


def test_each_setting_and_seed_is_trained_once_however_it_is_spelled(toys):
    _, calls = rows_of(toys[:1], seeds=2)
    # {} and {"epochs": 2} are the same settings.
    assert sorted(calls) == [
        (epochs, scale, seed)
        for epochs, scale in ((2, 1.0), (2, 1e30), (20, 1.0))
        for seed in (0, 1)
    ]


def test_a_claim_that_needs_more_seeds_gets_them_and_its_share_of_runs_is_shown(toys):
    (falls, *_), lesson = toys[0].experiment("long").claims, toys[0]
    usual = dataclasses.replace(
        falls, row="9/usual", seeds=4, shows=("val_loss>0.065",), why="",
        check=lambda m: m["this"].share("val_loss", 0.065) == 0.5,
    )  # fmt: skip
    long = dataclasses.replace(lesson.experiment("long"), claims=(falls, usual))
    rows, calls = rows_of([changed(lesson, experiments=(long,))], seeds=2)
    assert (rows["9/falls"].seeds, rows["9/usual"].seeds) == (2, 4)
    assert rows["9/usual"].verdict == "holds"
    assert rows["9/usual"].measured["this"] == {"val_loss>0.065": 0.5}
    assert sorted(calls) == [(epochs, 1.0, seed) for epochs in (2, 20) for seed in range(4)]
    page = report(list(rows.values()), 2, 0)
    assert "| yes | 4 seeds: this: val_loss>0.065 0.5" in page and "| yes | this: val_loss" in page


def test_a_failing_run_contradicts_and_the_next_claim_is_still_measured(toys):
    def train(lesson, parameters, seed):
        if parameters.epochs == 20:
            raise ZeroDivisionError("a bug in the lesson")
        return Measurement({"loss": 1.0, "val_loss": math.inf, "diverged": 1.0}, {})

    rows = {row.row: row for row in Reproduction(toys[:1], 1, train=train).rows()}
    assert rows["9/falls"].verdict == "contradicted"
    assert "ZeroDivisionError: a bug in the lesson" in rows["9/falls"].note
    assert rows["9/wild"].verdict == "holds"


def test_it_tells_how_far_it_is(toys):
    steps = []
    work = Reproduction(toys[:1], 2, train=pretend([]), report=steps.append)
    list(work.rows())
    assert [step.done for step in steps] == list(range(6))
    assert {step.total for step in steps} == {6}


def test_a_stop_ends_it_after_the_claims_that_were_judged(toys):
    control, rows = Control(), []
    with pytest.raises(Interrupted):
        for row in Reproduction(toys[:1], 1, control=control, train=pretend([])).rows():
            rows.append(row)
            if row.row == "9/lost":
                control.stop()
    assert len(rows) == 3


def told(status, metrics):
    data = Data(name="d", train=8, validation=4)
    common = {"device": "CPU", "compile": "xla", "epochs": 2, "steps": 4, "steps_per_epoch": 2}
    started = Started(lesson="toy", hyperparameters={}, seed=0, data=data, **common)
    first = {"loss": 0.5, "accuracy": 0.75, "val_loss": 0.5, "gradient_loss": 3.0}
    events = [
        started,
        Progress(step=1, epoch=1, metrics={"loss": 0.6, "accuracy": 0.5}),
        Epoch(epoch=1, step=2, metrics=first),
    ]
    end = Finished(status=status, metrics=metrics, steps=3, epochs=1, seconds=1.5)
    return measurement(events, end)


def test_a_measurement_has_the_final_metrics_and_the_history():
    measured = told("completed", {"loss": 0.25})
    assert measured.final["loss"] == 0.25
    assert {k: measured.final[k] for k in ("seconds", "steps", "epochs", "diverged")} == {
        "seconds": 1.5, "steps": 3.0, "epochs": 1.0, "diverged": 0.0,
    }  # fmt: skip
    assert measured.history["val_loss"] == (0.5,)
    assert measured.failure == ""


@pytest.mark.parametrize("last", [{"loss": math.nan}, {"accuracy": math.nan}, {}, {"loss": 9.0}])
def test_a_diverged_run_has_infinite_losses_and_nothing_undefined(last):
    final = told("diverged", last).final
    assert (final["loss"], final["val_loss"], final["diverged"]) == (math.inf, math.inf, 1.0)
    assert final["accuracy"] == 0.75
    assert not any(math.isnan(value) for value in final.values())


def test_the_command_measures_with_the_real_engine(say, toys):
    said = say("reproduce", "toy", "--seeds", 1, "--json")
    assert said.code == 1  # one claim could not be measured
    rows = {row["row"]: row for row in said.objects}
    assert rows["9/falls"]["verdict"] == "holds"
    assert set(rows["9/falls"]) == {
        "row", "lesson", "experiment", "claim", "published", "measured", "seeds", "verdict", "data",
    }  # fmt: skip
    assert rows["9/falls"]["measured"]["this"]["val_loss"] > 0
    assert rows["9/rises"]["why"] == "It is not."
    assert rows["9/wild"]["measured"]["this"]["loss"] == "Infinity"
    assert rows["9/wild"]["verdict"] == "holds"


@pytest.mark.slow
def test_the_command_in_plain_lines(say, toys):
    said = say("reproduce", "toy", *QUICKLY)
    assert "9/falls  holds  More is better. (published: yes)" in said.out
    assert said.out.splitlines()[-1] == "2 of 4 claims hold"


def test_a_lesson_without_claims_says_so(say, toys):
    said = say("reproduce", "toy-broken")
    assert said.code == 2
    assert "no claim" in said.err


# What was measured is kept.


def test_what_was_measured_is_looked_up_and_measured_anew_when_asked(toys, tmp_path):
    first, calls = rows_of(toys[:1], store=Store(tmp_path))
    again, none = rows_of(toys[:1], store=Store(tmp_path))
    assert len(calls) == 9 and none == []
    assert {k: row.measured for k, row in again.items()} == {
        k: row.measured for k, row in first.items()
    }
    _, fresh = rows_of(toys[:1], store=Store(tmp_path, fresh=True))
    assert len(fresh) == 9


def test_more_seeds_and_another_compiler_are_measured_and_the_rest_is_not(toys, tmp_path):
    rows_of(toys[:1], store=Store(tmp_path), seeds=2)
    _, calls = rows_of(toys[:1], store=Store(tmp_path), seeds=3)
    assert {seed for *_, seed in calls} == {2} and len(calls) == 3
    _, others = rows_of(toys[:1], store=Store(tmp_path), seeds=3, compile="graph")
    assert len(others) == 9


def test_other_code_is_measured_anew(toys, tmp_path, monkeypatch):
    rows_of(toys[:1], store=Store(tmp_path))
    monkeypatch.setattr("tui_dl.measurements.versions", lambda: {"tensorflow": "99"})
    _, calls = rows_of(toys[:1], store=Store(tmp_path))
    assert len(calls) == 9


def test_code_borrowed_from_another_lesson_counts(tmp_path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other, tmp_path / "stranger"):
        folder.mkdir()
        (folder / "model.py").write_text("DEPTH = 1\n")
    (mine / "model.py").write_text("from lessons.other.model import DEPTH\n")
    lesson = SimpleNamespace(folder=mine)
    before = fingerprint(lesson)
    (tmp_path / "stranger" / "model.py").write_text("DEPTH = 2\n")
    assert fingerprint(lesson) == before
    (mine / "experiments.py").write_text("CLAIMS = 2\n")
    assert fingerprint(lesson) == before
    (other / "model.py").write_text("DEPTH = 2\n")
    assert fingerprint(lesson) != before


def test_a_line_cut_short_by_a_kill_costs_that_measurement_alone(toys, tmp_path):
    rows_of(toys[:1], store=Store(tmp_path))
    file = tmp_path / "toy.jsonl"
    file.write_text(file.read_text()[:-20])
    _, calls = rows_of(toys[:1], store=Store(tmp_path))
    assert len(calls) == 1


def test_the_next_measurement_does_not_join_a_line_cut_short(toys, tmp_path):
    file = tmp_path / "toy.jsonl"
    file.write_text('{"key": "x", "final"')
    rows_of(toys[:1], store=Store(tmp_path))
    assert file.read_text().splitlines()[0] == '{"key": "x", "final"'
    _, calls = rows_of(toys[:1], store=Store(tmp_path))
    assert calls == []


def test_foreign_lines_among_the_measurements_cost_nothing(toys, tmp_path):
    whole = {"key": "x", "final": {}, "history": {}, "data": ""}
    odd = [
        *({"key": []}, {"final": {"loss": "low"}}, {"final": {"loss": 10**400}}, {"history": 3}),
        *({"history": {"loss": [[]]}}, {"data": "\x1b[2J"}),
    ]
    lines = [json.dumps(whole | each) for each in odd]
    deep = "[" * 100_000
    (tmp_path / "toy.jsonl").write_text("\n".join([*lines, "null", "3", deep, "\x00", ""]))
    rows_of(toys[:1], store=Store(tmp_path))
    _, calls = rows_of(toys[:1], store=Store(tmp_path))
    assert calls == []


def test_two_at_once_measure_everything_once(toys, tmp_path):
    """Two processes measure everything once: the first holds a run until the second waits."""
    calls, began, waited = [], threading.Event(), threading.Event()

    def slowly(*arguments):
        began.set()
        assert waited.wait(20)
        return pretend(calls)(*arguments)

    def measured(results, **changes):
        work = Reproduction(toys[:1], store=Store(tmp_path), **changes)
        results += [(row.row, row.measured) for row in work.rows()]

    first, second, lessons = [], [], []
    thread = threading.Thread(target=measured, args=(first,), kwargs={"train": slowly})
    thread.start()
    assert began.wait(20)

    def waiting(lesson):
        lessons.append(lesson)
        waited.set()

    measured(second, train=slowly, waiting=waiting)
    thread.join(60)
    assert len(calls) == len(set(calls)) == 9
    assert first == second and len(first) == 4
    assert set(lessons) == {"toy"}


def test_waiting_for_another_ends_when_asked_to_stop(toys, tmp_path):
    control = Control()
    store = Store(tmp_path)
    with store.alone("toy", lambda: None), pytest.raises(Interrupted):
        waiting = {"control": control, "waiting": lambda lesson: control.stop()}
        list(Reproduction(toys[:1], train=pretend([]), store=Store(tmp_path), **waiting).rows())


def test_another_process_is_waited_for_with_a_word(say, toys, home, monkeypatch):
    monkeypatch.setattr("tui_dl.measurements.GLANCE", 0.01)
    folder = home / "measurements"
    held = contextlib.ExitStack()
    held.enter_context(Store(folder).alone("toy", lambda: None))
    threading.Timer(1.0, held.close).start()
    said = say("reproduce", "toy", *QUICKLY, "--json")
    assert said.err.splitlines()[0] == (
        "dlworkbench: another reproduce is measuring toy; its results are used"
    )
    assert len(said.objects) == 4


def test_measurements_that_cannot_be_kept_count_all_the_same(say, toys, home):
    home.mkdir()
    (home / "measurements").write_text("a file in the way")
    said = say("reproduce", "toy", *QUICKLY)
    assert said.out.splitlines()[-1] == "2 of 4 claims hold"
    assert said.err == (
        f"dlworkbench: {home / 'measurements'}: File exists; measurements are not kept\n"
    )


def test_the_report_reads_back(say, toys, tmp_path):
    page = tmp_path / "page.md"
    rows = say("reproduce", "toy", *QUICKLY, "--json").objects
    assert say("reproduce", "toy", *QUICKLY, "--markdown", page).code == 1
    code = f"import pathlib; print(ascii(pathlib.Path({str(page)!r}).read_text('utf-8')))"
    read = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    text = ast.literal_eval(read.stdout)
    assert text.startswith(TITLE)
    table = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert [cells[0].strip("|` ") for cells in table] == [row["row"] for row in rows]
    told = [cells[1].strip("*") for cells in table]
    assert told == [row["verdict"] for row in rows]
    value = rows[0]["measured"]["this"]["val_loss"]
    assert f"this: val_loss {value:.4g}" in table[0][4]


def test_on_a_narrow_terminal_no_word_is_broken(look, toys):
    lines, _ = look("reproduce", "toy", "--seeds", 1, columns=60)
    text = "\n".join(lines)
    assert "9/falls  holds  More is better. (published: yes)" in text
    assert "9/wild  holds  Too large inputs diverge. (published: yes)" in text
    assert "    this: val_loss" in text and "    It is not." in text
    assert "2 of 4 claims hold" in lines
    assert max(map(len, lines)) <= 60


def test_failures_are_not_kept(toys, tmp_path):
    def train(lesson, parameters, seed):
        return Measurement({}, {}, "no memory")

    list(Reproduction(toys[:1], 1, train=train, store=Store(tmp_path)).rows())
    _, calls = rows_of(toys[:1], store=Store(tmp_path), seeds=1)
    assert len(calls) == 3


def test_a_claim_can_show_a_metric_of_one_epoch(toys):
    claim = dataclasses.replace(toys[0].experiments[0].claims[0], shows=("loss@1", "loss@9"))
    experiment = dataclasses.replace(toys[0].experiments[0], claims=(claim,))
    rows, _ = rows_of([changed(toys[0], experiments=(experiment,))])
    assert rows["9/falls"].measured["this"] == {"loss@1": 1.0}


def test_the_report_is_written_and_nothing_else_is_written_over(say, toys, tmp_path):
    page, mine = tmp_path / "page.md", tmp_path / "mine.md"
    mine.write_text("my notes")
    for _ in range(2):  # the second time it replaces its own output
        assert say("reproduce", "toy", *QUICKLY, "--markdown", page).code == 1
    text = page.read_text()
    assert text.startswith(TITLE) and "**2 of 4 claims hold**" in text
    assert "| `9/falls` | holds | More is better. | yes | this: val_loss" in text
    assert "- `9/rises`: It is not." in text
    said = say("reproduce", "toy", "--markdown", mine)
    assert said.code == 2 and "is not a report" in said.err and mine.read_text() == "my notes"
