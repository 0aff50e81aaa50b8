"""A user's settings for other programs change no number and break no lesson."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_dl import catalog, surroundings

ROOT = Path(__file__).parent.parent
SETTINGS = ("-p", "images=digits", "--epochs", "1", "--json", "--quiet")
HOSTILE = {
    "KERAS_BACKEND": "jax",
    "KERAS_MAX_EPOCHS": "many",
    "KERAS_NNX_ENABLED": "1",
    "TF_DETERMINISTIC_OPS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_XLA_FLAGS": "--nonsense",
    "SKLEARN_WORKING_MEMORY": "much",
    "XLA_FLAGS": "--nonsense",
    "PYTHONWARNINGS": "error",
    "PYTHONHASHSEED": "7",
    "LC_ALL": "tr_TR.ISO-8859-9",
    "OMP_NUM_THREADS": "1",
}
OTHER_SETTINGS = {"image_data_format": "channels_first", "floatx": "float64", "epsilon": 0.5}
IMPORTS_KERAS = "import keras; keras.mixed_precision.set_global_policy('mixed_bfloat16')"


@pytest.fixture
def user(tmp_path):
    """A home with a Keras folder."""
    (tmp_path / "user" / ".keras").mkdir(parents=True)
    return tmp_path / "user"


def trained(user, *command, **environment):
    """Return the final metrics of a convolutional lesson, trained by another process."""
    own = {"HOME": str(user), "PYTHONPATH": os.pathsep.join([str(user), str(ROOT)])}
    kept = {k: v for k, v in os.environ.items() if k not in ("KERAS_HOME", "TF_ENABLE_ONEDNN_OPTS")}
    done = subprocess.run(
        [sys.executable, "-m", *command, *SETTINGS],
        env=kept | own | environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["metrics"]


@pytest.fixture(scope="module")
def expected():
    """Return the same, from this process."""
    from tui_dl.engine.session import Session

    lesson = catalog.lesson("mnist-cnn")
    settings = lesson.parameters.of({"images": "digits", "epochs": 1})
    return Session(lesson, settings, emit=lambda event: None, views=False).run().metrics


def test_neither_an_invalid_settings_file_nor_the_environment_reaches_a_run(user, expected, home):
    home.mkdir()
    os.mkfifo(home / "workbench.log")  # nobody reads this pipe: the command must not wait for it
    file = user / ".keras" / "keras.json"
    file.write_text(json.dumps({"floatx": "float7"}))
    assert trained(user, "tui_dl", "train", "mnist-cnn", **HOSTILE) == expected
    assert [each.name for each in file.parent.iterdir()] == ["keras.json"]


@pytest.mark.slow
def test_neither_do_keras_s_settings_where_other_code_has_loaded_it_for_a_lesson_alone(
    user, expected
):
    (user / ".keras" / "keras.json").write_text(json.dumps(OTHER_SETTINGS))
    (user / "sitecustomize.py").write_text(IMPORTS_KERAS)
    assert trained(user, "tui_dl", "train", "mnist-cnn") == expected


def test_nothing_is_written_where_keras_has_no_folder_and_its_cache_is_still_found(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "/the/users/own")
    with surroundings.no_settings_file():
        assert os.environ["KERAS_HOME"] == os.devnull
        assert surroundings.keras_home() == Path("/the/users/own")
    assert os.environ["KERAS_HOME"] == "/the/users/own"


def test_the_place_of_cuda_s_libraries_and_the_choice_of_a_device_stay(monkeypatch):
    kept = {"XLA_FLAGS": "--xla_gpu_cuda_data_dir=/opt/cuda", "CUDA_VISIBLE_DEVICES": "1"}
    kept |= {"TF_GPU_ALLOCATOR": "cuda_malloc_async", "TF_CPP_MIN_LOG_LEVEL": "0"}
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XLA_FLAGS", f"--xla_cpu_enable_fast_math=true {kept['XLA_FLAGS']}")
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "1")
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    monkeypatch.setenv("TEXTUAL_DRIVER", "nowhere:Driver")
    surroundings.pin_environment()
    assert {name: os.environ[name] for name in kept} == kept
    dropped = {"NVIDIA_TF32_OVERRIDE", "TF_USE_LEGACY_KERAS", "TEXTUAL_DRIVER"}
    assert not dropped & set(os.environ)
