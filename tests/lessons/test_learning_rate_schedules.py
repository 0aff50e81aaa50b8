"""Schedules: the page's tables, the plateau rule against Keras's, and the rates of real runs."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import history, trained

from lessons.learning_rate_schedules import LESSON
from lessons.learning_rate_schedules.model import Diary, callbacks, follow, plateau, warmup_cosine
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Epoch, Note
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
QUICK = {"images": "digits", "units": 8, "hidden_layers": 1, "batch_size": 256}


def form(**values):
    return LESSON.parameters.of({**QUICK, **values})


def run(seed=0, watch=None, **values):
    """Return a run's metrics and the rates in its last view."""
    events, control = [], Control()

    def emit(event):
        events.append(event)
        if watch:
            watch(event, control)

    finished = Session(LESSON, form(**values), seed=seed, emit=emit, control=control).run()
    assert finished.status == "completed", finished.message
    pictures = [e for e in events if getattr(e, "view", "") == "rates"]
    assert not [e for e in events if isinstance(e, Note) and "picture" in e.text]
    _, used = pictures[-1].payload["panels"][0]["lines"]
    return finished.metrics, used["y"]


# The curve.


def test_the_fin_s_worked_rates_are_right_and_on_the_page():
    rates = {0: "0.0001", 4: "0.0005", 9: "0.001", 10: "0.001", 105: "0.0005", 162: "0.0000955"}
    for t, text in {**rates, 199: "0.000000068"}.items():
        digits = len(text) - 2
        assert f"{warmup_cosine(t, 0.001, 10, 200):.{digits}f}" == text
        assert re.search(rf"\| +{t} \|.*\| +{re.escape(text)} \|", PAGE)
    assert 152 / 190 == 0.8 and f"{math.cos(math.radians(144)):.3f}" == "-0.809"
    assert "-0.809" in PAGE and f"{1 - 0.809:.3f}" == "0.191" and "0.0005 · 0.191" in PAGE


def by_the_article(epoch, warm_up_epoch, max_lr, final_epoch):
    if epoch <= warm_up_epoch:
        return epoch / warm_up_epoch * max_lr
    turn = (epoch - warm_up_epoch) / (final_epoch - warm_up_epoch) * math.pi
    return (math.cos(turn) + 1) * max_lr / 2


@pytest.mark.parametrize(("peak", "W", "T"), [(0.001, 10, 200), (0.01, 3, 30)])
def test_the_article_s_curve_is_ours_but_for_the_warm_up(peak, W, T):
    for t in range(T):
        article = by_the_article(t, W, peak, T)
        assert warmup_cosine(t, peak, W, T, zero_start=True) == pytest.approx(article, abs=1e-12)
        mended = peak * (t + 1) / W if t < W else article
        assert warmup_cosine(t, peak, W, T) == pytest.approx(mended, abs=1e-12)
    assert by_the_article(0, W, peak, T) == 0


@given(st.integers(0, 60), st.integers(1, 60), st.floats(1e-6, 1), st.booleans())
def test_any_fin_rises_to_its_peak_then_falls_and_never_leaves_its_bounds(W, T, peak, zero):
    rates = np.array([warmup_cosine(t, peak, W, T, zero) for t in range(T)])
    assert (rates >= 0).all() and (rates <= peak * (1 + 1e-12)).all()
    assert (np.diff(rates[:W]) > 0).all() and (np.diff(rates[max(W, 1) :]) < 0).all()
    assert (rates[0] == 0) == zero or (zero and W == 0)
    if 0 < W <= T and not zero:
        assert rates[W - 1] == pytest.approx(peak)


# The plateau.

LOSSES = [0.50, 0.40, 0.41, 0.42, 0.43, 0.39, 0.40, 0.41]


def keras_s(losses, rate, **options):
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    callback = keras.callbacks.ReduceLROnPlateau("val_loss", mode="min", **options)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def test_the_worked_plateau_is_right_and_on_the_page():
    expected = [0.001, 0.001, 0.001, 0.0001, 0.0001, 0.0001, 0.0001, 0.00001]
    assert plateau(LOSSES, 0.001, 0.1, 2, 2) == pytest.approx(expected)
    assert keras_s(LOSSES, 0.001, factor=0.1, patience=2, cooldown=2) == pytest.approx(expected)
    for epoch, (loss, rate) in enumerate(zip(LOSSES, expected, strict=True), 1):
        text = f"{rate:.5f}".rstrip("0")
        assert re.search(rf"\| +{epoch} \| {loss:.2f} \|.*\| +{re.escape(text)} \|", PAGE)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=40),
    st.sampled_from([0.1, 0.5]), st.integers(1, 5), st.integers(0, 5), st.sampled_from([0, 0.003]),
)  # fmt: skip
def test_the_rule_is_keras_s(hundredths, factor, patience, cooldown, floor):
    losses = [n / 100 + 1e-3 * (k % 3) for k, n in enumerate(hundredths)]
    options = {"factor": factor, "patience": patience, "cooldown": cooldown}
    ours = plateau(losses, 0.01, factor, patience, cooldown, floor)
    np.testing.assert_allclose(ours, keras_s(losses, 0.01, **options, min_lr=floor), rtol=1e-5)


