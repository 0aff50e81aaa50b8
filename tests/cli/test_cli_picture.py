"""`runs picture`: pictures and charts of a run as files."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tui_dl.events import Data, Epoch, Finished, Snapshot, Started
from tui_dl.runs.writer import RunWriter


def shot(step, title):
    payload = {"kind": "bars", "title": title, "labels": ["a", "b"], "values": [step, 1.0]}
    return Snapshot(view="bars", step=step, payload=payload)


@pytest.fixture(autouse=True)
def recorded(monkeypatch, tmp_path):
    """A run with two snapshots and three epochs; the working directory is a new one."""
    monkeypatch.chdir(tmp_path)
    started = Started(
        lesson="iris", hyperparameters={}, seed=0, device="CPU", compile="xla",
        data=Data(name="toy", train=4, validation=2), epochs=3, steps=30, steps_per_epoch=10,
    )  # fmt: skip
    with RunWriter("iris") as writer:
        writer(started)
        for epoch in (1, 2, 3):
            metrics = {"loss": 1 / epoch, "val_loss": 1.0}
            writer(Epoch(epoch=epoch, step=10 * epoch, metrics=metrics))
        writer(shot(10, "early"))
        writer(shot(30, "late"))
        writer(Finished(status="completed", steps=30, epochs=3))


def test_the_last_snapshot_of_the_first_view_is_drawn(say):
    assert say("runs", "picture", "last", "-o", "p.txt").code == 0
    text = Path("p.txt").read_text(encoding="utf-8")
    assert text.startswith("late · step 30 · ") and "█" in text


def test_an_earlier_step_shows_what_was_drawn_by_then(say):
    assert say("runs", "picture", "last", "--step", "29", "-o", "p.txt").code == 0
    assert Path("p.txt").read_text(encoding="utf-8").startswith("early · step 10 · ")


def test_an_svg_is_whole_and_fetches_nothing(say):
    assert say("runs", "picture", "last", "--light", "-o", "p.svg").code == 0
    svg = Path("p.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg") and svg.rstrip().endswith("</svg>") and "late" in svg
    assert not re.search(r"@font-face|https?://(?!www\.w3\.org)", svg)


def test_a_png_opens_and_has_the_size_of_its_cells(say):
    chosen = ("--view", "loss", "--size", "60x12", "-o", "p.png")
    assert say("runs", "picture", "last", *chosen).code == 0
    with Image.open("p.png") as image:
        image.load()
        assert image.format == "PNG" and image.size == (60 * 12 + 24, (12 + 2) * 24 + 24)


def test_a_metric_becomes_a_chart(say):
    assert say("runs", "picture", "last", "--view", "loss", "-o", "p.txt").code == 0
    text = Path("p.txt").read_text(encoding="utf-8")
    assert "train" in text and "validation" in text and "└" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--view", "bar"), "no view 'bar' (did you mean bars?)"),
        (("--step", "3"), "no snapshot of bars up to step 3"),
        (("--size", "wide"), "'wide' is not a size"),
        (("--size", "4x4"), "4x4 is not allowed"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(say, options, said):
    answer = say("runs", "picture", "last", "-o", "p.txt", *options)
    assert answer.code == 2 and said in answer.err and answer.err.count("\n") == 1
    assert not Path("p.txt").exists()


def test_no_file_is_overwritten_and_the_kind_is_known(say):
    Path("p.txt").write_text("mine", encoding="utf-8")
    assert "already exists" in say("runs", "picture", "last", "-o", "p.txt").err
    assert Path("p.txt").read_text(encoding="utf-8") == "mine"
    assert "must end with .svg, .png" in say("runs", "picture", "last", "-o", "p.gif").err
