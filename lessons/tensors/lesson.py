"""Tensors, variables and the gradient tape: descent on a curve that one can see.

Run alone: python -m lessons.tensors.lesson
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

# --- Setup -----------------------------------------------------------------------------------


class Tensors(Hyperparameters):
    """The curve, where the descent on it starts, and its steps."""

    function: Literal["parabola", "two-valleys", "flat", "corner"] = param(
        "parabola", "f, the curve to go down."
    )
    start: float = param(-1.5, "The variable's first value.", ge=-2, le=2)
    learning_rate: float = param(0.1, "How far one step goes along the slope.", ge=1e-4, le=2)
    steps: int = param(20, "How many steps are drawn.", ge=1, le=100, unit="steps")


# --- Data ------------------------------------------------------------------------------------

FUNCTIONS: dict[str, Callable[[Any], Any]] = {  # of numbers, arrays and tensors alike
    "parabola": lambda w: (w - 1) ** 2,
    "two-valleys": lambda w: w**4 - 2 * w**2 + w / 2,
    "flat": lambda w: w**4 / 4,
    "corner": lambda w: abs(w),
}
AXIS = np.linspace(-2, 2, 161)


def data(p: Tensors, rng: np.random.Generator) -> Dataset:
    """The curve itself: w from -2 to 2 and f(w), both (161, 1)."""
    w, f = AXIS[:, None], FUNCTIONS[p.function](AXIS[:, None])
    return Dataset(f"{p.function}, drawn", w.astype("float32"), f.astype("float32"))


# --- Descent ---------------------------------------------------------------------------------

Step = tuple[float, float, float]
FAR = 1e6  # a descent that is out here has diverged


@lru_cache(maxsize=64)
def descent(p: Tensors) -> tuple[Step, ...]:
    """w, f(w) and the tape's gradient there, before each step and after the last."""
    import tensorflow as tf

    f = FUNCTIONS[p.function]
    w = tf.Variable(p.start)
    path = []
    for _ in range(p.steps + 1):
        with tf.GradientTape() as tape:
            height = f(w)
        gradient = tape.gradient(height, w)
        path.append((float(w), float(height), float(gradient)))
        w.assign_sub(p.learning_rate * gradient)
        if abs(float(w)) > FAR:
            break
    return tuple(path)


def measure(model: None, data: Dataset, p: Tensors) -> dict[str, float]:
    """Where the descent ends, and how steep it is there."""
    w, height, gradient = descent(p)[-1]
    return {"w": w, "f": height, "gradient": gradient}


# --- Views -----------------------------------------------------------------------------------


def descent_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """The curve, and each step's point on it as far as it lies in the picture."""
    path = descent(p)
    inside = [(w, f) for w, f, _ in path if abs(w) <= 2]
    left = f"{len(path) - len(inside)} points lie outside" if len(inside) < len(path) else ""
    ws, heights = [list(column) for column in zip(*inside, strict=True)]
    return {
        "kind": "scatter", "title": left or f"{len(path) - 1} steps end at w = {path[-1][0]:.4g}",
        "x_label": "w", "y_label": "f(w)",
        "lines": [{"name": "f", "x": AXIS.tolist(), "y": FUNCTIONS[p.function](AXIS).tolist()}],
        "groups": [
            {"name": "steps", "x": ws[1:], "y": heights[1:]},
            {"name": "start", "x": ws[:1], "y": heights[:1]},
        ],
    }  # fmt: skip


def steps_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """The descent in numbers: the tape's gradient beside one found without a tape."""
    rows = [
        [step, w, f, gradient, difference(p, w), -p.learning_rate * gradient]
        for step, (w, f, gradient) in enumerate(descent(p))
    ]
    return {
        "kind": "table", "title": "f' by the tape, and by a small difference", "rows": rows,
        "columns": ["step", "w", "f(w)", "tape", "difference", "change of w"],
    }  # fmt: skip


def difference(p: Tensors, w: float) -> float:
    """The slope between two points close by: (f(w + h) - f(w - h)) / 2h."""
    f, h = FUNCTIONS[p.function], 1e-4 * max(1.0, abs(w))
    return float((f(w + h) - f(w - h)) / (2 * h))