@pytest.mark.parametrize("cooldown", [0, 1, 4])
def test_cuts_are_as_far_apart_as_the_page_says(cooldown):
    rates = np.array(plateau([1.0] * 60, 1.0, 0.5, 3, cooldown))
    cuts = 1 + np.flatnonzero(np.diff(rates) < 0)
    assert set(np.diff(cuts)) == {3 + max(cooldown - 1, 0)}
    assert "patience + cooldown - 1" in PAGE


def test_creeping_counts_as_standing_still():
    creeping = [1 - 5e-5 * k for k in range(3)]
    assert plateau(creeping, 1.0, 0.5, 2)[-1] == 0.5
    assert plateau([1 - 2e-4 * k for k in range(3)], 1.0, 0.5, 2)[-1] == 1.0


# Real runs.


@pytest.mark.slow
def test_a_run_follows_the_plan_epoch_by_epoch():
    metrics, used = run(epochs=30, warmup=5, learning_rate=0.01)
    plan = [warmup_cosine(t, 0.01, 5, 30) for t in range(30)]
    assert used == pytest.approx(plan, rel=1e-4)
    assert metrics["first_rate"] == pytest.approx(0.002) and metrics["peak_epoch"] == 5
    assert metrics["middle_rate"] == pytest.approx(plan[17]) and metrics["first_move"] > 0
    assert metrics["last_rate"] == pytest.approx(plan[-1])


@pytest.mark.slow
def test_the_article_s_first_epoch_moves_nothing():
    metrics, used = run(epochs=6, warmup=3, zero_start=True)
    assert used[0] == metrics["first_rate"] == metrics["first_move"] == 0
    assert used[1] == pytest.approx(0.001 / 3, rel=1e-4)


@pytest.mark.slow
def test_a_plateau_is_cut_by_the_rule():
    losses = []

    def watch(event, control):
        if isinstance(event, Epoch):
            losses.append(event.metrics["val_loss"])

    cuts = {"factor": 0.5, "patience": 2, "cooldown": 2, "floor": 0.02}
    numbers = {"schedule": "plateau", "epochs": 60, "learning_rate": 0.1, **cuts}
    metrics, used = run(watch=watch, **numbers)
    after = plateau(losses, 0.1, 0.5, 2, 2, 0.02)
    assert used == pytest.approx([0.1, *after[:-1]], rel=1e-4)
    assert metrics["cuts"] >= 1 and metrics["last_rate"] >= 0.0199


def test_a_rate_given_while_training_is_the_peak_from_then_on():
    schedule = follow(form(epochs=20, warmup=4, learning_rate=0.001))
    rates = [schedule(0, 0.001)]
    for t in range(1, 20):
        rates.append(schedule(t, 0.01 if t == 6 else np.float32(rates[-1])))
    plan = [warmup_cosine(t, 0.01 if t >= 6 else 0.001, 4, 20) for t in range(20)]
    assert rates == pytest.approx(plan)


def test_the_engine_passes_a_changed_rate_to_the_schedule():
    def watch(event, control):
        if isinstance(event, Epoch) and event.epoch == 5:
            control.set("learning_rate", 0.02)

    _, used = run(epochs=20, warmup=2, learning_rate=0.001, watch=watch)
    plan = [warmup_cosine(t, 0.02, 2, 20) for t in range(20)]
    assert used[4] == pytest.approx(plan[4] / 20, rel=1e-3)
    assert used[8:] == pytest.approx(plan[8:], rel=1e-3)


@pytest.mark.slow
def test_a_constant_rate_stays():
    metrics, used = run(epochs=4, schedule="constant")
    assert used == pytest.approx([0.001] * 4) and metrics["cuts"] == 0


# The views, and the claims.


@pytest.mark.parametrize("schedule", ["warmup-cosine", "plateau", "constant"])
def test_every_picture_is_plain_data_before_and_after_training(schedule):
    p = form(schedule=schedule, epochs=3)
    data = LESSON.data(p, np.random.default_rng(0))
    model = LESSON.model(p, data)
    assert model.count_params() == 65 * 8 + 9 * 10
    for diary in (None, Diary([0.1, 0.2], [1.0, 2.0], [0.5, 0.6])):
        model.diary = diary
        for view in LESSON.views:
            json.dumps(view.draw(model, data, p), allow_nan=False)
    assert LESSON.measure(model, data, p)["last_rate"] == 0.2


