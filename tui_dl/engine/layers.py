"""The table of a model's layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_dl.events import Layer

if TYPE_CHECKING:
    import keras


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
