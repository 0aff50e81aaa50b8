"""Word vectors: language, pairs and negatives, the loss by hand, the questions, whole runs."""

import json

import numpy as np
import pytest
from measuring import history, trained

from lessons.word2vec import LESSON
from lessons.word2vec.corpus import RELATIONS, sentence, vocabulary
from lessons.word2vec.model import (
    NUMBER,
    WORDS,
    WordVectors,
    data,
    examples,
    model,
    noise_table,
    thinned,
)
from lessons.word2vec.views import (
    GROUP_OF,
    GROUPS,
    likeness,
    measure,
    questions,
    scores,
    share_of_analogies,
)
from tui_dl.drawing.kinds import draw
from tui_dl.drawing.palette import Palette
from tui_dl.engine.session import Session

RNG = np.random.default_rng
PAGE = LESSON.theory()
PAIRS = [pair for relation in RELATIONS for pair in relation.pairs]


def settings(**values):
    return LESSON.parameters.of(values)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def only(word, size, negatives, vector_size=2):
    """Return a network with random rows that can draw only one word as its negative."""
    counts = [0] * size
    counts[word] = 7
    net = WordVectors(counts, vector_size, negatives)
    net.build((None, 1))
    rng = RNG(0)
    net.set_weights([rng.normal(size=w.shape) for w in net.get_weights()])
    return net


def loss(net, x, y):
    return float(net.compute_loss(x, y, net(x)))


# --- the language ----------------------------------------------------------------------------


def test_the_vocabulary_has_every_word_once_and_no_pair_s_word_elsewhere():
    assert WORDS[0] == "·" and len(set(WORDS)) == len(WORDS) == 250
    targets = [word for pair in PAIRS for word in pair]
    others = [text for r in RELATIONS for text in (*r.pairs.values(), *r.patterns)]
    others += [text for r in RELATIONS for side in r.sides for text in side.values()]
    assert len(set(targets)) == 72
    assert not set(targets) & {word for text in others for word in text.split()}


def test_no_sentence_holds_both_words_of_a_pair():
    rng = RNG(0)
    for _ in range(4000):
        words = sentence(rng)
        assert set(words) <= set(WORDS)
        assert not [pair for pair in PAIRS if set(pair) <= set(words)]


def test_the_structure_lies_in_the_counts():
    """Without a network, the logarithms of co-occurrence counts already answer analogies."""
    sets = data(settings(), RNG(0))
    counts = np.zeros((len(WORDS), len(WORDS)))
    np.add.at(counts, (sets.x[:, 0], sets.y), 1)
    share = counts.sum(axis=1) / counts.sum()
    expected = np.outer(share, share) + 1e-12
    pmi = np.log(np.maximum(counts / counts.sum() / expected, 1))
    left, sizes, _ = np.linalg.svd(pmi)
    n = left[:, :64] * np.sqrt(sizes[:64])
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
    assert share_of_analogies(n @ n.T) > 0.8


# --- data ------------------------------------------------------------------------------------


def test_skip_gram_pairs_every_word_with_its_neighbors():
    x, y = examples([[1, 2, 3], [4], [5, 6]], settings(window=1))
    assert x.tolist() == [[1], [2], [2], [3], [5], [6]] and y.tolist() == [2, 1, 3, 2, 6, 5]


def test_cbow_gives_all_neighbors_and_fills_up_with_no_word():
    x, y = examples([[1, 2, 3, 4, 5], [6]], settings(window=2, kind="cbow"))
    assert y.tolist() == [1, 2, 3, 4, 5]
    assert x.tolist()[:3] == [[2, 3, 0, 0], [1, 3, 4, 0], [1, 2, 4, 5]]


@pytest.mark.parametrize("kind", ["skip-gram", "cbow"])
def test_data(kind):
    p = settings(sentences=200, kind=kind, window=3)
    sets = data(p, RNG(1))
    assert sets.x.shape == (len(sets.y), 1 if kind == "skip-gram" else 6)
    assert sets.x.dtype == sets.y.dtype == np.int32 and sets.classes == WORDS
    assert sets.y.min() >= 1 and sets.y.max() < len(WORDS)
    assert 0.05 < len(sets.held_out.y) / len(sets.y) < 0.2
    assert np.array_equal(sets.x, data(p, RNG(1)).x)


