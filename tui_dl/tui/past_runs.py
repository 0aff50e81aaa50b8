"""Reads run directories in threads: a slow disk or a long record never delays the screen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from tui_dl.attachment import Attachment, attachment
from tui_dl.errors import LessonError
from tui_dl.events import Finished, Started
from tui_dl.resumption import Resumption, resumption
from tui_dl.runs import owner
from tui_dl.runs.index import Listing, find, survey
from tui_dl.runs.reader import before_fork, read
from tui_dl.tui.background import behind, hand_over
from tui_dl.tui.run_view import RunView
from tui_dl.tui.runtime.guard import GuardedApp

LOG = logging.getLogger(__name__)
Show = Callable[[Listing], None]
ShowUnfinished = Callable[[Resumption | Attachment | None, RunView, str], None]


class PastRuns:
    """Reads the list of runs and single runs, and hands them to the app's thread."""

    def __init__(self, app: GuardedApp) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._wanted = 0  # number of requests for the list
        self._listed = 0  # number of requests that the latest list answers

    def refresh(self, show: Show) -> None:
        """List every run and call `show`; one list answers several requests made at once."""
        self._wanted += 1
        behind(self._list, show)

    def _list(self, show: Show) -> None:
        with self._lock:
            wanted = self._wanted
            if wanted == self._listed:
                return
            self._listed = wanted
            hand_over(self._app, show, survey())

    def load(self, name: str, show: Callable[[RunView | None, str], None]) -> None:
        """Read a run and call `show` with its view, or with None and the reason."""
        behind(self._read, name, show)

    def load_parent(self, started: Started, show: Callable[[str, RunView], None]) -> None:
        """Read the parent of a fork up to the fork; call `show` with its name and view, if any."""
        behind(self._read_parent, started, show)

    def _read_parent(self, started: Started, show: Callable[[str, RunView], None]) -> None:
        if parent := before_fork(started):
            hand_over(self._app, show, parent.name, RunView(parent.events))

    def unfinished(self, name: str, show: ShowUnfinished) -> None:
        """Call `show` with what goes on with a run and its view so far, or with None and why not.

        The view of a run that another process trains is empty: its events come from there.
        """
        behind(self._find, name, show)

    def _find(self, name: str, show: ShowUnfinished) -> None:
        try:
            if owner.lives(find(name)):
                hand_over(self._app, show, attachment(name), RunView(), "")
                return
            found = resumption(name)
            told = (event for event in read(name).events if not isinstance(event, Finished))
            hand_over(self._app, show, found, RunView(told), "")
        except (LessonError, OSError) as error:
            hand_over(self._app, show, None, RunView(), str(error))

    def _read(self, name: str, show: Callable[[RunView | None, str], None]) -> None:
        try:
            view = RunView(read(name).events)
        except (LessonError, OSError) as error:
            hand_over(self._app, show, None, str(error))
        else:
            hand_over(self._app, show, view, "")
