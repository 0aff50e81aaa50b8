"""`make smoke`: install the workbench for each Python on this machine, train, open the screen.

The installation is fresh, not editable, and in a separate folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13")
SCREEN = """
import asyncio
from tui_dl.tui.app import Workbench

async def look():
    app = Workbench("perceptron")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(500):
            if app.screen.query("#field-seed"):
                return
            await pilot.pause(0.02)
        raise SystemExit("the form did not appear")

asyncio.run(look())
"""


def main() -> None:
    """Try every version; exit with 1 if one fails or none is found."""
    found = {version: python for version in VERSIONS if (python := interpreter(version))}
    good = [tried(version, python) for version, python in found.items()]
    missing = [version for version in VERSIONS if version not in found]
    print(f"not found: {', '.join(missing) or 'none'}")
    sys.exit(0 if good and all(good) else 1)


def interpreter(version: str) -> str:
    """Return the Python of that version, or nothing: a name on the path may lead nowhere."""
    name = shutil.which(f"python{version}") or ""
    works = name and subprocess.run([name, "--version"], capture_output=True).returncode == 0
    return name if works else ""


def tried(version: str, python: str) -> bool:
    """Install, train and open; print the result."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        mine = str(place / "venv" / "bin" / "python")
        install = ["-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(ROOT)]
        steps = (
            [python, "-m", "venv", str(place / "venv")],
            [mine, *install],
            [mine, "-m", "tui_dl", "train", "perceptron", "--quiet"],
            [mine, "-c", SCREEN],
        )
        for step in steps:
            done = run(step, place)
            if done.returncode:
                print(f"Python {version}: {' '.join(step[1:4])} failed\n{done.stderr[-2000:]}")
                return False
    print(f"Python {version}: installed, trained, opened in {time.monotonic() - began:.0f} s")
    return True


def run(command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run outside the source tree, so that the installation is imported."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    kept["DLWORKBENCH_HOME"] = str(place / "home")
    return subprocess.run(command, cwd=place, env=kept, capture_output=True, text=True)


if __name__ == "__main__":
    main()
