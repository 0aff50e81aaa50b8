"""A network from scratch: ten sigmoids learn a sine, and every parameter's path can be seen.

Run alone: python -m lessons.two_layer_network.lesson
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

import numpy as np

from lessons.two_layer_network.mathematics import (
    Array,
    Theta,
    back_propagation,
    descend,
    forward,
    initial,
    mean_squared_error,
)
from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Loop,
    Measured,
    View,
    param,
)

# --- Setup -----------------------------------------------------------------------------------

BLOCK = 100  # iterations a step of the loop: about 3 ms, so that pause and stop answer at once
PER_EPOCH = 5  # steps an epoch, which is therefore 500 iterations


class TwoLayerNetwork(Hyperparameters):
    """The points, the network, and the descent over all points at once."""

    units: int = param(10, "H, the width of the hidden layer.", ge=1, le=50, unit="units")
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid", "f, from a hidden unit's input u to its output h."
    )
    weight_scale: float = param(
        0.01, "Standard deviation of the first weights; biases start at 0.", ge=0, le=10
    )
    points: int = param(100, "How many points there are.", ge=2, le=1000, unit="points")
    noise: float = param(
        1.0, "Each point is lifted by a draw from U(0, noise).", ge=0, le=5, unit="units of y"
    )
    learning_rate: float = param(
        0.2, "ε, how far one iteration moves the parameters.", ge=1e-4, le=5, live=True
    )
    epochs: int = param(20, "Length of training.", ge=1, le=400, unit="× 500 iterations")

    @property
    def steps_per_epoch(self) -> int:
        """Steps of the loop, of 100 iterations each."""
        return PER_EPOCH


@dataclass
class Network:
    """The parameters, and what they were after 0, 100, 200, … iterations."""

    theta: Theta
    trace: list[Theta] = field(default_factory=list)

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return BLOCK * (len(self.trace) - 1)


# --- Data ------------------------------------------------------------------------------------


def data(p: TwoLayerNetwork, rng: np.random.Generator) -> Dataset:
    """t = sin(2πx) + U(0, noise) with x from U(0, 1); x and t are (points, 1)."""
    x = rng.random((p.points, 1))
    t = np.sin(2 * np.pi * x) + p.noise * rng.random(x.shape)
    name = f"sin 2πx + U(0, {p.noise:g})"
    return Dataset(name, x.astype("float32"), t.astype("float32"))


def columns(data: Dataset) -> tuple[Array, Array]:
    """x and t in double precision."""
    return data.x.astype(float), data.y.astype(float)


# --- Train -----------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite ends the run
def train(p: TwoLayerNetwork, data: Dataset, loop: Loop) -> None:
    """Full-batch gradient descent, 100 iterations a step."""
    x, t = columns(data)
    # another stream than the data's, which draws from the seed alone
    net = Network(initial(p.units, p.weight_scale, np.random.default_rng([loop.seed, 1])))
    net.trace.append(net.theta)
    loop.model(net)
    for step in loop.steps(p.epochs * PER_EPOCH, PER_EPOCH):
        net.theta = descend(net.theta, x, t, p.activation, loop.live("learning_rate"), BLOCK)
        net.trace.append(net.theta)
        loss = mean_squared_error(forward(net.theta, x, p.activation)[1], t)
        loop.progress(loss=loss)
        if (step + 1) % PER_EPOCH == 0:
            loop.epoch(loss=loss)


def measure(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, float]:
    """What the loss is to be held against: the best straight line's, and the true curve's."""
    x, t = columns(data)
    inputs = np.hstack([x, np.ones_like(x)])
    line = inputs @ np.linalg.lstsq(inputs, t, rcond=None)[0]
    return {
        "line_loss": mean_squared_error(line, t),
        "true_loss": mean_squared_error(truth(x, p), t),
    }


def truth(x: Array, p: TwoLayerNetwork) -> Array:
    """The mean of t at x: the sine, lifted by half of the noise."""
    return np.asarray(np.sin(2 * np.pi * x) + p.noise / 2)


# --- Views -----------------------------------------------------------------------------------

GRID = np.linspace(0, 1, 101)[:, None]
SHOWN = 40  # residuals in the picture: more of them would run into each other


def curve(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """The points, the network's curve, the true one, and residuals from curve to point."""
    x, t = columns(data)
    loss = mean_squared_error(forward(net.theta, x, p.activation)[1], t)
    grid, y = GRID[:, 0].tolist(), forward(net.theta, GRID, p.activation)[1][:, 0]
    return {
        "kind": "scatter", "title": f"iteration {net.iteration}: loss {loss:.4f}", "x_label": "x", "y_label": "y",
        "groups": [{"name": "points", "x": x[:, 0].tolist(), "y": t[:, 0].tolist()}],
        "lines": [
            residuals(net, x, t, p),
            {"name": "true curve", "x": grid, "y": truth(GRID, p)[:, 0].tolist()},
            {"name": "network", "x": grid, "y": y.tolist()},
        ],
    }  # fmt: skip


