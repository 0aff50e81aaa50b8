"""Tests of XLA's compiled code, which one `train` caches for the next."""

import json
import os
import subprocess
import sys
import time

import pytest

from tui_dl.engine import compiled_code

TAKEN = """
import shutil
from tui_dl.engine import compiled_code

begin = compiled_code.begin

def taken():
    begin()
    shutil.rmtree(compiled_code._folder)
    compiled_code._folder.write_text("a file, no folder")

compiled_code.begin = taken
"""


DIES_AFTERWARDS = """
from tui_dl.engine import compiled_code

compiled_code.settle = lambda: __import__("os")._exit(0)
"""


def train(home, before=""):
    """Return the events of `train perceptron` in another process, without what differs by run."""
    code = f"{before}\nfrom tui_dl.cli import main\nmain()"
    command = [sys.executable, "-c", code, "train", "perceptron", "--json"]
    environment = os.environ | {"DLWORKBENCH_HOME": str(home)}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def results(events):
    kinds = ("steps", "epoch", "snapshot")
    return [{**event, "seconds": 0} for event in events if event["kind"] in kinds]


def kept(home):
    return {path: path.read_bytes() for path in (home / "compiled").rglob("*.pb")}


def compiler(events):
    return next(event["compile"] for event in events if event["kind"] == "started")


@pytest.mark.slow
def test_the_next_process_uses_the_code_unless_one_died_with_it(home):
    first = train(home)
    code = kept(home)
    assert code
    assert {path.stat().st_mode & 0o777 for path in code} == {0o600}
    second = train(home, DIES_AFTERWARDS)
    assert results(second) == results(first) != []
    assert kept(home) == code
    path = next(iter(code))
    age = path.stat().st_mtime_ns
    assert results(train(home)) == results(first)
    assert path.stat().st_mtime_ns > age
    path.write_bytes(code[path][:1000])
    path.with_suffix(".sum").write_bytes(compiled_code._sum(path))  # read, but it is no code
    last = train(home)
    assert compiler(last) == "graph"
    assert last[-1]["status"] == "completed"


def test_a_run_goes_on_where_its_code_can_no_longer_be_kept(home):
    events = train(home, TAKEN)
    assert compiler(events) == "graph"
    assert events[-1]["status"] == "completed"


@pytest.fixture
def wanted(home, monkeypatch):
    """The state of a process that will cache code and has not begun."""
    monkeypatch.setattr(compiled_code, "_wanted", True)
    monkeypatch.setattr(compiled_code, "_folder", None)
    monkeypatch.setattr(compiled_code, "_mark", None)
    monkeypatch.setenv("TF_XLA_FLAGS", "")


def test_only_whole_entries_are_left_and_only_so_many(wanted, monkeypatch):
    compiled_code.begin()
    folder = compiled_code._folder
    monkeypatch.setattr(compiled_code, "LARGEST", 200)
    for age, name in enumerate(("new", "middle", "old")):
        (folder / f"{name}.pb").write_bytes(name.encode() * 25)
        compiled_code.settle()
        os.utime(folder / f"{name}.pb", (1000 - age, 1000 - age))
    (folder / "new.pb").write_bytes(b"ne")  # as a crash of the machine may leave it
    (folder / "unfinished.pb").write_bytes(b"x")
    (folder / "written now.tmp").write_bytes(b"x")
    (folder / "abandoned.tmp").write_bytes(b"x")
    os.utime(folder / "abandoned.tmp", (0, time.time() - 2 * compiled_code.ABANDONED))
    compiled_code.begin()
    compiled_code.settle()
    left = {path.name for path in folder.iterdir()}
    assert left == {"middle.pb", "middle.sum", "written now.tmp"}


def test_nothing_is_kept_where_there_is_little_room(wanted, monkeypatch):
    monkeypatch.setattr(compiled_code, "FREE", 1 << 62)
    compiled_code.begin()
    assert os.environ["TF_XLA_FLAGS"] == ""


@pytest.mark.parametrize("name", ["with space", "with,comma"])
def test_nothing_is_kept_where_the_flags_cannot_name_the_folder(
    wanted, tmp_path, monkeypatch, name
):
    monkeypatch.setenv("DLWORKBENCH_HOME", str(tmp_path / name))
    compiled_code.begin()
    assert os.environ["TF_XLA_FLAGS"] == ""
