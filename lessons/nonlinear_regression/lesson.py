"""A curve through noisy points: a polynomial, whose weights gradient descent finds.

Run alone: python -m lessons.nonlinear_regression.lesson
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


class NonlinearRegression(Hyperparameters):
    """The curve that makes the points, and the polynomial that is to find it."""

    curve: Literal["cubic", "cubic-b", "quadratic"] = param(
        "cubic", "Which of the sources' three curves makes the points."
    )
    noise: float = param(
        0.05, "Standard deviation of what is added to each d.", ge=0, le=10, unit="units of d"
    )
    points: int = param(100, "How many points there are.", ge=2, le=2000, unit="points")
    degree: int = param(3, "The highest power of x that the model has.", ge=0, le=9)
    optimizer: Literal["adam", "sgd"] = param(
        "adam", "adam scales each weight's steps; sgd is plain gradient descent."
    )
    learning_rate: float = param(
        0.001, "How far one step moves the weights.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(
        100, "Points that share one step (all of them: the full batch).", ge=1, le=2000,
        unit="points",
    )  # fmt: skip
    epochs: int = param(10_000, "How often all points are shown.", ge=1, le=50_000)


# --- Data ------------------------------------------------------------------------------------

CURVES = {  # the weights of 1, x, x², x³
    "cubic": (1.0, -2.8, 1.6, -0.4),
    "cubic-b": (2.0, -4.8, -1.2, 2.1),
    "quadratic": (0.2, 0.5, 30.0),
}


def truth(x: np.ndarray, p: NonlinearRegression) -> np.ndarray:
    """The curve without noise."""
    return np.asarray(sum(w * x**k for k, w in enumerate(CURVES[p.curve])))


def data(p: NonlinearRegression, rng: np.random.Generator) -> Dataset:
    """d = curve(x) + noise·N(0, 1) with x from U(−2, 2); x and d are (points, 1)."""
    x = rng.uniform(-2, 2, (p.points, 1))
    d = truth(x, p) + p.noise * rng.standard_normal(x.shape)
    return Dataset(f"{p.curve}, noise {p.noise:g}", x.astype("float32"), d.astype("float32"))


# --- Model -----------------------------------------------------------------------------------


def model(p: NonlinearRegression, data: Dataset) -> keras.Model:
    """y = w0 + w1·x + w2·x² + …: linear in the weights, whatever it is in x."""
    import keras

    x = keras.Input((1,))
    powers = keras.ops.concatenate([x**k for k in range(p.degree + 1)], axis=-1)
    small = keras.initializers.RandomNormal(stddev=0.01)
    y = keras.layers.Dense(1, use_bias=False, kernel_initializer=small)(powers)
    kinds = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
    polynomial = keras.Model(x, y)
    polynomial.compile(kinds[p.optimizer](p.learning_rate), "mean_squared_error")
    return polynomial


# --- Train: the engine fits the model; this is what is measured and drawn ------------------------

GRID = np.linspace(-2, 2, 81)


def weights(model: Any) -> np.ndarray:
    """w0, w1, …, (degree + 1,)."""
    return np.asarray(model.get_weights()[0], float)[:, 0]


def polynomial(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Σ w_k x^k."""
    return np.asarray(sum(w_k * x**k for k, w_k in enumerate(w)))


def measure(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, float]:
    """The root-mean-square gap between fitted and true curve over −2…2, and the highest weight."""
    w = weights(model)
    gap = polynomial(w, GRID) - truth(GRID, p)
    return {"fit_error": float(np.sqrt(np.mean(gap**2))), f"w{p.degree}": float(w[-1])}