def residuals(net: Network, x: Array, t: Array, p: TwoLayerNetwork) -> dict[str, Any]:
    """One line along the curve that leaps to every point and back."""
    order = np.argsort(x[:, 0])[:: 1 + (len(x) - 1) // SHOWN]
    y = forward(net.theta, x[order], p.activation)[1]
    heights = np.hstack([y, t[order], y])
    name = "residuals" if len(order) == len(x) else f"residuals of {len(order)}"
    return {"name": name, "x": np.repeat(x[order], 3).tolist(), "y": heights.ravel().tolist()}


def parts(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """What each hidden unit adds to the answer, h · W2; their sum and b2 make the curve."""
    h, _ = forward(net.theta, GRID, p.activation)
    added = h * net.theta[2][:, 0]
    series = [_series(str(i + 1), GRID[:, 0], column) for i, column in enumerate(added.T)]
    return {"kind": "lines", "title": "what each unit adds", "x_label": "x", "series": series}


def _series(name: str, x: Array, y: Array) -> dict[str, Any]:
    return {"name": name, "x": x.tolist(), "y": y.tolist()}


def traces(net: Network, which: int) -> list[dict[str, Any]]:
    """One parameter of every unit against the iteration, at 200 points at most."""
    every = 1 + len(net.trace) // 200
    iterations = BLOCK * np.arange(len(net.trace))[::every]
    values = np.array([theta[which].ravel() for theta in net.trace[::every]])
    return [_series(str(i + 1), iterations, v) for i, v in enumerate(values.T)]


def _traced(title: str, series: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "lines", "title": title, "x_label": "iteration", "series": series}


def input_weights(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """W1 of every hidden unit."""
    return _traced("W1: the weight of x in each unit", traces(net, 0))


def input_biases(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """b1 of every hidden unit."""
    return _traced("b1: the bias of each unit", traces(net, 1))


def output_parameters(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """b2, and W2 of every hidden unit."""
    series = [{**one, "name": "b2"} for one in traces(net, 3)] + traces(net, 2)
    return _traced("b2, and W2: what each unit weighs in the answer", series)


# --- Experiments -----------------------------------------------------------------------------


def _plateau_then_fall(m: Measured) -> bool:
    """At 3000 iterations 90 % of the loss at 500; half of the fall within 1500; then 1/12 ± 25 %."""
    runs = [run["loss"] for run in m["this"].histories]
    stays = median(run[5] / run[0] for run in runs)
    fastest = median(_steepest(run) / (run[0] - run[-1]) for run in runs)
    return stays >= 0.9 and fastest >= 0.5 and abs(m["this"]["loss"] * 12 - 1) <= 0.25


def _steepest(run: tuple[float, ...]) -> float:
    """The largest fall within three epochs, 1500 iterations."""
    return max(a - b for a, b in zip(run, run[3:], strict=False))


EXPERIMENTS = (
    Experiment(
        "source", "The study article's run", {},
        "Thousands of iterations look like nothing: the curve is a straight line. Then the traces part and within some 1500 iterations the wave is there.",
        (
            Claim(
                "002/two-layer", "A long plateau, then a fast fall to the noise floor 1/12.",
                "0.302 at 500 iterations, 0.289 at 3000, 0.195 at 5000, 0.0889 at 6000, 0.0704 at 10 000",
                _plateau_then_fall, ("loss", "line_loss", "true_loss"),
                why="When the fall comes depends on the first weights and the points: of six seeds, half of it was done between 5000 and 8000 iterations.",
            ),
        ),
    ),
    Experiment(
        "no-difference", "All weights 0", {"weight_scale": 0.0},
        "All traces lie on one another: equal units get equal gradients and stay equal, so that ten are worth one. The line is all they find.",
    ),
    Experiment(
        "larger-weights", "First weights 100 times larger", {"weight_scale": 1.0},
        "The units differ from the start, and the fall comes after some 2000 iterations in place of 6000. Later some steps overshoot: spikes in the loss.",
    ),
    Experiment(
        "tanh", "tanh in place of sigmoid", {"activation": "tanh"},
        "Its slope at 0 is 1 where the sigmoid's is 1/4: the plateau is over within 1500 iterations. Then the loss goes up and down: 0.2 is a little too much for tanh.",
    ),
    Experiment(
        "relu", "ReLU", {"activation": "relu"},
        "Biases begin at 0 and x is positive, so a unit is open for all points or for none: the sum begins as a straight line and hardly learns to bend.",
    ),
    Experiment(
        "one-unit", "One hidden unit", {"units": 1},
        "One sigmoid is one S: it falls once, and a sine that rises, falls and rises again is out of its reach.",
    ),
    Experiment(
        "many-units", "Fifty units, the same rate", {"units": 50},
        "More units, and it does not even find the line: the first steps overshoot, until every unit's output is stuck near 0. Try learning_rate 0.05.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="two-layer-network",
    title="Two-layer network",
    track="First steps",
    order=20,
    summary="A network from scratch: back-propagation written out, every parameter's path visible.",
    parameters=TwoLayerNetwork,
    data=data,
    train=train,
    measure=measure,
    views=(
        View("curve", "Curve and residuals", curve),
        View("parts", "What each unit adds", parts),
        View("W1", "Paths of W1", input_weights),
        View("b1", "Paths of b1", input_biases),
        View("W2", "Paths of W2 and b2", output_parameters),
    ),
    experiments=EXPERIMENTS,
    teaches=("002/curve-animation", "002/parameter-traces"),
    prerequisites=("activations", "linear-regression"),
    read_next=("perceptron", "greater-than"),
    sources=(
        "Study article 002, section 7.3.1 and 7.3.3: a two-layer network",
        "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors, 1986",
        "G. Cybenko, Approximation by superpositions of a sigmoidal function, 1989",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, sections 6.4 and 6.5",
    ),
    shows_code=(initial, forward, back_propagation, descend, data, train),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
