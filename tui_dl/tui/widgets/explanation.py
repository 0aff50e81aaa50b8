"""The lines below the form."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from tui_dl.parameters import Parameter


class Explanation(Static):
    """Help on the focused field, what to notice, what was changed."""

    DEFAULT_CSS = "Explanation { height: 2; padding: 0 2; color: $foreground-muted; }"

    def explain(self, parameter: Parameter) -> None:
        """Show a hyperparameter's help."""
        self.say(f"{parameter.help}{'  In a run, Enter applies it.' if parameter.live else ''}")

    def say(self, text: str) -> None:
        """Show a sentence."""
        self.update(Text(text), layout=False)
