"""Where a run trains: on the CPU, or on one of the GPUs.

A run stays on its device: what its own threads call is placed there too, as a compiled program
cannot use variables of another device. Outside of `on`, TensorFlow chooses: the first GPU, if any.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui_dl.engine.layers import CONVOLUTIONS, flatten
from tui_dl.errors import LessonError
from tui_dl.events import Note

if TYPE_CHECKING:
    import keras

    from tui_dl.engine.checkpoint import Checkpoint
    from tui_dl.engine.replay import Replay

CPU = "CPU:0"
FEW_WEIGHTS = 10_000  # a step over fewer takes a CPU about 0.1 ms, some ten launches of a GPU
CHOSEN = Note(
    step=0,
    text=f"Trained on the CPU: with fewer than {FEW_WEIGHTS:,} weights a GPU is seldom faster."
    " `train --device gpu` uses it.",
)


@dataclass(frozen=True)
class Place:
    """A device.

    Attributes:
        name: As in the record of a run, such as `CPU (2 cores)` or `GPU (NVIDIA L4)`.
        scope: TensorFlow's name of the device, or "" where it chooses this one by itself.
        is_gpu: True for a GPU.
    """

    name: str
    scope: str = ""
    is_gpu: bool = False


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


def current() -> Place:
    """Return the place of the code that calls."""
    return _PLACE.get() or (gpus() or [_only_cpu()])[0]


def gpus() -> list[Place]:
    """Return the GPUs that TensorFlow finds."""
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    return [_gpu(number, device) for number, device in enumerate(found)]


def _gpu(number: int, device: Any) -> Place:
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(device)
    name = details.get("device_name", device.name)
    numbered = f"GPU {number}" if number else "GPU"  # the first is what it has always been called
    return Place(f"{numbered} ({name})", f"GPU:{number}" if number else "", is_gpu=True)


def _only_cpu() -> Place:
    has_affinity = hasattr(os, "sched_getaffinity")
    return Place(f"CPU ({len(os.sched_getaffinity(0))} cores)" if has_affinity else "CPU")


def cpu() -> Place:
    """Return the CPU."""
    return Place(_only_cpu().name, CPU if gpus() else "")


def check(device: str) -> None:
    """Raise LessonError if a text does not name a device. Loads nothing."""
    kind, colon, number = device.partition(":")
    plain = device in ("auto", "cpu", "gpu")
    if not plain and not (kind == "gpu" and colon and number.isdecimal() and number.isascii()):
        raise LessonError(f"--device takes auto, cpu, gpu or gpu:N, not {device!r}")


def choices() -> tuple[str, ...]:
    """Return what `--device` takes here: `auto`, `cpu`, and `gpu:N` for each GPU."""
    return "auto", "cpu", *(f"gpu:{number}" for number in range(len(gpus())))


def chosen(device: str) -> Place:
    """Return the place that `cpu`, `gpu` or `gpu:N` names; raise LessonError if it is missing."""
    check(device)
    if device == "cpu":
        return cpu()
    found, number = gpus(), int(device.partition(":")[2] or 0)
    if number < len(found):
        return found[number]
    known = ", ".join(choices()[1:])
    raise LessonError(f"no {device} here, only {known}; `dlworkbench doctor` says why")


@contextmanager
def on(place: Place) -> Iterator[None]:
    """Place what is computed in the block."""
    import tensorflow as tf

    before = _PLACE.set(place)
    try:
        with tf.device(place.scope or None):
            yield
    finally:
        _PLACE.reset(before)


def same_place() -> Callable[[], None]:
    """Return what a new thread calls first to compute where this one does."""
    place = _PLACE.get()

    def enter() -> None:
        import tensorflow as tf

        _PLACE.set(place)
        tf.device(place.scope if place and place.scope else None).__enter__()

    return enter


class RunPlace:
    """The place of one run; used as a context, it is left where the run ends.

    `device` is what the user chose. A resumed run returns to the device of its record, and a fork
    to that of its parent, whose name `parent` returns.
    """

    def __init__(self, device: str, replay: Replay | None, parent: Callable[[], str] = str) -> None:
        self._device, self._replay, self._parent = device, replay, parent
        self._entered = ExitStack()
        self._moved = ""

    def __enter__(self) -> None:
        """Begin without a place."""

    def __exit__(self, *_: object) -> None:
        self._entered.close()

    def begin(self) -> None:
        """Enter the chosen place. TensorFlow must be loaded; raise LessonError if it is missing."""
        if recorded := self._recorded():
            self._return(recorded)
        elif self._device != "auto":
            self.enter(chosen(self._device))

    def _recorded(self) -> str:
        """Return the name of the device that the numbers are of, or "" for a new run."""
        return self._replay.started.device if self._replay else self._parent()

    def enter(self, place: Place) -> None:
        """Compute there from now on."""
        self._entered.enter_context(on(place))

    def _return(self, name: str) -> None:
        found = [place for place in (cpu(), *gpus()) if _same(place.name, name)]
        if found:
            self.enter(found[0])
        else:
            self._moved = f"The run continues on {current().name}, as {name} is not here now."

    def allows(self, place: Place) -> bool:
        """True if what was prepared at a place may be used for this run."""
        return self._replay is None or _same(place.name, self._replay.started.device)

    def takes_cpu(self, model: keras.Model) -> bool:
        """Enter the CPU and return True if the choice is automatic and suits a model there.

        The model, which the GPU holds, must then be built again.
        """
        if self._recorded() or self._device != "auto" or not suits_cpu(model):
            return False
        self.enter(cpu())
        return True

    def notes(self) -> list[Note]:
        """Return what the run says about its place when it starts."""
        if self._replay:  # it says what it has said, or its events would not be the recorded ones
            return [CHOSEN] if CHOSEN in self._replay.said[:1] else []
        place = _PLACE.get()
        return [CHOSEN] if self._device == "auto" and place and place.scope == CPU else []

    def moved(self, start: Checkpoint | None) -> list[Note]:
        """Return what a run resumed from a checkpoint says if it has to go on elsewhere."""
        return [Note(step=start.step if start else 0, text=self._moved)] if self._moved else []


def _same(name: str, recorded: str) -> bool:
    """True if both name the same device; the CPU is the same with another number of cores."""
    return name == recorded or (name.startswith("CPU") and recorded.startswith("CPU"))


def suits_cpu(model: keras.Model) -> bool:
    """True if a model would use a GPU, but is so small that the CPU is as fast.

    A conservative rule, by the number of weights: it was not measured on a GPU. A model with
    convolutions is not small, as they use each weight many times, nor one that is not built yet.
    """
    small = current().is_gpu and model.built and model.count_params() < FEW_WEIGHTS
    return small and not any(
        type(layer).__name__.startswith(CONVOLUTIONS) for layer in flatten(model)
    )
