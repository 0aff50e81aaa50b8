"""The samples in docs are the commands' output, except for times and run names."""

import re
import shlex
from pathlib import Path

import pytest

from tui_dl.cli.app import run

PAGE = (Path(__file__).parents[1] / "docs" / "headless.md").read_text("utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.S | re.M)
COMMAND = re.compile(r"^\$ dlworkbench (.*)\n((?:(?!\$ ).*\n)*)", re.M)
VARIES = (
    (re.compile(r"\d{8}-\d{6}(?=-\w)"), "DATE"),
    (re.compile(r"-[0-9a-f]{4}\b"), "-ID"),
    (re.compile(r"\d[\d.e-]* s\b"), "N s"),
    (re.compile(r'"(time|seconds)":[\d.e-]+'), '"TIME"'),
)


def samples(*starts):
    """Return (command, output) of each sample whose command starts with that."""
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


def test_all_kinds_of_sample_are_found():
    assert len(PRINTED) == 7
