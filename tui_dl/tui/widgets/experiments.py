"""The experiments of a lesson as presets of the form, with the claims they test."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_dl.experiment import Experiment
from tui_dl.lesson import Lesson


class Experiments(OptionList):
    """The experiments; choosing one posts `Chosen`. Keys 1 to 9 choose the first nine anywhere.

    `v` shows and hides the published claims that they check.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "claims", "Claims", show=False)]

    DEFAULT_CSS = """
    Experiments { height: 1fr; padding: 0 1; background: transparent; border: none;
        scrollbar-size-vertical: 1; }
    Experiments:focus { border: none; }
    """

    class Chosen(Message):
        """An experiment of `lesson`, an id, was chosen; "" means the defaults."""

        def __init__(self, lesson: str, name: str) -> None:
            super().__init__()
            self.lesson, self.name = lesson, name

    _lesson: Lesson | None = None
    _claims = False

    def load(self, lesson: Lesson) -> None:
        """Show a lesson's experiments."""
        self._lesson = lesson
        self.clear_options()
        checked = any(experiment.claims for experiment in lesson.experiments)
        hint = Text(f"v {'hides' if self._claims else 'shows'} the published claims\n", "dim")
        defaults = Text.assemble(_settings({}), hint if checked else "")
        self.add_option(Option(_titled(" 0  Defaults", defaults), id=f"{lesson.id}/"))
        for index, experiment in enumerate(lesson.experiments, 1):
            choice = f"{lesson.id}/{experiment.name}"
            self.add_option(Option(_prompt(index, experiment, self._claims), id=choice))

    def action_claims(self) -> None:
        """Show or hide the published claims."""
        self._claims = not self._claims
        if self._lesson:
            chosen = self.highlighted
            self.load(self._lesson)
            self.highlighted = chosen

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Post `Chosen` for the option."""
        event.stop()
        lesson, _, name = (event.option.id or "").partition("/")
        self.post_message(self.Chosen(lesson, name))


def _prompt(index: int, experiment: Experiment, claims: bool) -> Group:
    key = f"{index:>2}" if index <= 9 else "  "
    text = Text(f"{experiment.notice}\n")
    for claim in experiment.claims if claims else ():
        text.append(f"{claim.row}: {claim.text} Published: {claim.published}.\n", "dim")
    body = Text.assemble(_settings(experiment.settings), text)
    return _titled(f"{key}  {experiment.title}", body)


def _titled(title: str, body: Text) -> Group:
    """Return a title in bold with an indented body below it."""
    return Group(Text(title, "bold"), Padding(body, (0, 0, 0, 4)))


def _settings(settings: Any) -> Text:
    changes = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items())
    return Text(f"{changes or 'the settings of the source'}\n", "italic")