def tensors_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """What the objects are, each made by the line of code in its first column."""
    import tensorflow as tf

    f = FUNCTIONS[p.function]
    start = tf.constant(p.start)
    w = tf.Variable(start)
    with tf.GradientTape() as tape:
        height = f(w)
    gradient = tape.gradient(height, w)
    with tf.GradientTape() as forgetful:
        height = f(start)
    rows = [
        _row("tf.constant([[1., 2.]])", tf.constant([[1.0, 2.0]]), "no"),
        _row(f"start = tf.constant({p.start:g})", start, "no"),
        _row("w = tf.Variable(start)", w, "yes"),
        _row("height = f(w)", f(w), "no"),
        _row("tape.gradient(height, w)", gradient, "no"),
        ["… of f(start), a constant", str(forgetful.gradient(height, start)), "", ""],
        _row("w.assign_sub(rate * gradient)", w.assign_sub(p.learning_rate * gradient), "yes"),
    ]
    columns = ["made by", "value", "shape", "assign?"]
    return {
        "kind": "table",
        "title": "tensors and variables (float32)",
        "columns": columns,
        "rows": rows,
    }


def _row(code: str, tensor: Any, assignable: str) -> list[str]:
    value = np.array2string(tensor.numpy(), precision=4, separator=", ").replace("\n", "")
    return [code, value, str(tuple(tensor.shape)), assignable]


# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "parabola", "Down a parabola", {},
        "The steps shrink although the learning rate stays: the slope does. Each leaves 0.8 of the distance to w = 1.",
    ),
    Experiment(
        "one-step", "The right rate at once", {"learning_rate": 0.5},
        "On this parabola 0.5 is exactly right: one step, then the gradient is 0 and nothing moves.",
    ),
    Experiment(
        "back-and-forth", "Nearly too far", {"start": 0.2, "learning_rate": 0.95},
        "Every step lands on the other side, a little lower. At 1 it would leap between two points for ever.",
    ),
    Experiment(
        "diverging", "Too far", {"start": 0.8, "learning_rate": 1.05},
        "Every step lands higher than the last, until it leaves the picture. Read the gradients in the table.",
    ),
    Experiment(
        "left-valley", "Two valleys, from the left", {"function": "two-valleys", "learning_rate": 0.02, "steps": 60},
        "It finds the deeper valley, near w = -1.06.",
    ),
    Experiment(
        "right-valley", "Two valleys, from the right", {"function": "two-valleys", "start": 1.5, "learning_rate": 0.02, "steps": 60},
        "Same curve, same rate: it ends in the shallower valley near 0.93. The gradient knows nothing of the other one.",
    ),
    Experiment(
        "flat", "A flat floor", {"function": "flat", "steps": 100},
        "Towards 0 the slope vanishes faster than the distance: a hundred steps, and still not there.",
    ),
    Experiment(
        "corner", "A corner", {"function": "corner", "learning_rate": 0.2},
        "The slope is -1 or 1, never small: the steps do not shrink, and in the end w leaps across the corner for ever.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="tensors",
    title="Tensors and gradients",
    track="First steps",
    order=5,
    summary="Constants, variables, the gradient tape: all that is needed to go downhill.",
    parameters=Tensors,
    data=data,
    measure=measure,
    views=(
        View("descent", "Down the curve", descent_view),
        View("steps", "Step by step", steps_view),
        View("tensors", "Tensors", tensors_view),
    ),
    needs_tensorflow=True,
    experiments=EXPERIMENTS,
    teaches=("001/tensors",),
    read_next=("linear-regression",),
    sources=(
        "Study article 001, TensorFlow exercises: constants, placeholders, variables",
        "M. Abadi and others, TensorFlow: a system for large-scale machine learning, 2016",
        "A. Baydin, B. Pearlmutter, A. Radul, J. Siskind, Automatic differentiation in machine learning: a survey, 2018",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 4.3",
    ),
    shows_code=(descent,),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
