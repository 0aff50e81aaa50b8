"""The dialogs: leaving during a run, a long run, and the list of keys."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_dl.tui.runtime.dismissing import once
from tui_dl.tui.runtime.pacing import Paced

Result = TypeVar("Result")
QUESTION = (
    "A run is in progress. Stop it and keep its record, or let it go on?\n"
    "`dlworkbench attach` shows a run that goes on."
)


class Dialog(Paced, ModalScreen[Result]):
    """A question that takes one answer, however often Enter or the mouse gives it."""

    CSS_PATH = "dialogs.tcss"

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Answer and close."""
        return once(self, super().dismiss, result)


class Leave(Dialog[str]):
    """Asks what becomes of a run; dismisses with stop, go_on or stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,ctrl+c,q,ctrl+q", "dismiss('stop')", "Stop it and leave"),
        Binding("l", "dismiss('go_on')", "Leave it running"),
        Binding("n,escape", "dismiss('stay')", "Stay"),
    ]

    def compose(self) -> ComposeResult:
        """Yield the question and three buttons."""
        with Vertical():
            yield Static(QUESTION)
            with Horizontal():
                yield Button("Stop it (y)", variant="warning", id="stop", compact=True)
                yield Button("Leave it running (l)", id="go_on", compact=True)
                yield Button("Stay (n)", id="stay", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by mouse."""
        self.dismiss(event.button.id)


class Long(Dialog[str]):
    """Asks how to continue before a long run; dismisses with start, smaller or cancel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,enter", "dismiss('smaller')", "The smaller run"),
        Binding("r", "dismiss('start')", "Train it all"),
        Binding("escape,x", "dismiss('cancel')", "Not now"),
    ]

    def __init__(self, duration: str, device: str, smaller: str) -> None:
        super().__init__()
        self._text = f"This run will take about {duration} on {device}."
        self._smaller = smaller

    def compose(self) -> ComposeResult:
        """Yield the estimate and three buttons."""
        with Vertical():
            yield Static(self._text, markup=False)
            with Horizontal():
                yield Button(f"{self._smaller} (s)", variant="primary", id="smaller", compact=True)
                yield Button("Train it all (r)", id="start", compact=True)
                yield Button("Not now (x)", id="cancel", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by mouse."""
        self.dismiss(event.button.id)


class Keys(Dialog[None]):
    """The list of keys with their meanings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss(None)", "Close")
    ]

    def __init__(self, columns: list[list[tuple[str, str]]]) -> None:
        super().__init__()
        self._columns = columns

    def compose(self) -> ComposeResult:
        """The groups of keys, side by side."""
        with Vertical(id="keys"):
            with Horizontal():
                for column in self._columns:
                    yield Static(Text("\n").join(_key(*line) for line in column))
            yield Static("The palette (ctrl+p) has every command and lesson.", classes="hint")


def _key(key: str, meaning: str) -> Text:
    """Return a line of the list of keys; a title where there is no meaning."""
    if not meaning:
        return Text(key, "bold underline" if key else "")
    return Text.assemble((f"{key:<7}", "bold"), meaning)
