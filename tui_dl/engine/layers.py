"""The layers of a model: all of them, and their table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tui_dl.events import Layer

if TYPE_CHECKING:
    import keras


CONVOLUTIONS = ("Conv", "SeparableConv", "DepthwiseConv")  # how the names of these layers begin


def flatten(model: Any) -> Iterator[Any]:
    """Yield every layer of a model, including those inside other layers."""
    for layer in model.layers:
        inner = [layer.layer] if hasattr(layer, "layer") else []
        nested = layer.layers if hasattr(layer, "layers") else inner
        yield layer
        yield from nested


def layer_table(model: keras.Model) -> list[Layer]:
    """Return the model's layers with their output shapes and parameter counts."""
    return [_layer(layer) for layer in model.layers or [model]]


def _layer(layer: keras.Layer) -> Layer:
    shape = getattr(getattr(layer, "output", None), "shape", None)
    output = "?" if shape is None else " × ".join(str(n) for n in shape[1:]) or "1"
    return Layer(
        name=layer.name,
        type=type(layer).__name__,
        output=output,
        parameters=layer.count_params() if layer.built else 0,
    )
