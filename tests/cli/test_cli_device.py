"""`train --device`: where a run trains, and one line for what is not there."""

import json

import pytest

from tui_dl.engine import placement


@pytest.mark.parametrize(
    ("lesson", "device", "line"),
    [
        ("iris", "gpu", "no gpu here, only cpu; `dlworkbench doctor` says why"),
        ("iris", "gpu:3", "no gpu:3 here, only cpu; `dlworkbench doctor` says why"),
        ("policy-gradient", "gpu", "no gpu here, only cpu; `dlworkbench doctor` says why"),
        ("iris", "tpu", "--device takes auto, cpu, gpu or gpu:N, not 'tpu'"),
        ("tensors", "cpu", "--device has no effect here: tensors does not train; leave it out"),
    ],
)
def test_a_device_that_cannot_be_used_is_refused_in_one_line(
    say, home, monkeypatch, lesson, device, line
):
    monkeypatch.setattr(placement, "gpus", list)
    said = say("train", lesson, "--device", device, "--quiet")
    assert (said.code, said.out, said.err) == (2, "", f"dlworkbench: {line}\n")
    assert not list((home / "runs").glob("*/events.jsonl"))


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_without_a_gpu_every_run_trains_on_the_cpu_and_says_nothing_of_it(say, device, monkeypatch):
    monkeypatch.setattr(placement, "gpus", list)
    said = say("train", "perceptron", "--device", device, "-p", "epochs=2", "--json")
    assert said.code == 0
    started, *middle, _ = [json.loads(line) for line in said.out.splitlines()]
    assert started["device"].startswith("CPU")
    assert not [each for each in middle if each["kind"] == "note"]
