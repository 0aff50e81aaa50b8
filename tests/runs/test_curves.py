"""Tests of the fold of events into curves."""

import pytest

from tui_dl.events import Epoch, Note, Progress
from tui_dl.runs.curves import FEW, Curves


def told(epochs, steps=2):
    """A running mean over the epoch: 1 after the first step, less at the epoch's end."""
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            at, metrics = (epoch - 1) * steps + step, {"loss": 1 / step, "accuracy": 1 / step}
            yield Progress(step=at, epoch=epoch, metrics=metrics)
        end = {"loss": 0.75, "accuracy": 0.5, "val_loss": 0.9}
        yield Epoch(epoch=epoch, step=epoch * steps, metrics=end)


def test_a_running_mean_is_no_accuracy_that_was_reached():
    curves = Curves([*told(3), Note(step=1, text="no metrics")])
    assert curves.names == ("loss", "accuracy", "val_loss")
    assert curves.measured("accuracy") == ([2, 4, 6], [0.5] * 3)
    assert curves.measured("loss") == ([1, 2, 3, 4, 5, 6], [1.0, 0.5] * 3)
    assert curves.by_step("accuracy")[1] == [1.0, 0.5] * 3


@pytest.mark.parametrize("epochs", [0, 1, FEW - 1, FEW])
def test_few_epochs_are_drawn_along_the_way(epochs):
    drawn = Curves(told(epochs)).drawn("accuracy")
    assert len(drawn[0]) == (2 * epochs if epochs < FEW else epochs)


def test_what_was_told_once_only_is_taken_from_there():
    assert Curves([Epoch(epoch=1, step=5, metrics={"loss": 2.0})]).measured("loss") == ([5], [2.0])
    alone = Curves([Progress(step=3, epoch=1, metrics={"return": 9.0})])
    assert alone.measured("return") == alone.drawn("return") == ([3], [9.0])
    assert Curves().drawn("loss") == ([], [])
