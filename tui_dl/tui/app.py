"""The workbench as a Textual app: theme, signals, leaving."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Print
from textual.screen import Screen

from tui_dl import catalog, paths
from tui_dl.errors import LessonError
from tui_dl.tui import leaving, terminal
from tui_dl.tui.runtime.command_palette import GuardedPalette
from tui_dl.tui.runtime.terminal_app import TerminalApp
from tui_dl.tui.screens import keys
from tui_dl.tui.screens.dialogs import Leave
from tui_dl.tui.screens.workbench import WorkbenchScreen

if TYPE_CHECKING:
    from tui_dl.engine.control import Control
    from tui_dl.tui.training import Training

LOG = logging.getLogger(__name__)
DARK, LIGHT = "textual-dark", "textual-light"
UNSAVED = "The workbench was left before the result was measured and the model saved."


class Workbench(TerminalApp):
    """Holds the one working screen."""

    TITLE = "dlworkbench"
    CSS_PATH = "screens/workbench.tcss"  # the first screen's own path is not read in time
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "leave", "Leave", show=False, priority=True),
        Binding("d", "dark", "Dark or light", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("ctrl+l", "repaint", "Repaint", show=False, priority=True),
    ]

    def __init__(self, lesson: str | None = None) -> None:
        super().__init__()
        self._lesson = lesson
        self.left: int | None = None  # the exit code, once a wish to leave is carried out
        self._going = False
        self._leaving = leaving.Watch()

    def get_default_screen(self) -> Screen[None]:
        """The workbench itself."""
        return WorkbenchScreen(self._lesson)

    def on_mount(self) -> None:
        """Choose the theme."""
        self.theme = DARK
        self.begin_capture_print(self)

    def on_workbench_screen_completed(self) -> None:
        """The screen is there: from now on no error ends the app."""
        self.started = True

    def on_workbench_screen_usable(self) -> None:
        """Let the keys that were pressed meanwhile take effect."""
        for bench in self._benches():
            self.admit(bench)

    def on_print(self, event: Print) -> None:
        """What Python code prints goes to the log: the screen is the app's alone."""
        if text := event.text.rstrip():
            LOG.info("printed: %s", text)

    def on_gesture(self) -> None:
        """Let the training wait until the effect of a key is painted."""
        for bench in self._complete():
            bench.runs.control.hold()

    def on_painted(self) -> None:
        """Let the training go on."""
        for bench in self._complete():
            bench.runs.control.release()

    def signalled(self, code: int) -> None:
        """Leave with that code; for a signal's handler, which interrupts anything."""
        self._watch(code)
        try:
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(self._go, code, context=self.own_context)
        except RuntimeError:  # nothing runs yet, or nothing any more
            raise SystemExit(code) from None

    def _go(self, code: int) -> None:
        """Leave; a second wish changes nothing."""
        self._watch(code)
        if not self._going:
            self._going = True
            LOG.info("leaving with exit code %s", code)
            self.run_worker(self._leave(code), group="leaving")

    def _watch(self, code: int) -> None:
        """See to it that leaving takes no longer than it may."""
        if self.terminal:
            runs = [bench.runs.training for bench in self._complete()]
            self._leaving.begin(code, self.terminal.stop_application_mode, partial(_give_up, runs))

    def action_dark(self) -> None:
        """Change between the dark and the light theme."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def action_leave(self) -> None:
        """Leave; while a run goes on, ask first."""
        if self._running_control() is None or self._asked():
            self._go(0)
        else:
            self.push_screen(Leave(), self._answered)

    def action_command_palette(self) -> None:
        """Find any command by its name."""
        if not isinstance(self.screen, GuardedPalette):
            self.push_screen(GuardedPalette())

    def _asked(self) -> bool:
        """Whether the question is open already: asking a second time is the answer."""
        return any(isinstance(screen, Leave) for screen in self.screen_stack)

    def on_fatal(self) -> None:
        """Leave; `run_workbench` says one line."""
        self._watch(1)

    async def action_quit(self) -> None:
        """The palette's Quit is the same as leaving by key."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves."""
        self.action_leave()

    def _answered(self, leave: bool | None) -> None:
        if leave:
            self._go(0)

    async def _leave(self, code: int) -> None:
        """Stop the run, give it a moment to end, and go; the rest of its end needs no screen."""
        if control := self._running_control():
            control.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(leaving.RUN):
                    while self._running_control():
                        await asyncio.sleep(0.02)
        for shown in self.screen_stack:
            self.workers.cancel_node(shown)  # what they work on is about to go
        self.left = code
        self.exit(return_code=code)

    def _running_control(self) -> Control | None:
        """The handle on the live run, or None."""
        return next((b.runs.control for b in self._complete() if b.runs.busy), None)

    def _benches(self) -> list[WorkbenchScreen]:
        """The workbench; nothing before it is there, or after."""
        return [screen for screen in self.screen_stack if isinstance(screen, WorkbenchScreen)]

    def _complete(self) -> list[WorkbenchScreen]:
        """The workbench, once all of its widgets are there."""
        return [bench for bench in self._benches() if bench.complete]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the keys do, every lesson and every experiment."""
        for bench in self._complete():
            yield from self._commands_of(bench)
        yield SystemCommand("Dark or light", "Change the theme (d)", self.action_dark)
        yield SystemCommand("Repaint", "Paint the whole screen again (ctrl+l)", self.action_repaint)
        yield SystemCommand("Leave", "Stop a run and leave (q)", self.action_leave)

    def _commands_of(self, bench: WorkbenchScreen) -> Iterable[SystemCommand]:
        for binding in keys.described():
            run = partial(bench.run_action, binding.action)
            yield SystemCommand(binding.description, f"Key {self.get_key_display(binding)}", run)
        for lesson in catalog.lessons():
            show = partial(bench.open_lesson, lesson.id)
            yield SystemCommand(f"Lesson: {lesson.title}", lesson.summary, show)
        for experiment in bench.lesson.experiments:
            choose = partial(bench.launcher.choose, bench.lesson.id, experiment.name)
            yield SystemCommand(f"Experiment: {experiment.title}", experiment.notice, choose)


def _give_up(runs: list[Training]) -> None:
    """End the records of runs that have not ended in time."""
    for training in runs:
        if training.writer:
            training.writer.cut_short(UNSAVED)


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
    with terminal.private_terminal(paths.log()), leaving.on_signals(app.signalled):
        app.run()
    if app.left is not None:  # what breaks while widgets are taken down is for the log alone
        return app.left
    if app.failure:
        text = f"the workbench broke off: {app.failure!r}"[:200]
        print(f"dlworkbench: {text}{paths.log_hint()}", file=sys.stderr)
    return app.return_code or 0
