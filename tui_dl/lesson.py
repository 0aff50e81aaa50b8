"""The API for lesson authors: a folder declares a lesson, and the engine runs it.

A lesson is a folder of a pack. Its modules are found by their names, and each is loaded when it is
first needed:

- `__init__.py`: `LESSON = Lesson(__name__, title=..., ...)`. Listing the lessons loads only these
  files, so they import nothing else.
- `settings.py`: one subclass of `Hyperparameters`. No NumPy, no Keras.
- `model.py`: `data(p, rng)`, and `model(p, data)` or `train(p, data, loop)`. It may import Keras.
- `views.py`: `VIEWS`, and `measure(model, data, p)` if there is more to measure than the loss.
- `experiments.py`: `EXPERIMENTS`.
- `theory.en.md`: the theory page.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from tui_dl.errors import LessonError, in_one_line
from tui_dl.text import nearest
from tui_dl.theory.questions import Question, questions_of, with_questions

if TYPE_CHECKING:
    import keras
    import numpy as np

    from tui_dl.experiment import Experiment
    from tui_dl.parameters import Hyperparameters

    # The first argument is an instance of the lesson's own hyperparameters.
    DataMaker = Callable[[Any, np.random.Generator], "Dataset"]
    ModelMaker = Callable[[Any, "Dataset"], keras.Model]
    Algorithm = Callable[[Any, "Dataset", "Loop"], None]
    CallbacksMaker = Callable[[Any], list[Any]]
    Measure = Callable[[Any, "Dataset", Any], dict[str, float]]  # model, data, hyperparameters

P = TypeVar("P", bound="Hyperparameters")
Payload = dict[str, Any]

LANGUAGE = "en"


@dataclass(frozen=True)
class Split:
    """A part of a data set: `x` (samples, ...) and `y` (samples, ...), float32 or int."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """The training data of a model, `x` and `y` as in Split, and its validation data."""

    name: str
    x: np.ndarray
    y: np.ndarray
    validation: Split | None = None
    classes: tuple[str, ...] = ()
    note: str = ""

    @property
    def held_out(self) -> Split:
        """The validation part; raises LessonError if there is none."""
        if self.validation is None:
            raise LessonError(f"{self.name}: no samples are held out for validation")
        return self.validation


@dataclass(frozen=True)
class View(Generic[P]):
    """A picture of the network's internal state, redrawn as it trains.

    `draw(model, data, p)` returns a payload: a dict with `kind` and plain lists (see
    `tui_dl/drawing/kinds` for the kinds). It must not change the model.
    """

    name: str
    title: str
    draw: Callable[[Any, Dataset, P], Payload]


def evenly_spaced(count: int, most: int) -> list[int]:
    """Return up to `most` of the positions 0…count-1, evenly spaced, the first and last included.

    A view uses it to draw a few of many time steps, layers or units.
    """
    shown = min(count, most)
    step = (count - 1) / max(1, shown - 1)
    return [round(i * step) for i in range(shown)]


class Loop(Protocol):
    """The object by which an algorithm with its own loop reports, and obeys pause, step and stop.

    The screen is updated between two steps. A step that runs pure Python for more than about 10 ms
    should call `time.sleep(0)` now and then; otherwise key presses are handled late.
    """

    seed: int

    def steps(self, total: int, per_epoch: int = 1) -> Iterator[int]:
        """Yield step numbers 0…total-1; wait while paused, end when stopped."""
        ...

    def live(self, name: str) -> Any:
        """Return the current value of a live hyperparameter."""
        ...

    def progress(self, **metrics: float) -> None:
        """Report metrics for the current step."""
        ...

    def epoch(self, **metrics: float) -> None:
        """Report the metrics of an epoch that the current step completes."""
        ...

    def model(self, model: Any) -> None:
        """Set the model that views draw and that is saved at the end."""
        ...

    def finish(self, note: str) -> None:
        """End the run early, as completed, with a sentence that says why (a goal was reached)."""
        ...


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson: what its folder's `__init__.py` declares, and what its modules define.

    `package` is the folder's `__name__`. `teaches` names rows of the curriculum. `smaller` names
    the experiment to offer if the default run takes long.

    If `model.py` defines `train(p, data, loop)`, that is the algorithm: it takes `p.epochs` (times
    `p.steps_per_epoch`, if there is such a field or property) steps of `loop.steps`. It reports to
    the loop and returns nothing. Otherwise the engine fits `model(p, data)`, a compiled Keras
    model, for `p.epochs` epochs in batches of `p.batch_size`; of its hyperparameters only
    `learning_rate` may be live. A lesson with neither is an explorer: its views are redrawn, as
    `draw(None, data, p)`, when a field changes.

    A module is loaded at first use; one that cannot be loaded raises LessonError.
    """

    package: str
    _: KW_ONLY
    title: str
    track: str
    order: int
    summary: str
    teaches: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    read_next: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    smaller: str | None = None

    @cached_property
    def id(self) -> str:
        """The name that commands and the other lessons use: the folder's, with hyphens."""
        return self.package.rpartition(".")[2].replace("_", "-")

    @cached_property
    def folder(self) -> Path:
        """The lesson's folder."""
        return Path(str(sys.modules[self.package].__file__)).parent

    # What the modules define.

    @cached_property
    def parameters(self) -> type[Hyperparameters]:
        """The typed hyperparameters of `settings.py`."""
        from tui_dl.parameters import Hyperparameters

        module = self._module("settings")
        own = [each for each in vars(module).values() if _made_in(module, each, Hyperparameters)]
        if len(own) != 1:
            raise LessonError(f"{self.id}: settings.py must define one subclass of Hyperparameters")
        found: type[Hyperparameters] = own[0]
        return found

    @cached_property
    def data(self) -> DataMaker:
        """The function that makes the data set."""
        made: DataMaker | None = self._defined("model", "data")
        if made is None:
            raise LessonError(f"{self.id}: model.py must define data(p, rng)")
        return made

    @cached_property
    def model(self) -> ModelMaker | None:
        """The function that makes the compiled Keras model."""
        made: ModelMaker | None = self._defined("model", "model")
        return made

    @cached_property
    def train(self) -> Algorithm | None:
        """The algorithm, if it has its own training loop."""
        made: Algorithm | None = self._defined("model", "train")
        return made

    @cached_property
    def callbacks(self) -> CallbacksMaker | None:
        """The function that makes the Keras callbacks to call when epochs begin and end."""
        made: CallbacksMaker | None = self._defined("model", "callbacks")
        return made

    @cached_property
    def measure(self) -> Measure | None:
        """The function that measures the trained model, in addition to the training metrics."""
        made: Measure | None = self._defined("views", "measure")
        return made

    @cached_property
    def views(self) -> tuple[View[Any], ...]:
        """The pictures of the network's internal state."""
        return tuple(self._defined("views", "VIEWS") or ())

    @cached_property
    def experiments(self) -> tuple[Experiment, ...]:
        """The named settings to try."""
        return tuple(self._defined("experiments", "EXPERIMENTS") or ())

    # What is known of the modules before they are loaded.

    def defines(self, module: str, function: str) -> bool:
        """True if a module defines or imports a function of that name; the module is not loaded."""
        file = self.folder / f"{module}.py"
        return file.exists() and function in _functions(file.read_text(encoding="utf-8"))

    @property
    def explorer(self) -> bool:
        """True if there is nothing to train: the views draw values that the user changes."""
        return not self.builds_model and not self.own_loop

    @cached_property
    def builds_model(self) -> bool:
        """True if `model.py` defines `model`."""
        return self.defines("model", "model")

    @cached_property
    def own_loop(self) -> bool:
        """True if `model.py` defines `train`."""
        return self.defines("model", "train")

    @property
    def fitted(self) -> bool:
        """True if the engine fits what `model` returns."""
        return self.builds_model and not self.own_loop

    @cached_property
    def needs_tensorflow(self) -> bool:
        """True if a module of the lesson imports Keras or TensorFlow."""
        texts = (file.read_text(encoding="utf-8") for file in self.folder.glob("*.py"))
        return any(name in ("keras", "tensorflow") for text in texts for name in imported(text))

    # What a person reads.

    def problem(self) -> str:
        """Return one line that says why the lesson cannot be opened, or "" if it can."""
        try:
            _ = self.parameters.fields(), self.experiments, self.explorer, self.code
        except (LessonError, OSError, SyntaxError) as error:
            return str(error) if isinstance(error, LessonError) else f"{self.id}: {error}"
        return ""

    def theory(self, answers: int = 0) -> str:
        """Return the theory page as Markdown, with its questions and the first `answers` answers.

        Raise OSError if it cannot be read.
        """
        page = (self.folder / f"theory.{LANGUAGE}.md").read_text(encoding="utf-8")
        return with_questions(page, self.questions, answers)

    def readable_theory(self, answers: int = 0) -> str:
        """Return the theory page, or a page that says why it cannot be read."""
        try:
            return self.theory(answers)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            return f"# {self.title}\n\nThe theory page cannot be read: {why}."

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of the theory page, with their answers."""
        page = self.folder / f"answers.{LANGUAGE}.md"
        return questions_of(page.read_text(encoding="utf-8")) if page.exists() else ()

    @cached_property
    def code(self) -> str:
        """The text of `model.py`."""
        return (self.folder / "model.py").read_text(encoding="utf-8")

    def experiment(self, name: str) -> Experiment:
        """Return an experiment by name; raise LessonError with the nearest name."""
        known = {e.name: e for e in self.experiments}
        if name not in known:
            hint = nearest(name, list(known)) or f"; known: {', '.join(known) or 'none'}"
            raise LessonError(f"{self.id} has no experiment {name!r}{hint}")
        return known[name]

    @property
    def rows(self) -> tuple[str, ...]:
        """Every curriculum row that the lesson covers, topics first."""
        return self.teaches + tuple(c.row for e in self.experiments for c in e.claims)

    def _defined(self, module: str, name: str) -> Any:
        """Return what a module defines by that name, or None; an absent module defines nothing."""
        if not (self.folder / f"{module}.py").exists():
            return None
        return getattr(self._module(module), name, None)

    def _module(self, name: str) -> ModuleType:
        try:
            return importlib.import_module(f"{self.package}.{name}")
        except Exception as error:
            why = in_one_line(error)
            raise LessonError(f"{self.id}: {name}.py cannot be loaded: {why}") from error


def _made_in(module: ModuleType, value: Any, base: type) -> bool:
    """True if `value` is a subclass of `base` that this module defines."""
    is_one = isinstance(value, type) and issubclass(value, base)
    return is_one and value.__module__ == module.__name__


def _functions(text: str) -> Iterator[str]:
    """Yield the names of the functions that a module's text defines or imports."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def imported(text: str) -> Iterator[str]:
    """Yield the top-level packages of everything that a module's text imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]
