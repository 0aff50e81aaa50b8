"""Keeps compiled programs: a run whose graph equals an earlier one's is not compiled again.

Seeds, weights, data of the same shape and learning rates are not part of the graph that TensorFlow
traces. Anything that is (layers, batch size, constants such as a momentum) gives another program.
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
    """A traced function, run by the kept program of the same graph if there is one."""

    def __init__(self, traced: ConcreteFunction) -> None:
        self._captured = traced.captured_inputs
        self._variables = {id(each.handle): each for each in traced.graph.variables}
        self._program = _kept(traced)

    def upon_stand_ins(self) -> Callable[..., Any]:
        """Return a call on stand-ins for the variables, to compile while a run is in progress.

        XLA locks the variables that it is called with while it compiles.
        """
        stand_ins = [self._stand_in(each) for each in self._captured]

        def call(*arguments: Any) -> Any:
            handles = [_handle(each) for each in stand_ins]
            return call_upon(self._program, tf.nest.flatten(arguments), handles)

        return call

    def _stand_in(self, captured: tf.Tensor) -> tf.Tensor | tf.Variable:
        """Return a variable of the same shape and type; anything else captured as it is."""
        variable = self._variables.get(id(captured))
        return captured if variable is None else tf.Variable(tf.zeros_like(variable))

    def __call__(self, *arguments: Any) -> Any:
        """Call the program on the variables that this trace captured."""
        return call_upon(self._program, tf.nest.flatten(arguments), self._captured)


def _handle(captured: tf.Tensor | tf.Variable) -> tf.Tensor:
    return captured.handle if isinstance(captured, tf.Variable) else captured


def _kept(traced: ConcreteFunction) -> ConcreteFunction:
    """Return the kept program of the same graph; if there is none, keep and return `traced`."""
    key = fingerprint(traced)
    program = _programs.setdefault(key, traced)
    _programs.move_to_end(key)
    if len(_programs) > KEPT:
        _programs.popitem(last=False)
    return program


def forget_gradients(traced: ConcreteFunction, steps: Iterable[ConcreteFunction] = ()) -> None:
    """Unregister the gradients of a traced function: of `steps`, which it calls, and of Keras.

    TensorFlow registers them under names that are never used again, and keeps the whole graph of
    each forever: 0.5 MB per run of iris, 7 MB per run of lstm. A step computes its gradients
    inside, so they are not needed once it is traced. Functions that the steps call keep theirs: a
    lesson may have made them for more than one run.
    """
    inner = {name for step in steps for name in _gradients(step) if name.startswith(CALLS)}
    for name in _gradients(traced):
        if name.startswith((*CALLS, CUSTOM)) and name not in inner:
            forget_gradient(name)


def traced(*steps: Callable[..., Any]) -> list[ConcreteFunction]:
    """Return the traced form of each step that is a TensorFlow function."""
    return [
        each.get_concrete_function() for each in steps if hasattr(each, "get_concrete_function")
    ]


def operations(step: Callable[..., Any]) -> int:
    """Return the number of operations of a traced step, with those of its loops; else 0."""
    graphs = [each.graph.as_graph_def() for each in traced(step)]
    nodes = sum(len(graph.node) for graph in graphs)
    return nodes + sum(len(body.node_def) for graph in graphs for body in graph.library.function)


@contextmanager
def gradients_forgotten() -> Iterator[None]:
    """Unregister Keras's gradients of what is traced in the block: 3 MB per policy-gradient run.

    Every update by an optimizer registers its own gradient, which is never used.
    """
    before = registered_gradients()
    yield
    for name in registered_gradients() - before:
        if name.startswith(CUSTOM):
            forget_gradient(name)


def _gradients(traced: ConcreteFunction) -> Iterator[str]:
    """Yield the names under which gradients of a function's nodes are registered."""
    graph = traced.graph.as_graph_def()
    bodies = (body.node_def for body in graph.library.function)
    for node in (*graph.node, *(node for body in bodies for node in body)):
        if GRADIENT in node.attr:
            yield node.attr[GRADIENT].s.decode()
