"""Contracts of the tree: one-way imports, short files, plain constraints, no local paths."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 350  # lines
MACHINES = re.compile(rb"(?<![\w.])/(?:home|Users|root|work)/\w|[A-Z]:\\+Users\\")


def tracked():
    """Return the files under version control, including those not yet committed."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def test_imports_point_one_way():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", result.stdout)


@pytest.mark.parametrize("package", ["tui_dl", "lessons"])
def test_no_file_is_long(package):
    files = list((ROOT / package).rglob("*.py"))
    lengths = {str(f.relative_to(ROOT)): len(f.read_text("utf-8").splitlines()) for f in files}
    assert len(lengths) > 10
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_constraints_are_names_and_versions_alone():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert not [line for line in lines if "://" in line or "@" in line]
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.+]*", pin)] == []


def test_no_file_names_a_place_on_somebody_s_machine():
    found = {str(f.relative_to(ROOT)): MACHINES.findall(f.read_bytes()) for f in tracked()}
    assert {name: places for name, places in found.items() if places} == {}


def test_the_search_for_places_finds_them():
    places = [b"/" + b"home/ada/x", b" /" + b"work/main", b"C:" + b"\\Users\\ada"]
    assert all(MACHINES.search(place) for place in places)
    assert not MACHINES.search(b"https://example.org/" + b"home/page ./" + b"work/x a/" + b"root/b")


def test_an_installation_holds_what_the_program_reads(tmp_path):
    """An installation holds theory pages, style sheets and py.typed; built without a network."""
    pytest.importorskip("setuptools", minversion="65")
    for file in tracked():
        if file.relative_to(ROOT).parts[0] in ("tui_dl", "lessons", "tests", "pyproject.toml"):
            copy = tmp_path / "tree" / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    code = "import setuptools; setuptools.setup(script_args=['-q', 'build_py', '-d', '../built'])"
    (tmp_path / "tree" / "README.md").touch()
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "tree", check=True, capture_output=True
    )
    built = tmp_path / "built"
    packed = {file.relative_to(built).as_posix() for file in built.rglob("*") if file.is_file()}
    read = {name for kind in ("*.md", "*.tcss", "py.typed", "*.py") for name in wanted(kind)}
    assert "lessons/perceptron/theory.en.md" in read and "tui_dl/py.typed" in read
    assert any(name.endswith(".tcss") for name in read)
    assert read - packed == set()
    assert {name.split("/")[0] for name in packed} == {"tui_dl", "lessons"}


def wanted(kind):
    """Return the files of the two packages, as a wheel names them."""
    found = [f for package in ("tui_dl", "lessons") for f in (ROOT / package).rglob(kind)]
    return [f.relative_to(ROOT).as_posix() for f in found]
