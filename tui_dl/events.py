"""The events of a run. Live view, replay and comparison read only these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from tui_dl.text import NAME, clean

Status = Literal["completed", "stopped", "diverged", "failed"]
Metrics = dict[str, float]

# An event file may come from anywhere: every value is bounded here, once for all readers.
LARGEST = 2**53  # of a count: JSON readers agree on integers up to this
LATEST = 2.0**33  # of a time, in seconds: the year 2242
METRICS = 100  # metrics of an event, or of a whole run
MOST = 1000  # settings of a run, layers of a model
DEPTH = 16  # levels of nesting in snapshot data


def _measured(metrics: Metrics) -> Metrics:
    return {clean(name, NAME): value for name, value in islice(metrics.items(), METRICS)}


def _duration(seconds: float) -> float:
    return seconds if 0 <= seconds <= LATEST else 0.0


Name = Annotated[str, AfterValidator(partial(clean, limit=NAME))]
Sentence = Annotated[str, AfterValidator(clean)]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Seconds = Annotated[float, AfterValidator(_duration)]  # 0 for an invalid time
BoundedMetrics = Annotated[Metrics, AfterValidator(_measured)]


class _Event(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings", extra="ignore", frozen=True)


class Data(BaseModel):
    """The data of a run: name, number of training and validation samples, a remark."""

    name: Name
    train: Count
    validation: Count
    note: Sentence = ""


class Layer(BaseModel):
    """A row of the model's layer table: `output` is the shape without the batch axis."""

    name: Name
    type: Name
    output: Name
    parameters: Count


class State(_Event):
    """A change of the session's state; `detail` says what it waits for. Not part of the record."""

    kind: Literal["state"] = "state"
    state: Name
    detail: Sentence = ""
    step: Count = 0


class Parent(BaseModel):
    """The run that a fork goes on from, and after how many of its steps."""

    run: Name
    step: Count


class Started(_Event):
    """The first event of a run. `estimate` is its expected duration in seconds, if measured.

    It is measured if the lesson has a smaller run to offer instead. `code` is a digest of the code
    and the libraries on which the run's numbers depend, or "". `parent` is there if the run is a
    fork.
    """

    kind: Literal["started"] = "started"
    lesson: Name
    hyperparameters: dict[str, Any]
    experiment: Name | None = None
    seed: Count
    device: Name
    compile: Name
    data: Data
    epochs: Count
    steps: Count
    steps_per_epoch: Count
    layers: Annotated[list[Layer], Field(max_length=MOST)] = []
    estimate: Seconds | None = None
    code: Name = ""
    parent: Parent | None = None
    time: Seconds = 0.0

    @field_validator("hyperparameters")
    @classmethod
    def _bounded(cls, settings: dict[str, Any]) -> dict[str, Any]:
        few = islice(settings.items(), MOST)
        return {clean(name, NAME): _plain(value, SETTING) for name, value in few}


class Progress(_Event):
    """Metrics at a step: `loss` is the mean over the steps since the previous progress event."""

    kind: Literal["progress"] = "progress"
    step: Count
    epoch: Count
    metrics: BoundedMetrics
    seconds: Seconds = 0.0


class Epoch(_Event):
    """The end of an epoch, with its metrics; those named `val_…` are on validation data."""

    kind: Literal["epoch"] = "epoch"
    epoch: Count
    step: Count
    metrics: BoundedMetrics
    seconds: Seconds = 0.0


class Snapshot(_Event):
    """A picture of the network's internal state, as plain data."""

    kind: Literal["snapshot"] = "snapshot"
    view: Name
    step: Count
    payload: dict[str, Any]

    @field_validator("payload", mode="before")
    @classmethod
    def _numbers_again(cls, payload: Any) -> Any:
        return _plain(payload, DEPTH, _WORDS)


class Glimpse(Snapshot):
    """A snapshot between the recorded ones, for the screen that watches; never part of a record."""


class Note(_Event):
    """A sentence for the user. `changes` are the live values that were set at this step."""

    kind: Literal["note"] = "note"
    step: Count
    text: Sentence
    changes: BoundedMetrics = {}


class Finished(_Event):
    """The last event: `seconds` is the training time without drawing and preparation."""

    kind: Literal["finished"] = "finished"
    status: Status
    metrics: BoundedMetrics = {}
    steps: Count = 0
    epochs: Count = 0
    seconds: Seconds = 0.0
    message: Sentence = ""


def second_metric(names: Iterable[str]) -> str:
    """Return the metric to show beside the loss: accuracy, or else the first other one, or ""."""
    others = [name for name in names if name != "loss" and not name.startswith("val_")]
    return "accuracy" if "accuracy" in others else next(iter(others), "")


_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
SETTING = 4  # levels of nesting in a hyperparameter's value


def _plain(value: Any, depth: int, words: Mapping[str, float] = {}) -> Any:
    """Return plain data of at most `depth` levels, with clean texts and integers of 64 bits.

    Texts in `words`, which JSON has for non-finite numbers, become those numbers.
    """
    if isinstance(value, str):
        return words[value] if value in words else clean(value)
    if isinstance(value, dict):
        items = value.items() if depth else ()
        return {clean(str(key)): _plain(item, depth - 1, words) for key, item in items}
    if isinstance(value, list):
        return [_plain(item, depth - 1, words) for item in value] if depth else []
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return math.inf if value > 0 else -math.inf
    return value


Event = Annotated[
    State | Started | Progress | Epoch | Snapshot | Note | Finished, Field(discriminator="kind")
]
_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> str:
    """Return one event as one line of JSON, without the line end."""
    return event.model_dump_json()


def from_json(line: str | bytes) -> Event:
    """Return the event in a line of JSON; raise ValueError for anything else."""
    return _ADAPTER.validate_json(line)
