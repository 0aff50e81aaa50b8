"""Whole commands against a plain Keras script of the same settings, process against process."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tui_dl import catalog
from tui_dl.export import ExportRequest, script

REPEATS = 5
MEMORY_GOAL = 1.25
REINFORCE = Path(__file__).with_name("reinforce.py")


@dataclass(frozen=True)
class Command:
    """`train LESSON` with some settings, and the share of the script's time it may take.

    The script is the output of `dlworkbench export`, so it has the same model, unless a script is
    named.
    """

    lesson: str
    goal: float = 1.0
    values: dict[str, Any] = field(default_factory=dict)
    script: Path | None = None


COMMANDS = (
    Command("iris", 0.75),
    Command("binary-addition", 0.18),
    Command("deep-network"),
    Command("batch-normalization"),
    Command("lstm"),
    # 160 episodes in ten updates: an eager loop needs many minutes to learn to balance.
    Command("policy-gradient", values={"epochs": 1}, script=REINFORCE),
)


@dataclass(frozen=True)
class Spent:
    """Wall time of a process in seconds and its peak resident memory in megabytes."""

    seconds: float
    megabytes: float


def measure(lesson: str | None, repeats: int = REPEATS) -> Iterator[dict[str, Any]]:
    """Yield a row for each command: medians of both sides, and of the ratios of each turn."""
    for command in COMMANDS:
        if lesson in (None, command.lesson):
            with tempfile.TemporaryDirectory() as folder:
                yield _compare(command, Path(folder), repeats)


def _compare(command: Command, folder: Path, repeats: int) -> dict[str, Any]:
    """Run script and command in turns; the first turn fills the page cache and is left out."""
    plain = [sys.executable, str(command.script or _exported(command, folder))]
    settings = [
        text for name, value in command.values.items() for text in ("-p", f"{name}={value}")
    ]
    ours = [sys.executable, "-m", "tui_dl", "train", command.lesson, *settings]
    turns = [_turn(plain, ours, folder) for _ in range(repeats + 1)][1:]
    return {
        "lesson": command.lesson,
        "script_seconds": median(script.seconds for script, _, _ in turns),
        "first_seconds": median(first.seconds for _, first, _ in turns),
        "command_seconds": median(again.seconds for _, _, again in turns),
        "first_ratio": median(first.seconds / script.seconds for script, first, _ in turns),
        "time_ratio": median(again.seconds / script.seconds for script, _, again in turns),
        "time_goal": command.goal,
        "script_megabytes": median(script.megabytes for script, _, _ in turns),
        "command_megabytes": median(again.megabytes for _, _, again in turns),
        "first_memory_ratio": median(
            first.megabytes / script.megabytes for script, first, _ in turns
        ),
        "memory_ratio": median(again.megabytes / script.megabytes for script, _, again in turns),
        "memory_goal": MEMORY_GOAL,
    }


def _turn(plain: list[str], ours: list[str], folder: Path) -> tuple[Spent, Spent, Spent]:
    """Run the script, the command for the first time, and again with its cached code."""
    shutil.rmtree(folder / "compiled", ignore_errors=True)
    return _spent(plain, folder), _spent(ours, folder), _spent(ours, folder)


def _exported(command: Command, folder: Path) -> Path:
    """Export the lesson with `dlworkbench export`, without its line per epoch."""
    lesson = catalog.lesson(command.lesson)
    file = folder / "plain.py"
    text = script(ExportRequest(lesson, lesson.parameters.of(command.values)))
    file.write_text(text.replace("verbose=2", "verbose=0"), encoding="utf-8")
    return file


def _spent(command: list[str], home: Path) -> Spent:
    """Run the command to its end. Raises RuntimeError if it fails."""
    environment = os.environ | {"DLWORKBENCH_HOME": str(home)}
    silent = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} failed")
    return Spent(seconds, usage.ru_maxrss / 1024)


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    return (
        f"command      {row['lesson']:<22} script {row['script_seconds']:6.2f} s, "
        f"command {row['first_seconds']:6.2f}, again {row['command_seconds']:6.2f} s: "
        f"{row['first_ratio']:.2f}, {row['time_ratio']:.2f} (goal {row['time_goal']:g}); "
        f"peak {row['script_megabytes']:.0f} and {row['command_megabytes']:.0f} MB: "
        f"{row['first_memory_ratio']:.2f}, {row['memory_ratio']:.2f} (goal {row['memory_goal']:g})"
    )
