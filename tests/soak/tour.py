"""A fixed tour of twelve lessons, made three times: the third must need no more memory.

TensorFlow keeps each compiled program, so memory grows in the first pass; a pass over the same
lessons with the same settings compiles nothing new.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from pty_app import PtyApp

LESSONS = {
    "perceptron": "Perceptron", "iris": "Iris", "linear-regression": "Linear regression",
    "tensors": "Tensors and gradients", "greater-than": "Greater than",
    "binary-addition": "Binary addition", "deep-network": "Deep network", "dropout": "Dropout",
    "batch-normalization": "Batch normalization", "lstm": "LSTM", "bandit": "Bandit",
    "value-learning": "Value learning",
}  # fmt: skip
PASSES = 3
MOST_GROWTH = 20  # MB between the ends of the second and the third pass
PATIENCE = 60  # seconds for a lesson to open, and for its run


def visit(app, title):
    """Open a lesson by the palette, train it, look at each of its tabs."""
    app.send(b"\x1b")
    app.read(2.0)  # an escape followed too soon by a key means alt and that key
    app.send(b"\x10")
    expect(app, "Search for")
    app.send(f"Lesson: {title}".encode())
    expect(app, rf"Lesson: {title} ")
    app.read(0.5)
    app.send(b"\r")
    expect(app, rf"› {title} ")
    app.read(1.5)
    app.send(b"r")
    expect(app, "running|completed")
    expect(app, "completed")
    for _ in range(6):
        app.send(b"]")
        app.read(0.3)


def expect(app, pattern):
    spent = app.until(lambda text: re.search(pattern, text), PATIENCE)
    assert spent is not None, (
        f"waited in vain for {pattern!r}:\n{app.text}\n{app.stacks()}\n{app.new_log()}"
    )


def tour(home):
    """Return the megabytes at the end of each pass."""
    app = PtyApp(home, size=(160, 45))
    try:
        expect(app, r"CPU|GPU")
        for number in range(PASSES):
            for title in LESSONS.values():
                visit(app, title)
            app.read(2.0)
            print(f"pass {number + 1}: {app.memory():.0f} MB", flush=True)
            yield app.memory()
    finally:
        app.close()


def main():
    """Make the tour; the exit code is 1 if the third pass needs more memory."""
    with tempfile.TemporaryDirectory(prefix="tour-") as folder:
        memory = list(tour(Path(folder) / "home"))
    growth = memory[-1] - memory[-2]
    print(f"from the second pass to the third: {growth:+.0f} MB (at most {MOST_GROWTH})")
    return int(growth > MOST_GROWTH)


if __name__ == "__main__":
    os.environ.setdefault("COLORTERM", "truecolor")
    sys.exit(main())
