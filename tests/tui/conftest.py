"""Lets the tests of this folder import their helper module, and turns off run preparation."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def unprepared(request, monkeypatch):
    """Prepare runs only in the tests of preparation: elsewhere it would only cost time."""
    if "prepared" not in request.path.name:
        monkeypatch.setattr("tui_dl.tui.screens.ahead.REST", 3600)
