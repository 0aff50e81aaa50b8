"""Optimizers: NumPy rules and the page's numbers against Keras, and the valley's paths."""

import inspect
import json
import re

import numpy as np
import pytest
from measuring import history, trained

from lessons.optimizers import LESSON, valley
from lessons.optimizers import model as rules
from lessons.optimizers.model import optimizers
from lessons.optimizers.views import STATE, own_rates
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
NAMES = ["sgd", "momentum", "adagrad", "rmsprop", "adam"]
GRADIENTS = np.random.default_rng(0).normal(0, [[1.0], [10.0], [0.01], [3.0], [1.0]], (5, 4))


def prepared(**settings):
    p = LESSON.parameters.of({"images": "digits", "units": 8, **settings})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def by_rule(name, theta, gradients, eta):
    """Return the parameters after each gradient, by the lesson's rules with Keras's defaults."""
    zero, places = np.zeros_like(theta), []
    memory = {"momentum": [zero], "adagrad": [zero + 0.1], "rmsprop": [zero], "adam": [zero, zero]}
    kept = memory.get(name, [])
    numbers = {"momentum": (0.9,), "adagrad": (1e-7,), "rmsprop": (0.9, 1e-7)}.get(name, ())
    for t, g in enumerate(gradients, 1):
        more = (t, eta, 0.9, 0.999, 1e-7) if name == "adam" else (eta, *numbers)
        result = getattr(rules, name)(theta, g, *kept, *more)
        theta, *kept = result if isinstance(result, tuple) else (result,)
        places.append(theta)
    return np.array(places)


def by_keras(name, theta, gradients, eta):
    import keras

    rule = optimizers(LESSON.parameters.of({"learning_rate": eta}))[name]
    variable, places = keras.Variable(theta, dtype="float32"), []
    for g in gradients:
        rule.apply([np.float32(g)], [variable])
        places.append(np.array(variable))
    return np.array(places)


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_does_what_keras_does(name):
    theta = np.array([1.0, -2.0, 0.5, 3.0])
    ours, keras_s = (f(name, theta, GRADIENTS, 0.05) for f in (by_rule, by_keras))
    np.testing.assert_allclose(ours, keras_s, rtol=1e-5, atol=1e-6)


def test_keras_s_adam_has_its_epsilon_before_the_correction():
    import keras

    rule, theta, g = keras.optimizers.Adam(0.1, epsilon=0.5), keras.Variable([1.0]), 2.0
    rule.apply([np.float32([g])], [theta])
    share = np.sqrt(1 - 0.999)  # the paper's rule with ε / share is Keras's with ε
    expected, *_ = rules.adam(1.0, g, 0.0, 0.0, 1, 0.1, 0.9, 0.999, 0.5 / share)
    assert float(theta[0]) == pytest.approx(expected, rel=1e-5)


def test_the_worked_steps_are_right_and_on_the_page():
    theta, m, v, rows = 1.0, 0.0, 0.0, []
    for t in (1, 2):
        g = 2 * theta
        theta, m, v = rules.adam(theta, g, m, v, t, 0.1, 0.9, 0.999, 1e-7)
        rows.append((t, g, m, v, m / (1 - 0.9**t), v / (1 - 0.999**t), theta))
    expected = [(1, 2, 0.2, 0.004, 2, 4, 0.9), (2, 1.8, 0.36, 0.007236, 1.8947, 3.6198, 0.8004)]
    np.testing.assert_allclose(rows, expected, atol=5e-5)
    for row in expected:
        assert re.search(r"\|\s+" + r"\s+\|\s+".join(re.escape(f"{n:g}") for n in row), PAGE)
    assert f"{0.1 * 0.2 / np.sqrt(0.004):.4f}" == "0.3162" and "0.3162" in PAGE
    assert f"{np.sqrt(rows[1][5]):.4f}" == "1.9026" and "1.9026" in PAGE
    assert f"{rows[0][-1] - rows[1][-1]:.4f}" == "0.0996" and "0.0996" in PAGE