def test_frequent_words_are_thinned_by_the_root():
    texts = [[1] * 9 + [2]] * 3000
    kept = np.bincount(np.concatenate(thinned(texts, 0.1, RNG(0))), minlength=3)
    assert kept[2] == 3000  # as frequent as t, not more
    assert kept[1] / 27_000 == pytest.approx(1 / 3, abs=0.02)  # sqrt(0.1 / 0.9)
    assert thinned(texts, 0.0, RNG(0)) == texts


def test_noise_is_drawn_in_proportion_to_the_count_to_three_quarters():
    table = noise_table([0, 1, 16, 81], size=36_000)
    assert np.bincount(table).tolist() == [0, 1000, 8000, 27_000]


# --- the network -----------------------------------------------------------------------------


def test_parameter_count():
    net = model(settings(), data(settings(sentences=100), RNG(0)))
    assert [layer.count_params() for layer in net.layers] == [250 * 32, 250 * 32]
    assert "8000 weights" in PAGE and "16,000 weights" in PAGE


def test_the_first_loss_is_that_of_guessing():
    sets = data(settings(sentences=100), RNG(0))
    first = loss(model(settings(), sets), sets.x[:50], sets.y[:50])
    assert first == pytest.approx(6 * np.log(2), abs=1e-5) and f"= {first:.3f}" in PAGE


def test_h_is_the_row_or_the_mean_of_the_rows_that_are_words():
    net = only(1, 5, 2)
    v = np.asarray(net.v.weights[0])
    assert np.asarray(net(np.array([[3]]))) == pytest.approx(v[[3]], abs=1e-6)
    h = np.asarray(net(np.array([[2, 4, 0, 0]])))
    assert h[0] == pytest.approx((v[2] + v[4]) / 2, abs=1e-6)


def test_the_loss_and_its_slope_are_the_page_s():
    import tensorflow as tf

    net = only(3, 6, 4)
    v, u = (np.asarray(layer.weights[0]) for layer in (net.v, net.u))
    h, c = v[2], 5
    near, far = u[c] @ h, u[3] @ h
    expected = -np.log(sigmoid(near)) - 4 * np.log(sigmoid(-far))
    with tf.GradientTape() as tape:
        E = net.compute_loss(None, np.array([c]), net(np.array([[2]])))
    slope = tf.convert_to_tensor(tape.gradient(E, net.v.weights[0].value)).numpy()
    assert float(E) == pytest.approx(expected, rel=1e-5)
    assert slope[2] == pytest.approx((sigmoid(near) - 1) * u[c] + 4 * sigmoid(far) * u[3], rel=1e-4)
    assert not slope[[0, 1, 3, 4, 5]].any()


def test_negatives_come_from_the_noise_table_alone():
    net = only(3, 6, 4)
    y = np.array([5] * 20)
    before = loss(net, np.array([[2]] * 20), y)
    net.u.weights[0].assign(np.asarray(net.u.weights[0]) * [[1], [9], [9], [1], [9], [1]])
    assert loss(net, np.array([[2]] * 20), y) == pytest.approx(before, rel=1e-6)


def test_the_best_score_is_the_logarithm_of_the_page():
    n, k, m, q = 30, 5, 400, 0.01
    scores = np.linspace(-5, 5, 20_001)
    E = -n * np.log(sigmoid(scores)) - m * k * q * np.log(sigmoid(-scores))
    assert scores[E.argmin()] == pytest.approx(np.log(n / (k * m * q)), abs=1e-3)


def test_the_network_is_saved_and_read_back(tmp_path):
    import keras

    net = only(3, 6, 4)
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert np.allclose(np.asarray(again(np.array([[2]]))), np.asarray(net(np.array([[2]]))))
    assert again.counts == net.counts


# --- questions and views ---------------------------------------------------------------------


