"""The commands; TensorFlow, Keras and Textual are loaded only when a command needs them."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

COMPLETING = "_DLWORKBENCH_COMPLETE"  # set by a shell that wants completions, which typer gives


def main() -> NoReturn:
    """Run the command in `sys.argv` and exit with its code (the console script)."""
    from tui_dl import characters, surroundings

    surroundings.pin()
    characters.settle()
    from tui_dl.cli.failure import guarded, leave

    arguments = sys.argv[1:]
    if not arguments and COMPLETING not in os.environ:  # the first paint waits for no parser
        from tui_dl.cli.opening import open_workbench

        leave(guarded(open_workbench))
    from tui_dl.cli.app import run

    leave(run(arguments))
