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

from tui_dl import catalog, packs, paths, settings
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
UNSAVED = "The workbench was closed before the result was measured and the model saved."


class Workbench(TerminalApp):
    """The app, which has one main screen."""

    TITLE = "dlworkbench"
    CSS_PATH = "screens/workbench.tcss"  # the first screen's own path is not read in time
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "leave", "Leave", show=False, priority=True),
        Binding("d", "dark", "Dark or light", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("ctrl+l", "repaint", "Repaint", show=False, priority=True),
    ]

    def __init__(
        self, lesson: str | None = None, attach: str | None = None, slow: bool = False
    ) -> None:
        super().__init__(slow)
        self._lesson, self._joins = lesson, attach
        self.left: int | None = None  # the exit code, once the app is leaving
        self.staying: Training | None = None  # of a run that goes on without the screen
        self.handed_over: str | None = None  # the run that another process goes on with
        self._going = False
        self._leaving = leaving.Watch()

    def get_default_screen(self) -> Screen[None]:
        """Return the workbench screen."""
        return WorkbenchScreen(self._lesson)

    def on_mount(self) -> None:
        """Choose the theme."""
        self.theme = DARK
        self.begin_capture_print(self)

    def on_workbench_screen_completed(self) -> None:
        """Note that every widget exists: from now on no error ends the app."""
        self.started = True

    def on_workbench_screen_usable(self) -> None:
        """Let the keys that were pressed so far take effect."""
        for bench in self._benches():
            self.admit(bench)
            if self._joins:
                bench.launcher.go_on(self._joins)
        for line in packs.first_uses():
            said = f"{line[0].upper()}{line[1:]}."
            self.notify(said, severity="warning", timeout=30, markup=False)

    def on_print(self, event: Print) -> None:
        """Write printed text to the log: only the app draws on the screen."""
        if text := event.text.rstrip():
            LOG.info("printed: %s", text)

    def on_gesture(self) -> None:
        """Hold the training until the effect of a key is painted."""
        for bench in self._complete():
            bench.runs.control.hold()

    def on_painted(self) -> None:
        """Release the training."""
        for bench in self._complete():
            bench.runs.control.release()

    def signaled(self, code: int) -> None:
        """Leave with this exit code; for a signal handler, which may interrupt anything."""
        if self.staying:
            if code != leaving.HANGUP:  # a shell and the kernel may both say that it is gone
                self._stop_staying(self.staying, code)
            return
        if code == leaving.HANGUP and self._stays():
            self._stay()
        else:
            self._watch(code)
        try:
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(self._go, code, context=self.own_context)
        except RuntimeError:  # the event loop has not started or has ended
            raise SystemExit(code) from None

    def _go(self, code: int) -> None:
        """Start leaving; a second call changes nothing."""
        if not self.staying:
            self._watch(code)
        if not self._going:
            self._going = True
            LOG.info("leaving with exit code %s", code)
            self.run_worker(self._leave(code), group="leaving")

    def _stays(self) -> bool:
        """True if a run goes on when the terminal goes away; a paused one would wait forever."""
        control = self._running_control()
        paused = control is None or control.state == "paused"
        return not paused and on_hangup() == "go-on"

    def _stay(self) -> None:
        """Let the run go on in this process, without the screen."""
        self.staying = next(bench.runs.training for bench in self._complete())
        self.staying.stays = True
        if self.terminal:
            self._leaving.of_screen(self.terminal.stop_application_mode)

    def _stop_staying(self, training: Training, code: int) -> None:
        """End the run that goes on without the screen, and then the process."""
        training.control.stop()
        self.left = code
        self._leaving.begin(code, lambda: None, partial(_give_up, [training]))

    def _watch(self, code: int) -> None:
        """Limit the time that leaving may take."""
        if self.terminal:
            runs = [bench.runs.training for bench in self._complete()]
            self._leaving.begin(code, self.terminal.stop_application_mode, partial(_give_up, runs))

    def action_dark(self) -> None:
        """Switch between the dark and the light theme."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def action_leave(self) -> None:
        """Leave; ask first if a run is in progress."""
        if self._running_control() is None or self._asked():
            self._go(0)
        else:
            self.push_screen(Leave(), self._answered)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, GuardedPalette):
            self.push_screen(GuardedPalette())

    def _asked(self) -> bool:
        """True if the question is already open: asking again counts as yes."""
        return any(isinstance(screen, Leave) for screen in self.screen_stack)

    def on_fatal(self) -> None:
        """Limit the time for leaving; `run_workbench` prints the error."""
        self._watch(1)

    async def action_quit(self) -> None:
        """Leave, as by key; the palette's Quit calls this."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Leave; Textual calls this for Ctrl-C."""
        self.action_leave()

    def _answered(self, answer: str | None) -> None:
        if answer == "stop":
            self._go(0)
        elif answer == "go_on":
            self._hand_over()

    def _hand_over(self) -> None:
        """Leave, and let another process go on with the run."""
        run = next((b.runs.training.give_away() for b in self._complete()), None)
        if run is None:
            why = "Only a run that has begun and is kept can go on alone: wait, or stop it."
            self.notify(why, severity="warning")
        else:
            self.handed_over = run
            self._go(0)

    async def _leave(self, code: int) -> None:
        """Stop the run, wait briefly for its end, and exit; the run can end without the screen."""
        if (control := self._running_control()) and not self.staying:
            control.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(leaving.RUN):
                    while self._running_control():
                        await asyncio.sleep(0.02)
        for shown in self.screen_stack:
            self.workers.cancel_node(shown)  # their widgets are about to be removed
        self.left = code
        self.exit(return_code=code)

    def _running_control(self) -> Control | None:
        """Return the control of a run that is trained in this process, or None."""
        return next((b.runs.control for b in self._complete() if b.runs.training.trains), None)

    def _benches(self) -> list[WorkbenchScreen]:
        """Return the workbench screen in a list; empty before it opens and after it closes."""
        return [screen for screen in self.screen_stack if isinstance(screen, WorkbenchScreen)]

    def _complete(self) -> list[WorkbenchScreen]:
        """Return the workbench screen in a list; empty until all its widgets exist."""
        return [bench for bench in self._benches() if bench.complete]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the commands: what the keys do, every lesson and every experiment."""
        for bench in self._complete():
            yield from self._commands_of(bench)
        yield SystemCommand("Dark or light", "Change the theme (d)", self.action_dark)
        yield SystemCommand("Repaint", "Repaint the whole screen (ctrl+l)", self.action_repaint)
        yield SystemCommand("Leave", "Stop a run and leave (q)", self.action_leave)

    def _commands_of(self, bench: WorkbenchScreen) -> Iterable[SystemCommand]:
        for binding in keys.described():
            run = partial(bench.run_action, binding.action)
            yield SystemCommand(binding.description, f"Key {self.get_key_display(binding)}", run)
        for each in bench.runs.going_on:
            attach = partial(bench.launcher.go_on, each.name)
            yield SystemCommand(f"Attach: {each.name}", "Show and control this run", attach)
        for lesson in catalog.lessons():
            show = partial(bench.open_lesson, lesson.id)
            yield SystemCommand(f"Lesson: {lesson.title}", lesson.summary, show)
        for experiment in bench.lesson.experiments:
            choose = partial(bench.launcher.choose, bench.lesson.id, experiment.name)
            yield SystemCommand(f"Experiment: {experiment.title}", experiment.notice, choose)


def on_hangup() -> settings.OnHangup:
    """Return what a run does when its terminal goes away; the default if the file is damaged."""
    try:
        return settings.read().on_hangup
    except LessonError as error:
        LOG.warning("%s; the default is used", error)
        return settings.Settings().on_hangup


def _give_up(runs: list[Training]) -> None:
    """Close the records of runs that did not end in time."""
    for training in runs:
        if training.writer:
            training.writer.cut_short(UNSAVED)


def run_workbench(lesson: str | None = None, attach: str | None = None, slow: bool = False) -> int:
    """Open the workbench, with `attach` at a run of another process, and return the exit code.

    With `slow`, send no more than a slow line carries.
    Print one line if there is no terminal.
    """
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
    app = Workbench(lesson, attach, slow)
    sys.setswitchinterval(0.001)  # the worker thread yields sooner, so keys respond sooner
    with terminal.private_terminal(paths.log()), leaving.on_signals(app.signaled):
        app.run()
        if app.staying:
            app.staying.wait()
    if app.handed_over:
        print(f"{app.handed_over} goes on; `dlworkbench attach` shows it")
    if app.left is not None:  # errors while widgets are removed are only logged
        return app.left
    if app.failure:
        text = f"the workbench ended with an error: {app.failure!r}"[:200]
        print(f"dlworkbench: {text}{paths.log_hint()}", file=sys.stderr)
    return app.return_code or 0
