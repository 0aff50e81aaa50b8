"""A digest of everything that a traced function computes, equal for traces of the same graph.

A key made from the settings would be shorter but not safe: a lesson's own layer or `train_step`
may compute with any Python value, and only the graph shows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import tensorflow as tf

from tui_dl.digest import digest

GRADIENT = "_gradient_op_type"
NAMES = frozenset({"_class", GRADIENT, "_user_specified_name"})  # differ in every trace


def fingerprint(traced: tf.types.experimental.ConcreteFunction) -> str:
    """Return the digest of a traced function.

    Nodes are identified by their order: their names carry numbers that grow from trace to trace.
    """
    graph = traced.graph.as_graph_def()
    bodies = _Bodies({body.signature.name: body for body in graph.library.function})
    places = _places(node.name for node in graph.node)
    ends = [str(places[tensor.op.name]) for tensor in (*traced.inputs, *traced.outputs)]
    held = {id(variable.handle): variable for variable in traced.graph.variables}
    captured = (held.get(id(each), each) for each in traced.captured_inputs)
    shapes = [f"{each.dtype}{each.shape}" for each in (*traced.inputs, *captured)]
    own = traced.function_def.attr  # these include the compiler
    return digest([*bodies.of_nodes(graph.node, places), *ends, *shapes, *bodies.of_attr(own)])


class _Bodies:
    """The functions of a graph by name, and their digests."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self._functions = functions
        self._digests: dict[str, str] = {}

    def of_nodes(self, nodes: Iterable[Any], places: dict[str, int]) -> Iterator[str]:
        """Yield what each node computes, and from what."""
        for node in nodes:
            yield from (node.op, node.device)
            yield from _references(node.input, places)
            yield from self.of_attr(node.attr)

    def of_attr(self, attr: Any) -> Iterator[str]:
        """Yield the attributes in order of name, with the digests of functions among them."""
        for name in sorted(set(attr) - NAMES):
            value = attr[name]
            called = [value.func, *value.list.func]
            if any(function.name for function in called):
                yield from (name, *(self._of(each.name) for each in called if each.name))
            else:
                yield from (name, value.SerializeToString(deterministic=True).hex())

    def _of(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = self._of_body(self._functions[name])
        return self._digests[name]

    def _of_body(self, body: Any) -> str:
        arguments = [each.name for each in body.signature.input_arg]
        places = _places([*arguments, *(node.name for node in body.node_def)])
        ends = [body.ret[each.name] for each in body.signature.output_arg]
        ends += [f"^{each}" for each in body.control_ret.values()]
        parts = [*self.of_nodes(body.node_def, places), *self.of_attr(body.attr)]
        types = [str(each.type) for each in body.signature.input_arg]
        return digest([*parts, *types, *_references(ends, places)])


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _references(texts: Iterable[str], places: dict[str, int]) -> list[str]:
    """Return references `node:output:0`, `node` or `^node`, with places instead of names.

    A `^node` only has to run before; TensorFlow keeps these in a set, so they are sorted.
    """
    references = [_reference(text, places) for text in texts]
    before = sorted(each for each in references if each.startswith("^"))
    return [*(each for each in references if not each.startswith("^")), *before]


def _reference(text: str, places: dict[str, int]) -> str:
    name, _, output = text.lstrip("^").partition(":")
    return f"{'^' * text.startswith('^')}{places[name]}:{output}"
