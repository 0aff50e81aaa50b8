"""The choice of the compiler."""

import keras
import pytest

from tui_dl.engine import device

layers = keras.layers


@pytest.mark.parametrize(
    ("inner", "steps", "chosen"),
    [
        (layers.Dense(2), 1, "xla"),
        (layers.BatchNormalization(), 999, "graph"),
        (layers.BatchNormalization(), 1000, "xla"),
        (keras.Sequential([layers.BatchNormalization()]), 999, "graph"),
        (layers.Reshape((4, 1)), 5000, "xla"),
    ],
)
def test_short_batch_normalization_is_not_worth_the_compiler(inner, steps, chosen):
    model = keras.Sequential([layers.Input((4,)), inner])
    assert device.choose(model, "auto", steps) == chosen
    assert device.choose(model, "keras", steps) == "keras"


def test_convolutions_run_in_the_graph():
    model = keras.Sequential([layers.Input((4, 4, 1)), layers.Conv2D(1, 2)])
    assert device.choose(model, "auto", 5000) == "graph"
