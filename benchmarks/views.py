"""Seconds that a run spends on drawing its pictures, each lesson in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tui_dl import catalog
from tui_dl.lesson import View

SHORT = 10.0  # seconds of training up to which a run may spend FREE on pictures, else SHARE
FREE, SHARE = 0.1, 0.03


def measure(only: str | None) -> Iterator[dict[str, Any]]:
    """Train each lesson with its defaults and measure the calls of its views."""
    for name in [only] if only else [each.id for each in catalog.lessons()]:
        command = [sys.executable, "-m", "benchmarks.views", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        yield json.loads(done.stdout.splitlines()[-1])


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    long = row["training"] > SHORT
    allowed = SHARE * row["training"] if long else FREE
    share = f" ({row['share']:.1%})" if long else ""
    return (
        f"views        {row['lesson']:<22} training {row['training']:6.2f} s, "
        f"{row['draws']:>3} pictures {row['pictures']:5.2f} s{share}, "
        f"of these the first of each view {row['first']:5.2f} s, most: {row['slowest']}"
        f"{' (more than allowed)' * (row['pictures'] > allowed)}"
    )


def timed(name: str) -> dict[str, Any]:
    """Train a lesson and return the seconds of its training and of its views."""
    from tui_dl.engine.session import Session

    lesson, calls = catalog.lesson(name), defaultdict[str, list[float]](list)
    lesson.__dict__["views"] = tuple(_timed(view, calls[view.name]) for view in lesson.views)
    began = time.perf_counter()
    finished = Session(lesson, lesson.parameters(), emit=lambda _: None).run()
    pictures = sum(map(sum, calls.values()))
    return {
        "lesson": name, "status": finished.status, "whole": time.perf_counter() - began,
        "training": finished.seconds, "draws": sum(map(len, calls.values())), "pictures": pictures,
        "first": sum(times[0] for times in calls.values() if times),
        "share": pictures / max(finished.seconds, 1e-9),
        "slowest": max(calls, key=lambda view: sum(calls[view]), default=""),
    }  # fmt: skip


def _timed(view: View[Any], times: list[float]) -> View[Any]:
    def draw(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return view.draw(*arguments)
        finally:
            times.append(time.perf_counter() - began)

    return replace(view, draw=draw)


if __name__ == "__main__":
    print(json.dumps(timed(sys.argv[1])))
