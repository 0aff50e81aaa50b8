"""`make smoke`: installs the workbench for each Python that is here, trains, opens the screen.

The installation is a fresh one, not editable, in a folder of its own.
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
        raise SystemExit("the form did not come up")

asyncio.run(look())
"""


def main() -> None:
    """Try every version; exits with 1 where one fails or none is here."""
    found = {version: python for version in VERSIONS if (python := interpreter(version))}
    good = [tried(version, python) for version, python in found.items()]
    missing = [version for version in VERSIONS if version not in found]
    print(f"not here: {', '.join(missing) or 'none'}")
    sys.exit(0 if good and all(good) else 1)


def interpreter(version: str) -> str:
    """The Python of that version, or nothing: a name on the path may lead nowhere."""
    name = shutil.which(f"python{version}") or ""
    works = name and subprocess.run([name, "--version"], capture_output=True).returncode == 0
    return name if works else ""


def tried(version: str, python: str) -> bool:
    """Install, train, open; says how it went."""
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
    """Away from the source, so that the installation is what is imported."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    kept["DLWORKBENCH_HOME"] = str(place / "home")
    return subprocess.run(command, cwd=place, env=kept, capture_output=True, text=True)


if __name__ == "__main__":
    main()
