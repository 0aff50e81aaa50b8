"""What a run says. A run is its events: live view, replay and comparison read these alone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

Status = Literal["completed", "stopped", "diverged", "failed"]
Metrics = dict[str, float]


class _Event(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings", extra="ignore", frozen=True)


class Data(BaseModel):
    """Which data a run used: name, number of training and validation samples, a remark."""

    name: str
    train: int
    validation: int
    note: str = ""


class Layer(BaseModel):
    """A row of the model's layer table: `output` is the shape without the batch axis."""

    name: str
    type: str
    output: str
    parameters: int


class State(_Event):
    """The session's state changed; `detail` says what it waits for. Not part of a run's numbers."""

    kind: Literal["state"] = "state"
    state: str
    detail: str = ""
    step: int = 0


class Started(_Event):
    """The first event of a run. `estimate` is the seconds it will take, where they were measured.

    They are where a lesson has a smaller run to offer instead.
    """

    kind: Literal["started"] = "started"
    lesson: str
    hyperparameters: dict[str, Any]
    experiment: str | None = None
    seed: int
    device: str
    compile: str
    data: Data
    epochs: int
    steps: int
    steps_per_epoch: int
    layers: list[Layer] = []
    estimate: float | None = None
    time: float = 0.0


class Progress(_Event):
    """Metrics at a step: `loss` is the mean over the steps since the previous progress event."""

    kind: Literal["progress"] = "progress"
    step: int
    epoch: int
    metrics: Metrics
    seconds: float = 0.0


class Epoch(_Event):
    """An epoch has ended: the metrics over the whole of it, `val_` those on validation data."""

    kind: Literal["epoch"] = "epoch"
    epoch: int
    step: int
    metrics: Metrics
    seconds: float = 0.0


class Snapshot(_Event):
    """A picture of what goes on inside the network, as plain data."""

    kind: Literal["snapshot"] = "snapshot"
    view: str
    step: int
    payload: dict[str, Any]

    @field_validator("payload", mode="before")
    @classmethod
    def _numbers_again(cls, payload: Any) -> Any:
        return _revived(payload)


class Note(_Event):
    """A sentence for the person who watches, such as a changed learning rate."""

    kind: Literal["note"] = "note"
    step: int
    text: str


class Finished(_Event):
    """The last event: `seconds` is the time of training without drawing or preparing."""

    kind: Literal["finished"] = "finished"
    status: Status
    metrics: Metrics = {}
    steps: int = 0
    epochs: int = 0
    seconds: float = 0.0
    message: str = ""


def second_metric(names: Iterable[str]) -> str:
    """What stands for a run beside its loss: accuracy, or what else is told first; "" for none."""
    others = [name for name in names if name != "loss" and not name.startswith("val_")]
    return "accuracy" if "accuracy" in others else next(iter(others), "")


_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _revived(value: Any) -> Any:
    """Plain data in which the words that JSON has for non-finite numbers are numbers again."""
    if isinstance(value, dict):
        return {key: _revived(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_revived(item) for item in value]
    return _WORDS.get(value, value) if isinstance(value, str) else value


Event = Annotated[
    State | Started | Progress | Epoch | Snapshot | Note | Finished, Field(discriminator="kind")
]
_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> str:
    """One event as one line of JSON, without the line end."""
    return event.model_dump_json()


def from_json(line: str | bytes) -> Event:
    """The event in a line of JSON; raises ValueError for anything else."""
    return _ADAPTER.validate_json(line)
