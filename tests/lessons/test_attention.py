"""Attention: the generator, the mask, free running, the page's numbers."""

import numpy as np
import pytest
from measuring import history, trained

from lessons.attention import LESSON, dates
from lessons.attention.views import SHOWN, shown, thirds
from tui_dl.engine.session import Session

PAGE = LESSON.theory()


def made(**values):
    p = LESSON.parameters.of({"pairs": 200, "units": 16, **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def test_lines_hold_dates_in_every_form_and_answers_hold_the_same_dates():
    d = dates.date(1998, 3, 12)
    forms = [form(d) for form in dates.FORMS]
    assert "thu 12 mar '98" in forms and "the 12th of march 1998" in forms
    assert len(set(forms)) == 12 and dates.iso(d) == "1998-03-12"
    assert all(set(text) <= set(dates.READ) for text in forms)
    assert (
        max(len(f(dates.day(n))) for n in range(dates.DAYS) for f in dates.FORMS[-1:])
        == dates.LONGEST
    )


def test_no_day_of_validation_is_trained_on():
    _, data, _ = made(pairs=3000)
    texts = [{dates.decode(row, dates.WRITTEN) for row in y} for y in (data.y, data.held_out.y)]
    assert not texts[0] & texts[1]
    assert data.x.shape == (3000, 43) and data.y.shape == (3000, 11)


def test_shares_add_up_to_one_and_nothing_is_looked_at_behind_the_end():
    _, data, model = made()
    alpha = np.asarray(model.align(*model.states(data.x[:5], data.y[:5])))
    assert alpha.sum(axis=-1) == pytest.approx(np.ones((5, 11)), abs=1e-5)
    blank = data.x[:5] == dates.END
    assert np.abs(alpha * blank[:, None, :]).max() == 0


def test_softmax_along_the_wrong_axis_keeps_every_shape():
    """Lengths that differ do not reveal a softmax along the wrong axis; sums do."""
    from keras import ops

    e = np.random.default_rng(0).normal(size=(2, 11, 43))
    right, wrong = (np.asarray(ops.softmax(e, axis=axis)) for axis in (-1, 1))
    assert right.shape == wrong.shape == e.shape
    assert np.allclose(right.sum(axis=-1), 1) and not np.allclose(wrong.sum(axis=-1), 1)
    assert "whatever the lengths" in PAGE


def test_the_score_is_the_product_on_the_page():
    _, data, model = made()
    s, h, real = model.states(data.x[:2], data.y[:2])
    model.align(s, h, real)
    W = np.asarray(model.score.kernel)
    e = np.einsum("bks,btr,rs->bkt", np.asarray(s), np.asarray(h), W)
    e[~np.broadcast_to(np.asarray(real)[:, None, :], e.shape)] = -np.inf
    wanted = np.exp(e - e.max(axis=-1, keepdims=True))
    wanted /= wanted.sum(axis=-1, keepdims=True)
    assert np.asarray(model.align(s, h, real)) == pytest.approx(wanted, abs=1e-5)


def test_running_freely_agrees_with_the_taught_decoder_when_it_is_shown_its_own_answer():
    _, data, model = made()
    free = np.asarray(model(data.x[:4], training=False))
    own = free.argmax(axis=-1)
    taught = np.asarray(model.write(*model.states(data.x[:4], own)))
    assert taught == pytest.approx(free, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("attention", "units"), [(True, 5), pytest.param(False, 16, marks=pytest.mark.slow)]
)
def test_a_short_run_gives_pictures_and_figures(attention, units):
    events = []
    values = {"pairs": 200, "units": units, "epochs": 1, "attention": attention}
    finished = Session(LESSON, LESSON.parameters.of(values), emit=events.append).run()
    assert finished.status == "completed", finished.message
    assert {"exact", "short", "middle", "long"} <= set(finished.metrics)
    shots = {e.view: e.payload for e in events if e.kind == "snapshot"}
    assert set(shots) == {"alignment", "parts", "examples", "length"}
    assert shots["alignment"]["kind"] == ("heatmap" if attention else "tokens")
    assert not [e for e in events if e.kind == "note"]


@pytest.mark.slow
def test_the_pictures_show_the_shares_of_the_written_letters():
    p, data, model = made()
    model(data.x[:1])
    alignment, parts = (view.draw(model, data, p) for view in LESSON.views[:2])
    x, y = shown(data.held_out)
    read, size = dates.decode(x, dates.READ), len(dates.decode(y, dates.WRITTEN))
    assert len(read) == SHOWN and alignment["column_labels"] == list(read.replace(" ", "·"))
    assert np.shape(alignment["values"]) == (size, len(read)) and size == 10
    alpha = np.asarray(model.look(x[None])[1])[0]
    assert np.array(alignment["values"]) == pytest.approx(alpha[:size, : len(read)], abs=1e-5)
    assert len(alignment["row_labels"]) == size

    x, y = data.held_out.x[:1], data.held_out.y[0]
    answer = np.asarray(model(x)).argmax(axis=-1)
    written_freely, (alpha, *_) = map(np.asarray, model.look(x))
    assert (written_freely == answer).all()
    year, _, _, written = parts["rows"]
    letters = len(dates.decode(x[0], dates.READ))
    assert year["weights"] == pytest.approx(alpha[:4, :letters].mean(axis=0), abs=1e-5)
    wrong = answer[0, :10] != y[:10]
    assert [mark == "✗" for mark in written["marks"]] == wrong.tolist()


def test_attention_costs_the_weights_that_the_page_counts():
    counts = []
    for attention in (True, False):
        p = LESSON.parameters.of({"attention": attention})
        data = LESSON.data(p, np.random.default_rng(0))
        model = LESSON.model(p, data)
        model(data.x[:1])
        counts.append(model.count_params())
    assert counts[0] - counts[1] == 2 * 64 * 64 and "64 · 64 = 4096" in PAGE


def test_lines_fall_into_thirds_by_their_length():
    _, data, _ = made(dates=3)
    lengths = [(data.held_out.x[rows] != dates.END).sum(axis=1) for rows in thirds(data.held_out.x)]
    assert lengths[0].max() <= lengths[1].min() and lengths[1].max() <= lengths[2].min()


def test_the_numbers_worked_on_the_page():
    e = np.exp([3.0, 1, 0])
    shares = e / e.sum()
    for number in (*e[:2], e.sum(), *shares, shares @ [1, -1, 0.5]):
        assert f"{number:.3f}" in PAGE
    blanks = np.exp([3.0, 1, 0, *[0.0] * 40])
    blanks /= blanks.sum()
    assert f"{blanks[0]:.3f}" in PAGE and f"{blanks[3:].sum():.3f}" in PAGE
    assert 4 * (dates.LONGEST + 5) - 5 == 187 and "187" in PAGE and "44 · 187 = 8228" in PAGE


def test_the_claim_compares_the_same_lines_with_and_without_attention():
    (claim,) = [c for e in LESSON.experiments for c in e.claims]
    (settings,) = [e.settings for e in LESSON.experiments if e.claims]
    assert claim.row == "001/attention"
    assert claim.arms == {"fixed": {**settings, "attention": False}}


@pytest.mark.slow
@pytest.mark.answer("pattern")
@pytest.mark.answer("small")
def test_the_answers_about_one_date_with_attention():
    assert history("attention", "val_accuracy", epochs=1)[0] > 0.98
    assert trained("attention")["exact"] > 0.99
    assert trained("attention", units=16)["exact"] > 0.95


@pytest.mark.slow
@pytest.mark.answer("single")
def test_the_answer_about_one_date_in_one_vector():
    fixed = trained("attention", "fixed")
    assert fixed["exact"] == pytest.approx(0.97, abs=0.04)
    assert fixed["long"] > fixed["short"] - 0.03


@pytest.mark.slow
@pytest.mark.answer("lengths")
def test_the_answer_about_the_length_of_lines():
    on, off = (trained("attention", name) for name in ("two-dates", "fixed-two-dates"))
    assert min(on["short"], on["long"]) > 0.97
    assert off["long"] < 0.5 and off["short"] > off["long"] + 0.15
