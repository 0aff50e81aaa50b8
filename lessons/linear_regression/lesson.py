"""A line through noisy points, found by gradient descent: with the gradient in sight, and by Keras.

Run alone: python -m lessons.linear_regression.lesson
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class LinearRegression(Hyperparameters):
    """The line that makes the points, and how it is looked for."""

    method: Literal["tape", "keras"] = param(
        "tape", "Gradient and update written out with a tape, or one Keras unit."
    )
    true_slope: float = param(3.0, "Slope of the line that makes the points.", ge=-50, le=50)
    true_intercept: float = param(2.0, "Where that line crosses x = 0.", ge=-50, le=50)
    noise: float = param(
        0.3, "Standard deviation of what is added to each d.", ge=0, le=5, unit="units of d"
    )
    points: int = param(100, "How many points there are.", ge=2, le=5000, unit="points")
    learning_rate: float = param(0.1, "How far one step moves w and b.", ge=1e-5, le=10, live=True)
    batch_size: int = param(
        100,
        "Points that share one step (all of them: the full batch).",
        ge=1,
        le=5000,
        unit="points",
    )
    epochs: int = param(300, "How often all points are shown.", ge=1, le=10_000)


# --- Data ------------------------------------------------------------------------------------


def data(p: LinearRegression, rng: np.random.Generator) -> Dataset:
    """Points d = slope·x + intercept + noise·N(0,1) with x from U(0,1); x and d are (points, 1)."""
    x = rng.random((p.points, 1), dtype="float32")
    d = p.true_slope * x + p.true_intercept + p.noise * rng.standard_normal(x.shape)
    return Dataset(
        f"d = {p.true_slope:g}x{p.true_intercept:+g}, noise {p.noise:g}", x, d.astype("float32")
    )


# --- Model -----------------------------------------------------------------------------------


def tape_line() -> keras.Model:
    """y = w·x + b, with the gradient and the update of each step written out."""
    import keras
    import tensorflow as tf

    @keras.saving.register_keras_serializable("dlworkbench")
    class TapeLine(keras.Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.w = self.add_weight(shape=(), initializer="zeros", name="w")
            self.b = self.add_weight(shape=(), initializer="zeros", name="b")
            self.mean_loss = keras.metrics.Mean(name="loss")
            self.built = True

        def call(self, x: Any) -> Any:
            return self.w * x + self.b

        def compute_loss(self, x: Any, d: Any, y: Any, *_: Any, **__: Any) -> Any:
            return tf.reduce_mean((y - d) ** 2)

        def train_step(self, batch: Any) -> dict[str, Any]:
            x, d = batch
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, d, self(x))
            dw, db = tape.gradient(loss, [self.w, self.b])
            rate = self.optimizer.learning_rate
            self.w.assign_sub(rate * dw)
            self.b.assign_sub(rate * db)
            return self.told(loss, x)

        def test_step(self, batch: Any) -> dict[str, Any]:
            x, d = batch
            return self.told(self.compute_loss(x, d, self(x)), x)

        def told(self, loss: Any, x: Any) -> dict[str, Any]:
            self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
            return {"loss": self.mean_loss.result()}

        @property
        def metrics(self) -> list[Any]:
            return [self.mean_loss]

    return TapeLine()


def model(p: LinearRegression, data: Dataset) -> keras.Model:
    """The line, both ways from w = b = 0, so that the two take the same path."""
    import keras

    if p.method == "tape":
        line = tape_line()
        line.compile(keras.optimizers.SGD(p.learning_rate))
    else:
        unit = keras.layers.Dense(1, kernel_initializer="zeros")
        line = keras.Sequential([keras.Input((1,)), unit])
        line.compile(keras.optimizers.SGD(p.learning_rate), "mean_squared_error")
    return line


# --- Train: the engine runs the steps; this is what is measured and drawn --------------------


def fitted(model: Any) -> tuple[float, float]:
    """The line's present w and b."""
    w, b = (float(np.squeeze(weight)) for weight in model.get_weights()[:2])
    return w, b


def measure(model: Any, data: Dataset, p: LinearRegression) -> dict[str, float]:
    """w and b, their distance to the truth, and the root-mean-square gap between the two lines."""
    w, b = fitted(model)
    gap = (w - p.true_slope) * data.x + (b - p.true_intercept)
    distance = float(np.hypot(w - p.true_slope, b - p.true_intercept))
    return {"w": w, "b": b, "distance": distance, "fit_error": float(np.sqrt(np.mean(gap**2)))}


