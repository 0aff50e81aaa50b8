"""The terminal gets changed cells alone, and then shows the same screen as a full paint."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_dl.tui.runtime import painting
from tui_dl.tui.runtime.painting import Painting

WIDTH, HEIGHT = 12, 4
LOOKS = [
    "none", "red", "on blue", "bold red on blue", "italic", "underline", "reverse", "strike green",
    "bold italic", "#102030 on #405060", "underline on blue", "color(200)",
]  # fmt: skip
texts = st.text(alphabet="ab  ─⠁▀漢字", min_size=1, max_size=8)
looks = st.sampled_from(LOOKS).map(Style.parse)
segments = st.tuples(texts, looks).map(lambda both: Segment(*both))
strips = st.lists(segments, min_size=1, max_size=3).map(Strip)
puts = st.tuples(st.just("put"), st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), strips)
deeds = st.lists(puts | st.sampled_from([("pull",), ("forget",)]), max_size=30)


class Seen:
    """A terminal that shows what it receives."""

    def __init__(self):
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed("\x1b[?7l")

    def feed(self, text):
        self._stream.feed(text)

    def cells(self):
        return [[seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def seen(cell):
    """Return a cell as seen by a user: on a plain blank no foreground shows."""
    plain = not (cell.underscore or cell.reverse or cell.strikethrough)
    return (" ", cell.bg) if cell.data == " " and plain else cell


def laid_over(row, x, strip):
    strip = strip.crop(0, WIDTH - x)
    return Strip.join([row.crop(0, x), strip, row.crop(x + strip.cell_length, WIDTH)])


@settings(max_examples=200, deadline=None)
@given(deeds)
def test_the_screen_is_as_if_it_had_been_painted_whole(deeds):
    paint, terminal, whole = Painting(), Seen(), Seen()
    paint.resize(WIDTH, HEIGHT)
    rows = [Strip([Segment(" " * WIDTH)])] * HEIGHT
    paint.put((0, y, row) for y, row in enumerate(rows))
    before, painting.PIECE = painting.PIECE, 10
    try:
        for deed, *where in deeds:
            if deed == "put":
                x, y, strip = where
                strip = strip.crop(0, WIDTH - x)
                paint.put([(x, y, strip)])
                rows[y] = laid_over(rows[y], x, strip)
            elif deed == "pull":
                terminal.feed(paint.changes())
            else:
                paint.forget()
        while piece := paint.changes():
            terminal.feed(piece)
    finally:
        painting.PIECE = before
    console = Console(color_system="truecolor")
    for y, row in enumerate(rows):
        whole.feed(f"\x1b[{y + 1};1H" + row.render(console))
    assert terminal.cells() == whole.cells()


def painted(paint, *rows):
    paint.put(
        (0, y, Strip([Segment(text, Style.parse(look))])) for y, (text, look) in enumerate(rows)
    )
    return "".join(iter(paint.changes, ""))


def test_only_what_changes_is_written():
    paint = Painting()
    paint.resize(40, 2)
    first = painted(paint, ("loss 0.5 of the batch" + " " * 19, "red"), ("─" * 40, "blue"))
    assert len(first) < 120
    assert painted(paint, ("loss 0.5 of the batch" + " " * 19, "red"), ("─" * 40, "blue")) == ""
    changed = painted(paint, ("loss 0.7 of the batch" + " " * 19, "red"), ("─" * 40, "blue"))
    assert changed == "\x1b[1;8H\x1b[31m7"


def test_what_combines_stays_with_its_character():
    paint, terminal = Painting(), Seen()
    paint.resize(WIDTH, HEIGHT)
    terminal.feed(painted(paint, ("e\u0301xe\u0301".ljust(WIDTH + 2), "red")))
    terminal.feed(painted(paint, ("exe\u0301".ljust(WIDTH + 1), "red")))
    assert terminal.screen.display[0].rstrip() == "exé"


def test_no_control_character_reaches_the_terminal():
    paint = Painting()
    paint.resize(40, 1)
    text = painted(paint, ("a\x1b]0;title\x07b\x9b2Jc\u202ed\r\n\x00e".ljust(40), "none"))
    assert text.endswith("a]0;titleb2Jcde".ljust(len(text) - text.index("a]0")))
    assert not [c for c in text[text.index("a]0") :] if not c.isprintable()]


def test_a_frame_is_shown_at_once_where_the_terminal_can():
    paint = Painting()
    paint.resize(10, 2)
    paint.synchronized = True
    text = painted(paint, ("a", "red"), ("b", "red"))
    assert text.startswith("\x1b[?2026h") and text.endswith("\x1b[?2026l")
    assert painted(paint, ("a", "red"), ("b", "red")) == ""
