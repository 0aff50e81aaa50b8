"""The `doctor` command: what the workbench finds on this machine."""

from __future__ import annotations

import sys
from typing import Any

from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED
from tui_dl.cli.output import print_json, private_stdout, short


def doctor(json: options.Json = False) -> int:
    """Show versions, devices, memory and data sets."""
    from tui_dl.doctor import examine, healthy, terminal

    about_terminal = terminal(sys.stdout)
    with private_stdout():
        sections = examine(about_terminal)
    if json:
        print_json(sections)
    else:
        _print(sections)
    return COMPLETED if healthy(sections) else FAILED


def _print(sections: dict[str, dict[str, Any]]) -> None:
    width = max(len(name) for section in sections.values() for name in section)
    for title, section in sections.items():
        print(title)
        for name, value in section.items():
            first, *more = _shown(value)
            print(f"  {name.ljust(width)}  {first}".rstrip())
            for line in more:
                print(f"  {'':{width}}  {line}")


def _shown(value: Any) -> list[str]:
    """Return the lines of a value: one for each entry of a list."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return value or ["none"] if isinstance(value, list) else [short(value)]