def crafted(sides=1.0):
    """Return a network whose rows are the sum of a vector for the pair and one for the side."""
    net = WordVectors([1] * len(WORDS), 64, 1)
    net.build((None, 1))
    rng = RNG(0)
    v = rng.normal(size=(len(WORDS), 64))
    for relation in RELATIONS:
        of_side = sides * rng.normal(size=(2, 64))
        for pair in relation.pairs:
            of_pair = rng.normal(size=64)
            v[[NUMBER[word] for word in pair]] = of_pair + of_side
    net.v.weights[0].assign(v)
    return net


def test_there_are_576_analogies_and_eight_groups_of_nine():
    asked = questions()
    assert asked.shape == (576, 4) and len({tuple(four) for four in asked.tolist()}) == 576
    assert len(GROUPS) == 8 and all(len(members) == 9 for members in GROUPS.values())
    assert len(GROUP_OF) == 72 and "576" in PAGE


def test_measure_knows_rows_that_add_up_from_rows_that_do_not():
    good = measure(crafted(3.0), None, settings())
    assert good["analogies"] > 0.95 and good["neighbors"] > 0.95
    none = measure(crafted(0.0), None, settings())
    assert none["neighbors"] < 0.4
    net = crafted()
    net.v.weights[0].assign(RNG(1).normal(size=(len(WORDS), 64)))
    random = measure(net, None, settings())
    assert random["analogies"] < 0.05 and random["neighbors"] < 0.2


def test_the_words_of_the_question_are_no_answer():
    asked = questions()
    never = np.isinf(scores(likeness(crafted()), asked))
    assert (never.sum(axis=1) == 4).all() and never[:, 0].all()
    assert np.take_along_axis(never, asked[:, :3], axis=1).all()


@pytest.mark.parametrize("d", [2, 32])
def test_views_can_be_drawn(d):
    p = settings(vector_size=d, sentences=100)
    sets = data(p, RNG(0))
    net = model(p, sets)
    for view in LESSON.views:
        payload = view.draw(net, sets, p)
        json.dumps(payload, allow_nan=False)
        text = draw(payload, 70, 14, Palette()).plain
        assert "cannot be drawn" not in text and "Nothing" not in text


def test_pairs_that_add_up_are_parallel_in_the_picture():
    pairs, _, relations, _ = (view.draw(crafted(), None, settings()) for view in LESSON.views)
    assert [len(panel["arrows"]) for panel in relations["panels"]] == [9] * 4
    for picture in (pairs, relations["panels"][0]):
        steps = np.array(
            [[np.diff(arrow["x"])[0], np.diff(arrow["y"])[0]] for arrow in picture["arrows"]]
        )
        assert (steps[:, 0] > 0.2).all() and (np.abs(steps[:, 1]) < 0.3 * steps[:, 0]).all()
    x, y = (np.ptp([word[axis] for word in pairs["words"]]) for axis in "xy")
    assert np.diff(pairs["y_range"])[0] > max(x, y)
    cosine = float(pairs["title"].split("= ")[1])
    assert cosine == pytest.approx(1, abs=0.2)


def test_analogies_show_the_cosines_of_the_nearest_words():
    net = crafted(3.0)
    v = np.asarray(net.v.weights[0])
    n = v / np.linalg.norm(v, axis=1, keepdims=True)
    panel = LESSON.views[1].draw(net, None, settings())["panels"][0]
    assert panel["title"] == "king − man + woman" and panel["labels"][panel["target"]] == "queen"
    aim = n[NUMBER["king"]] - n[NUMBER["man"]] + n[NUMBER["woman"]]
    cosines = [n[NUMBER[word]] @ aim / np.linalg.norm(aim) for word in panel["labels"]]
    assert panel["values"] == pytest.approx(cosines, abs=1e-5)
    assert cosines == sorted(cosines, reverse=True)


# --- runs ------------------------------------------------------------------------------------


def run(**values):
    events = []
    p = settings(**values)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed", finished.message
    return finished.metrics, events


@pytest.mark.slow
def test_analogies_form_in_a_short_run():
    metrics, events = run(sentences=3000, epochs=5, vector_size=24)
    assert metrics["analogies"] > 0.3 and metrics["neighbors"] > 0.7
    assert metrics["loss"] < 0.6 * 6 * np.log(2) and metrics["val_loss"] < 0.6 * 6 * np.log(2)
    assert {e.view for e in events if e.kind == "snapshot"} == {v.name for v in LESSON.views}


