"""The keys of the workbench: what each does, and how the list of keys shows them."""

from __future__ import annotations

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
    Binding("i", "inside", "Inside"),
    Binding("s", "step", "Step"),
    Binding("S", "step_epoch", "Epoch"),
    Binding("o", "overlay", "Overlay"),
    Binding("l", "do('pane', 'toggle_log')", "Log"),
    Binding("m", "do('pane', 'next_smoothing')", "Smooth"),
    Binding("comma", "do('pane', 'move_cursor', -1)", "Cursor left", show=False, key_display=","),
    Binding(
        "full_stop", "do('pane', 'move_cursor', 1)", "Cursor right", show=False, key_display="."
    ),
    Binding("plus", "do('pane', 'zoom', 1)", "Zoom in", show=False, key_display="+"),
    Binding("y", "do('pane', 'copy_values')", "Copy values", show=False),
    Binding("w", "do('shows', 'save', 'svg')", "Save as SVG", show=False),
    Binding("W", "do('shows', 'save', 'png')", "Save as PNG", show=False),
    Binding("minus", "do('pane', 'zoom', -1)", "Zoom out", show=False, key_display="-"),
    Binding("a", "do('page', 'reveal')", "Next answer", show=False),
    Binding("less_than_sign", "speed(1)", "Slower", show=False, key_display="<"),
    Binding("greater_than_sign", "speed(-1)", "Faster", show=False, key_display=">"),
    Binding("left_square_bracket", "turn(-1)", "Previous tab", show=False, key_display="["),
    Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]"),
    Binding("slash", "do('reading', 'find')", "Find a word", show=False, key_display="/"),
    Binding("b", "do('reading', 'back')", "Back", show=False),
    Binding("equals_sign", "do('reading', 'symbols')", "Symbols", show=False, key_display="="),
    Binding("u", "do('panes', 'toggle_usage')", "Use of CPU, memory, GPUs", show=False),
    Binding("escape", "leave_field", "Back to the keys"),
    *[Binding(str(n), f"preset({n})", "", show=False) for n in PRESETS],
]

# The list of keys, by what a person wants to do. A test holds it to the bindings.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Train", (
        ("r", "Train, resume"), ("space", "Pause"), ("s", "One step"), ("S", "One epoch"),
        ("x", "Stop"), ("R", "Resume a past run"), ("< >", "Slower, faster"),
    )),
    ("Settings", (
        ("f", "Form"), ("e", "Experiments"), ("1 … 9", "Experiment n"), ("0", "Defaults"),
        ("v", "Claims"), ("Enter", "Apply live field"),
    )),
    ("Look", (
        ("t", "Lessons"), ("g", "Page"), ("i", "Inside, enlarge"), ("[ ]", "Tabs"),
        ("u", "CPU and GPU use"), ("escape", "Leave a field"),
    )),
    ("Read", (
        ("n p", "To a link"), ("Enter", "Follow it"), ("b", "Back"), ("a", "Next answer"),
        ("c", "Contents"), ("/", "Find a word"), ("=", "Symbols"),
    )),
    ("Charts", (
        (", .", "Cursor"), ("+ -", "Zoom"), ("l", "Log scale"), ("m", "Smooth"),
        ("o", "Overlay a run"), ("y", "Copy as CSV"), ("w W", "Save as SVG, PNG"),
    )),
    ("Workbench", (
        ("d", "Dark or light"), ("ctrl+p", "Palette"), ("ctrl+l", "Repaint"),
        ("ctrl+z", "Suspend"), ("?", "Keys"), ("q", "Leave"),
    )),
)  # fmt: skip
COLUMNS = (("Train", "Settings"), ("Look", "Read"), ("Charts", "Workbench"))


def described() -> list[Binding]:
    """Return the bindings that have a description."""
    return [binding for binding in BINDINGS if binding.description]


def columns() -> list[list[tuple[str, str]]]:
    """Return key and meaning, line by line, for each column of the list of keys.

    A line without a meaning is the title of a group, one without both separates groups.
    """
    by_title = dict(GROUPS)
    return [
        [line for title in titles for line in ((title, ""), *by_title[title], ("", ""))][:-1]
        for titles in COLUMNS
    ]
