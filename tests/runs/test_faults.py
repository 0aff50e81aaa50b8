"""Faults of disks and folders while runs are written and read: data stays, one line says why."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tui_dl import events, files, paths
from tui_dl.cli.app import run as run_command
from tui_dl.events import Progress
from tui_dl.runs.index import survey
from tui_dl.runs.reader import read, read_events
from tui_dl.runs.writer import RunWriter

GIB = 1 << 30


def said(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command(list(arguments))
    return code, out.getvalue(), err.getvalue()


def write(told):
    with RunWriter("perceptron") as writer:
        for event in told:
            writer(event)
    return writer


def mounts():
    """True if this process may mount a file system of its own."""
    if os.geteuid() or not shutil.which("unshare"):
        return False
    trial = "mount -t tmpfs -o size=64k tmpfs /mnt"
    return not subprocess.run(["unshare", "-m", "sh", "-c", trial], capture_output=True).returncode


def in_own_mounts(mount, code, *arguments, **options):
    """Run Python code after mounting file systems that nobody else sees."""
    script = f'{mount}; exec "$@"'
    command = ["unshare", "-m", "sh", "-ec", script, "sh", sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)


FILL = """
import sys
from pathlib import Path
from pathlib import Path
from tui_dl.events import from_json
from tui_dl.runs.reader import read, read_events
from tui_dl.runs.writer import RunWriter
notes = []
with RunWriter("perceptron", tell=notes.append) as writer:
    for line in sys.stdin:
        writer(from_json(line))
(note,) = notes
print(note.text)
print(writer.directory)
assert read("last").started.lesson == "perceptron"
old = Path(sys.argv[1]) / "runs"
(left,) = old.iterdir()
assert "the run is kept in" in [e for e in read_events(left / "events.jsonl")][-1].text
"""


@pytest.mark.skipif(not mounts(), reason="needs the right to mount a file system")
def test_a_disk_that_is_full_moves_the_run_to_another_one(stream, home, tmp_path_factory):
    spare = tmp_path_factory.mktemp("spare")
    many = [
        *stream[:-1],
        *(Progress(step=n, epoch=3, metrics={}) for n in range(13, 3000)),
        stream[-1],
    ]
    told = "\n".join(events.to_json(event) for event in many) + "\n"
    mount = f"mount -t tmpfs -o size=100k tmpfs {home}"
    done = in_own_mounts(
        mount, FILL, str(home), input=told, env=os.environ | {"TMPDIR": str(spare)}
    )
    assert done.returncode == 0, done.stderr
    note, directory = done.stdout.splitlines()
    assert note.endswith(f"events.jsonl: No space left on device; the run is kept in {directory}")
    assert directory.startswith(str(spare))
    kept = [e for e in read_events(spare / Path(directory).name / "events.jsonl")]
    assert [e for e in kept if getattr(e, "text", "") != note] == many[1:]


COMMANDS = """
import sys
from pathlib import Path
from tui_dl.cli.app import run
codes = [run(line.split()) for line in sys.argv[1].split(";")]
print(*codes)
"""


@pytest.mark.skipif(not mounts(), reason="needs the right to mount a file system")
def test_a_home_that_is_read_only_can_be_read(stream, home, tmp_path):
    write(stream)
    picture = tmp_path / "loss.txt"
    mount = f"mount --bind {home} {home}; mount -o remount,bind,ro {home}"
    commands = "runs list;runs show last;runs compare last 2;lessons;data list;watch last --quiet"
    done = in_own_mounts(mount, COMMANDS, commands)
    assert done.stdout.splitlines()[-1] == "0 0 2 0 0 0", done.stderr
    assert done.stderr.count("\n") == 1 and "two or more runs" in done.stderr
    refused = in_own_mounts(mount, COMMANDS, f"runs picture last --view loss -o {picture}")
    assert refused.stdout == "2\n" and refused.stderr.count("\n") == 1
    assert str(picture) in refused.stderr and "Read-only file system" in refused.stderr


HIDDEN = """
import ctypes, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
from tui_dl.events import from_json
from tui_dl.runs.writer import RunWriter
told = [from_json(line) for line in sys.stdin]
with RunWriter("perceptron", tell=lambda note: sys.exit(note.text)) as writer:
    for event in told[:5]:
        writer(event)
    writer.directory.chmod(0)
    (writer.directory / "../").resolve().chmod(0)
    for event in told[5:]:
        writer(event)
"""


def test_a_run_that_becomes_unreadable_while_it_is_written_is_whole(stream, home):
    told = "\n".join(events.to_json(event) for event in stream)
    command = [sys.executable, "-c", HIDDEN]
    done = subprocess.run(command, input=told, capture_output=True, text=True)
    paths.runs().chmod(0o700)
    (run,) = paths.runs().iterdir()
    run.chmod(0o700)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(read("last").events) == stream[1:]


class Broken(io.BytesIO):
    """A file of which the disk returns the first line only."""

    began = False

    def readline(self, size=-1):
        if self.began:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self.began = True
        return super().readline(size)

    read = readline


def test_a_read_error_is_one_line_and_costs_that_run_alone(stream, monkeypatch):
    bad, good = write(stream), write(stream)
    reading = files.reading

    @contextlib.contextmanager
    def failing(path):
        with reading(path) as file:
            yield Broken(file.read()) if path.parent.name == bad.name else file

    monkeypatch.setattr(files, "reading", failing)
    assert [run.name for run in survey().runs] == [good.name]
    code, out, err = said("runs", "list")
    assert (code, err) == (0, f"dlworkbench: 1 unreadable: {bad.name}\n") and good.name in out
    for command in (("runs", "show"), ("watch",), ("runs", "resume")):
        code, out, err = said(*command, bad.name)
        assert code in (0, 2) and err.count("\n") == (code == 2), (command, err)
    assert "Input/output error" in said("runs", "show", bad.name)[2]


END = b'\n{"kind":"finished","status":"completed","steps":9}\n'


@pytest.mark.parametrize("at_end", [b"", pytest.param(END, marks=pytest.mark.slow)])
def test_a_sparse_file_of_a_gibibyte_is_listed_and_shown(stream, at_end):
    writer = write(stream[:8])
    with (writer.directory / "events.jsonl").open("r+b") as file:
        file.truncate(GIB)
        file.seek(0, os.SEEK_END)
        file.write(at_end)
    (run,) = survey().runs
    assert run.status == ("completed" if at_end else "interrupted")
    assert said("runs", "list")[0] == 0
    if at_end:
        assert read("last").steps == 9
    code, _, err = said("runs", "resume", "last")
    assert code == 2 and err.count("\n") == 1


def test_home_and_runs_are_as_before_after_a_write_that_fails(stream, monkeypatch):
    """Earlier runs are neither opened for writing nor renamed."""
    first = write(stream)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in first.directory.iterdir()}

    def full(file, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file.name))

    monkeypatch.setattr(files, "write", full)
    notes = []
    with RunWriter("perceptron", tell=notes.append) as writer:
        for event in stream:
            writer(event)
    assert writer.lost and len(notes) == 1
    assert notes[0].text.endswith("No space left on device; the rest of this run is not kept")
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in first.directory.iterdir()} == before
    assert [each.name for each in paths.runs().iterdir()] == [first.name]
