"""Typed hyperparameters: one declaration gives the form, the options, the checks and the help."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from tui_dl.errors import ParameterError
from tui_dl.text import nearest

OF_RUN = ("seed", "device")  # what every form has besides its lesson's hyperparameters


def param(
    default: Any,
    help: str,
    *,
    ge: float | None = None,
    le: float | None = None,
    unit: str = "",
    label: str = "",
    live: bool = False,
) -> Any:
    """Declare one hyperparameter: its default, a sentence of help, bounds (both included) and unit.

    `live=True` lets it be changed during a run.
    """
    extra: Any = {"unit": unit, "label": label, "live": live}
    return Field(default, description=help, ge=ge, le=le, json_schema_extra=extra)


def learning_rate_param(
    default: float, help: str = "η: the size of one step.", *, ge: float = 1e-5, le: float = 10
) -> Any:
    """Declare the learning rate, which may be changed during a run."""
    return param(default, help, ge=ge, le=le, live=True)


def batch_size_param(default: int, samples: str, *, le: int = 1024) -> Any:
    """Declare the batch size; `samples` names in the plural what a batch contains."""
    return param(default, f"{samples.capitalize()} that share one step.", ge=1, le=le, unit=samples)


def epochs_param(default: int, shown: str, *, le: int = 500) -> Any:
    """Declare the number of epochs; `shown` completes "How often …", as "every image is shown"."""
    return param(default, f"How often {shown}.", ge=1, le=le)


class Kind(Enum):
    """The kind of a hyperparameter's value."""

    INTEGER = "integer"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter as forms and commands see it."""

    name: str
    label: str
    kind: Kind
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    live: bool = False

    @property
    def range(self) -> str:
        """The allowed values in words, such as `1 to 512` or `one of relu, tanh`."""
        if self.kind is Kind.CHOICE:
            return f"one of {', '.join(self.choices)}"
        if self.kind is Kind.SWITCH:
            return "on or off"
        return f"{plain(self.low)} to {plain(self.high)}"

    def parse(self, text: str) -> Any:
        """Return the value that `text` means; raise ParameterError naming the allowed range."""
        value = _READERS[self.kind](self, text.strip())
        self.check(value)
        return value

    def check(self, value: Any) -> None:
        """Raise ParameterError if `value` is outside the range."""
        number = self.kind in (Kind.INTEGER, Kind.NUMBER)
        if number and not isinstance(value, int | float):
            raise self.error(f"{value!r} is not a number")
        outside = number and not (
            (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        )
        if outside or (self.kind is Kind.CHOICE and value not in self.choices):
            raise self.error(f"{self.format(value)} is not allowed")

    def counted(self, value: Any, by: int) -> Any:
        """Return a number moved by `by` units of its second digit, within the range.

        The unit is 1 for a whole number below 100, 0.01 for 0.1, and 0.1 for 0. A value that is not
        a number is returned unchanged.
        """
        if self.kind not in (Kind.INTEGER, Kind.NUMBER):
            return value
        size = math.floor(math.log10(abs(value))) - 1 if value else -1
        whole = self.kind is Kind.INTEGER
        step = max(10**size, 1) if whole else 10.0**size
        moved = value + by * step
        moved = moved if self.low is None else max(moved, self.low)
        moved = moved if self.high is None else min(moved, self.high)
        return round(moved) if whole else float(f"{moved:.6g}")

    def error(self, problem: str) -> ParameterError:
        """Return a ParameterError that names the problem and the range."""
        noun = "a whole number from " if self.kind is Kind.INTEGER else ""
        noun = "a number from " if self.kind is Kind.NUMBER else noun
        return ParameterError(self.name, f"{self.name}: {problem}; give {noun}{self.range}")

    def format(self, value: Any) -> str:
        """Return the value as a person types it."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if not isinstance(value, float):
            return str(value)
        short = f"{value:g}"
        return short if float(short) == value else repr(value)


def plain(value: float | None) -> str:
    """Return a bound as a person writes it: whole numbers in full, others short."""
    if value is None:
        return "any"
    if float(value).is_integer():
        return str(int(value))
    short = f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return short.replace("e-0", "e-")


def _read_integer(parameter: Parameter, text: str) -> int:
    try:
        return int(text.replace("_", ""))
    except ValueError:
        raise parameter.error(f"{text!r} is not a whole number") from None


def _read_number(parameter: Parameter, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise parameter.error(f"{text!r} is not a number") from None


def _read_switch(parameter: Parameter, text: str) -> bool:
    words = {"on": True, "true": True, "yes": True, "1": True}
    words |= {"off": False, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise parameter.error(f"{text!r} is neither on nor off")
    return words[text.lower()]


def _read_choice(parameter: Parameter, text: str) -> str:
    if text not in parameter.choices:
        raise parameter.error(f"{text!r} is not allowed{nearest(text, parameter.choices)}")
    return text


_READERS = {
    Kind.INTEGER: _read_integer,
    Kind.NUMBER: _read_number,
    Kind.SWITCH: _read_switch,
    Kind.CHOICE: _read_choice,
}


class Hyperparameters(BaseModel):
    """Base of a lesson's hyperparameters. Each field is declared with `param`."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @classmethod
    def fields(cls) -> tuple[Parameter, ...]:
        """Return the declared hyperparameters, in order."""
        return tuple(_describe(name, info) for name, info in cls.model_fields.items())

    @classmethod
    def field(cls, name: str) -> Parameter:
        """Return one hyperparameter by name; raise ParameterError with the nearest name."""
        known = {field.name: field for field in cls.fields()}
        if name not in known:
            hint = nearest(name, list(known)) or f"; known: {', '.join(known)}"
            raise ParameterError(name, f"unknown hyperparameter {name!r}{hint}")
        return known[name]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return validated hyperparameters from texts or values; raise ParameterError."""
        read: dict[str, Any] = {}
        for name, value in values.items():
            field = cls.field(name)
            read[name] = field.parse(value) if isinstance(value, str) else value
            field.check(read[name])
        try:
            return cls(**read)
        except ValidationError as error:
            raise _explain(error) from None

    def changed(self) -> dict[str, Any]:
        """Return the fields that differ from their default."""
        return {f.name: getattr(self, f.name) for f in self.fields() if self._differs(f)}

    def _differs(self, field: Parameter) -> bool:
        return bool(getattr(self, field.name) != field.default)


def _explain(error: ValidationError) -> ParameterError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    text = first["msg"].removeprefix("Value error, ")
    return ParameterError(name, f"{name}: {text}" if name else text)


def _describe(name: str, info: FieldInfo) -> Parameter:
    extra: dict[str, Any] = dict(info.json_schema_extra or {})  # type: ignore[arg-type]
    bounds = {type(m).__name__: m for m in info.metadata}
    return Parameter(
        name=name,
        label=extra.get("label") or name.replace("_", " "),
        kind=_kind(info.annotation),
        default=info.default,
        help=info.description or "",
        low=getattr(bounds.get("Ge"), "ge", None),
        high=getattr(bounds.get("Le"), "le", None),
        choices=get_args(info.annotation) if get_origin(info.annotation) is Literal else (),
        unit=extra.get("unit", ""),
        live=extra.get("live", False),
    )


def _kind(annotation: Any) -> Kind:
    if get_origin(annotation) is Literal:
        return Kind.CHOICE
    return {bool: Kind.SWITCH, int: Kind.INTEGER, float: Kind.NUMBER}[annotation]
