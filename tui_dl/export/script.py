"""Exports a lesson with its settings as one Python file in plain Keras."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui_dl.errors import LessonError
from tui_dl.export.closure import Closure
from tui_dl.lesson import Lesson
from tui_dl.parameters import Hyperparameters

BACKEND = """import os

os.environ["KERAS_BACKEND"] = "tensorflow"  # read when Keras is imported"""
PINS = """# Keras's defaults, whatever ~/.keras/keras.json says.
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_image_data_format("channels_last")"""


OWN_LOOP = (
    "loop = Loop(p, SEED)",
    "train(p, dataset, loop)",
    "network, metrics = loop.trained, loop.metrics",
)


@dataclass(frozen=True)
class ExportRequest:
    """What to export: a lesson with its hyperparameters and the seed."""

    lesson: Lesson
    parameters: Any
    seed: int = 0


@dataclass(frozen=True)
class Parts:
    """The sections of an exported file, each a piece of Python."""

    setup: str
    hyperparameters: str
    helpers: str
    lesson: str
    train: str


def script(request: ExportRequest) -> str:
    """Return the file's text.

    Raise LessonError if the lesson trains nothing, ExportError if its source cannot be exported.
    """
    made = parts(request)
    lesson = request.lesson
    head = f'"""{lesson.title}: {lesson.summary}\n\nPlain Keras; run it with `python FILE`.\n"""'
    sections = [head, made.setup, made.hyperparameters, made.helpers, made.lesson, made.train]
    return "\n\n\n".join(section for section in sections if section) + "\n"


def parts(request: ExportRequest) -> Parts:
    """Return the sections: setup, hyperparameters, helpers, the lesson's functions, training."""
    lesson = request.lesson
    if lesson.explorer:
        raise LessonError(f"{lesson.id} trains nothing: there is nothing to export")
    own = {f"{lesson.package}.{name}" for name in ("model", "views")}
    closure = _closure(lesson)
    told = list(closure.pieces())
    spaces = [
        f"{name} = SimpleNamespace({', '.join(f'{a}={b}' for a, b in sorted(attributes.items()))})"
        for name, attributes in sorted(closure.namespaces.items())
    ]
    helpers = [text for owner, text in told if owner not in own] + spaces
    imports = closure.imports | {
        "from dataclasses import dataclass", "from typing import Any",
        "import keras", "import numpy as np",
    } | ({"from types import SimpleNamespace"} if spaces else set())  # fmt: skip
    return Parts(
        setup="\n\n".join(["from __future__ import annotations", BACKEND, _sorted(imports), PINS]),
        hyperparameters=_hyperparameters(request),
        helpers=_joined(helpers),
        lesson=_joined([text for owner, text in told if owner in own]),
        train=_train(request),
    )


def _sorted(imports: set[str]) -> str:
    """Return the imports as text, those of the standard library first."""
    merged: dict[str, list[str]] = {}
    for line in sorted(imports, key=str.lower):
        start, _, name = line.partition("import ")
        merged.setdefault(f"{start}import" if start else line, []).append(name)
    lines = [f"{k} {', '.join(v)}" if k.startswith("from") else k for k, v in merged.items()]
    lines.sort(key=lambda line: (line.startswith("from"), line.lower()))
    known = {True: list[str](), False: list[str]()}
    for line in lines:
        known[line.split()[1].partition(".")[0] in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(lines) for lines in (known[True], known[False]) if lines)


def _joined(texts: list[str]) -> str:
    """Join definitions with two blank lines between them, constants with none."""
    made = ""
    for before, text in zip(["", *texts], texts, strict=False):
        plain = not _is_block(before) and not _is_block(text)
        made += ("\n" if plain else "\n\n\n") * bool(before) + text
    return made


def _is_block(text: str) -> bool:
    return any(line.startswith(("def ", "class ")) for line in text.splitlines())