def curve_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """The points, the fitted curve and the true one."""
    error = measure(model, data, p)["fit_error"]
    shown = slice(None, None, 1 + len(data.x) // 300)
    grid = GRID.tolist()
    return {
        "kind": "scatter", "title": f"root-mean-square gap to the true curve: {error:.3g}", "x_label": "x", "y_label": "d",
        "groups": [{"name": "points", "x": data.x[shown, 0].tolist(), "y": data.y[shown, 0].tolist()}],
        "lines": [
            {"name": "true", "x": grid, "y": truth(GRID, p).tolist()},
            {"name": "fitted", "x": grid, "y": polynomial(weights(model), GRID).tolist()},
        ],
    }  # fmt: skip


_paths: WeakKeyDictionary[Any, list[tuple[int, np.ndarray]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Each weight against the step: with Adam straight lines at first, one learning rate a step."""
    path = _paths.setdefault(model, [])
    path.append((int(model.optimizer.iterations), weights(model)))
    steps, values = [step for step, _ in path], np.array([w for _, w in path]).T
    series = [{"name": f"w{k}", "x": steps, "y": w.tolist()} for k, w in enumerate(values)]
    return {"kind": "lines", "title": "the weights", "x_label": "step", "series": series}


def table_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Each weight beside the true one; a power that the true curve lacks has the weight 0."""
    true = (*CURVES[p.curve], *[0.0] * 10)
    fitted = [*weights(model).tolist(), *[0.0] * 10]
    count = max(p.degree + 1, len(CURVES[p.curve]))
    rows = [[f"x^{k}", fitted[k], true[k], fitted[k] - true[k]] for k in range(count)]
    columns = ["power", "fitted weight", "true weight", "difference"]
    return {"kind": "table", "title": "weights, fitted and true", "columns": columns, "rows": rows}


# --- Experiments -----------------------------------------------------------------------------

OTHER = {"curve": "cubic-b"}
QUADRATIC = {"curve": "quadratic", "degree": 2}
SPREAD = 30 * float(np.sqrt(16 / 5 - 16 / 9))  # standard deviation of 30x², x from U(−2, 2): 35.8


def _grows(m: Measured) -> bool:
    """Both the loss and the distance to the true curve grow from noise 0 to 0.5 to 2."""
    pairs = pairwise(m[arm] for arm in ("0", "0.5", "this"))
    return all(a[name] < b[name] for a, b in pairs for name in ("fit_error", "loss"))


def _slow_underfits(m: Measured) -> bool:
    """0.001 stays a tenth of the curve's spread away or more, 0.1 comes within a hundredth."""
    slow, fast = m["0.001"]["fit_error"], m["this"]["fit_error"]
    return slow > SPREAD / 10 and fast < SPREAD / 100


def _noises(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"0": settings | {"noise": 0.0}, "0.5": settings | {"noise": 0.5}}


EXPERIMENTS = (
    Experiment(
        "noise", "Noisy points", {"noise": 2.0},
        "The loss stops near 4 = noise². The fitted curve strays most at both ends, where points hold it on one side only.",
        (
            Claim(
                "000/cubic", "d = -0.4x³ + 1.6x² - 2.8x + 1: the noisier the points, the larger the error.",
                "error grows with the noise", _grows, ("fit_error", "loss"), _noises({}),
            ),
        ),
    ),
    Experiment(
        "cubic-b", "Another cubic, noisy points", OTHER | {"noise": 2.0},
        "Other weights, as much noise: the loss ends where it ended for the first curve.",
        (
            Claim(
                "000/cubic-b", "d = 2.1x³ - 1.2x² - 4.8x + 2: again more noise, larger error.",
                "error grows with the noise", _grows, ("fit_error", "loss"), _noises(OTHER),
            ),
        ),
    ),
    Experiment(
        "too-slow", "30x² at a rate of 0.001", QUADRATIC,
        "w2 walks towards 30 in a straight line and has come to 9.5 when the steps are used up. Nothing is stuck: the fit was ended too soon.",
    ),
    Experiment(
        "faster", "30x² at a rate of 0.1", QUADRATIC | {"learning_rate": 0.1},
        "A hundred times the rate, and w2 is at 28 after a tenth of the steps; fitted and true curve cover each other.",
        (
            Claim(
                "001/quadratic-lr", "y = 30x² + 0.5x + 0.2: a learning rate of 0.001 underfits, 0.1 fits almost exactly.",
                "0.001: far off; 0.1: almost the same curve", _slow_underfits, ("fit_error", "w2", "loss"),
                {"0.001": QUADRATIC},
            ),
        ),
    ),
    Experiment(
        "line", "A line for a cubic", {"degree": 1, "noise": 0.5},
        "The other underfitting: no learning rate helps, since no line is near the curve. The loss settles high and stays.",
    ),
    Experiment(
        "overfit", "Ten weights for ten points", {"degree": 9, "points": 10, "noise": 0.5, "learning_rate": 0.05},
        "The loss falls below the noise, 0.25, while the curve swings between the points: compare loss and fit_error.",
    ),
    Experiment(
        "sgd", "Plain gradient descent", {"optimizer": "sgd", "learning_rate": 0.05},
        "The default curve is found in a fraction of the steps. Then try 0.1 with seeds 0 to 3: whether it diverges depends on the points.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="nonlinear-regression",
    title="Nonlinear regression",
    track="First steps",
    order=15,
    summary="A polynomial fitted step by step: the learning rate, the noise, two ways to underfit.",
    parameters=NonlinearRegression,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("curve", "The curve", curve_view),
        View("path", "The weights' paths", path_view),
        View("table", "The weights", table_view),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("linear-regression",),
    read_next=("two-layer-network",),
    sources=(
        "Study article 000, TensorFlow exercises: nonlinear regression",
        "Study article 001, TensorFlow exercise: nonlinear regression",
        "D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015",
        "C. Bishop, Pattern Recognition and Machine Learning, 2006, section 1.1",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
