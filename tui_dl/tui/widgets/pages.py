"""The text pages of a lesson: its code and its model's layer table."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_dl.events import Layer
from tui_dl.lesson import Lesson


class CodePage(VerticalScroll, can_focus=True):
    """The source of `model.py`, which makes the data and the model."""

    DEFAULT_CSS = """
    CodePage { padding: 0 1; overflow-x: auto; scrollbar-size: 1 1; }
    CodePage > #code { width: auto; }
    """

    _wanted: Lesson | None = None

    def compose(self) -> ComposeResult:
        """Yield one block of code."""
        yield Static(id="code")

    def load(self, lesson: Lesson) -> None:
        """Show a lesson's code once the page is visible, as highlighting it takes a while."""
        self._wanted = lesson
        self.scroll_home(animate=False)
        if self.is_on_screen:
            self.on_show()

    def on_show(self) -> None:
        """Show the code that was requested."""
        lesson, self._wanted = self._wanted, None
        if lesson is not None:
            from textual.highlight import highlight

            text = f"# {lesson.folder.name}/model.py\n\n{lesson.code}"
            self.query_one("#code", Static).update(highlight(text, language="python"))


class ModelPage(VerticalScroll, can_focus=True):
    """The layer table with parameter counts."""

    DEFAULT_CSS = "ModelPage { padding: 0 1; scrollbar-size-vertical: 1; }"

    def compose(self) -> ComposeResult:
        """Yield one table."""
        yield Static(id="layers")

    def wait(self, text: str) -> None:
        """Say why there is no table yet."""
        self.query_one("#layers", Static).update(Text(text, style="dim"))

    def show(self, layers: list[Layer]) -> None:
        """Show the layers."""
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for title, justify in (("layer", "left"), ("type", "left"), ("output", "right")):
            table.add_column(title, justify=justify)  # type: ignore[arg-type]
        table.add_column("parameters", justify="right")
        for layer in layers:
            names = (Text(layer.name), Text(layer.type), Text(layer.output))  # no markup
            table.add_row(*names, f"{layer.parameters:,}")
        total = sum(layer.parameters for layer in layers)
        table.add_row("total", "", "", f"{total:,}", style="bold")
        self.query_one("#layers", Static).update(table)