def _closure(lesson: Lesson) -> Closure:
    pack = lesson.package.partition(".")[0]
    skip = {lesson.parameters.__name__, "Hyperparameters"}
    closure = Closure(("tui_dl.", f"{pack}."), frozenset(skip))
    wanted = [(f"{lesson.package}.{module}", name) for module, name in _functions(lesson)]
    for module, name in wanted:
        closure.reserve(module, name)
    for module, name in wanted:
        closure.need(module, name)
    if lesson.own_loop:
        closure.need("tui_dl.export.plain.loop", "Loop")
    elif lesson.defines("model", "callbacks"):
        closure.need("tui_dl.engine.kept", "EpochEnds")
    return closure


def _functions(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Yield (module, function) for each function of a lesson that is exported."""
    for name in ("data", "model", "train", "callbacks"):
        if lesson.defines("model", name):
            yield "model", name
    if lesson.defines("views", "measure"):
        yield "views", "measure"


def _hyperparameters(request: ExportRequest) -> str:
    """Return the settings as a dataclass named as in the lesson, with the help as comments."""
    kind = type(request.parameters)
    about = kind.__doc__ or request.lesson.summary  # no docstrings under `python -OO`
    lines = ["@dataclass(frozen=True)", f"class {kind.__name__}:", f'    """{about}"""', ""]
    for field in kind.fields():
        value = _chosen(request, field.name)
        written = f'"{value}"' if isinstance(value, str) else repr(value)
        lines += [f"    # {field.help}", f"    {field.name}: {type(value).__name__} = {written}"]
    return "\n".join(lines + _members(kind))


def _members(kind: type[Hyperparameters]) -> list[str]:
    """Return the source of properties and methods that the lesson adds to its hyperparameters."""
    own = [m.fget if isinstance(m, property) else m for m in vars(kind).values()]
    mine = [m for m in own if inspect.isfunction(m) and m.__qualname__.startswith(kind.__name__)]
    return [f"\n{inspect.getsource(m).rstrip()}" for m in mine]


def _chosen(request: ExportRequest, name: str) -> Any:
    """Return the value; for the data set `auto`, the one that this machine uses."""
    value = getattr(request.parameters, name)
    if name != "images" or value != "auto":
        return value
    from tui_dl.datasets import available

    options = next(f.choices for f in request.lesson.parameters.fields() if f.name == name)
    embedded, large = options[1], options[2]
    usable = {data.name for data in available() if data.state == "present"}
    return large if large in usable else embedded


def _train(request: ExportRequest) -> str:
    lesson, kind = request.lesson, type(request.parameters).__name__
    lines = [
        "# Train",
        "",
        f"SEED = {request.seed}",
        f"p = {kind}()",
        "keras.utils.set_random_seed(SEED)",
        "dataset = data(p, np.random.default_rng(SEED))",
    ]
    lines += OWN_LOOP if lesson.own_loop else _fit(lesson)
    if lesson.defines("views", "measure"):
        lines.append("metrics |= {n: float(v) for n, v in measure(network, dataset, p).items()}")
    return "\n".join([*lines, 'print("final", metrics)'])


def _fit(lesson: Lesson) -> list[str]:
    called = lesson.defines("model", "callbacks")
    callbacks = "[ends, *callbacks(p)]" if called else "None"
    ends = ["ends = EpochEnds()"] if called else []
    kept = ["kept = ends.of_weights()", "metrics = kept[1] if kept else metrics"]
    return [
        *ends,
        "network = model(p, dataset)",
        "held_out = dataset.validation and (dataset.validation.x, dataset.validation.y)",
        "history = network.fit(",
        "    dataset.x, dataset.y, batch_size=p.batch_size, epochs=p.epochs,",
        "    validation_data=held_out, validation_batch_size=1000,",
        f"    callbacks={callbacks}, verbose=2,",
        ")",
        "metrics = {name: values[-1] for name, values in history.history.items()}",
        *(kept if ends else []),
    ]
