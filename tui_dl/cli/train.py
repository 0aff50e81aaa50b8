"""The `train` command: one run of a lesson."""

from __future__ import annotations

from functools import partial

from tui_dl import catalog
from tui_dl.cli import options


def train(
    lesson: options.LessonId,
    param: options.Parameters = None,
    experiment: options.ExperimentName = None,
    epochs: options.Epochs = None,
    seed: options.Seed = 0,
    compile: options.CompileMode = "auto",
    device: options.Device = "auto",
    json: options.Json = False,
    quiet: options.Quiet = False,
    detach: options.Detach = False,
) -> int:
    """Train the model of a lesson and save the run.

    Exit codes: 0 completed, 1 failed, 2 bad input, 3 diverged, 130 interrupted, 143 terminated.
    """
    from tui_dl.cli.training import Output, displayed, train_lesson  # loads the event classes

    request = options.TrainingRequest(tuple(param or ()), experiment, epochs, seed, compile, device)
    train = partial(train_lesson, catalog.lesson(lesson), request)
    return displayed(train, Output(json, quiet), detach=detach)
