"""HRED and VHRED: the dialogues, what each answerer can see, KL, and the page's numbers."""

import json
import re

import numpy as np
import pytest
from measuring import history, trained

from lessons.hred_vhred import LESSON, talk
from lessons.hred_vhred.model import data, divergence, draw, model
from lessons.hred_vhred.views import answers, measure, without_each_turn
from tui_dl.engine.session import Session

PAGE = LESSON.theory()
RNG = np.random.default_rng
MODELS = ("seq2seq", "hred", "vhred")


def settings(**values):
    return LESSON.parameters.of({"dialogues": 200, "units": 16, **values})


def network(seed=0, **values):
    import keras

    keras.utils.set_random_seed(seed)
    p = settings(**values)
    sets = data(p, RNG(seed))
    net = model(p, sets)
    net(sets.x[:2])
    return net, sets, p


def logits(net, x, noise=0.0):
    return np.asarray(net.answer(x, noise))


def test_the_answer_lies_where_the_kind_says():
    rng = RNG(0)
    said = [talk.dialogue(3, rng) for _ in range(400)]
    assert {each.kind for each in said} == {*talk.FACTS, "color"}
    for each in said:
        assert len(each.turns) == 7 and each.answer in each.right
        assert len(each.right) == (4 if each.kind == "weather" else 1)
        told = [turn for turn in each.turns if turn.startswith(talk.FACTS.get(each.kind, "-"))]
        assert len(told) == (each.kind != "color")
        if each.kind in talk.ANSWERS:
            assert told[0].split()[-1] == each.answer.split()[-1]


def test_the_right_answers_are_found_again_from_the_numbers():
    rng = RNG(1)
    for exchanges in (1, 2, 6):
        for each in (talk.dialogue(exchanges, rng) for _ in range(100)):
            x = talk.encode(each.turns)
            assert talk.right_answers(x) == (each.kind, each.right)
            assert [talk.decode(turn) for turn in x] == list(each.turns)


def test_guessing_is_as_poor_as_the_page_says():
    assert {len(values) for kind, values in talk.VALUES.items() if kind in talk.ANSWERS} == {8}
    assert "0.125" in PAGE
    assert all(
        len(answer.split()) <= talk.WORDS_A_TURN for _, answers in ideas() for answer in answers
    )


def ideas():
    return [(w, talk.asked("weather", w, RNG(0))[1]) for w in talk.VALUES["weather"]]


def test_shapes_and_no_dialogue_is_both_trained_on_and_kept():
    sets = data(settings(exchanges=4), RNG(0))
    assert sets.x.shape == (200, 9, 6) and sets.y.shape == (200, 6)
    assert sets.held_out.x.shape == (2048, 9, 6)
    assert sets.x.max() < len(talk.VOCABULARY) and sets.x.min() == talk.END


@pytest.mark.parametrize("kind", MODELS)
def test_what_earlier_turns_change(kind):
    net, sets, _ = network(model=kind)
    other = sets.x[:8].copy()
    other[:, 0] = talk.encode(["my name is zoe"] * 8)
    other[:, 2] = talk.encode(["outside it is sunny"] * 8)
    change = np.abs(logits(net, sets.x[:8]) - logits(net, other)).max()
    assert (change == 0) if kind == "seq2seq" else (change > 1e-4)


def test_blanks_after_a_turn_are_not_read():
    net, _, _ = network(model="hred")
    short = net.read(talk.encode(["i see"]))
    assert np.asarray(short) == pytest.approx(
        np.asarray(net.encoder(net.embed(talk.encode(["i see"])[:, :2]))), abs=1e-6
    )


def test_running_freely_is_being_told_one_s_own_words():
    for kind in ("seq2seq", "hred"):
        net, sets, _ = network(model=kind)
        free = logits(net, sets.x[:6])
        told = net.told(free.argmax(-1).astype("int32"), net.contexts(sets.x[:6])[:, -1])
        assert np.asarray(told) == pytest.approx(free, abs=1e-5)


def test_only_vhred_answers_differently_by_chance():
    for kind in MODELS:
        net, sets, p = network(model=kind)
        x = np.repeat(sets.x[:1], 2, axis=0)
        noise = np.array([[-2.0] * p.latent, [2.0] * p.latent], "float32")
        one, other = logits(net, x, noise)
        assert (np.abs(one - other).max() > 1e-3) == (kind == "vhred")


def test_parameter_counts():
    words, units = len(talk.VOCABULARY), 16
    common = (
        words * 32 + 3 * 64 * (32 + 64 + 2) + 3 * units * (32 + units + 2) + (units + 1) * words
    )
    context = 3 * units * (64 + units + 2)
    counts = [network(model=kind)[0].count_params() for kind in ("seq2seq", "hred")]
    assert counts[0] == common + (64 + 1) * units
    assert counts[1] == common + (units + 1) * units + context