def line_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """The points, the fitted line and the true one."""
    w, b = fitted(model)
    truth = [p.true_intercept, p.true_slope + p.true_intercept]
    shown = slice(None, None, 1 + len(data.x) // 300)
    return {
        "kind": "scatter", "title": f"y = {w:.3f}x {b:+.3f}", "x_label": "x", "y_label": "d",
        "groups": [{"name": "points", "x": data.x[shown, 0].tolist(), "y": data.y[shown, 0].tolist()}],
        "lines": [
            {"name": "fitted", "x": [0.0, 1.0], "y": [b, w + b]},
            {"name": "true", "x": [0.0, 1.0], "y": truth},
        ],
    }  # fmt: skip


_paths: WeakKeyDictionary[Any, list[tuple[float, float]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """The way of (w, b) over the error of every line: a long valley, down which the steps creep."""
    path = _paths.setdefault(model, [])
    path.append(fitted(model))
    ws, bs = (_axis(0.0, truth) for truth in (p.true_slope, p.true_intercept))
    marks = [[w, b, 0] for w, b in path if np.isfinite([w, b]).all()]
    return {
        "kind": "heatmap", "title": "√loss over (w, b): o the path, x the truth",
        "values": np.sqrt(_losses(ws, bs, data)).tolist(),
        "x_label": "w", "y_label": "b", "x_range": [ws[0], ws[-1]], "y_range": [bs[0], bs[-1]],
        "points": [*marks, [p.true_slope, p.true_intercept, 1]],
    }  # fmt: skip


def _axis(start: float, end: float) -> list[float]:
    """32 values from before `start` to beyond `end`, rising."""
    margin = max(1.0, 0.4 * abs(end - start))
    return np.linspace(min(start, end) - margin, max(start, end) + margin, 32).tolist()


def _losses(ws: list[float], bs: list[float], data: Dataset) -> np.ndarray:
    """The mean squared error of every line (b down, w across), from the data's moments."""
    w, b = np.meshgrid(ws, bs)
    x, d = data.x.astype(float), data.y.astype(float)
    squares = w**2 * np.mean(x**2) + b**2 + np.mean(d**2)
    products = w * b * np.mean(x) - w * np.mean(x * d) - b * np.mean(d)
    return np.maximum(squares + 2 * products, 0.0)


# --- Experiments -----------------------------------------------------------------------------

NEGATIVE = {"true_slope": -6.0, "true_intercept": 3.0}


def _grows(metric: str, *arms: str) -> Any:
    """A check that the metric grows from arm to arm."""
    return lambda m: all(m[a][metric] < m[b][metric] for a, b in pairwise(arms))


def _same_loss(m: Measured) -> bool:
    return bool(abs(m["this"]["loss"] / m["default"]["loss"] - 1) < 0.05)


def _same_line(m: Measured) -> bool:
    keras, tape = m["this"], m["tape"]
    return all(abs(keras[name] - tape[name]) < 0.01 for name in ("w", "b"))


EXPERIMENTS = (
    Experiment(
        "noise", "Noisy points", {"noise": 3.0},
        "The loss stops near 9 = noise², a little below it; see how far the fitted line stays from the true one.",
        (
            Claim(
                "000/linreg-noise", "The noisier the points, the larger the error of the fit.",
                "error grows with the noise", _grows("fit_error", "0", "1", "this"),
                ("fit_error", "loss"), {"0": {"noise": 0.0}, "1": {"noise": 1.0}},
            ),
            Claim(
                "001/linreg-noise", "The fitted (w, b) lies further from the truth (3, 2) with more noise.",
                "noise 0: (2.96, 2.01); 1: (2.85, 1.90); 3: (3.76, 1.79): distance 0.04, 0.18, 0.79",
                lambda m: m["0"]["distance"] < 0.1 and _grows("distance", "0", "1", "this")(m),
                ("distance", "fit_error"), {"0": {"noise": 0.0}, "1": {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "negative", "A falling line", NEGATIVE | {"noise": 3.0},
        "Another line, the same story: w now has to travel to the other side of zero.",
        (
            Claim(
                "000/linreg-negative", "For d = -6x + 3 too, more noise means a larger error.",
                "error grows with the noise", _grows("fit_error", "0", "1", "this"),
                ("fit_error", "loss"), {"0": NEGATIVE | {"noise": 0.0}, "1": NEGATIVE | {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "truth", "Another truth", NEGATIVE | {"noise": 1.0},
        "Noise 1 on d = -6x + 3: the loss ends where it ends for 3x + 2, just below 1 = noise².",
        (
            Claim(
                "001/linreg-truth", "The true w and b do not change how well the fit predicts.",
                "no influence seen", _same_loss, ("loss", "fit_error"), {"default": {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "keras", "One Keras unit", {"method": "keras"},
        "Keras hides the gradient and the update; w, b and every point of the curve stay the same.",
        (
            Claim(
                "000/keras-linreg", "The Keras one-unit model finds the same line as the tape.",
                "finds the line", _same_line, ("w", "b", "loss"), {"tape": {"method": "tape"}},
            ),
        ),
    ),
    Experiment(
        "too-fast", "Too long a step", {"learning_rate": 0.9, "noise": 0.0},
        "Each step overshoots the valley by more than the last: the loss grows until the run is ended.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="linear-regression",
    title="Linear regression",
    track="First steps",
    order=10,
    summary="Fit a line by gradient descent: the whole of training, with two numbers to learn.",
    parameters=LinearRegression,
    data=data,
    model=model,
    measure=measure,
    views=(View("line", "The line", line_view), View("path", "The path of (w, b)", path_view)),
    experiments=EXPERIMENTS,
    read_next=("perceptron",),
    shows_code=(data, tape_line, model),
    sources=(
        "Study article 000, TensorFlow and Keras exercises: linear regression",
        "Study article 001, TensorFlow exercise: linear regression",
        "A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, sections 4.3 and 5.1",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