def drawn(diary, **values):
    """Return both pictures of a run with such a diary."""
    p = form(**values)
    data = LESSON.data(p, np.random.default_rng(0))
    model = LESSON.model(p, data)
    model.diary = diary
    return [view.draw(model, data, p) for view in LESSON.views]


def test_the_rate_stands_above_the_loss_of_the_same_epoch():
    diary = Diary([0.1, 0.2, 0.15], [1.0, 2.0, 1.5], [1.0, math.nan, 0.01])
    picture, moves = drawn(diary, warmup=2, epochs=4, learning_rate=0.2)
    rate, loss = picture["panels"]
    planned, used = rate["lines"]
    assert planned["y"] == pytest.approx([warmup_cosine(t, 0.2, 2, 4) for t in range(4)])
    assert used["x"] == [1, 2, 3] and used["y"] == diary.rates and planned["dashed"]
    assert loss["lines"][1]["x"] == [1, 3] and loss["lines"][1]["y"] == pytest.approx([0, -2])
    assert rate["x_range"] == loss["x_range"] == [0, 5] and loss["title"].endswith("least 0.01")
    assert picture["title"] == "cosine: epoch 1 of 2" and rate["title"].startswith("η: used 0.15")
    first, second = moves["groups"]
    assert (first["x"], first["y"]) == ([0.1], [1.0]) and second["y"] == [2.0, 1.5]


def test_cuts_at_a_plateau_are_marked_in_both():
    diary = Diary([0.1, 0.1, 0.05, 0.05, 0.025], [1.0] * 5, [0.5, 0.4, 0.6, 0.6, 0.6])
    picture, _ = drawn(diary, schedule="plateau", epochs=9)
    assert [[stick[0] for stick in panel["sticks"]] for panel in picture["panels"]] == [[3, 5]] * 2
    assert picture["title"] == "2 cuts; 3 epochs without a new best"


def test_long_runs_are_thinned():
    n = 500
    diary = Diary([0.1] * n, [1.0] * n, [0.5 + 0.001 * k for k in range(n)])
    pictures = drawn(diary, epochs=n)
    assert len(json.dumps(pictures)) < 20_000
    assert pictures[0]["panels"][0]["lines"][1]["x"][-1] == n


def test_the_form_s_numbers_reach_keras():
    cut, _ = callbacks(form(schedule="plateau", factor=0.3, patience=4, cooldown=6, floor=1e-5))
    assert (cut.factor, cut.patience, cut.cooldown, cut.min_lr) == (0.3, 4, 6, 1e-5)
    assert cut.monitor == "val_loss" and cut.min_delta == 1e-4


def outcome(**metrics):
    return Outcome((metrics,))


def test_the_checks_want_the_shape_and_the_benefit():
    (fin,), (cut,) = (LESSON.experiment(name).claims for name in ("shark-fin", "plateau"))
    shape = {"first_rate": 1e-4, "peak_rate": 1e-3, "middle_rate": 5e-4, "last_rate": 7e-8}
    idle = outcome(first_rate=0.0, first_move=0.0)
    arms = {"constant": outcome(val_loss=0.2), "zero start, 12 epochs": idle}
    good = {**shape, "first_move": 0.1, "val_loss": 0.1}
    assert fin.check({**arms, "this": outcome(**good)}) and set(fin.arms) == set(arms)
    for wrong in ({"val_loss": 0.3}, {"first_rate": 0.0}, {"last_rate": 1e-3}, {"peak_rate": 0.01}):
        assert not fin.check({**arms, "this": outcome(**good | wrong)})
    rest = outcome(closest_cuts=14.0, last_rate=2e-4)
    arms = {"constant": outcome(val_loss=0.2), "cooldown and floor": rest}
    good = {"cuts": 2.0, "last_rate": 1e-5, "closest_cuts": 10.0, "val_loss": 0.1}
    assert cut.check({**arms, "this": outcome(**good)}) and set(cut.arms) == set(arms)
    for wrong in ({"val_loss": 0.3}, {"cuts": 0.0}, {"closest_cuts": 9.0}, {"last_rate": 1e-4}):
        assert not cut.check({**arms, "this": outcome(**good | wrong)})


