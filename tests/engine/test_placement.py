"""Where a run trains: with TensorFlow's logical devices for GPUs, in a process of their own."""

import json
import os
import subprocess
import sys

import pytest

from tui_dl.engine.placement import check, chosen
from tui_dl.errors import LessonError

TINY = (
    "Trained on the CPU: with fewer than 10,000 weights a GPU is seldom faster."
    " `train --device gpu` uses it."
)


def pretended(home, *arguments):
    """Return what the process tells, which pretends to have two GPUs."""
    command = [sys.executable, "-m", "tests.engine.pretended_gpus", *arguments]
    environment = os.environ | {"DLWORKBENCH_HOME": str(home)}
    child = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500)
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return pretended(tmp_path_factory.mktemp("home"), "few")


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return pretended(tmp_path_factory.mktemp("home"), "everything")


def is_trained_on(found, device, compiler, used):
    """Check that a run completed there without a note, and that its record says so."""
    assert (found["status"], found["message"], found["notes"]) == ("completed", "", [])
    assert found["device"].startswith(device) and found["compile"] == compiler
    assert found["used"] == [used]


def is_trained_on_the_cpu_as_it_is_tiny(found, cpu):
    """Check that a run on the CPU says why, and that its numbers are those of another one there."""
    assert found["notes"] == [TINY]
    assert found["device"].startswith("CPU") and found["used"] == ["CPU:0"]
    assert found["losses"] == cpu["losses"]
    assert found["status"] == "completed"


@pytest.mark.parametrize(
    ("run", "device", "compiler", "used"),
    [("cpu", "CPU", "xla", "CPU:0"), ("gpu:1", "GPU 1 (pretended)", "xla", "CPU:2")],
)
def test_a_run_trains_on_the_chosen_device_and_its_record_says_so(
    told, run, device, compiler, used
):
    is_trained_on(told[run], device, compiler, used)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "device", "compiler", "used"),
    [
        ("gpu", "GPU (pretended)", "xla", "CPU:1"),
        ("gpu:0", "GPU (pretended)", "xla", "CPU:1"),
        ("gpu:1 graph", "GPU 1 (pretended)", "graph", "CPU:2"),
        ("gpu:1 keras", "GPU 1 (pretended)", "keras", "CPU:2"),
        ("own gpu:1", "GPU 1 (pretended)", "own loop", "CPU:2"),
        ("ahead gpu:1", "GPU 1 (pretended)", "xla", "CPU:2"),
    ],
)
def test_so_does_each_kind_of_run(everything, run, device, compiler, used):
    is_trained_on(everything[run], device, compiler, used)


def test_a_tiny_model_trains_on_the_cpu_with_one_note_and_the_numbers_of_the_cpu(told):
    is_trained_on_the_cpu_as_it_is_tiny(told["tiny"], told["cpu"])


@pytest.mark.slow
def test_so_does_one_that_was_prepared_ahead(everything):
    is_trained_on_the_cpu_as_it_is_tiny(everything["ahead"], everything["cpu"])


@pytest.mark.slow
@pytest.mark.parametrize("run", ["large", "convolution", "own"])
def test_other_models_stay_on_the_gpu(everything, run):
    assert (everything[run]["device"], everything[run]["notes"]) == ("GPU (pretended)", [])


def test_a_missing_gpu_is_said_in_one_line(told):
    expected = "no gpu:2 here, only cpu, gpu:0, gpu:1; `dlworkbench doctor` says why"
    assert told["gpu:2"] == {"error": expected}


def test_a_resumed_run_returns_to_its_device(home):
    told = pretended(home, "resume", "gpu:1")
    assert told["codes"] == [0, 0]
    assert told["entered"] == ["GPU 1 (pretended)"] * 2
    assert told["resumed"] == told["whole"]


@pytest.mark.slow
def test_a_tiny_run_is_resumed_with_its_note(home):
    told = pretended(home, "resume", "auto")
    assert told["codes"] == [0, 0]
    assert [name[:3] for name in told["entered"]] == ["CPU"] * 2
    assert told["resumed"] == told["whole"]
    assert [line["text"] for line in told["resumed"] if line["kind"] == "note"] == [TINY]


@pytest.mark.slow
def test_a_run_whose_device_is_gone_continues_elsewhere_and_says_so(home):
    told = pretended(home, "resume", "gpu:1", "GPU 1 (pretended)")
    assert told["codes"] == [0, 0]
    notes = [line["text"] for line in told["resumed"] if line["kind"] == "note"]
    here, gone = "GPU (pretended)", "GPU 1 (pretended)"
    assert notes == [f"The run continues on {here}, as {gone} is not here now."]
    assert told["resumed"][-1]["status"] == "completed"


@pytest.mark.parametrize(
    "device", ["tpu", "gpu:", "gpu:-1", "gpu:one", "cpu:0", "GPU", "", "gpu:²"]
)
def test_a_misspelled_device_is_refused(device):
    with pytest.raises(LessonError, match="--device takes auto, cpu, gpu or gpu:N, not"):
        check(device)


def test_this_machine_has_a_cpu():
    assert chosen("cpu").name.startswith("CPU")