def test_kl_is_the_integral_that_it_stands_for():
    rng = RNG(0)
    q, p = (rng.normal(size=(2, 1, 1)).astype("float32") for _ in range(2))
    z = np.linspace(-40, 40, 400_001)

    def log_density(gauss):
        mu, log_var = gauss[0].item(), gauss[1].item()
        return -0.5 * (np.log(2 * np.pi) + log_var + (z - mu) ** 2 / np.exp(log_var))

    lq, lp = log_density(q), log_density(p)
    wanted = np.sum(np.exp(lq) * (lq - lp)) * (z[1] - z[0])
    assert float(divergence(q, p)[0]) == pytest.approx(wanted, rel=1e-4)
    assert float(divergence(q, q)[0]) == pytest.approx(0, abs=1e-6)


def test_a_draw_has_the_mean_and_the_spread_of_its_gaussian():
    noise = RNG(0).normal(size=(20_000, 1)).astype("float32")
    z = np.asarray(draw((np.float32(1.5), np.float32(2 * np.log(0.5))), noise))
    assert z.mean() == pytest.approx(1.5, abs=0.02) and z.std() == pytest.approx(0.5, abs=0.01)


def test_the_loss_is_nats_of_the_answer_and_the_weighed_kl():
    net, sets, _ = network(model="vhred", kl_annealing=2, batch_size=50, word_dropout=0.0)
    x, y = sets.x[:20], sets.y[:20]
    assert net.annealing == 8 and float(net.beta(True)) == 0 and float(net.beta(False)) == 1
    net.optimizer.iterations.assign(2)
    assert float(net.beta(True)) == 0.25
    written, cost = net.taught(x, y, training=True)
    e = np.asarray(written, "float64")
    log_p = e - np.log(np.exp(e).sum(axis=-1, keepdims=True))
    nll = -np.take_along_axis(log_p, y[..., None], axis=-1).sum(axis=(1, 2)).mean()
    kl = np.asarray(net.divergences(x, y)).mean()
    assert float(cost) == pytest.approx(0.25 * kl, rel=1e-4)
    assert float(net.compute_loss(x, y, (written, cost))) == pytest.approx(
        nll + 0.25 * kl, rel=1e-4
    )


def test_word_dropout_hides_its_share_and_only_in_training():
    net, _, _ = network(model="vhred", word_dropout=0.75)
    words = np.ones((400, 6), "int32")
    assert np.asarray(net.kept(words, True)).mean() == pytest.approx(0.25, abs=0.04)
    assert np.asarray(net.kept(words, False)).min() == 1


def test_figures_count_valid_answers_and_different_ones(monkeypatch):
    net, sets, p = network(model="hred")
    from lessons.hred_vhred import views

    calls = iter(range(100))

    def said(model, x, p, rng):
        turn = next(calls)
        return [talk.right_answers(each)[1][turn % 2 - 1] for each in x]

    monkeypatch.setattr(views, "answers", said)
    figures = measure(net, sets, p)
    assert figures == {"dependent": 1, "last_turn": 1, "valid": 1, "variety": 2}
    monkeypatch.setattr(views, "answers", lambda model, x, p, rng: ["let us see"] * len(x))
    assert set(measure(net, sets, p).values()) == {0}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["seq2seq", "vhred"])
def test_a_short_run_gives_pictures_and_figures(kind):
    events = []
    p = settings(model=kind, epochs=1, dialogues=100)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed", finished.message
    assert {"dependent", "last_turn", "valid", "variety"} <= set(finished.metrics)
    assert ("kl_open" in finished.metrics) == (kind == "vhred")
    shots = {e.view: e.payload for e in events if e.kind == "snapshot"}
    assert set(shots) == {"memory", "talk", "open"}
    assert sum(shots["open"]["values"]) == pytest.approx(1)
    lost = [w for row in shots["memory"]["rows"] for w in row.get("weights", ())]
    assert any(lost) == (kind == "vhred"), "seq2seq reads the last turn alone"
    json.dumps(shots, allow_nan=False)
    assert not [e for e in events if e.kind == "note"]


def test_the_likelihood_without_a_turn_is_that_of_the_changed_dialogue():
    net, sets, p = network(model="hred")
    x = next(x for x in sets.held_out.x if talk.right_answers(x)[0] == "pet")
    words = talk.right_answers(x)[1][0].split()
    said, P = without_each_turn(net, x, words, p)
    assert len(P) == len(x) and said == talk.decode(logits(net, x[None])[0].argmax(axis=-1))
    for turn in (None, 0, 2):
        changed = x.copy()
        if turn is not None:
            changed[turn] = talk.encode(["i see"])[0]
        u = logits(net, changed[None])[0, 3].astype(float)
        wanted = np.exp(u[talk.NUMBER[words[-1]]]) / np.exp(u).sum()
        assert P[0 if turn is None else turn + 1] == pytest.approx(wanted, rel=1e-4)