def test_rows_presets_and_the_source_s_settings():
    assert set(LESSON.rows) == {"003/warmup-cosine", "003/plateau"}
    p = LESSON.parameters()
    assert (p.warmup, p.learning_rate, p.epochs) == (10, 0.001, 200)
    assert (p.factor, p.patience, p.cooldown, p.floor) == (0.1, 10, 0, 0)


def test_the_loss_left_by_noisy_steps_is_proportional_to_the_rate():
    """Plain descent on w²/2 with unit gradient noise: half the rate leaves half the loss."""

    def left(eta):
        rng, w, losses = np.random.default_rng(0), np.zeros(2000), []
        for step in range(2000):
            w = w - eta * (w + rng.normal(size=w.shape))
            if step >= 1000:
                losses.append(np.mean(w**2) / 2)
        return np.mean(losses)

    assert left(0.02) / left(0.01) == pytest.approx(2, rel=0.05)
    assert "about proportional to $\\eta$" in PAGE


SEEDS = (0, 1, 2)


@pytest.mark.slow
@pytest.mark.answer("compare")
@pytest.mark.answer("many-cuts")
def test_the_answers_about_the_three_schedules():
    ends = {
        name: [trained("learning-rate-schedules", name, seed=seed) for seed in SEEDS]
        for name in ("plateau", "shark-fin", "constant")
    }
    losses = [np.median([end["val_loss"] for end in each]) for each in ends.values()]
    assert losses == sorted(losses) and losses == pytest.approx([0.11, 0.15, 0.18], abs=0.02)
    for each in ends.values():
        assert 0.96 < np.median([end["val_accuracy"] for end in each]) < 0.98
    constant = history("learning-rate-schedules", "val_loss", "constant")
    assert 30 <= np.argmin(constant) + 1 <= 60
    cuts = [end["cuts"] for end in ends["plateau"]]
    assert np.median(cuts) == pytest.approx(15, abs=2)
    assert np.median([end["last_rate"] for end in ends["plateau"]]) < 1e-15


@pytest.mark.slow
@pytest.mark.answer("distance")
def test_the_answer_about_the_distance_moved():
    def moved(experiment):
        events, p = [], LESSON.parameters.of(LESSON.experiment(experiment).settings)
        Session(LESSON, p, seed=0, emit=events.append).run()
        last = [e.payload for e in events if getattr(e, "view", "") == "moves"][-1]
        return [y for group in last["groups"] for y in group["y"]]

    fin = moved("shark-fin")
    assert fin[0] == pytest.approx(0.13, abs=0.02) and max(fin) == pytest.approx(1.3, abs=0.15)
    assert fin[-1] < 1e-5 and moved("constant")[-1] > 0.005


@pytest.mark.slow
@pytest.mark.answer("apart")
@pytest.mark.answer("late")
def test_the_answers_about_cooldown_and_the_first_epoch():
    for seed in SEEDS:
        cut = trained("learning-rate-schedules", "cooldown-floor", seed=seed)
        assert cut["closest_cuts"] >= 14 and cut["last_rate"] == pytest.approx(2e-4)
    assert cut["cuts"] == 3 and 0.001 / 2**3 == 0.000125
    late = trained("learning-rate-schedules", "zero-start", epochs=12)
    early = trained("learning-rate-schedules", "shark-fin", epochs=12)
    assert late["first_move"] == 0 < early["first_move"]
    ends = [late["val_loss"], early["val_loss"]]
    assert ends == pytest.approx([0.216, 0.195], abs=0.02) and ends[0] > ends[1]
    for name in ("zero-start", "shark-fin"):
        assert trained("learning-rate-schedules", name)["val_loss"] == pytest.approx(
            0.05, abs=0.015
        )


@pytest.mark.slow
@pytest.mark.answer("peak")
@pytest.mark.answer("settled")
def test_the_answers_about_a_high_peak_and_the_last_third():
    for seed in SEEDS:
        at_once, warm = (
            trained("learning-rate-schedules", "high-peak", seed=seed, warmup=warmup)
            for warmup in (0, 10)
        )
        assert min(at_once["val_accuracy"], warm["val_accuracy"]) > 0.95
        assert at_once["first_move"] / warm["first_move"] == pytest.approx(4.2, abs=0.8)
        for warmup in (0, 10):
            wild = {"warmup": warmup, "learning_rate": 0.1}
            end = trained("learning-rate-schedules", "high-peak", seed=seed, **wild)
            assert end["val_accuracy"] < 0.8
        losses = history("learning-rate-schedules", "val_loss", "exercise", seed=seed)
        assert np.ptp(losses[20:]) < 0.01 and np.max(np.abs(np.diff(losses[2:16]))) > 0.05
    assert warmup_cosine(20, 0.01, 3, 30) < 0.01 / 3
