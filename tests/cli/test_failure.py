"""How the process exits."""

import subprocess
import sys

LEFT_IN_COMPILED_CODE = """
import threading
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from tui_dl.cli.failure import leave

begun = threading.Event()


def slow(value):
    begun.set()
    threading.Event().wait(0.001)
    return value


numbers = TypeAdapter(list[Annotated[int, AfterValidator(slow)]])
threading.Thread(target=numbers.validate_python, args=([1] * 100_000,), daemon=True).start()
begun.wait()
print("printed")
leave(3)
"""


def test_a_thread_in_compiled_code_does_not_abort_the_exit():
    command = [sys.executable, "-c", LEFT_IN_COMPILED_CODE]
    left = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (left.returncode, left.stdout, left.stderr) == (3, "printed\n", "")
