"""The workbench as a Textual app: theme, signals, leaving."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent, MouseMove, Print
from textual.screen import Screen

from tui_dl import catalog, paths
from tui_dl.lesson import LessonError
from tui_dl.tui import terminal
from tui_dl.tui.screens import keys
from tui_dl.tui.screens.dialogs import Leave
from tui_dl.tui.screens.workbench import WorkbenchScreen

LOG = logging.getLogger(__name__)
DARK, LIGHT = "textual-dark", "textual-light"
PATIENCE = 10.0  # seconds a run may take to end and save its model before leaving anyway
ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Workbench(App[None]):
    """Holds the one working screen."""

    TITLE = "dlworkbench"
    CSS_PATH = "screens/workbench.tcss"  # the first screen's own path is not read in time
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "leave", "Leave", show=False, priority=True),
        Binding("d", "dark", "Dark or light", show=False),
    ]

    def __init__(self, lesson: str | None = None) -> None:
        super().__init__()
        self._lesson = lesson
        self.left: int | None = None  # the exit code, once a wish to leave is carried out

    def get_default_screen(self) -> Screen[None]:
        """The workbench itself."""
        return WorkbenchScreen(self._lesson)

    def on_mount(self) -> None:
        """Choose the theme and answer signals as a person's wish to leave."""
        self.theme = DARK
        self.begin_capture_print(self)
        loop = asyncio.get_running_loop()
        for name in ENDING_SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, partial(self._signalled, int(number)))

    def on_print(self, event: Print) -> None:
        """What Python code prints goes to the log: the screen is the app's alone."""
        if text := event.text.rstrip():
            LOG.info("printed: %s", text)

    async def on_event(self, event: Event) -> None:
        """The training waits for what a person does, until it is painted."""
        if isinstance(event, InputEvent) and not isinstance(event, MouseMove):
            for bench in self._benches():
                bench.training.control.hold()
        await super().on_event(event)

    def post_display_hook(self) -> None:
        """Something was painted."""
        for bench in self._benches():
            bench.training.control.release()

    def _signalled(self, number: int) -> None:
        self.run_worker(self._leave(128 + number), group="leaving", exclusive=True)

    def action_dark(self) -> None:
        """Change between the dark and the light theme."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def action_leave(self) -> None:
        """Leave; while a run goes on, ask first."""
        if self._workbench().running_control() is None:
            self.run_worker(self._leave(0), group="leaving", exclusive=True)
        elif isinstance(self.screen, Leave):
            self.screen.dismiss(True)  # who asks twice means it
        else:
            self.push_screen(Leave(), self._answered)

    def _fatal_error(self) -> None:
        """An error of our own: into the log with it, and out; `run_workbench` says one line."""
        LOG.error("the workbench broke off", exc_info=self._exception)
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """The palette's Quit is the same as leaving by key."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves."""
        self.action_leave()

    def _answered(self, leave: bool | None) -> None:
        if leave:
            self.run_worker(self._leave(0), group="leaving", exclusive=True)

    async def _leave(self, code: int) -> None:
        """Stop the run, wait until its record and model are written, and go."""
        control = self._workbench().running_control()
        if control:
            control.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    while self._workbench().running_control():
                        await asyncio.sleep(0.02)
        self.left = code
        self.exit(return_code=code)

    def _workbench(self) -> WorkbenchScreen:
        return self._benches()[0]

    def _benches(self) -> list[WorkbenchScreen]:
        """The workbench; nothing before it is there, or after."""
        return [screen for screen in self.screen_stack if isinstance(screen, WorkbenchScreen)]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the keys do, every lesson and every experiment."""
        bench = self._workbench()
        for binding in keys.described():
            run = partial(bench.run_action, binding.action)
            yield SystemCommand(binding.description, f"Key {self.get_key_display(binding)}", run)
        for lesson in catalog.lessons():
            run = partial(bench.open_lesson, lesson.id)
            yield SystemCommand(f"Lesson: {lesson.title}", lesson.summary, run)
        for number, experiment in enumerate(bench.lesson.experiments, 1):
            choose = partial(bench.action_preset, number)
            yield SystemCommand(f"Experiment: {experiment.title}", experiment.notice, choose)
        yield SystemCommand("Dark or light", "Change the theme (d)", self.action_dark)
        yield SystemCommand("Leave", "Stop a run and leave (q)", self.action_leave)


def run_workbench(lesson: str | None = None) -> int:
    """Open the workbench; the exit code. Refuses in one line where there is no terminal."""
    refused = terminal.refusal()
    if refused:
        print(f"dlworkbench: {refused}", file=sys.stderr)
        return 2
    if lesson is not None:
        try:
            catalog.lesson(lesson)
        except LessonError as error:
            print(f"dlworkbench: {error}", file=sys.stderr)
            return 2
    terminal.log_to(paths.log())
    app = Workbench(lesson)
    sys.setswitchinterval(0.001)  # the training thread hands over sooner: keys answer sooner
    with terminal.private_terminal(paths.log()):
        app.run()
    if app.left is not None:  # what breaks while widgets are taken down is for the log alone
        return app.left
    if app._exception:
        text = f"the workbench broke off: {app._exception!r}"[:200]
        print(f"dlworkbench: {text}{paths.log_hint()}", file=sys.stderr)
    return app.return_code or 0
