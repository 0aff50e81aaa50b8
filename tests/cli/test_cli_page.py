"""Tests of a theory page on a terminal: formulas are drawn, code is left unchanged."""

from __future__ import annotations

import sys

from rich.console import Console

from tui_dl.cli import page

TEXT = """# Title

The weight $w_i$ and `$PATH`, at *once*.

$$
y = \\frac{a}{b}
$$

```python
price = "$5 or $6"
x = 1  # $$ not a formula $$
```

$$ z = x $$
The end: $a^2 * b$.
"""


def shown(monkeypatch, encoding="utf-8"):
    from io import StringIO

    out = StringIO()
    console = Console(file=out, width=80, force_terminal=False)
    monkeypatch.setattr(page, "console", lambda: console)
    monkeypatch.setattr(page, "speaks_unicode", lambda: encoding == "utf-8")
    page.print_page(TEXT)
    return out.getvalue()


def test_a_fraction_takes_three_rows(monkeypatch):
    rows = shown(monkeypatch).splitlines()
    bar = next(i for i, row in enumerate(rows) if "y =" in row)
    assert "a" in rows[bar - 1]
    assert "b" in rows[bar + 1]
    assert not any("frac" in row for row in rows)


def test_a_terminal_without_unicode_gets_formulas_on_one_line(monkeypatch):
    text = shown(monkeypatch, "ascii")
    assert "y = a/b" in text and "The weight w_i" in text and "The end: a^2*b." in text


def test_nothing_of_a_page_is_lost(monkeypatch):
    text = shown(monkeypatch)
    for words in ("Title", "at once", "price", "not a formula", "The end"):
        assert words in text
    assert sys.stdout is not None
