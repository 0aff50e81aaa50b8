"""LaTeX formulas as text: in two dimensions for blocks, on one line for running text.

Blocks are drawn by TeXicode, after a rewriting step that adds the spaces around relations and
operators that TeXicode leaves out, and replaces the commands it does not know. Running text has
its own small translation, because a formula there must fit its line: fractions become ``a/b``.
Pure, no Textual.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from rich.cells import cell_len
from texicode import arts  # type: ignore[import-untyped]
from texicode.pipeline import init_arts, render_tex_rows  # type: ignore[import-untyped]

from tui_dl.theory.latex import CENTRED, GAP, is_factor, prepare, small, symbol


def draw(latex: str, width: int | None = None) -> list[str] | None:
    """Draw a formula in two dimensions.

    Args:
        latex: The formula without its dollar signs.
        width: Columns to fit in; ``None`` for any.

    Returns:
        Rows of equal width, or ``None`` if the formula is wider than ``width`` or cannot be drawn.
    """
    rows = _drawn(latex)
    if rows is None or (width is not None and cell_len(rows[0]) > width):
        return None
    return list(rows)


@lru_cache(maxsize=1024)
def _drawn(latex: str) -> tuple[str, ...] | None:
    try:
        source = "".join(_spelled(prepare(latex)))
        init_arts({"fonts": "normal"})  # plain letters: many terminals lack the italic plane
        rows = [_typeset(row).rstrip() for row in render_tex_rows(source, False)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    text = "\n".join(rows)
    if not text.strip() or "TeXicode:" in text or text.count("?") > latex.count("?"):
        return None
    return _trimmed(rows)


def _typeset(text: str) -> str:
    """Return text with a true minus sign and prime, as running text has them."""
    return normalize("NFC", text).translate({ord("-"): "−", ord("'"): "′"})


def _trimmed(rows: list[str]) -> tuple[str, ...]:
    """Remove the common margin and empty rows at the ends; pad all rows to one width."""
    while not rows[0].strip():
        rows = rows[1:]
    while not rows[-1].strip():
        rows = rows[:-1]
    margin = min(len(row) - len(row.lstrip()) for row in rows if row.strip())
    rows = [row[margin:] for row in rows]
    width = max(map(cell_len, rows))
    return tuple(row + " " * (width - cell_len(row)) for row in rows)


def _spelled(tokens: list[str]) -> list[str]:
    """Return tokens as TeXicode reads them: a space separates a command from a letter after it."""
    named = [re.sub(r"\\operatorname\*?\s*", r"\\mathrm", token) for token in tokens]
    return [t + " " if re.fullmatch(r"\\[A-Za-z]+", t) else t for t in named]


@lru_cache(maxsize=4096)
def inline(latex: str) -> str:
    """Return a formula on one line, for running text, or its source if that is not possible.

    Args:
        latex: The formula without its dollar signs.

    Returns:
        Text such as ``zᵗ⁻¹``, ``∂E/∂W`` or ``p_θ(a|s)``.
    """
    line = _Line(prepare(latex))
    try:
        text = line.sequence("")
    except (LookupError, RecursionError):
        return latex
    return re.sub(r" {2,}", " ", _typeset(text)).strip()


class _Line:
    """A reader of prepared tokens, left to right; raises LookupError for unknown commands."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.i = tokens, 0

    def sequence(self, stop: str) -> str:
        """Read everything up to ``stop`` and consume it; the empty string stops at the end."""
        text = ""
        while (token := self.take()) != stop:
            text += self.script(token, text) if token in ("^", "_") else self.item(token)
        return text

    def take(self) -> str:
        self.i += 1
        if self.i > len(self.tokens) + 1:
            raise LookupError("unbalanced braces")
        return self.tokens[self.i - 1] if self.i <= len(self.tokens) else ""

    def item(self, token: str) -> str:
        """Read one group, one symbol, or one command with its arguments."""
        if token in ("}", "", "&", r"\\"):
            raise LookupError(token)
        if token == "{":
            return self.sequence("}")
        if token == r"\frac":
            return f"{_wrapped(self.argument())}/{_wrapped(self.argument())}"
        if token == r"\sqrt" and self.tokens[self.i : self.i + 1] != ["["]:
            return "√" + _wrapped(self.argument())
        if token in _SIZES:
            return symbol(self.take()).replace(".", "")
        return self.named(token)

    def argument(self) -> str:
        while (token := self.take()) == GAP:
            pass
        return self.item(token)

    def named(self, token: str) -> str:
        """Return a symbol, an accent over its argument, or letters in another alphabet."""
        name = token[1:]
        if token in CENTRED:
            return f"{CENTRED[token]}{self.scripts()} "
        if name in _ACCENTS and token[0] == "\\":
            text = self.argument()
            return text[:1] + _ACCENTS[name] + text[1:]
        if name in arts.font_normal:
            letters = str.maketrans(arts.alphabets["normal"], arts.font_normal[name])
            return self.argument().translate(letters)
        text = symbol(token)
        if text.startswith("\\") and token != r"\backslash":
            raise LookupError(token)
        return text

    def scripts(self) -> str:
        text = ""
        while self.i < len(self.tokens) and self.tokens[self.i] in ("^", "_"):
            text += self.script(self.take(), text)
        return text

    def script(self, sign: str, before: str) -> str:
        """Return a script in small characters, or else after its sign: ``_θ`` and ``^(a+b)``."""
        text = self.argument()
        if characters := small(text, sign):
            return characters
        text = f"{sign}{text if re.fullmatch(r'.|[A-Za-z]+', text) else f'({text})'}"
        after = self.tokens[self.i] if self.i < len(self.tokens) else ""
        return text + (" " if is_factor(after) else "")


def _wrapped(text: str) -> str:
    """Add brackets unless the text reads as one factor."""
    return f"({text})" if re.search(r"[ +\-/⋅,]", text) else text


_SIZES = {r"\left", r"\right"} | {
    "\\" + big + side for big in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")
}
_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307",
    "widetilde": "\u0303", "vec": "\u20d7", "ddot": "\u0308", "check": "\u030c",
}  # fmt: skip
