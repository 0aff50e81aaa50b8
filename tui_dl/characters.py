"""ASCII for terminals that show nothing else: stand-ins of the same width, and longer spellings."""

from __future__ import annotations

import codecs
import os
import re
import sys
from functools import lru_cache
from typing import TextIO
from unicodedata import combining, east_asian_width, normalize

VARIABLE = "DLWORKBENCH_ASCII"
STAND_IN = "dlworkbench.stand-in"  # the name of the error handler for encoders
_BARE = ("ansi", "cons25", "linux", "vt52", "vt100", "vt102", "vt220")  # without a locale: ASCII
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python writes into LC_CTYPE in the C locale

ASCII = {
    "-": "─╌┄╴╶╺−–—⁻₋▬", "=": "═━╸╍▀▄≡⁼", "|": "│┃┆┊║∣‖∥▌▐▎▍▏▕⎢⎥⎜⎟⎪",
    "+": "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝⊕⁺₊±┰┸╋╂┿⎨⎬", "/": "╱÷½¼¾⎛⎠⎧⎭", "\\": "╲⎝⎞⎩⎫", ">": "→▶▸›≥≫⇒▷❯➜»",
    "<": "←◀◂‹≤≪⇐◁«", "^": "↑▲▴↗↖⌃△", "v": "↓▼▾↘↙√⌄▽", "o": "○◦∘◎◐°⭘◯", "*": "●•⊙⊗★∗◆■⬤☻",
    ".": "·⋅⋯░▁‥∴", "#": "█▇▉▊", "%": "▓▆▋▚▞", ":": "▒▅▃", "_": "▂⌊⌋", "x": "×✗✕✖χ", "y": "✓✔",
    "'": "′’‘`´ʹ", '"': "“”„″", "!": "≠", "~": "…≈∼≃≅∝", "8": "∞", "?": "�", "[": "⎡⎣⌈", "]": "⎤⎦⌉",
    "a": "αᾱ", "b": "β", "g": "γᵧ", "d": "δ∂", "e": "εϵ∈", "n": "η", "t": "θτ", "l": "λ",
    "m": "μµ", "f": "φϕᵩ∫", "p": "πψ", "r": "ρ", "s": "σςᶳ", "w": "ω", "k": "κ", "i": "ι",
    "u": "υ", "z": "ζ", "c": "ξ", "0": "ᶿ", "D": "Δ∇", "S": "Σ∑", "P": "Π∏ΦΨ", "O": "Ω", "L": "Λ",
    "G": "Γ", "T": "Θ", "X": "Ξ", "C": "ꟲ©", "R": "®",
}  # fmt: skip
"""Each character of ASCII, and what it stands for where there is nothing else."""

_TABLE = {known: plain for plain, all_of in ASCII.items() for known in all_of}

_BRAILLE = range(0x2800, 0x2900)
_GLYPHS = {
    "'": (0x01, 0x08, 0x03, 0x18), '"': (0x09, 0x1B), "-": (0x12, 0x24, 0x02, 0x04, 0x10, 0x20),
    ".": (0x40, 0x80, 0x44, 0xA0), "_": (0xC0, 0xE4, 0xC4, 0xE0), "|": (0x47, 0xB8, 0x07, 0x38),
    ":": (0x41, 0x88, 0xC9), "/": (0x5C, 0x78, 0x1C, 0x70, 0x60, 0x0C, 0x58, 0xA0),
    "\\": (0xA3, 0x87, 0x83, 0xA1, 0x84, 0x11, 0xB1, 0x22), "=": (0xD2, 0x2D, 0x36),
    "#": (0xFF, 0xF6, 0xBF, 0x7F), "*": (0x36, 0x3F, 0x2D, 0xF4),
}  # fmt: skip


def is_ascii() -> bool:
    """True if what is shown must be ASCII; `settle` decides that at the start of the program."""
    return os.environ.get(VARIABLE, "0") not in ("", "0")


def settle() -> None:
    """Decide whether the terminal is ASCII, tell child processes, and fit the standard streams."""
    if not os.environ.get(VARIABLE):
        os.environ[VARIABLE] = str(int(_lacks_unicode()))
    for stream in (sys.stdout, sys.stderr):
        fit(stream)


def fit(stream: TextIO | None) -> None:
    """Let a stream print stand-ins for what its terminal cannot show."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="ascii" if is_ascii() else None, errors=STAND_IN)


def _lacks_unicode() -> bool:
    if not speaks_unicode(sys.stdout or sys.__stdout__):
        return True
    name = locale()
    if not name:
        return os.environ.get("TERM", "") in _BARE
    charset = name.partition(".")[2].partition("@")[0]
    return name in ("C", "POSIX") or bool(charset and not _is_unicode(charset))


def locale() -> str:
    """Return the user's locale for characters; Python itself sets LC_CTYPE in the C locale."""
    get = os.environ.get
    kind = get("LC_CTYPE", "")
    if sys.flags.utf8_mode and kind in _COERCED and "PYTHONUTF8" not in os.environ:
        kind = ""
    return get("LC_ALL") or kind or get("LANG", "")


