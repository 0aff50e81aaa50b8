"""Trains one lesson from its own file: `python -m lessons.perceptron.lesson -p gate=xor`."""

from __future__ import annotations

from typing import Any, NoReturn

import typer

from tui_dl import surroundings
from tui_dl.cli import options
from tui_dl.cli.failure import guarded, leave
from tui_dl.cli.train import train_lesson
from tui_dl.lesson import Lesson


def run_alone(lesson: Lesson[Any]) -> NoReturn:
    """Train `lesson` with the options of `dlworkbench train`, print as it does, and exit."""
    surroundings.pin()

    def train(
        param: options.Parameters = None,
        experiment: options.ExperimentName = None,
        epochs: options.Epochs = None,
        seed: options.Seed = 0,
        compile: options.CompileMode = "auto",
        json: options.Json = False,
        quiet: options.Quiet = False,
    ) -> int:
        choice = options.Choice(tuple(param or ()), experiment, epochs, seed, compile)
        return train_lesson(lesson, choice, json=json, quiet=quiet)

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(help=lesson.summary)(train)
    command: Any = typer.main.get_command(app)
    leave(guarded(lambda: command.main(prog_name=lesson.id, standalone_mode=False)))
