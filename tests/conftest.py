"""Fixtures that keep every test away from the developer's runs, data and settings."""

import os

import pytest

from tui_dl.engine import compiled_code, device

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def pytest_collection_modifyitems(items):
    """Run slow files first: otherwise all workers but one would wait for the last of them."""
    items.sort(key=lambda item: [folder not in item.path.parts for folder in ("soak", "tui")])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A separate data folder for each test."""
    monkeypatch.setenv("DLWORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(compiled_code, "keep", lambda: None)  # this process has many homes
    return tmp_path / "home"


@pytest.fixture
def places(home, tmp_path):
    """The two folders searched for image files, both empty: the data folder, Keras's cache."""
    folders = home / "data", tmp_path / "keras" / "datasets"
    for folder in folders:
        folder.mkdir(parents=True)
    return folders


@pytest.fixture(scope="module", autouse=True)
def uncompiled(request):
    """Train in the plain graph where the compiler is not what is tested: it is ready sooner.

    `make slow` checks figures, which are those of the compiler that a user gets.
    """
    fast = request.config.option.markexpr == "not slow"
    choose = device.choose

    def graph(model, wanted, steps):
        return choose(model, "graph" if wanted == "auto" else wanted, steps)

    with pytest.MonkeyPatch.context() as patch:
        if fast and {"lessons", "tui"} & set(request.path.parts):
            patch.setattr(device, "choose", graph)
        yield
