"""Letters and their indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

SYMBOLS = " 0123456789+>"
END, START = SYMBOLS.index(" "), SYMBOLS.index(">")
INDEX = {symbol: i for i, symbol in enumerate(SYMBOLS)}


def to_indices(texts: Sequence[str]) -> np.ndarray:
    """Return texts of equal length as indices (texts, letters), int32."""
    return np.array([[INDEX[letter] for letter in text] for text in texts], "int32")


def to_texts(indices: np.ndarray) -> list[str]:
    """Return indices (texts, letters) as texts, without leading blanks, up to the next blank."""
    texts = ["".join(SYMBOLS[i] for i in row) for row in indices]
    return [text.lstrip().split(" ")[0] for text in texts]


def one_hot(letters: Any) -> Any:
    """Return indices (…) as vectors (…, symbols) with a single 1."""
    return ops.one_hot(letters, len(SYMBOLS))
