"""Drawings as PNG files, pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image
from rich.text import Text

from tui_dl.drawing.png import EDGE, HIGH, WIDE, png_of

GROUND, INK, RED, BLUE = (18, 18, 18), (224, 224, 224), (255, 0, 0), (0, 0, 255)


def cells(drawing: Text, columns: int) -> np.ndarray:
    """Pixels of the drawing by row and column of its cells: (rows, columns, HIGH, WIDE, 3)."""
    image = Image.open(io.BytesIO(png_of(drawing, "title", columns, dark=True)))
    pixels = np.asarray(image.convert("RGB"))[EDGE + 2 * HIGH : -EDGE, EDGE:-EDGE]
    rows = len(pixels) // HIGH
    return pixels.reshape(rows, HIGH, columns, WIDE, 3).swapaxes(1, 2)


def is_only(pixels: np.ndarray, color: tuple[int, int, int]) -> bool:
    return bool((pixels == color).all())


@pytest.mark.parametrize(
    ("character", "part"),
    [
        ("▀", np.s_[: HIGH // 2, :]),
        ("▄", np.s_[HIGH // 2 :, :]),
        ("█", np.s_[:, :]),
        ("▎", np.s_[:, : WIDE // 4]),
        ("▐", np.s_[:, WIDE // 2 :]),
        ("▃", np.s_[HIGH * 5 // 8 :, :]),
    ],
)
def test_a_block_fills_its_part_of_the_cell(character, part):
    (cell,) = cells(Text(character, style="#ff0000 on #0000ff"), 1)[0]
    filled = np.zeros((HIGH, WIDE), dtype=bool)
    filled[part] = True
    assert is_only(cell[filled], RED) and is_only(cell[~filled], BLUE)


@pytest.mark.parametrize("bit", range(8))
def test_each_braille_dot_lies_in_its_place(bit):
    (cell,) = cells(Text(chr(0x2800 + (1 << bit)), style="#ff0000"), 1)[0]
    row, column = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)][bit]
    red = np.argwhere((cell == RED).all(-1))
    assert len(red) == 12
    assert {tuple(place // 6) for place in red} == {(row, column)}


def test_letters_have_ink_and_words_stay_in_their_cells():
    drawn = cells(Text("aη ŷ\n漢 x", style="#ff0000"), 6)
    inked = (drawn != GROUND).any((2, 3, 4))
    assert inked.tolist() == [
        [True, True, False, True, False, False],
        [True, True, False, True, False, False],
    ]


def test_colors_of_a_terminal_reverse_and_dim_are_painted():
    drawn = cells(Text.assemble(("█", "red"), (" ", "reverse"), ("█", "dim #ffffff"), "█"), 4)[0]
    red, reverse, dim, plain = (cell[0, 0] for cell in drawn)
    assert red[0] > 200 > red[2] and tuple(reverse) == INK == tuple(plain)
    assert 100 < dim[0] < 160


def test_the_same_drawing_gives_the_same_file():
    drawing = Text("loss ▁▂▃")
    first, second = (png_of(drawing, "title", 20, dark=False) for _ in range(2))
    assert first == second
