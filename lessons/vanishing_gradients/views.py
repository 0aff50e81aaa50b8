"""Vanishing gradients: the views and the measured values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from lessons.vanishing_gradients.model import follow, one_unit
from lessons.vanishing_gradients.settings import VanishingGradients
from tui_dl.lesson import Dataset, View


def measure(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, float]:
    """Measure the share of the last hidden layer's δ left at the first, and the first gradient."""
    links = follow(model, data.x, data.y)
    return {"share": links[0].delta / links[-2].delta, "first gradient": links[0].gradient}


def gradients(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw the sizes of δ and of the weights' gradient at each layer, as powers of ten."""
    links = follow(model, data.x, data.y)
    number = list(range(1, len(links) + 1))
    sizes = [
        ("|δ|", [link.delta for link in links]),
        ("|∂E/∂W|", [link.gradient for link in links]),
    ]
    series = [
        {"name": name, "x": number, "y": np.log10(np.maximum(values, 1e-30)).tolist()}
        for name, values in sizes
    ]
    title = f"log₁₀ of the gradient by layer ({p.activation}; the last is the output)"
    return {"kind": "lines", "title": title, "x_label": "layer", "series": series}


def links(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw, link by link, the slope f′ times the gain of the weights: about the share of δ left."""
    chained = follow(model, data.x, data.y)
    rows: list[list[Any]] = []
    for number, (link, above) in enumerate(pairwise(chained), start=1):
        shrink = link.delta / above.delta if above.delta else 0.0
        rows.append([number, link.slope, above.gain, link.slope * above.gain, shrink, link.delta])
    columns = ["layer", "slope f′", "gain of next W", "product", "|δ| / next |δ|", "|δ|"]
    return {"kind": "table", "title": "link by link", "columns": columns, "rows": rows}


def signs(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw the loss of one sigmoid unit with target 1, under the right and the printed rule."""
    rate = float(model.optimizer.learning_rate)
    rules = (("right: y − t", 1.0), ("as printed: t − y", -1.0))
    steps = list(range(101))
    series = [{"name": name, "x": steps, "y": one_unit(sign, rate, 100)} for name, sign in rules]
    title = f"loss of one unit with t = 1 at rate {rate:g}"
    return {"kind": "lines", "title": title, "x_label": "step", "series": series}


VIEWS = (
    View("gradients", "Gradient by layer", gradients),
    View("links", "The chain, link by link", links),
    View("signs", "The printed sign", signs),
)
