"""The keys of the workbench: what each does, and how the list of keys shows them."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding

PRESETS = range(10)

BINDINGS: list[Binding] = [
    Binding("r", "train", "Train"),
    Binding("space", "pause", "Pause"),
    Binding("x", "stop", "Stop"),
    Binding("question_mark", "keys", "Keys", key_display="?"),
    Binding("q,ctrl+q,ctrl+c", "app.leave", "Leave", key_display="q"),
    Binding("t", "go('lessons')", "Lessons"),
    Binding("g", "go('page')", "Page"),
    Binding("f", "go('train')", "Form"),
    Binding("e", "tab('experiments')", "Experiments"),
    Binding("s", "step", "Step"),
    Binding("S", "step_epoch", "Epoch"),
    Binding("o", "overlay", "Overlay"),
    Binding("l", "log_scale", "Log"),
    Binding("m", "smooth", "Smooth"),
    Binding("a", "answer", "Answer", show=False),
    Binding("less_than_sign", "speed(1)", "Slower", show=False, key_display="<"),
    Binding("greater_than_sign", "speed(-1)", "Faster", show=False, key_display=">"),
    Binding("left_square_bracket", "turn(-1)", "Previous tab", show=False, key_display="["),
    Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]"),
    Binding("slash", "app.command_palette", "Find", show=False, key_display="/"),
    Binding("escape", "leave_field", "Back to the keys"),
    *[Binding(str(n), f"preset({n})", "", show=False) for n in PRESETS],
]

ELSEWHERE = [
    ("0 … 9", "Defaults, experiment n"),
    ("Enter", "Apply a live field"),
    ("c", "Contents of the theory"),
    ("d", "Dark or light"),
    ("ctrl+p", "Command palette"),
    ("ctrl+l", "Repaint the screen"),
    ("ctrl+z", "Suspend, as in a shell"),
]


def described() -> list[Binding]:
    """Return the keys that have a description."""
    return [binding for binding in BINDINGS if binding.description]


def rows(app: App[object]) -> list[tuple[str, str]]:
    """Return (key, meaning) for the list of keys."""
    return [(app.get_key_display(b), b.description) for b in described()] + ELSEWHERE
