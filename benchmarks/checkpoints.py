"""Cost of the checkpoints of a run: in the training loop, and in the thread that writes them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tui_dl import catalog

RUNS = {  # long enough for several checkpoints
    "seq2seq": {},
    "cifar10-cnn": {"epochs": 2},
    "binary-addition": {"epochs": 60},
}
GOAL = 0.01  # of the training time


def measure(only: str | None) -> Iterator[dict[str, Any]]:
    """Train each lesson in a process of its own and measure its checkpoints."""
    for name in [only] if only else RUNS:
        command = [sys.executable, "-m", "benchmarks.checkpoints", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        yield json.loads(done.stdout.splitlines()[-1])


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    return (
        f"checkpoints  {row['lesson']:<22} training {row['training']:6.2f} s, "
        f"{row['count']} checkpoints of {row['kilobytes']:,.0f} kB: in the loop {row['loop']:.2%}, "
        f"processor time of the writer {row['writer']:.2%} (goal {GOAL:.0%})"
    )


def timed(name: str) -> dict[str, Any]:
    """Train a lesson and return the seconds spent on its checkpoints."""
    from tui_dl.engine.checkpoint import Checkpoints
    from tui_dl.engine.fit_loop import FitLoop
    from tui_dl.engine.session import Session

    loop = _spent(FitLoop, "checkpoint", time.perf_counter)
    writer = _spent(Checkpoints, "_write", time.thread_time)
    lesson = catalog.lesson(name)
    settings = lesson.parameters.of(RUNS.get(name, {}))
    with tempfile.TemporaryDirectory() as folder:
        run = Session(lesson, settings, emit=lambda _: None, save_to=Path(folder), views=False)
        finished = run.run()
        files = list((Path(folder) / "checkpoints").glob("*.npz"))
        size = sum(file.stat().st_size for file in files) / max(1, len(files))
    return {
        "lesson": name, "training": finished.seconds, "count": len(writer), "kilobytes": size / 1e3,
        "loop": sum(loop) / finished.seconds, "writer": sum(writer) / finished.seconds,
    }  # fmt: skip


def _spent(owner: Any, name: str, clock: Callable[[], float]) -> list[float]:
    """Replace a method by one that notes the seconds of each call, in the list returned."""
    method, seconds = getattr(owner, name), list[float]()

    def call(*arguments: Any) -> Any:
        began = clock()
        try:
            return method(*arguments)
        finally:
            seconds.append(clock() - began)

    setattr(owner, name, call)
    return seconds


if __name__ == "__main__":
    print(json.dumps(timed(sys.argv[1])))
