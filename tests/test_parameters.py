"""Hyperparameters: written values read back, and invalid ones are refused with the range."""

import math
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_dl.errors import ParameterError
from tui_dl.parameters import Hyperparameters, Kind, param, plain
from tui_dl.text import nearest


class Example(Hyperparameters):
    """One field of each kind."""

    epochs: int = param(30, "How often the data is shown.", ge=1, le=5000, unit="times")
    learning_rate: float = param(0.1, "How far a step goes.", ge=1e-5, le=10, live=True)
    shift: float = param(0.0, "Added to every input.", ge=-1e4, le=1e4)
    gate: Literal["or", "and", "xor"] = param("or", "The truth table.", label="table")
    unroll: bool = param(False, "Write the steps out.")


def refused(**values):
    """Return the error that these values raise."""
    with pytest.raises(ParameterError) as caught:
        Example.of(values)
    return caught.value


def read_back(name, value):
    field = Example.field(name)
    return field.parse(field.format(value))


@settings(deadline=None)
@given(st.integers(1, 5000))
def test_integers_read_back(value):
    assert read_back("epochs", value) == value


@settings(deadline=None)
@given(st.floats(1e-5, 10))
def test_numbers_read_back(value):
    assert read_back("learning_rate", value) == value


@settings(deadline=None)
@given(st.floats(-1e4, 1e4))
def test_numbers_of_both_signs_read_back(value):
    assert read_back("shift", value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("gate", "or"), ("gate", "and"), ("gate", "xor"), ("unroll", True), ("unroll", False)],
)
def test_choices_and_switches_read_back(name, value):
    assert read_back(name, value) is value or read_back(name, value) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1e-5, "1e-05"), (10.0, "10"), (0.99999, "0.99999")]
)
def test_usual_numbers_are_short(value, text):
    assert Example.field("learning_rate").format(value) == text


@settings(deadline=None)
@given(st.integers().filter(lambda n: not 1 <= n <= 5000))
def test_integers_out_of_range(value):
    for given_as in (value, str(value)):
        error = refused(epochs=given_as)
        assert error.name == "epochs"
        assert str(error).startswith("epochs: ") and "a whole number from 1 to 5000" in str(error)


@settings(deadline=None)
@given(st.floats().filter(lambda x: not 1e-5 <= x <= 10))
def test_numbers_out_of_range_and_not_finite(value):
    for given_as in (value, repr(value)):
        error = refused(learning_rate=given_as)
        assert error.name == "learning_rate"
        assert "learning_rate: " in str(error) and "a number from 1e-5 to 10" in str(error)


@settings(deadline=None)
@given(st.floats(10, 11, exclude_min=True))
def test_a_refused_number_is_not_called_by_an_allowed_one(value):
    assert "learning_rate: 10 is" not in str(refused(learning_rate=value))


def is_no(reader):
    """Return a predicate for texts that `reader` cannot read."""

    def unreadable(text):
        try:
            reader(text)
        except ValueError:
            return True
        return False

    return unreadable


@settings(deadline=None)
@given(st.text().filter(is_no(lambda text: int(text.strip().replace("_", "")))))
def test_garbage_is_no_integer(text):
    error = refused(epochs=text)
    assert error.name == "epochs" and "not a whole number" in str(error)
    assert "from 1 to 5000" in str(error)


@settings(deadline=None)
@given(st.text().filter(is_no(lambda text: float(text.strip()))))
def test_garbage_is_no_number(text):
    error = refused(learning_rate=text)
    assert error.name == "learning_rate" and "not a number" in str(error)
    assert "from 1e-5 to 10" in str(error)


@settings(deadline=None)
@given(st.text().filter(lambda text: text.strip() not in ("or", "and", "xor")))
def test_garbage_is_no_choice(text):
    error = refused(gate=text)
    assert error.name == "gate" and "one of or, and, xor" in str(error)


@pytest.mark.parametrize("text", ["", "2", "onn", "truth", "o n"])
def test_garbage_is_no_switch(text):
    error = refused(unroll=text)
    assert error.name == "unroll" and "on or off" in str(error)


@pytest.mark.parametrize(
    ("text", "value"),
    [("on", True), ("TRUE", True), (" yes ", True), ("1", True),
     ("off", False), ("False", False), ("no", False), ("0", False)],
)  # fmt: skip
def test_words_for_switches(text, value):
    assert Example.of({"unroll": text}).unroll is value


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, "", 2.5, object()])
@pytest.mark.parametrize("name", ["epochs", "learning_rate", "gate", "unroll"])
def test_a_value_of_another_type_names_its_field(name, value):
    if (name, value) == ("learning_rate", 2.5):
        return
    assert refused(**{name: value}).name == name


def test_a_near_choice_is_named():
    assert "did you mean xor?" in str(refused(gate="xro"))


def test_unknown_names_give_the_nearest_or_all():
    error = refused(learningrate=1)
    assert error.name == "learningrate" and "did you mean learning_rate?" in str(error)
    everything = str(refused(zzz=1))
    assert all(field.name in everything for field in Example.fields())


def test_texts_and_values_mean_the_same():
    texts = {"epochs": "1_000", "learning_rate": " 5e-1 ", "gate": "xor", "unroll": "on"}
    values = {"epochs": 1000, "learning_rate": 0.5, "gate": "xor", "unroll": True}
    assert Example.of(texts) == Example.of(values)
    assert Example.of(texts).changed() == values
    assert Example.of({"epochs": "30"}).changed() == {}


def test_bounds_are_included():
    for text in ("1", "5000"):
        assert Example.of({"epochs": text}).epochs == int(text)
    assert Example.of({"learning_rate": "1e-5"}).learning_rate == 1e-5
    assert Example.of({"learning_rate": "10"}).learning_rate == 10


def test_fields_say_what_forms_and_commands_need():
    epochs, rate, _, gate, unroll = Example.fields()
    assert (epochs.kind, rate.kind, gate.kind, unroll.kind) == (
        Kind.INTEGER, Kind.NUMBER, Kind.CHOICE, Kind.SWITCH,
    )  # fmt: skip
    assert (epochs.low, epochs.high, epochs.unit, epochs.default) == (1, 5000, "times", 30)
    assert (epochs.label, rate.label, gate.label) == ("epochs", "learning rate", "table")
    assert (epochs.live, rate.live) == (False, True)
    assert epochs.help == "How often the data is shown."
    assert [f.range for f in (epochs, rate, gate, unroll)] == [
        "1 to 5000", "1e-5 to 10", "one of or, and, xor", "on or off",
    ]  # fmt: skip


def test_hyperparameters_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Example.of({}).epochs = 1


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_bounds_are_written_as_numbers(value):
    assert math.isclose(float(plain(value)), value, rel_tol=1e-5)


def test_nearest_is_silent_where_nothing_is_near():
    assert nearest("perceptrn", ["perceptron", "iris"]) == " (did you mean perceptron?)"
    assert nearest("qqqq", ["perceptron", "iris"]) == ""
