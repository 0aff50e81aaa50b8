"""The form of a lesson's hyperparameters, made from their declaration and checked while typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.events import DescendantFocus, Key
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Label, Select

from tui_dl.errors import ParameterError
from tui_dl.lesson import Lesson
from tui_dl.parameters import OF_RUN, Kind, Parameter, plain

SEED = Parameter(
    "seed", "seed", Kind.INTEGER, 0, "Start of the random numbers; same seed, same run.",
    low=0, high=2**31 - 1,
)  # fmt: skip


def device_parameter(devices: tuple[str, ...]) -> Parameter:
    """Return the field in which one of the devices is chosen."""
    help = "Where the run trains. auto takes the first GPU, but the CPU for tiny models."
    return Parameter("device", "device", Kind.CHOICE, "auto", help, choices=devices)


class Line(Input):
    """An input of fixed size: typing does not change the layout around it."""

    virtual_size = Reactive(Size(0, 0))


class Field(Horizontal):
    """One hyperparameter: label, control, and a remark with the range, the default or the error."""

    DEFAULT_CSS = """
    Field { height: 1; }
    Field > .label { width: 16; color: $foreground; }
    Field > Input, Field > Select { width: 14; }
    Field > .remark { width: 1fr; padding: 0 0 0 1; color: $foreground-muted; text-wrap: nowrap;
                      text-overflow: ellipsis; }
    Field.-changed > .label { color: $text-accent; text-style: bold; }
    Field.-wrong > .remark { color: $text-error; }
    """

    class Edited(Message):
        """The text of `field` changed."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Applied(Message):
        """A live field was confirmed with Enter or by a choice."""

        def __init__(self, parameter: Parameter, value: Any) -> None:
            super().__init__()
            self.parameter, self.value = parameter, value

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(id=f"field-{parameter.name}")
        self.parameter = parameter

    def compose(self) -> ComposeResult:
        """Yield label, control and remark."""
        yield Label(self.parameter.label, classes="label")
        yield self._control()
        yield Label("", classes="remark", markup=False)

    def _control(self) -> Input | Select[str]:
        shown = self.parameter.format(self.parameter.default)
        choices = self.parameter.choices
        if self.parameter.kind is Kind.SWITCH:
            choices = ("off", "on")
        if choices:
            options = [(choice, choice) for choice in choices]
            return Select(options, value=shown, allow_blank=False, compact=True)
        return Line(shown, compact=True)

    def on_mount(self) -> None:
        """Show the range."""
        self.review()

    @property
    def text(self) -> str:
        """The text in the control."""
        return str(self.query_one("Input, Select", Input | Select).value)  # type: ignore[arg-type]

    @text.setter
    def text(self, text: str) -> None:
        self.query_one("Input, Select", Input | Select).value = text  # type: ignore[arg-type]

    def value(self) -> Any:
        """Return the value; raise ParameterError if it is not allowed."""
        return self.parameter.parse(self.text)

    @property
    def problem(self) -> str:
        """What is wrong with the current text, or ""."""
        try:
            self.value()
        except ParameterError as error:
            return str(error).removeprefix(f"{self.parameter.name}: ")
        return ""

    @property
    def changed(self) -> bool:
        """True if the value is allowed and differs from the default."""
        return not self.problem and bool(self.value() != self.parameter.default)

    def review(self) -> None:
        """Show whether the value is allowed and whether it differs from the default."""
        wrong, changed = self.problem, self.changed
        self.set_class(bool(wrong), "-wrong")
        self.set_class(changed, "-changed")
        remark = self.query_one(".remark", Label)
        text = f"✗ {_brief(self.parameter, wrong)}" if wrong else self._remark(changed)
        remark.update(text, layout=False)

    def _remark(self, changed: bool) -> str:
        parameter = self.parameter
        if changed:
            return f"● default {parameter.format(parameter.default)}"
        number = parameter.kind in (Kind.INTEGER, Kind.NUMBER)
        bounds = f"{plain(parameter.low)}…{plain(parameter.high)}" if number else ""
        limits = f"{bounds} {parameter.unit}"
        return " · ".join(filter(None, [limits.strip(), "live" if parameter.live else ""]))

    def on_key(self, event: Key) -> None:
        """Increase or decrease a number with the up and down arrow keys."""
        by = {"up": 1, "down": -1}.get(event.key)
        if by and isinstance(self.app.focused, Input) and not self.problem:
            event.stop()
            self.text = self.parameter.format(self.parameter.counted(self.value(), by))

    @on(Input.Changed)
    @on(Select.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        if self.is_mounted and self.children:
            self.review()
            self.post_message(self.Edited(self))

    @on(Input.Submitted)
    @on(Select.Changed)
    def _applied(self, event: Message) -> None:
        event.stop()
        if self.parameter.live and not self.problem:
            self.post_message(self.Applied(self.parameter, self.value()))


def _brief(parameter: Parameter, problem: str) -> str:
    """Return the problem in a form that fits beside a field: what is allowed."""
    if parameter.kind in (Kind.INTEGER, Kind.NUMBER):
        noun = "whole number, " if parameter.kind is Kind.INTEGER else "number, "
        return f"{noun}{parameter.range}"
    return problem


class ParameterForm(VerticalScroll):
    """All fields of the open lesson, the seed and, where there is a choice, the device."""

    DEFAULT_CSS = """
    ParameterForm { height: auto; border: round $foreground 25%; padding: 0 1;
        border-title-color: $foreground; border-subtitle-color: $foreground-muted;
        scrollbar-size-vertical: 1; }
    ParameterForm > .help { color: $foreground-muted; height: auto; }
    """
    can_focus = False

    class Changed(Message):
        """The form was edited; `valid` is True if every value is allowed."""

        def __init__(self, valid: bool) -> None:
            super().__init__()
            self.valid = valid

    class Applied(Message):
        """A live value of `lesson` was confirmed."""

        def __init__(self, lesson: Lesson, parameter: Parameter, value: Any) -> None:
            super().__init__()
            self.lesson, self.parameter, self.value = lesson, parameter, value

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lesson: Lesson | None = None
        self._devices: tuple[str, ...] = ()
        self._device = "auto"  # the choice, while no field shows it
        self.experiment: str | None = None
        self.border_title = "Hyperparameters"

    async def load(self, lesson: Lesson) -> None:
        """Show a lesson's fields with their defaults."""
        self._lesson = None
        self._device = self.device
        await self.remove_children()
        fields = [Field(parameter) for parameter in lesson.parameters.fields()]
        await self.mount(*fields, Field(SEED))
        self._lesson = lesson
        await self._add_device()
        self._preset(None)
        self.scroll_home(animate=False)
        self.call_after_refresh(self._count_below)

    async def offer(self, devices: tuple[str, ...]) -> None:
        """Let the user choose among devices, if one of them is a GPU."""
        if len(devices) > 2:  # besides `auto` and `cpu`
            self._devices = devices
            await self._add_device()

    async def _add_device(self) -> None:
        trains = self._lesson is not None and not self._lesson.explorer
        if self._devices and trains and not self.query("#field-device"):
            field = Field(device_parameter(self._devices))
            await self.mount(field)
            field.text = self._device

    def on_resize(self) -> None:
        """Say how many fields are out of sight."""
        self._count_below()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Say how many fields are out of sight."""
        super().watch_scroll_y(old, new)
        self._count_below()

    def _count_below(self) -> None:
        below = round(self.max_scroll_y - self.scroll_y)
        self.border_title = f"Hyperparameters · {below} more ↓" if below > 0 else "Hyperparameters"

    @property
    def lesson(self) -> Lesson:
        """The lesson of the fields; check `is_of` first, as there is none while they change."""
        assert self._lesson is not None
        return self._lesson

    @property
    def fields(self) -> list[Field]:
        """All fields."""
        return list(self.query(Field))

    def is_of(self, lesson: Lesson) -> bool:
        """True if the fields are this lesson's; while lessons change, they may be another's."""
        return self._lesson is lesson and bool(self.fields)

    @property
    def valid(self) -> bool:
        """True if every value is allowed; False while the fields change."""
        return self._lesson is not None and not any(field.problem for field in self.fields)

    @property
    def problem(self) -> str:
        """What is wrong with the first invalid field, or ""."""
        fields = self.fields if self._lesson else []
        problems = ((field.parameter.label, field.problem) for field in fields)
        return next((f"✗ {label}: {problem}" for label, problem in problems if problem), "")

    def values(self) -> Any:
        """Return the lesson's hyperparameters; raise ParameterError if a value is not allowed."""
        texts = {f.parameter.name: f.text for f in self.fields if f.parameter.name not in OF_RUN}
        return self.lesson.parameters.of(texts)

    @property
    def seed(self) -> int:
        """The seed; raises ParameterError if it is not allowed."""
        return int(self.query_one("#field-seed", Field).value())

    @property
    def device(self) -> str:
        """The chosen device; `auto` where there is no choice."""
        fields = self.query("#field-device").results(Field)
        return next((field.text for field in fields if field.is_attached), self._device)

    def apply(self, settings: Mapping[str, Any], name: str | None) -> None:
        """Fill in the defaults, then `settings`; `name` is the experiment they belong to."""
        for field in self.fields:
            parameter = field.parameter
            if parameter.name not in OF_RUN:
                field.text = parameter.format(settings.get(parameter.name, parameter.default))
        self._preset(name)

    def _preset(self, name: str | None) -> None:
        self.experiment = name
        edited = any(field.changed for field in self.fields)
        others = "edited" if edited else "defaults"
        self.border_subtitle = f"preset: {name}" if name else others

    def on_field_edited(self, event: Field.Edited) -> None:
        """Post `Changed`; an edited preset no longer counts as that preset."""
        event.stop()
        if self._lesson is None or event.field.parent is not self:
            return  # a field of the previous lesson
        if self.experiment and not self._is_preset():
            self.experiment = None
        edited = any(field.changed for field in self.fields)
        if not self.experiment:
            self.border_subtitle = "edited" if edited else "defaults"
        self.post_message(self.Changed(self.valid))

    def on_field_applied(self, event: Field.Applied) -> None:
        """Pass on a confirmed value with the lesson that it belongs to."""
        event.stop()
        if self._lesson is not None:
            self.post_message(self.Applied(self._lesson, event.parameter, event.value))

    def focus_first(self) -> None:
        """Put the focus on the first field, if there is one."""
        for control in self.query("Input, Select"):
            control.focus()
            return

    def _is_preset(self) -> bool:
        assert self.experiment is not None
        settings = self.lesson.experiment(self.experiment).settings
        wanted = self.lesson.parameters.of(settings)
        try:
            return bool(self.values() == wanted)
        except ParameterError:
            return False

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Ask for the help of the focused field, below the form."""
        for ancestor in event.widget.ancestors_with_self:
            if isinstance(ancestor, Field):
                self.post_message(self.Explained(ancestor.parameter))
                return

    class Explained(Message):
        """A field got the focus: its help is to be shown."""

        def __init__(self, parameter: Parameter) -> None:
            super().__init__()
            self.parameter = parameter
