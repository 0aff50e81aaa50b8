"""Exports a lesson with its settings as a Jupyter notebook: theory, then the code in cells."""

from __future__ import annotations

import json
from typing import Any

from tui_dl.export.script import ExportRequest, parts

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(request: ExportRequest) -> str:
    """Return the notebook as JSON (nbformat 4.5). Raise as `script` does."""
    made = parts(request)
    cells = [
        _cell(request.lesson.theory(), "markdown"),
        *(_cell(text) for text in (made.setup, made.hyperparameters, made.helpers) if text),
        _cell(made.lesson),
        _cell(made.train),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    content = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL}, "cells": cells,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cell(text: str, kind: str = "code") -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
