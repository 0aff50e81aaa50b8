"""ASCII for poor terminals: stand-ins for all that is shown, and what says that they are needed."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import lessons
import tui_dl
from tests.cli.conftest import process  # noqa: F401  (a fixture)
from tui_dl import characters
from tui_dl.characters import in_ascii, known, spelled
from tui_dl.drawing.curves import draw_series, legend
from tui_dl.drawing.image_file import encoded
from tui_dl.drawing.kinds import KINDS, draw
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series
from tui_dl.theory import formula

FOLDERS = Path(lessons.__file__).parent, Path(tui_dl.__file__).parent
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
TABLE = "".join(characters.ASCII.values())
BRAILLE = "".join(map(chr, range(0x2800, 0x2900)))


def shown():
    """Yield the texts of the lessons and of the app, formulas, pictures and charts."""
    files = [file for folder in FOLDERS for file in folder.rglob("*.*")]
    for file in files:
        if file.suffix in (".md", ".py", ".tcss") and file.name != "characters.py":
            yield (text := file.read_text("utf-8"))
            for block, inline in FORMULA.findall(text) if file.suffix == ".md" else ():
                yield from formula.draw(block.strip()) or ()
                yield formula.inline(block.strip() or inline)
    for palette in (Palette(), Palette(color=False)):
        for kind in KINDS.values():
            yield draw(kind.example, 60, 16, palette).plain
        for style in ("train", "validation", "overlay", "points", "steps"):
            series = [Series("loss", [0, 1, 2, 3], [1.0, 0.1, float("nan"), 9.0], style=style)]
            for drawn in (draw_series(series, 60, 12, palette), legend(series, 60, palette)):
                yield drawn.plain


def test_every_character_that_is_shown_has_a_stand_in():
    seen = set("".join(shown()))
    assert len(seen) > 250
    missing = {c for c in seen if not c.isascii() and "?" in in_ascii(c)}
    assert missing == set()


@given(st.text(st.sampled_from(TABLE + BRAILLE + "abc 123éñ漢字ＡЖ\u0302"), max_size=72))
def test_a_stand_in_is_as_wide_as_what_it_stands_for(line):
    plain = "".join(map(in_ascii, line))
    assert plain.isascii() and len(plain) == sum(map(cell_len, line))


def test_a_character_has_one_stand_in():
    assert len(set(TABLE)) == len(TABLE)


def test_the_strokes_of_curves_are_kept():
    assert in_ascii("⠉⠒⣀ ⡇⢸ ⡠⠜ ⠣⢄ ⣿") == '"-_ || // \\\\ #'


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("η = 10⁻³ and x₁ ≤ ½", "eta = 10^-3 and x_1 <= 1/2"),
        ("ŷᵗ = σ(hᵗ⁻¹W)", "y_hat^t = sigma(h^(t-1)W)"),
        ("w − η∂E/∂W", "w - eta dE/dW"),
        ("βK, h̃ᵢ and 𝔼[û²]", "beta K, h_tilde_i and E[u_hat^2]"),
        ("“yes” … é", '"yes" ... e'),
    ],
)
def test_running_text_is_spelled(text, plain):
    assert spelled(text) == plain


LOCALES = {"LANG": "", "LC_ALL": "", "LC_CTYPE": "", "TERM": "xterm", characters.VARIABLE: ""}


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "linux"}, True),
        ({"LANG": "C.UTF-8", characters.VARIABLE: "1"}, True),
        ({"LANG": "C.UTF-8", "TERM": "linux"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "C", characters.VARIABLE: "0"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_the_locale_or_a_variable_makes_commands_print_ascii(process, environment, plain):  # noqa: F811
    child = process("data", **LOCALES | {"PYTHONIOENCODING": ""} | environment)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    assert out.isascii() is plain
    assert ("8x8" if plain else "8×8") in out


def test_what_a_stream_cannot_encode_gets_stand_ins(monkeypatch):
    monkeypatch.setenv(characters.VARIABLE, "1")
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "utf-8")
    characters.fit(stream)
    print("η → 漢", file=stream, flush=True)
    assert raw.getvalue() == b"n > ??\n"


def test_a_picture_as_text_is_in_ascii(monkeypatch):
    monkeypatch.setenv(characters.VARIABLE, "1")
    drawing = draw(KINDS["lines"].example, 60, 12, Palette())
    assert not drawing.plain.isascii()
    assert encoded(drawing, "η · 1", 60, "txt", dark=True).isascii()


def test_known_characters_are_told_from_others():
    assert known("漢") is None and known("é") == "e"
