"""Lets the tests of this folder import its helper module, and keeps runs from being prepared."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def unprepared(request, monkeypatch):
    """Runs are prepared in the tests of just that: elsewhere it would only cost time."""
    if "prepared" not in request.path.name:
        monkeypatch.setattr("tui_dl.tui.screens.ahead.REST", 3600)
