"""A lesson with some settings as one Python file in plain Keras."""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from typing import Any

from tui_dl.export.closure import Closure
from tui_dl.lesson import Lesson, LessonError
from tui_dl.parameters import Hyperparameters

BACKEND = """import os

os.environ["KERAS_BACKEND"] = "tensorflow"  # read when Keras is imported"""
PINS = """# Keras's defaults, whatever ~/.keras/keras.json says.
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_image_data_format("channels_last")"""


@dataclass(frozen=True)
class Choice:
    """What to export: a lesson with its hyperparameters and the seed."""

    lesson: Lesson[Any]
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


def script(choice: Choice) -> str:
    """The file's text. Raises LessonError where there is nothing to train, ExportError else."""
    made = parts(choice)
    lesson = choice.lesson
    head = f'"""{lesson.title}: {lesson.summary}\n\nPlain Keras; run it with `python FILE`.\n"""'
    sections = [head, made.setup, made.hyperparameters, made.helpers, made.lesson, made.train]
    return "\n\n\n".join(section for section in sections if section) + "\n"


def parts(choice: Choice) -> Parts:
    """Setup, hyperparameters, helpers, the lesson's own functions, training."""
    lesson = choice.lesson
    if lesson.explorer:
        raise LessonError(f"{lesson.id} trains nothing: there is nothing to export")
    module = lesson.data.__module__
    closure = _closure(lesson, module)
    told = list(closure.pieces())
    spaces = [
        f"{name} = SimpleNamespace({', '.join(f'{a}={b}' for a, b in sorted(attributes.items()))})"
        for name, attributes in sorted(closure.namespaces.items())
    ]
    helpers = [text for owner, text in told if owner != module] + spaces
    imports = closure.imports | {
        "from dataclasses import dataclass", "from typing import Any",
        "import keras", "import numpy as np",
    } | ({"from types import SimpleNamespace"} if spaces else set())  # fmt: skip
    return Parts(
        setup="\n\n".join(["from __future__ import annotations", BACKEND, _sorted(imports), PINS]),
        hyperparameters=_hyperparameters(choice),
        helpers=_joined(helpers),
        lesson=_joined([text for owner, text in told if owner == module]),
        train=_train(choice),
    )


def _sorted(imports: set[str]) -> str:
    """The standard library's imports, then the others."""
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
    """Definitions two lines apart, constants one below the other."""
    made = ""
    for before, text in zip(["", *texts], texts, strict=False):
        plain = not _is_block(before) and not _is_block(text)
        made += ("\n" if plain else "\n\n\n") * bool(before) + text
    return made


def _is_block(text: str) -> bool:
    return any(line.startswith(("def ", "class ")) for line in text.splitlines())


def _closure(lesson: Lesson[Any], module: str) -> Closure:
    pack = module.partition(".")[0]
    skip = {lesson.parameters.__name__, "Hyperparameters"}
    closure = Closure(("tui_dl.", f"{pack}."), frozenset(skip))
    wanted = (lesson.data, lesson.model, lesson.train, lesson.callbacks, lesson.measure)
    for function in filter(None, wanted):
        closure.reserve(function.__module__, function.__name__)
    for function in filter(None, wanted):
        closure.need(function.__module__, function.__name__)
    if lesson.train:
        closure.need("tui_dl.export.plain.loop", "Loop")
    elif lesson.callbacks:
        closure.need("tui_dl.engine.kept", "EpochEnds")
    return closure


def _hyperparameters(choice: Choice) -> str:
    """The settings as a dataclass of the lesson's own name, with the help as comments."""
    kind = type(choice.parameters)
    about = kind.__doc__ or choice.lesson.summary  # none under `python -OO`
    lines = ["@dataclass(frozen=True)", f"class {kind.__name__}:", f'    """{about}"""', ""]
    for field in kind.fields():
        value = _chosen(choice, field.name)
        written = f'"{value}"' if isinstance(value, str) else repr(value)
        lines += [f"    # {field.help}", f"    {field.name}: {type(value).__name__} = {written}"]
    return "\n".join(lines + _members(kind))


def _members(kind: type[Hyperparameters]) -> list[str]:
    """Properties and methods that the lesson adds to its hyperparameters."""
    own = [m.fget if isinstance(m, property) else m for m in vars(kind).values()]
    mine = [m for m in own if inspect.isfunction(m) and m.__qualname__.startswith(kind.__name__)]
    return [f"\n{inspect.getsource(m).rstrip()}" for m in mine]


def _chosen(choice: Choice, name: str) -> Any:
    """The value; where a data set is left open, the one that is in use on this machine."""
    value = getattr(choice.parameters, name)
    if name != "images" or value != "auto":
        return value
    from tui_dl.datasets import available

    options = next(f.choices for f in choice.lesson.parameters.fields() if f.name == name)
    embedded, large = options[1], options[2]
    usable = {data.name for data in available() if data.state == "present"}
    return large if large in usable else embedded


def _train(choice: Choice) -> str:
    lesson, kind = choice.lesson, type(choice.parameters).__name__
    lines = [
        "# Train",
        "",
        f"SEED = {choice.seed}",
        f"p = {kind}()",
        "keras.utils.set_random_seed(SEED)",
        f"dataset = {lesson.data.__name__}(p, np.random.default_rng(SEED))",
    ]
    lines += _own_loop(lesson) if lesson.train else _fit(lesson)
    if lesson.measure:
        measured = f"{lesson.measure.__name__}(network, dataset, p)"
        lines.append(f"metrics |= {{n: float(v) for n, v in {measured}.items()}}")
    return "\n".join([*lines, 'print("final", metrics)'])


def _own_loop(lesson: Lesson[Any]) -> list[str]:
    assert lesson.train is not None
    return [
        "loop = Loop(p, SEED)",
        f"{lesson.train.__name__}(p, dataset, loop)",
        "network, metrics = loop.trained, loop.metrics",
    ]


def _fit(lesson: Lesson[Any]) -> list[str]:
    assert lesson.model is not None
    callbacks = f"[ends, *{lesson.callbacks.__name__}(p)]" if lesson.callbacks else "None"
    ends = ["ends = EpochEnds()"] if lesson.callbacks else []
    kept = ["kept = ends.of_weights()", "metrics = kept[1] if kept else metrics"]
    return [
        *ends,
        f"network = {lesson.model.__name__}(p, dataset)",
        "held_out = None if dataset.x_val is None else (dataset.x_val, dataset.y_val)",
        "history = network.fit(",
        "    dataset.x, dataset.y, batch_size=p.batch_size, epochs=p.epochs,",
        "    validation_data=held_out, validation_batch_size=1000,",
        f"    callbacks={callbacks}, verbose=2,",
        ")",
        "metrics = {name: values[-1] for name, values in history.history.items()}",
        *(kept if ends else []),
    ]