def test_without_negatives_the_task_is_solved_and_nothing_is_known():
    metrics, _ = run(sentences=1000, epochs=4, negatives=0)
    assert metrics["loss"] < 0.05 and metrics["analogies"] < 0.2


def test_cbow_trains():
    metrics, _ = run(sentences=1000, epochs=2, kind="cbow")
    assert metrics["loss"] < 0.8 * 6 * np.log(2)


# --- the page --------------------------------------------------------------------------------


def test_worked_numbers_of_the_page():
    h, u_c, u_1 = np.array([1, 0]), np.array([0.5, 1]), np.array([1, -1])
    parts = -np.log(sigmoid(u_c @ h)), -np.log(sigmoid(-u_1 @ h))
    assert f"{parts[0]:.5f} + {parts[1]:.5f} = {sum(parts):.4f}" in PAGE
    rates = sigmoid(u_c @ h), sigmoid(u_1 @ h)
    slope = (rates[0] - 1) * u_c + rates[1] * u_1
    assert f"({rates[0]:.4f} − 1)" in PAGE and f"{rates[1]:.4f} (1, −1)" in PAGE
    assert f"({slope[0]:.4f}, −{-slope[1]:.4f})" in PAGE
    h = h - 0.1 * slope
    assert f"$h = ({h[0]:.4f}, {h[1]:.4f})$" in PAGE
    assert f"score rises to {u_c @ h:.4f}, and the drawn word's falls to {u_1 @ h:.4f}" in PAGE


def test_the_row_of_the_curriculum_and_the_experiments():
    assert LESSON.rows == ("001/word2vec",)
    for experiment in LESSON.experiments:
        settings(**experiment.settings)
        assert f"`-e {experiment.name}`" in PAGE
    assert vocabulary() == WORDS


def shares(experiment, **values):
    known = trained("word2vec", experiment, **values)
    return known["analogies"], known["neighbors"]


@pytest.mark.slow
@pytest.mark.answer("first")
@pytest.mark.answer("cbow")
@pytest.mark.answer("narrow")
def test_the_answers_about_the_kind_and_the_window():
    assert shares("skip-gram", epochs=1) == pytest.approx((0.37, 0.83), abs=0.1)
    assert shares("skip-gram") == pytest.approx((0.998, 0.96), abs=0.03)
    assert shares("cbow") == pytest.approx((0.59, 0.82), abs=0.1)
    assert shares("narrow") == pytest.approx((0.11, 0.72), abs=0.06)
    steps = [len(data(settings(kind=kind), RNG(0)).y) for kind in ("skip-gram", "cbow")]
    assert steps[1] / steps[0] == pytest.approx(0.2, abs=0.05)


@pytest.mark.slow
@pytest.mark.answer("text")
@pytest.mark.answer("two")
@pytest.mark.answer("negatives")
def test_the_answers_about_text_size_and_drawn_words():
    assert shares("few-sentences")[0] == pytest.approx(0.41, abs=0.1)
    assert shares("thinned")[0] > 0.97
    steps = [len(data(settings(subsample=t), RNG(0)).y) for t in (0.0, 0.005)]
    assert steps[1] / steps[0] == pytest.approx(0.5, abs=0.1)
    assert shares("two-numbers")[0] < 0.05
    assert history("word2vec", "loss", "two-numbers")[-1] == pytest.approx(2.37, abs=0.05)
    known, near = shares("no-negatives")
    assert known < 0.12 and near < 0.3
    assert trained("word2vec", "no-negatives")["loss"] < 0.005


def test_the_best_score_is_the_pointwise_mutual_information_minus_log_k():
    D, n, m, count, k = 1000, 30, 100, 60, 5  # pairs, pairs of w and c, of w, of c, drawn words
    pmi = np.log((n / D) / (m / D * count / D))
    assert np.log(n / (k * m * count / D)) == pytest.approx(pmi - np.log(k))
