"""What a session needs of a runner, one for each kind of lesson: fitted, own loop, explorer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from tui_dl.events import Layer

if TYPE_CHECKING:
    import keras

    from tui_dl.engine.checkpoint import Checkpoint, Checkpoints
    from tui_dl.engine.control import Control
    from tui_dl.engine.report import Report
    from tui_dl.engine.snapshots import SnapshotRecorder

Ending = Literal["completed", "stopped", "diverged"]


@dataclass(frozen=True)
class Plan:
    """How a run will be carried out; `estimate` in seconds, if it was measured."""

    device: str
    compile: str
    epochs: int
    steps: int
    layers: list[Layer] = field(default_factory=list)
    estimate: float | None = None


@dataclass(frozen=True)
class RunContext:
    """What a runner obeys and reports to, and the checkpoint that it begins from, if any."""

    control: Control
    report: Report
    snapshots: SnapshotRecorder
    checkpoints: Checkpoints | None = None
    start: Checkpoint | None = None


class Runner(Protocol):
    """Carries out the steps of one run. Everything slow is done before `run` is called."""

    @property
    def message(self) -> str:
        """Why the run ended, if its status does not say it."""
        ...

    @property
    def plan(self) -> Plan:
        """How the run will be carried out."""
        ...

    @property
    def model(self) -> keras.Model | None:
        """The model to draw, measure and save, or None."""
        ...

    @property
    def step(self) -> int:
        """The number of steps done."""
        ...

    def run(self, context: RunContext) -> Ending:
        """Train until the last step, or until stopped or diverged.

        A runner that can write checkpoints and begin from one does so.
        """
        ...
