"""Lessons as stand-alone files in plain Keras: a script, or a notebook with the theory."""

from tui_dl.export.notebook import notebook
from tui_dl.export.script import ExportRequest, script

__all__ = ["ExportRequest", "notebook", "script"]
