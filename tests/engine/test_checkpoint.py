"""Checkpoint files: what is written is read back, and what is damaged is passed over."""

import errno
import itertools
import os

import numpy as np
import pytest

from tui_dl.engine import checkpoint as files
from tui_dl.engine.checkpoint import Checkpoint, Checkpoints, Damaged, latest, unpacked, written
from tui_dl.engine.replay import Count, Counter


def made(step=3, events=2):
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(7, np.int64)]
    report = {"seconds": 0.1, "metrics": {"loss": 0.1 + 0.2}, "epochs": 1, "losses": [0.5]}
    return Checkpoint(step, arrays, {"tick": step, "logs": {}}, report, Count(events, "a1"))


def write(run, *checkpoints):
    run.mkdir(exist_ok=True)
    keeper = Checkpoints(lambda: run, Counter())
    for each in checkpoints:
        keeper.keep(each)
    keeper.settle()
    return written(run)


def test_a_checkpoint_is_read_back_bit_for_bit(tmp_path):
    (file,) = write(tmp_path / "run", made())
    found = unpacked(file)
    for mine, theirs in zip(found.arrays, made().arrays, strict=True):
        assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs)
    assert (found.step, found.loop, found.report, found.told) == (
        3, made().loop, made().report, Count(2, "a1")
    )  # fmt: skip
    assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700


def test_few_are_kept_spread_over_the_run_and_the_latest_always(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST", 5)
    kept = write(tmp_path / "run", *(made(step) for step in range(1, 41)))
    steps = [int(file.stem) for file in kept]
    assert len(steps) == 5 and steps[0] == 40
    assert max(a - b for a, b in itertools.pairwise(steps)) <= 20
    monkeypatch.setattr(files, "BYTES", 1)
    assert [int(file.stem) for file in write(tmp_path / "run", made(41))] == [41]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data.replace(b'"seconds"', b'"second_"'),
        lambda data: b"not an archive" * 100,
    ],
)
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(damage, tmp_path, caplog):
    newest, before = write(tmp_path / "run", made(3), made(9))
    newest.write_bytes(damage(newest.read_bytes()))
    with pytest.raises(Damaged):
        unpacked(newest)
    found = latest(tmp_path / "run", lambda told: True)
    assert found and found.step == int(before.stem) == 3
    assert "damaged" in caplog.text


def test_objects_and_packed_parts_are_refused(tmp_path):
    bomb, objects = tmp_path / "bomb.npz", tmp_path / "objects.npz"
    np.savez_compressed(bomb, state=np.zeros(10_000_000, np.uint8))
    np.savez(objects, state=np.array([{}], object))
    for file in (bomb, objects, tmp_path):
        with pytest.raises(Damaged):
            unpacked(file)


def test_one_whose_events_are_not_those_of_the_record_is_not_used(tmp_path):
    write(tmp_path / "run", made(3, events=1), made(9, events=5))
    found = latest(tmp_path / "run", lambda told: told.events <= 2)
    assert found and found.step == 3
    assert latest(tmp_path / "none", lambda told: True) is None


def test_a_run_that_was_deleted_gets_no_checkpoints(tmp_path):
    keeper = Checkpoints(lambda: tmp_path / "gone", Counter())
    keeper.keep(made())
    keeper.settle()
    assert not (tmp_path / "gone").exists() and not keeper.trouble


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_keeps_the_checkpoints_that_are_whole(number, tmp_path, monkeypatch):
    def broken(descriptor):
        raise OSError(number, os.strerror(number))

    (before,) = write(tmp_path / "run", made(3))
    monkeypatch.setattr(os, "fsync", broken)
    assert write(tmp_path / "run", made(9)) == [before]
    assert unpacked(before).step == 3
    assert [each.name for each in before.parent.iterdir()] == [before.name]
