"""What is done before anyone asks: the run that the form describes is prepared or explored."""

from __future__ import annotations

from typing import Any, Protocol

from textual.timer import Timer

from tui_dl.events import Layer
from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.training import Order, Training

REST = 1.0  # seconds without a change of the form


class Host(Protocol):
    """The screen, as far as this module needs it."""

    lesson: Lesson
    training: Training

    @property
    def loaded(self) -> bool:
        """Whether Keras is there."""

    @property
    def has_runs(self) -> bool:
        """Whether the lesson has a run in the list."""

    def ready(self) -> bool:
        """Whether the form holds settings of the present lesson that may be used."""

    def order(self) -> Order:
        """What the form asks for; raises ParameterError."""

    def show_layers(self, layers: list[Layer]) -> None:
        """Fill the table of layers."""

    def show_explored(self, run: RunView) -> None:
        """Draw an explorer's pictures and figures."""

    def set_timer(self, delay: float, callback: Any) -> Timer:
        """As Textual's."""


class Ahead:
    """Follows the form of one screen."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._rest: Timer | None = None

    def soon(self) -> None:
        """Prepare the run once the form has rested: Train then begins at once."""
        if self._rest:
            self._rest.stop()
        self._rest = self._host.set_timer(REST, self._prepare)

    def _prepare(self) -> None:
        if self._host.loaded and self._host.ready():
            self._host.training.prepare(self._host.order(), self._built)

    def _built(self, order: Order, layers: list[Layer]) -> None:
        """Show the layers of a model built beside the reader, if the form still asks for it."""
        if self._host.ready() and order.same_numbers(self._host.order()):
            self._host.show_layers(layers)

    def explore(self) -> None:
        """Draw an explorer's pictures; the first change of a number makes its lesson a done one."""
        if self._host.lesson.explorer and self._host.ready():
            order = self._host.order()
            changed = order.parameters != order.lesson.parameters()
            keep = changed and not self._host.has_runs
            self._host.training.explore(order, self._explored, keep=keep)

    def _explored(self, order: Order, run: RunView) -> None:
        if self._host.ready() and order.lesson is self._host.lesson:
            self._host.show_explored(run)
