"""Trains a lesson as an answer says, and returns what the run measured."""

from tui_dl import catalog
from tui_dl.engine.session import Session
from tui_dl.events import Epoch


def trained(lesson, experiment="", seed=0, **settings):
    """Return the final metrics of a run without pictures."""
    return _run(lesson, experiment, seed, settings)[0].metrics


def history(lesson, metric, experiment="", seed=0, **settings):
    """Return a metric by epoch."""
    _, events = _run(lesson, experiment, seed, settings)
    return [event.metrics[metric] for event in events if isinstance(event, Epoch)]


def _run(lesson, experiment, seed, settings):
    chosen, events = catalog.lesson(lesson), []
    given = dict(chosen.experiment(experiment).settings) if experiment else {}
    parameters = chosen.parameters.of({**given, **settings})
    run = Session(chosen, parameters, seed=seed, emit=events.append, views=False)
    return run.run(), events
