"""Compiled programs, kept: a run whose graph equals an earlier one's is not compiled again.

Seeds, weights, data of the same shape and learning rates are no part of the graph that TensorFlow
traces; whatever is (layers, batch size, constants such as a momentum) makes another program.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops

from tui_dl.digest import digest

KEPT = 32
GRADIENT = "_gradient_op_type"
CALLS, CUSTOM = ("PartitionedCall-", "StatefulPartitionedCall-"), "CustomGradient-"
NAMES = frozenset({"_class", GRADIENT, "_user_specified_name"})  # differ at every trace

_programs: OrderedDict[str, Any] = OrderedDict()


class Program:
    """A traced function, run by the kept program of the same graph where there is one."""

    def __init__(self, traced: Any) -> None:
        self._captured = traced.captured_inputs
        self._variables = {id(each.handle): each for each in traced.graph.variables}
        self._program = _kept(traced)

    def upon_stand_ins(self) -> Callable[..., Any]:
        """The same, upon stand-ins of the variables: a call compiles beside a run that goes on.

        XLA locks the variables that it is called with for as long as it compiles.
        """
        stand_ins = [self._stand_in(each) for each in self._captured]

        def call(*arguments: Any) -> Any:
            handles = [_handle(each) for each in stand_ins]
            return self._program._call_flat(tf.nest.flatten(arguments), handles)

        return call

    def _stand_in(self, captured: Any) -> Any:
        """A variable of the same shape and type, or what was captured, where it is none."""
        variable = self._variables.get(id(captured))
        return captured if variable is None else tf.Variable(tf.zeros_like(variable))

    def __call__(self, *arguments: Any) -> Any:
        """What the function gives: its program, upon the variables that this trace captured."""
        return self._program._call_flat(tf.nest.flatten(arguments), self._captured)


def _handle(captured: Any) -> Any:
    return captured.handle if isinstance(captured, tf.Variable) else captured


def _kept(traced: Any) -> Any:
    """The program of the same graph, else `traced` itself, from now on the one for that graph."""
    key = fingerprint(traced)
    program = _programs.setdefault(key, traced)
    _programs.move_to_end(key)
    if len(_programs) > KEPT:
        _programs.popitem(last=False)
    return program


def forget_gradients(traced: Any, steps: Iterable[Any] = ()) -> None:
    """Unregister the gradients of a traced function: of `steps`, which it calls, and of Keras.

    TensorFlow registers them under names that are never used again, and keeps each one's whole
    graph for good: 0.5 MB a run of iris, 7 MB of lstm. A step differentiates inside itself, so
    nothing asks for them once it is traced. Functions that the steps call keep theirs: a lesson
    may have made them for more than one run.
    """
    inner = {name for step in steps for name in _gradients(step) if name.startswith(CALLS)}
    for name in _gradients(traced):
        if name.startswith((*CALLS, CUSTOM)) and name not in inner:
            ops.gradient_registry._registry.pop(name, None)


def traced(*steps: Any) -> list[Any]:
    """Those of the steps that are functions of TensorFlow's, as they were traced."""
    return [
        each.get_concrete_function() for each in steps if hasattr(each, "get_concrete_function")
    ]


def operations(step: Any) -> int:
    """How many operations a traced step holds, those of its loops included; 0 for an untraced."""
    graphs = [each.graph.as_graph_def() for each in traced(step)]
    nodes = sum(len(graph.node) for graph in graphs)
    return nodes + sum(len(body.node_def) for graph in graphs for body in graph.library.function)


@contextmanager
def gradients_forgotten() -> Iterator[None]:
    """Unregister Keras's own gradients of what is traced inside: 3 MB a run of policy-gradient.

    Every update by an optimizer registers how to differentiate it, which nobody asks for.
    """
    before = set(ops.gradient_registry.list())
    yield
    for name in set(ops.gradient_registry.list()) - before:
        if name.startswith(CUSTOM):
            ops.gradient_registry._registry.pop(name, None)


def _gradients(traced: Any) -> Iterator[str]:
    """The names under which gradients of a function's nodes are registered."""
    graph = traced.graph.as_graph_def()
    bodies = (body.node_def for body in graph.library.function)
    for node in (*graph.node, *(node for body in bodies for node in body)):
        if GRADIENT in node.attr:
            yield node.attr[GRADIENT].s.decode()


def fingerprint(traced: Any) -> str:
    """A digest of all that a concrete function computes, alike for two traces of the same graph.

    Nodes are told by their order, as their names carry numbers that grow from trace to trace.
    """
    graph = traced.graph.as_graph_def()
    bodies = _Bodies({body.signature.name: body for body in graph.library.function})
    places = _places(node.name for node in graph.node)
    ends = [str(places[tensor.op.name]) for tensor in (*traced.inputs, *traced.outputs)]
    held = {id(variable.handle): variable for variable in traced.graph.variables}
    captured = (held.get(id(each), each) for each in traced.captured_inputs)
    shapes = [f"{each.dtype}{each.shape}" for each in (*traced.inputs, *captured)]
    own = traced.function_def.attr  # the compiler is among them
    return digest([*bodies.of_nodes(graph.node, places), *ends, *shapes, *bodies.of_attr(own)])


class _Bodies:
    """The functions of a graph by name, and their digests."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self._functions = functions
        self._digests: dict[str, str] = {}

    def of_nodes(self, nodes: Iterable[Any], places: dict[str, int]) -> Iterator[str]:
        """What each node computes, and from what."""
        for node in nodes:
            yield from (node.op, node.device)
            yield from _references(node.input, places)
            yield from self.of_attr(node.attr)

    def of_attr(self, attr: Any) -> Iterator[str]:
        """The attributes in the order of their names; functions among them by their digests."""
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
    """`node:output:0`, `node` or `^node`, with places for names.

    The last kind only has to come before; TensorFlow holds those in a set, so they are sorted.
    """
    references = [_reference(text, places) for text in texts]
    before = sorted(each for each in references if each.startswith("^"))
    return [*(each for each in references if not each.startswith("^")), *before]


def _reference(text: str, places: dict[str, int]) -> str:
    name, _, output = text.lstrip("^").partition(":")
    return f"{'^' * text.startswith('^')}{places[name]}:{output}"
