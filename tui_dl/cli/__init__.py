"""The commands. Nothing here loads TensorFlow, Keras or Textual before a command needs it."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """The console script: run the command of `sys.argv` and exit with its code."""
    from tui_dl import surroundings

    surroundings.pin()
    from tui_dl.cli.app import run
    from tui_dl.cli.failure import leave

    leave(run(sys.argv[1:]))