def speaks_unicode(stream: TextIO | None) -> bool:
    """True if the stream can print braille curves and two-dimensional formulas."""
    return _is_unicode(getattr(stream, "encoding", None) or "ascii")


def _is_unicode(encoding: str) -> bool:
    return encoding.lower().replace("-", "").startswith("utf")


def in_ascii(text: str) -> str:
    """Return the text in ASCII, character by character, so that it stays aligned."""
    return text if text.isascii() else "".join(map(stand_in, text))


@lru_cache(maxsize=1 << 12)
def stand_in(character: str) -> str:
    """Return ASCII as wide as the character: the like of it, or `?` for each of its columns."""
    if character.isascii():
        return character
    if ord(character) in _BRAILLE:
        return _of_dots(ord(character) - _BRAILLE.start)
    width = 2 if east_asian_width(character) in "WF" else 0 if _is_joined(character) else 1
    plain = known(character)
    return plain.ljust(width)[:width] if plain else "?" * width


def known(character: str) -> str | None:
    """Return the like of a character in ASCII, or None if there is none."""
    if character in _TABLE:
        return _TABLE[character]
    parts = [each for each in normalize("NFKD", character) if not combining(each)]
    plain = "".join(_TABLE.get(each, each) for each in parts)
    return plain if plain and plain.isascii() else None


def _is_joined(character: str) -> bool:
    return bool(combining(character)) or character in "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"


def _of_dots(dots: int) -> str:
    """Return the character whose strokes are most like the dots of a braille cell."""

    def unlike(shape: int) -> float:
        return (shape ^ dots).bit_count() / max(1, (shape | dots).bit_count())

    if not dots:
        return " "
    return min(_GLYPHS, key=lambda glyph: min(map(unlike, _GLYPHS[glyph])))


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end]), error.end


codecs.register_error(STAND_IN, _replaced)

_NAMES = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ϵ": "eps", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "ψ": "psi", "ω": "omega", "Δ": "Delta",
    "Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod", "∫": "integral", "∇": "grad", "√": "sqrt",
    "∞": "inf", "𝔼": "E",
}  # fmt: skip
_SIGNS = {
    "½": "1/2", "¼": "1/4", "¾": "3/4", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~=", "≫": ">>",
    "≪": "<<", "→": "->", "←": "<-", "⇒": "=>", "…": "...", "⋯": "...", "⋅": "*", "⊙": ".*",
    "⊗": "(x)", "⊕": "(+)", "‖": "||", "∥": "||", "—": "--", "±": "+-", "×": "x",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "_hat", "\u0303": "_tilde", "\u0304": "_bar", "\u0307": "_dot", "\u20d7": "_vec",
    "\u0308": "_ddot", "\u030c": "_check",
}  # fmt: skip
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂꟲᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᶿ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵧᵩ"
_SCRIPT = re.compile(f"[{_RAISED}]+|[{_LOWERED}]+")
_NAMED = re.compile(f"[{''.join(_NAMES)}]")
_ACCENTED = re.compile("(.)([" + "".join(_ACCENTS) + "])")


def spelled(text: str) -> str:
    """Return running text in ASCII, longer where that reads better: `eta`, `x^2`, `y_hat`, `<=`."""
    if text.isascii():
        return text
    text = _SCRIPT.sub(_script, text)
    apart = "".join(normalize("NFD", c) if c in "ŷûẋ" else c for c in text)
    text = _ACCENTED.sub(lambda found: found[1] + _ACCENTS[found[2]], apart)
    text = _NAMED.sub(lambda found: _named(found, text), text)
    return in_ascii("".join(_SIGNS.get(each, each) for each in text))


def _script(found: re.Match[str]) -> str:
    """Return `^2`, `^-3` or `^(t-1)` for small raised characters, and `_2` for lowered ones."""
    inner = in_ascii(found[0])
    sign = "^" if found[0][0] in _RAISED else "_"
    return f"{sign}{inner}" if re.fullmatch(r"-?\d+|[A-Za-z]+", inner) else f"{sign}({inner})"


def _named(found: re.Match[str], text: str) -> str:
    """Return the name of a letter or sign, apart from letters beside it."""
    name = _NAMES[found[0]]
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    lead = " " if before.isalnum() and not _NAMED.match(before) else ""
    return f"{lead}{name}{' ' if after.isalnum() or after == '∂' else ''}"
