"""A drawing in characters: a fenced block of the language ``diagram`` on a theory page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

WIDTH = 71  # columns of a drawing at most: the room of the page in a terminal of 160 columns

ASCII = {
    "-": "─━╌┄−⁻", "=": "═≈▀▄", "|": "│┃┆┊║∣", "+": "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝⊕⁺±", "/": "╱÷½",
    "\\": "╲", ">": "→▶≥", "<": "←◀≤", "^": "↑▲↗↖", "v": "↓▼↘↙√", "o": "○◦∘", "*": "●•×⊙⊗★",
    ".": "·…░", "#": "█▓▒", "x": "✗✕", "y": "✓ŷ", "'": "′", "!": "≠", "8": "∞",
    "a": "α", "b": "β", "g": "γ", "d": "δ∂", "e": "ε", "n": "ηₙ", "t": "θτᵗₜ", "l": "λ", "m": "μ",
    "f": "φ", "p": "πψ", "r": "ρ", "s": "σ", "w": "ω", "i": "ᵢ", "j": "ⱼ", "k": "ₖ",
    "D": "Δ∇", "S": "Σ∑", "0": "₀⁰", "1": "₁¹", "2": "₂²", "3": "₃³", "4": "₄⁴",
    "5": "₅", "6": "₆", "7": "₇",
}  # fmt: skip
"""Each character of ASCII, and what it stands for where there is nothing else."""

_TABLE = str.maketrans({known: plain[0] for plain, all_of in ASCII.items() for known in all_of})


def ascii_of(drawing: str) -> str:
    """Return the drawing in ASCII, character by character, so that it stays aligned."""
    return drawing.translate(_TABLE)


def faults(drawing: str) -> Iterator[str]:
    """Yield what would spoil a drawing: lines that are too long, characters without a form."""
    for line in drawing.splitlines():
        if cell_len(line) > WIDTH:
            yield f"this line is wider than {WIDTH} columns: {line.strip()}"
        if unknown := {c for c in ascii_of(line) if not " " <= c <= "~"}:
            yield f"these characters have no ASCII form: {' '.join(sorted(unknown))}"
