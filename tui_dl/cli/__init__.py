"""The commands; TensorFlow, Keras and Textual are loaded only when a command needs them."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command in `sys.argv` and exit with its code (the console script)."""
    from tui_dl import surroundings

    surroundings.pin()
    from tui_dl.cli.app import run
    from tui_dl.cli.failure import leave

    leave(run(sys.argv[1:]))
