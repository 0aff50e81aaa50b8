"""The runner of an explorer: it trains nothing and draws the views once."""

from __future__ import annotations

from tui_dl.engine.runner import Ending, Plan, RunContext


class ExplorerRunner:
    """A run of one step that draws every view, without a model."""

    message = ""
    model = None

    def __init__(self) -> None:
        self.step = 0

    @property
    def plan(self) -> Plan:
        """One step, on no device."""
        return Plan("none", "none", epochs=1, steps=1)

    def run(self, context: RunContext) -> Ending:
        """Draw the views."""
        self.step = 1
        context.snapshots.draw(None, self.step)
        return "completed"
