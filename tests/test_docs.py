"""The samples in docs are the commands' output, except for times and run names."""

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyte
import pytest

from tui_dl.cli.app import run
from tui_dl.drawing.reference import reference
from tui_dl.runs.index import list_runs

PAGE = (Path(__file__).parents[1] / "docs" / "headless.md").read_text("utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.S | re.M)
COMMAND = re.compile(r"^\$ dlworkbench (.*)\n((?:(?!\$ ).*\n)*)", re.M)
VARIES = (
    (re.compile(r"\d{8}-\d{6}(?=-\w)"), "DATE"),
    (re.compile(r"-[0-9a-f]{4}\b"), "-ID"),
    (re.compile(r"\d[\d.e-]* s\b"), "N s"),
    (re.compile(r"[\d,]+ steps/s"), "N steps/s"),
    (re.compile(r"(seconds  +|completed +480 +)[\d.e-]+( +[\d.e-]+)?"), r"\1"),
    (re.compile(r"(started +)[\d-]{10} [\d:]{8}"), r"\1TIME"),
    (re.compile(r'"(time|seconds)":[\d.e-]+'), '"TIME"'),
    (re.compile(r"\"code\":\"[0-9a-f]{24}\""), "CODE"),
)


def samples(*starts):
    """Return (command, output) of each sample whose command starts with one of these."""
    pairs = (pair for block in BLOCK.findall(PAGE) for pair in COMMAND.findall(block))
    return [pair for pair in pairs if pair[0].startswith(starts)]


def masked(text):
    for pattern, word in VARIES:
        text = pattern.sub(word, text)
    return text.strip()


PRINTED = samples("lessons", "theory", "train iris -e", "train iris --epochs 1", "train irs")
PRINTED += samples("train iris -p learning_rate=100", "data list")


@pytest.mark.parametrize(("command", "output"), PRINTED, ids=[command for command, _ in PRINTED])
def test_a_sample_is_what_the_command_prints(command, output, capfdbinary):
    command, _, head = command.partition(" | head -")
    run(shlex.split(command))
    out, err = (part.decode() for part in capfdbinary.readouterr())
    lines = (out or err).splitlines()
    shown = lines[: int(head)] if head else lines
    assert masked("\n".join(shown)) == masked(output)


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """Return a home folder with the two runs of the samples."""
    home = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLWORKBENCH_HOME", home)
        for options in ((), ("-e", "fast")):
            assert run(["train", "iris", "--quiet", *options]) == 0
    return home


RUNS = samples("runs", "export iris")


@pytest.mark.parametrize(("command", "output"), RUNS, ids=[command[:12] for command, _ in RUNS])
def test_a_sample_about_runs_is_what_the_command_prints(
    two_runs, command, output, capfdbinary, tmp_path, monkeypatch
):
    monkeypatch.setenv("DLWORKBENCH_HOME", two_runs)
    monkeypatch.chdir(tmp_path)
    names = iter([summary.name for summary in list_runs()])
    command = re.sub(r"\d{8}-\d{6}-iris-[0-9a-f]{4}", lambda _: next(names), command)
    assert run(shlex.split(command)) == 0
    printed = "".join(part.decode() for part in capfdbinary.readouterr())
    paths = re.compile(r"^(model|directory) .*\n", re.M)  # the sample says that it omits them
    # A column is as wide as its widest number of seconds.
    shown, sample = (re.sub(" +", " ", masked(text)) for text in (paths.sub("", printed), output))
    assert shown == sample


def test_the_sample_of_a_terminal_is_what_it_shows():
    ((_, output),) = [pair for pair in samples("train iris") if pair[0] == "train iris"]
    screen = pyte.Screen(80, 60)
    stream, (reader, terminal) = pyte.ByteStream(screen), pty.openpty()
    command = [sys.executable, "-m", "tui_dl", "train", "iris"]
    size = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color"}
    child = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=os.environ | size
    )
    os.close(terminal)
    try:
        while data := os.read(reader, 1 << 16):
            stream.feed(data)
    except OSError:  # the other end was closed
        pass
    assert child.wait() == 0
    shown = "\n".join(line.rstrip() for line in screen.display)
    assert masked(shown) == masked(output)


def test_the_sample_of_doctor_is_part_of_what_it_prints(capfdbinary):
    ((_, output),) = samples("doctor")
    run(["doctor"])
    printed = capfdbinary.readouterr().out.decode()
    varies = re.compile(r"\d+(\.\d+)*|\b(yes|no)\b")
    lines = varies.sub("N", printed).splitlines()
    shown = [line for line in varies.sub("N", output).splitlines() if line.strip() != "…"]
    assert len(shown) > 5
    assert [line for line in shown if line not in lines] == []


@pytest.mark.slow
def test_the_sample_of_reproduce_is_what_it_prints(capfdbinary):
    ((command, output),) = samples("reproduce iris")
    assert run(shlex.split(command)) == 0
    assert masked(capfdbinary.readouterr().out.decode()) == masked(output)


def test_every_sample_is_tested():
    tested = {*PRINTED, *RUNS, *samples("train iris", "doctor", "reproduce iris", "export")}
    assert set(samples("")) == tested


def test_the_page_of_pictures_is_what_the_kinds_draw():
    page = (Path(__file__).parents[1] / "docs" / "pictures.md").read_text("utf-8")
    assert page == reference(), "run python -m tui_dl.drawing.reference > docs/pictures.md"