def test_the_words_of_an_answer_are_marked(monkeypatch):
    net, sets, p = network(model="hred")
    from lessons.hred_vhred import views

    x = next(x for x in sets.held_out.x if talk.right_answers(x)[0] in views.CLOSED)
    right = talk.right_answers(x)[1][0]
    for said, marks in (
        (right, ["", "", "", "✓"]),
        (right.rsplit(" ", 1)[0] + " snow", ["", "", "", "✗"]),
        ("it", ["✗"]),
        ("", ["✗"]),
    ):
        found = np.linspace(0.9, 0.1, len(x))
        monkeypatch.setattr(views, "without_each_turn", lambda *_, s=said, P=found: (s, P))
        picture = views.memory(net, sets, p)
        assert picture["rows"][-1]["marks"] == marks and "= 0.90" in picture["title"]
        assert picture["rows"][0]["weights"][0] == pytest.approx(0.9 - found[1])


@pytest.mark.slow
def test_the_model_is_saved_and_read_back(tmp_path):
    import keras

    net, sets, p = network(model="vhred")
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert answers(again, sets.x[:5], p, RNG(3)) == answers(net, sets.x[:5], p, RNG(3))
    assert np.asarray(again(sets.x[:5])) == pytest.approx(np.asarray(net(sets.x[:5])), abs=1e-5)


def test_the_numbers_worked_on_the_page():
    kl = float(divergence((np.ones((1, 1)), np.full((1, 1), 2 * np.log(0.5))),
                          (np.zeros((1, 1)), np.full((1, 1), 2 * np.log(2.0))))[0])  # fmt: skip
    assert f"{np.log(4):.4f} + {1.25 / 8:.4f} − 0.5 = {kl:.4f} nats" in PAGE
    assert f"log 4 = {np.log(4):.3f}" in PAGE
    assert f"= {4 * (1 - 0.75**10):.2f} different" in PAGE


@pytest.mark.slow
def test_a_fact_is_remembered_by_the_network_that_reads_it():
    """A network that reads the fact learns it in seconds; a guess would be right in 0.125."""
    p = LESSON.parameters.of({"exchanges": 1, "epochs": 9})
    run = Session(LESSON, p, compile="graph", emit=lambda event: None, views=False)
    figures = run.run().metrics
    assert figures["dependent"] >= 0.9 and figures["last_turn"] > 0.9


def test_every_row_of_the_curriculum():
    assert set(LESSON.rows) == {"001/hred", "001/vhred"}
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


def test_the_code_on_the_page_is_the_lesson_s_own():
    own = {
        line.strip()
        for file in LESSON.folder.glob("*.py")
        for line in file.read_text().splitlines()
    }
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert [line for line in block.splitlines() if line.strip() not in own] == []


@pytest.mark.slow
@pytest.mark.answer("memory")
@pytest.mark.answer("longer")
def test_the_answers_about_memory():
    last = trained("hred-vhred", "last-turn")
    assert last["dependent"] == pytest.approx(0.12, abs=0.03) and last["last_turn"] > 0.99
    assert trained("hred-vhred", "hred")["dependent"] > 0.98
    losses = history("hred-vhred", "val_loss", "hred")
    assert losses[1] > 1.7 and losses[8] < 0.6
    assert trained("hred-vhred", "longer")["dependent"] > 0.95
    assert history("hred-vhred", "val_loss", "longer")[8] > 1


@pytest.mark.slow
@pytest.mark.answer("variety")
@pytest.mark.answer("collapse")
def test_the_answers_about_variety():
    hred, vhred, collapse = (trained("hred-vhred", name) for name in ("hred", "vhred", "collapse"))
    assert hred["variety"] == 1 and hred["valid"] > 0.98
    assert vhred["variety"] == pytest.approx(2.9, abs=0.5) and vhred["valid"] > 0.95
    assert vhred["kl_open"] == pytest.approx(1.22, abs=0.4) and vhred["kl_closed"] < 0.05
    assert collapse["kl_open"] < 0.1 and collapse["variety"] < 2


@pytest.mark.slow
@pytest.mark.answer("latent")
@pytest.mark.answer("dropout")
def test_the_answers_about_one_number_and_hidden_words():
    one = trained("hred-vhred", "vhred", latent=1)
    assert one["kl_open"] < 0.1 and one["variety"] < 1.5
    hidden = trained("hred-vhred", "vhred", word_dropout=1.0)
    assert hidden["kl_open"] > 1.4 and 3.2 < hidden["variety"] < 3.77
    assert 0.85 < hidden["valid"] < 0.99
