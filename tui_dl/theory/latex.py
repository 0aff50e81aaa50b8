"""LaTeX read into tokens, with the gaps that a terminal reader needs. Pure, no Textual.

Relations and operators get spaces, function names are set apart, and commands that the drawing
code does not know are replaced by commands that it does.
"""

import re

from texicode import arts  # type: ignore[import-untyped]
from texicode.symbols_art import symbols  # type: ignore[import-untyped]

_TOKEN = re.compile(
    r"\\(?:text|operatorname\*?|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL
)
_RELATIONS = set("=<>≤≥≈") | {
    "\\" + name
    for name in (
        "le", "leq", "ge", "geq", "ne", "neq", "approx", "equiv", "sim", "simeq", "propto",
        "in", "notin", "subset", "mid", "to", "gets", "leftarrow", "rightarrow",
        "Leftarrow", "Rightarrow", "leftrightarrow", "Leftrightarrow", "mapsto", "ll", "gg",
        "longrightarrow", "longleftarrow", "iff", "implies", "coloneqq",
    )
}  # fmt: skip
_BINARY = {"+", "-"} | {
    "\\" + name for name in ("cdot", "times", "odot", "otimes", "oplus", "circ", "pm", "ast")
}
_FUNCTIONS = {
    "\\" + name
    for name in (
        "arg", "cos", "cosh", "det", "exp", "inf", "lim", "ln", "log", "max", "min", "sin",
        "sinh", "sup", "tan", "tanh", "Pr",
    )
}  # fmt: skip
_OPENERS = set("([{,&|^_/") | {r"\left", r"\|", r"\lvert", r"\\", r"\;", r"\,", r"\quad"}
_ALIASES = {
    r"\lVert": r"\|", r"\rVert": r"\|", r"\Vert": r"\|",
    r"\bm": r"\mathbf", r"\boldsymbol": r"\mathbf", r"\mathsf": r"\mathrm",
    r"\leq": r"\le", r"\geq": r"\ge", r"\ne": r"\neq", r"\gets": r"\leftarrow",
    r"\to": r"\rightarrow", r"\iff": r"\Leftrightarrow", r"\implies": r"\Rightarrow",
    r"\longrightarrow": r"\rightarrow", r"\longleftarrow": r"\leftarrow", r"\lbrace": r"\{",
    r"\rbrace": r"\}", r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\dots": r"\ldots",
    r"\epsilon": "ε", r"\varepsilon": "ε", r"\coloneqq": ":=", r"\argmax": r"\operatorname{argmax}",
    r"\argmin": r"\operatorname{argmin}",
}  # fmt: skip
_DROPPED = {r"\limits", r"\nolimits", r"\displaystyle", r"\textstyle", r"\!", r"\nonumber"}
_RAISED = {r"\top": "T", r"\intercal": "T", r"\prime": "'", r"\ast": "*", r"\star": "*", "*": "*"}
_CLOSE_TO_FUNCTION = set("([{})],&|='") | {r"\left", r"\right", r"\;", r"\,", r"\\"}
_LARGE = {r"\frac", r"\sum", r"\prod", r"\int", r"\sqrt", r"\nabla"}
CENTRED = {r"\sum": "Σ", r"\prod": "Π", r"\int": "∫", r"\lim": "lim"}
GAP = r"\;"


def prepare(latex: str) -> list[str]:
    """Return tokens with known commands only, and with the gaps that a reader needs."""
    tokens = [token for token in _TOKEN.findall(latex) if token not in _DROPPED]
    tokens = _without_needless_spaces(tokens)
    tokens = [_ALIASES.get(token, token) for token in tokens]
    return _stacked_scripts(_spaced(_raised(tokens)))


def _without_needless_spaces(tokens: list[str]) -> list[str]:
    """Keep spaces only where the author separates two factors: ``W x`` but not ``\\hat m``."""
    kept: list[str] = []
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        if not token.isspace():
            kept.append(token)
        elif kept and re.fullmatch(r"[\w})\]',]", kept[-1]) and is_factor(after):
            kept.append(GAP)
    return kept


