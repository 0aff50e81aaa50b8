"""A theory page on any Rich console: formulas, code, tables, headings."""

import random
from io import StringIO

from rich.console import Console

from tui_dl.theory.formula import draw
from tui_dl.theory.page import Page, anchor

PAGE = r"""# Memory

The state $z^{t-1}$ and **weights** cost $5 or $6-$7; see `a.py` and lesson.py.

$$
\sigma(x) = \frac{1}{1+e^{-x}}
$$

## Code, and its `end`

```python
price = "$5 or $6"
x = 1  # $$ not a formula $$
```

- one

  $$a=b$$

> $c^2$

|x $d^2$|y|
|-|-|
|$e^2$|1|

$$f=g$$ (1)
"""


def rows(markdown, width=80, **options):
    out = StringIO()
    Console(file=out, width=width).print(Page(markdown, **options))
    return out.getvalue().splitlines()


def test_inline_formulas_are_text_and_money_is_money():
    text = "The state zᵗ⁻¹ and weights cost $5 or $6-$7; see a.py and lesson.py."
    assert text in " ".join(row.strip() for row in rows(PAGE))


def test_block_formulas_are_drawn_and_centered():
    drawn = draw(r"\sigma(x) = \frac{1}{1+e^{-x}}")
    shown = rows(PAGE)
    at = next(i for i, row in enumerate(shown) if row.strip() == drawn[0].strip())
    for wanted, row in zip(drawn, shown[at:], strict=False):
        assert row.strip() == wanted.strip()
    whole = shown[at + 1].rstrip()
    assert abs((len(whole) - len(whole.strip())) - (80 - len(whole))) <= 1


def test_formulas_in_lists_tables_quotes_and_code_left_alone():
    shown = "\n".join(rows(PAGE))
    for text in ("a = b", "c²", "x d²", "e²", "f = g", 'price = "$5 or $6"', "$$ not a formula $$"):
        assert text in shown, text


def test_a_tight_list_has_no_blank_lines_and_a_loose_one_has():
    tight = [row.strip() for row in rows("Start.\n\n- one\n- two\n  - three\n\nEnd.\n")]
    assert tight == ["Start.", "", "• one", "• two", "• three", "", "End."]
    loose = [row.strip() for row in rows("Start.\n\n- one\n\n  more\n\n- two\n\nEnd.\n")]
    assert loose == ["Start.", "", "• one", "", "more", "", "• two", "", "End."]


def test_the_rest_of_a_long_line_of_code_is_indented_below_it():
    code = "def f():\n    return shape(first, second, third)\nx = 1\n"
    shown = [row.rstrip() for row in rows(f"```python\n{code}```\n", width=30)]
    assert shown == [
        "  def f():",
        "      return shape(first,",
        "          second, third)",
        "  x = 1",
    ]
    unbroken = [row.strip() for row in rows(f"```\n{'x' * 40}\n```\n", width=30)]
    assert "".join(unbroken) == "x" * 40 and len(unbroken) == 2


def test_headings_in_order_with_their_level():
    assert Page(PAGE).headings == [(1, "Memory"), (2, "Code, and its end")]
    assert Page("").headings == []
    assert anchor("Code, and its end") == "code-and-its-end"


def test_what_cannot_be_drawn_shows_its_source_and_without_characters_all_is_on_one_line():
    assert r"\unknown{x}" in "\n".join(rows("$$\n\\unknown{x}\n$$\n"))
    plain = "\n".join(rows(PAGE, characters=False))
    assert "sigma(x) = 1/(1 + e^(-x))" in plain
    assert "z^(t-1)" in plain
    two = rows("$$\nu = xW \\qquad h = f(u)\n$$\n", characters=False)
    assert [row.strip() for row in two if row.strip()] == ["u = xW", "h = f(u)"]


def test_a_page_can_be_printed_twice():
    page = Page(PAGE)
    console = Console(file=StringIO(), width=60)
    assert console.render_lines(page) == console.render_lines(page)


PIECES = [
    "$", "$$", "\n", "# ", "- ", "> ", "|a|b|\n|-|-|\n", "`", "```", "[x](#y)", "![](z)", "<b>",
    r"\frac{1}{2}", "é", "💥", "1. ", "\x00", "\t", "*", "**", "~~", "---\n", " ", "x" * 30,
]  # fmt: skip


def test_any_text_is_a_page():
    chance = random.Random(1)
    for _ in range(300):
        text = "".join(chance.choices(PIECES, k=chance.randint(0, 25)))
        page = Page(text)
        assert len(page.headings) == sum(t.type == "heading_open" for t in page.parsed)
        for width in (10, 60):
            console = Console(file=StringIO(), width=width)
            assert all(
                sum(s.cell_length for s in line) <= width for line in rendered(console, page)
            )


def rendered(console, page):
    return console.render_lines(page, pad=False)
