"""Commands run in this process, and lessons that misbehave."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import signal
import subprocess
import sys

import pytest

from tests.making import changed, made
from tui_dl import catalog
from tui_dl.cli.app import run
from tui_dl.errors import LessonError
from tui_dl.experiment import Claim, Experiment
from tui_dl.lesson import Dataset, Split
from tui_dl.parameters import Hyperparameters, param


@dataclasses.dataclass(frozen=True)
class Said:
    """The output of a command and its exit code."""

    code: int
    out: str
    err: str

    @property
    def objects(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def say(capsys):
    def command(*arguments):
        code = run([str(each) for each in arguments])
        return Said(code, *capsys.readouterr())

    return command


class Terminal(io.StringIO):
    """A standard output that counts as a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def look(monkeypatch):
    """Run a command on a terminal of that many columns; return its lines and its exit code."""

    def command(*arguments, columns=80):
        seen = Terminal()
        monkeypatch.setattr(sys, "stdout", seen)
        for name, value in {"COLUMNS": str(columns), "TERM": "xterm", "NO_COLOR": "1"}.items():
            monkeypatch.setenv(name, value)
        code = run([str(each) for each in arguments])
        plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", seen.getvalue())
        return [line.rstrip() for line in re.split(r"[\r\n]+", plain)], code

    return command


@pytest.fixture
def process(home):
    """Start the program as a separate process with text pipes."""
    started = []
    # A test run in the background of a script ignores SIGINT, and children would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def start(*arguments, module="tui_dl", **environment):
        command = [sys.executable, "-m", module, *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        child = subprocess.Popen(command, env=os.environ | environment, **streams)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
    signal.signal(signal.SIGINT, before)


class Toy(Hyperparameters):
    """Settings of the lessons below."""

    scale: float = param(1.0, "Of the inputs.", ge=0, le=1e38)
    epochs: int = param(2, "Rounds.", ge=1, le=50)
    batch_size: int = param(4, "Samples a step.", ge=1, le=8)
    learning_rate: float = param(0.1, "Step length.", ge=0, le=10, live=True)


def toy_data(p, rng):
    x = (rng.normal(size=(8, 2)) * p.scale).astype("float32")
    return Dataset("toy", x, x[:, :1], Split(x[:4], x[:4, :1]))


def toy_model(p, data):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(p.learning_rate), "mse")
    return model


def unreadable(p, rng):
    raise LessonError("toy.npz: is not an npz archive, or is damaged")


def broken(p, data):
    raise RuntimeError("the shapes do not fit\nand more on a second line")


def falls(m):
    return m["this"]["val_loss"] < m["one"]["val_loss"] and m["this"]["diverged"] == 0


TOY = made(
    "toy",
    title="Toy",
    track="First steps",
    order=1,
    summary="Eight points.",
    parameters=Toy,
    data=toy_data,
    model=toy_model,
    experiments=(
        Experiment(
            "long",
            "Longer",
            {"epochs": 20},
            "The loss goes on falling.",
            (
                Claim("9/falls", "More is better.", "yes", falls, ("val_loss",), {"one": {}}),
                Claim(
                    "9/rises",
                    "More is worse.",
                    "no",
                    lambda m: m["this"]["loss"] > m["one"]["loss"],
                    against={"one": {"epochs": 2}},
                    why="It is not.",
                ),
                Claim("9/lost", "Unheard of.", "?", lambda m: m["this"]["absent"] > 0),
            ),
        ),
        Experiment(
            "wild",
            "Wild",
            {"scale": 1e30},
            "Too far.",
            (
                Claim(
                    "9/wild",
                    "Too large inputs diverge.",
                    "yes",
                    lambda m: m["this"]["diverged"] == 1 and m["this"]["val_loss"] > 1e30,
                    ("loss", "val_loss", "diverged"),
                ),
            ),
        ),
    ),
)
LESSONS = (
    TOY,
    changed(TOY, id="toy-unreadable", data=unreadable, experiments=()),
    changed(TOY, id="toy-broken", model=broken, experiments=()),
)


@pytest.fixture
def toys(monkeypatch):
    monkeypatch.setattr(catalog, "lessons", lambda: LESSONS)
    return LESSONS
