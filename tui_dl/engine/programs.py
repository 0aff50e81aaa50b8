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
from tensorflow.types.experimental import ConcreteFunction

from tui_dl.engine.fingerprint import GRADIENT, fingerprint
from tui_dl.engine.tensorflow_internals import call_upon, forget_gradient, registered_gradients

KEPT = 32
CALLS, CUSTOM = ("PartitionedCall-", "StatefulPartitionedCall-"), "CustomGradient-"

_programs: OrderedDict[str, ConcreteFunction] = OrderedDict()


class Program:
    """A traced function, run by the kept program of the same graph where there is one."""

    def __init__(self, traced: ConcreteFunction) -> None:
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
            return call_upon(self._program, tf.nest.flatten(arguments), handles)

        return call

    def _stand_in(self, captured: tf.Tensor) -> tf.Tensor | tf.Variable:
        """A variable of the same shape and type, or what was captured, where it is none."""
        variable = self._variables.get(id(captured))
        return captured if variable is None else tf.Variable(tf.zeros_like(variable))

    def __call__(self, *arguments: Any) -> Any:
        """What the function gives: its program, upon the variables that this trace captured."""
        return call_upon(self._program, tf.nest.flatten(arguments), self._captured)


def _handle(captured: tf.Tensor | tf.Variable) -> tf.Tensor:
    return captured.handle if isinstance(captured, tf.Variable) else captured


def _kept(traced: ConcreteFunction) -> ConcreteFunction:
    """The program of the same graph, else `traced` itself, from now on the one for that graph."""
    key = fingerprint(traced)
    program = _programs.setdefault(key, traced)
    _programs.move_to_end(key)
    if len(_programs) > KEPT:
        _programs.popitem(last=False)
    return program


def forget_gradients(traced: ConcreteFunction, steps: Iterable[ConcreteFunction] = ()) -> None:
    """Unregister the gradients of a traced function: of `steps`, which it calls, and of Keras.

    TensorFlow registers them under names that are never used again, and keeps each one's whole
    graph for good: 0.5 MB a run of iris, 7 MB of lstm. A step differentiates inside itself, so
    nothing asks for them once it is traced. Functions that the steps call keep theirs: a lesson
    may have made them for more than one run.
    """
    inner = {name for step in steps for name in _gradients(step) if name.startswith(CALLS)}
    for name in _gradients(traced):
        if name.startswith((*CALLS, CUSTOM)) and name not in inner:
            forget_gradient(name)


def traced(*steps: Callable[..., Any]) -> list[ConcreteFunction]:
    """Those of the steps that are functions of TensorFlow's, as they were traced."""
    return [
        each.get_concrete_function() for each in steps if hasattr(each, "get_concrete_function")
    ]


def operations(step: Callable[..., Any]) -> int:
    """How many operations a traced step holds, those of its loops included; 0 for an untraced."""
    graphs = [each.graph.as_graph_def() for each in traced(step)]
    nodes = sum(len(graph.node) for graph in graphs)
    return nodes + sum(len(body.node_def) for graph in graphs for body in graph.library.function)


@contextmanager
def gradients_forgotten() -> Iterator[None]:
    """Unregister Keras's own gradients of what is traced inside: 3 MB a run of policy-gradient.

    Every update by an optimizer registers how to differentiate it, which nobody asks for.
    """
    before = registered_gradients()
    yield
    for name in registered_gradients() - before:
        if name.startswith(CUSTOM):
            forget_gradient(name)


def _gradients(traced: ConcreteFunction) -> Iterator[str]:
    """The names under which gradients of a function's nodes are registered."""
    graph = traced.graph.as_graph_def()
    bodies = (body.node_def for body in graph.library.function)
    for node in (*graph.node, *(node for body in bodies for node in body)):
        if GRADIENT in node.attr:
            yield node.attr[GRADIENT].s.decode()