def is_factor(token: str) -> bool:
    """True if the token begins a factor, such as a letter, a number or a named symbol."""
    if token in _RELATIONS or token in _BINARY or token in _FUNCTIONS:
        return False
    if re.match(r"\\(right|r(floor|ceil|angle|vert|Vert)|[bB]igg?[r]?|end|newline)\b", token):
        return False
    return bool(re.fullmatch(r"\w|\\[A-Za-z]{2,}(\{.*\})?", token))


def _raised(tokens: list[str]) -> list[str]:
    """Rewrite transposes, primes and stars so that they stay on the line of their base."""
    text: list[str] = []
    i = 0
    while i < len(tokens):
        group = tokens[i + 1 : i + 4] if tokens[i + 1 : i + 2] == ["{"] else tokens[i + 1 : i + 2]
        inner = "".join(group).strip("{}")
        if tokens[i] == "^" and inner in _RAISED:
            mark = _RAISED[inner]
            text += ["^", "{", "T", "}"] if mark == "T" else ["{", mark, "}"]
            i += 1 + len(group)
        else:
            text.append(tokens[i])
            i += 1
    return text


def _group_end(tokens: list[str], start: int) -> int:
    """Return the index after the group, or the single token, that begins at ``start``."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += (tokens[i] == "{") - (tokens[i] == "}")
        if depth <= 0:
            return i + 1
    return len(tokens)


def _spaced(tokens: list[str]) -> list[str]:
    """Put gaps around relations, binary operators and function names, but not within scripts."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        before, token = out[-1] if out else "(", tokens[i]
        end = _after_scripts(tokens, i)
        binary = token in _RELATIONS or (token in _BINARY and _is_operand(before))
        if (binary or (_starts_apart(token) and _is_operand(before))) and before != GAP:
            out.append(GAP)
        out += tokens[i : max(end, i + 1)]
        i = max(end, i + 1)
        close = i >= len(tokens) or tokens[i] in _CLOSE_TO_FUNCTION
        out += [GAP] if binary or (_is_function(token) and not close) else []
    return out


def _after_scripts(tokens: list[str], i: int) -> int:
    """Return the index after the script at ``i``, or after the scripts of a function name."""
    end = i + 1 if _is_function(tokens[i]) else i
    while script := _script_at(tokens, end):
        end = script
    return end


def _is_operand(token: str) -> bool:
    return token not in _OPENERS and token not in _RELATIONS and token not in _BINARY


def _starts_apart(token: str) -> bool:
    return _is_function(token) or token in _LARGE


def _is_function(token: str) -> bool:
    return token in _FUNCTIONS or token.startswith(r"\operatorname")


def _stacked_scripts(tokens: list[str]) -> list[str]:
    """Put ``x_i^2`` on one line if both scripts exist in Unicode; TeXicode would use three rows."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        first = _script_at(tokens, i)
        second = _script_at(tokens, first) if first else 0
        base = out[-1] if out else ""
        if first and second and tokens[i] != tokens[first] and base not in CENTRED:
            parts = sorted((tokens[i:first], tokens[first:second]), key=lambda part: part[0] == "^")
            fits = all(small(_plain(part[1:]), part[0]) for part in parts)
            out += parts[0] + (["{", "}"] if fits else []) + parts[1]
            i = second
        else:
            out.append(tokens[i])
            i += 1
    return out


def _script_at(tokens: list[str], i: int) -> int:
    """Return the index after the script that begins at ``i``, or 0 if none does."""
    return _group_end(tokens, i + 1) if i < len(tokens) and tokens[i] in ("^", "_") else 0


def _plain(tokens: list[str]) -> str:
    return "".join(symbol(token) for token in tokens if token not in ("{", "}"))


def small(plain: str, sign: str) -> str:
    """Return superscript (``^``) or subscript (``_``) text; empty if a character is missing."""
    row = 0 if sign == "^" else 1
    chars = [arts.unicode_scripts.get(char, [" ", " "])[row] for char in plain]
    return "" if " " in chars else "".join(chars)


def symbol(token: str) -> str:
    """Return one token as plain text; a command without a symbol stays as it is."""
    named = re.fullmatch(r"\\(?:text|operatorname\*?)\s*\{(.*)\}", token)
    if named:
        return named[1]
    return "".join(symbols.get(token[1:], [token])) if token.startswith("\\") else token