def test_momentum_adds_up_to_ten_steps():
    theta = np.zeros(1)
    steps = np.diff(by_rule("momentum", theta, np.ones((200, 1)), 0.01)[:, 0])
    assert -steps[-1] == pytest.approx(10 * 0.01, rel=1e-6)


def test_adagrad_shrinks_with_the_root_of_the_steps():
    places = by_rule("adagrad", np.zeros(1), np.ones((400, 1)), 0.01)[:, 0]
    assert places[-2] - places[-1] == pytest.approx(0.01 / np.sqrt(400), rel=1e-2)


def test_adagrads_first_step_of_the_page():
    import keras

    start = inspect.signature(keras.optimizers.Adagrad).parameters["initial_accumulator_value"]
    assert start.default == 0.1 and "Keras starts $v$ at 0.1" in PAGE
    theta = by_keras("adagrad", np.zeros(1), np.array([[0.02]]), 0.01)
    assert f"{-theta[0, 0] / 0.01:.3f} $\\eta$" in PAGE
    from_zero, _ = rules.adagrad(np.zeros(1), np.array([0.02]), np.zeros(1), 0.01, 1e-7)
    assert -from_zero[0] == pytest.approx(0.01, rel=1e-3)


@pytest.fixture(scope="module")
def walk():
    return valley.walker(optimizers(LESSON.parameters.of({})))


@pytest.mark.parametrize("eta", [0.001, 0.05])
def test_the_paths_are_those_of_the_rules(walk, eta):
    start, curvature = np.array(valley.START), np.array(valley.CURVATURE)
    for name, path in walk(eta).items():
        assert path.shape == (1001, 2) and path[0] == pytest.approx(start)
        expected = by_rule(name, start, curvature * path[:30], eta)  # the slopes along the path
        np.testing.assert_allclose(path[1:31], expected, rtol=1e-3, atol=1e-4)


def test_a_second_walk_starts_afresh(walk):
    first = walk(0.01)
    walk(0.1)
    for name, path in walk(0.01).items():
        np.testing.assert_array_equal(path, first[name])


def test_the_height_is_the_page_s_function_and_its_slope_is_walked():
    assert valley.height(np.array([2.0, 1.0])) == pytest.approx((4 + 25) / 2)
    assert valley.CURVATURE == (1.0, 25.0) and r"25 \theta_2^2" in PAGE


def test_plain_descent_survives_below_the_page_s_limit_alone(walk):
    assert 2 / valley.CURVATURE[1] == 0.08 and "2 / 25 = 0.08" in PAGE
    assert abs(walk(0.079)["sgd"][-1, 1]) < 0.01
    assert not abs(walk(0.081)["sgd"][-1, 1]) < 100


def test_rmsprop_oscillates_by_half_the_rate_where_adam_arrives(walk):
    paths = walk(0.01)
    np.testing.assert_allclose(np.abs(paths["rmsprop"][-1]), 0.005, rtol=0.05)
    assert valley.height(paths["adam"][-1]) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_plain_data(name):
    p, data, model = prepared(optimizer=name, learning_rate=0.1)
    for view in LESSON.views:
        json.dumps(view.draw(model, data, p), allow_nan=False)


def ended(model, p, data):
    """Let the model's optimizer count as many steps as its training takes."""
    model.optimizer.iterations.assign(p.epochs * -(-len(data.x) // p.batch_size))


def test_the_pictures_follow_the_model_s_present_rate_not_the_form_s():
    p, data, model = prepared()
    ended(model, p, data)
    ends = []
    for eta in (0.001, 0.1):
        model.optimizer.learning_rate.assign(eta)
        groups = LESSON.views[0].draw(model, data, p)["groups"]
        ends.append({group["name"]: group["x"][-1] for group in groups})
    assert ends[0]["adam"] < -0.1 and abs(ends[1]["adam"]) < 2e-3
    assert "sgd" in ends[0] and "sgd (out)" in ends[1]


def test_the_race_goes_with_training(walk):
    p, data, model = prepared(learning_rate=0.01, epochs=10)
    steps = 10 * -(-len(data.x) // p.batch_size)
    for share in (0, 0.25, 1):
        model.optimizer.iterations.assign(round(share * steps))
        picture, heights = (each.draw(model, data, p) for each in LESSON.views[:2])
        t = round(1000 * share)
        assert picture["title"].startswith(f"step {t} of 1000: adam")
        for group, value in zip(picture["groups"], heights["values"], strict=True):
            path = walk(0.01)[group["name"]]
            x, y = path[t]
            assert (group["x"][-1], group["y"][-1]) == pytest.approx((x, y), abs=1e-3)
            assert value == pytest.approx(max(valley.height(path[t]), 1e-12), rel=1e-3)
        assert heights["labels"] == NAMES and heights["highlight"] == [4]


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_a_weight_s_own_rate_is_its_step_over_its_gradient(name):
    p, data, model = prepared(optimizer=name, learning_rate=0.02, beta_1=0.0, momentum=0.0)
    model.fit(data.x[:128], data.y[:128], batch_size=128, verbose=0)
    (squares,) = (
        np.asarray(v)
        for v in model.optimizer.variables
        if v.path.endswith(f"output_kernel_{STATE[name]}")
    )
    before, rates = np.array(model.layers[-1].kernel), own_rates(model, p, "output")
    assert len(rates) == np.sum(squares > 0)
    # A gradient of zeros leaves the memory of AdaGrad alone; the others forget a known share.
    grads = [np.zeros(w.shape, "float32") for w in model.trainable_variables]
    g = 1e-3 if name == "adagrad" else 1e-5  # so small that it hardly changes the memory
    grads[-2] = np.full(before.shape, g, "float32")
    model.optimizer.apply(grads, model.trainable_variables)
    step = (before - np.asarray(model.layers[-1].kernel)).ravel()[squares.ravel() > 0]
    t = int(model.optimizer.iterations)
    kept = {"adagrad": 1.0, "rmsprop": p.rho, "adam": p.beta_2}[name]
    correction = (1 - p.beta_2 ** (t - 1)) / (1 - p.beta_2**t) if name == "adam" else 1.0
    predicted = rates * g / np.sqrt(kept * correction)
    clear = (predicted > 5e-6) & (squares[squares > 0] > 1e-8)  # of rounding, and of ϵ
    assert clear.sum() > 10
    assert step[clear] == pytest.approx(predicted[clear], rel=0.1)


def test_rules_without_such_a_memory_have_one_rate():
    p, data, model = prepared(optimizer="momentum", learning_rate=0.02)
    picture = LESSON.views[2].draw(model, data, p)
    assert picture["title"] == "momentum: every weight has the same rate η = 0.02"
    assert [layer["note"] for layer in picture["layers"]] == ["median 0.02"] * 3


@pytest.mark.parametrize("name", NAMES)
def test_the_form_s_numbers_reach_the_optimizer(name):
    numbers = {"momentum": 0.7, "rho": 0.8, "beta_1": 0.6, "beta_2": 0.95, "epsilon": 1e-3}
    _, _, model = prepared(optimizer=name, learning_rate=0.02, **numbers)
    config = model.optimizer.get_config()
    read = {"momentum": ["momentum"], "adagrad": ["epsilon"], "rmsprop": ["rho", "epsilon"]}
    read["adam"] = ["beta_1", "beta_2", "epsilon"]
    assert config["learning_rate"] == pytest.approx(0.02)
    assert all(config[field] == numbers[field] for field in read.get(name, []))
    assert config.get("momentum", 0) == (0.7 if name == "momentum" else 0)


def test_the_claims_use_the_source_s_network():
    p, _, model = prepared(**LESSON.experiment("source").settings)
    assert (p.epochs, p.batch_size, p.dropout, p.learning_rate) == (20, 128, 0.2, 0.001)
    assert model.count_params() == 65 * 512 + 513 * 512 + 513 * 10


def outcome(accuracy, first=0.0):
    return Outcome(({"val_accuracy": accuracy},), ({"val_accuracy": (first, accuracy)},))


def test_the_checks_want_direction_and_size():
    (rate,), (stuck,) = (LESSON.experiment(n).claims for n in ("source", "rate-0.1"))
    arms = {"this": outcome(0.98, 0.9), "0.0001": outcome(0.975, 0.7), "0.01": outcome(0.96)}
    assert rate.check(arms)
    assert not rate.check(arms | {"0.01": outcome(0.99)})
    assert not rate.check(arms | {"0.0001": outcome(0.95, 0.7)})
    assert not rate.check(arms | {"0.0001": outcome(0.975, 0.95)})
    assert stuck.check({"this": outcome(0.1), "0.001": outcome(0.98)})
    assert not stuck.check({"this": outcome(0.6), "0.001": outcome(0.98)})


def test_every_row_preset_and_arm_is_there():
    assert set(LESSON.rows) == {"003/adam", "000/adam-lr", "001/adam-lr"}
    for experiment in LESSON.experiments:
        for arm in (experiment.settings, *(a for c in experiment.claims for a in c.arms.values())):
            LESSON.parameters.of(arm)


DIGITS = {"images": "digits"}


@pytest.mark.answer("valley")
@pytest.mark.answer("race")
def test_the_answers_about_the_valley(walk):
    ends = {name: path[-1] for name, path in walk(0.1).items()}
    assert [name for name, end in ends.items() if not np.all(np.abs(end) < 1)] == ["sgd"]
    np.testing.assert_allclose(np.abs(ends["rmsprop"]), 0.05, rtol=0.02)
    for eta, stays in ((0.150, True), (0.154, False)):
        end = np.abs(walk(eta)["momentum"][-1, 1])
        assert bool(end < 0.45) is stays
    assert valley.height(np.array(valley.START)) == pytest.approx(2.94, abs=0.005)
    heights = {name: valley.height(path[-1]) for name, path in walk(0.01).items()}
    assert heights["adagrad"] == pytest.approx(0.094, abs=0.001)
    assert heights["rmsprop"] == pytest.approx(0.0003, abs=0.00005)
    assert all(heights[name] < 1e-6 for name in ("sgd", "momentum", "adam"))


def accuracy(experiment="", **settings):
    """Return the median validation accuracy over seeds 0, 1 and 2."""
    runs = (trained("optimizers", experiment, seed=s, **DIGITS, **settings) for s in (0, 1, 2))
    return float(np.median([run["val_accuracy"] for run in runs]))


@pytest.mark.slow
@pytest.mark.answer("same-rate")
@pytest.mark.answer("no-momentum")
def test_the_answers_about_the_five_rules_on_digits():
    at_0_001 = {name: accuracy(optimizer=name) for name in NAMES}
    assert at_0_001["sgd"] < 0.25 and at_0_001["adagrad"] < 0.3
    assert 0.35 < at_0_001["momentum"] < 0.75
    assert min(at_0_001["rmsprop"], at_0_001["adam"]) > 0.93
    own = [accuracy(name) for name in ("sgd", "momentum", "adagrad")]
    assert own == pytest.approx([0.92, 0.91, 0.83], abs=0.04)
    assert accuracy(beta_1=0.0) == pytest.approx(at_0_001["adam"], abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("rates")
@pytest.mark.answer("large")
def test_the_answers_about_adams_rate():
    curves = [
        history("optimizers", "val_accuracy", "source", learning_rate=rate, **DIGITS)
        for rate in (0.0001, 0.001, 0.01)
    ]
    assert curves[0][0] < 0.6 and min(curves[1][0], curves[2][0]) > 0.8
    ends = [curve[-1] for curve in curves]
    assert ends == pytest.approx([0.950, 0.989, 0.983], abs=0.02) and ends[0] < min(ends[1:])
    assert accuracy("rate-0.1") < 0.8
