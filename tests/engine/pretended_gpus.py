"""Trains in a process of its own, which takes two of TensorFlow's logical CPUs for GPUs.

A variable of one logical device cannot be used by a program on another one, just as with GPUs.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading

from tests.making import made
from tui_dl import paths
from tui_dl.cli.app import run
from tui_dl.engine import device, placement
from tui_dl.engine.placement import Place
from tui_dl.engine.session import Session
from tui_dl.errors import LessonError
from tui_dl.events import Note, Progress, Started
from tui_dl.lesson import Dataset, Split
from tui_dl.parameters import Hyperparameters, param

GPUS = [
    Place("GPU (pretended)", "CPU:1", is_gpu=True),
    Place("GPU 1 (pretended)", "CPU:2", is_gpu=True),
]


class Settings(Hyperparameters):
    """Of the lesson below."""

    convolution: bool = param(False, "Convolutions.")
    units: int = param(3, "Hidden units.", ge=1, le=5000)
    epochs: int = param(3, "Rounds.", ge=1, le=50)
    batch_size: int = param(5, "Samples a step.", ge=1, le=8)


def data(p, rng):
    x = rng.normal(size=(18, 4)).astype("float32")
    return Dataset("toy", x, x[:, :1], Split(x[:7], x[:7, :1]))


def model(p, data):
    import keras

    hidden = keras.layers.Dense(p.units)
    if p.convolution:
        hidden = keras.Sequential([keras.layers.Reshape((4, 1)), keras.layers.Conv1D(p.units, 2)])
    layers = [keras.Input((4,)), hidden, keras.layers.Dropout(0.5), keras.layers.Flatten()]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def algorithm(p, data, loop):
    import tensorflow as tf

    for _ in loop.steps(3):
        loop.progress(loss=1.0)
        USED.add(tf.ones(()).device[-5:])


USED: set[str] = set()


def measure(model, data, p):
    USED.update(each.value.device[-5:] for each in model.variables)
    return {}


FITTED = made("fitted", parameters=Settings, data=data, model=model, measure=measure)
OWN = made("own", parameters=Settings, data=data, train=algorithm)


def trained(lesson=FITTED, **options):
    """Return what a run tells: device, compiler, losses, notes, and where it was computed."""
    USED.clear()
    events = []
    settings = {name: options.pop(name) for name in ("convolution", "units") if name in options}
    parameters = Settings.of(settings)
    try:
        finished = Session(lesson, parameters, emit=events.append, **options).run()
    except LessonError as error:
        return {"error": str(error)}
    (started,) = [each for each in events if isinstance(each, Started)]
    return {
        "status": finished.status,
        "message": finished.message,
        "device": started.device,
        "compile": started.compile,
        "notes": [each.text for each in events if isinstance(each, Note)],
        "losses": [each.metrics["loss"] for each in events if isinstance(each, Progress)],
        "used": sorted(USED),
    }


def ahead(wanted):
    """Prepare in a thread, as the app does, and train here."""
    found = []

    def prepare():
        session = Session(FITTED, Settings(), device=wanted, emit=lambda event: None)
        found.append(session.ahead(lambda layers, drawn: None))

    thread = threading.Thread(target=prepare)
    thread.start()
    thread.join()
    return trained(device=wanted, prepared=found[0])


def few():
    return {name: trained(device=name) for name in ("cpu", "gpu:1", "gpu:2")} | {"tiny": trained()}


def everything():
    told = few() | {name: trained(device=name) for name in ("gpu", "gpu:0")}
    for mode in ("graph", "keras"):
        told[f"gpu:1 {mode}"] = trained(device="gpu:1", compile=mode)
    told["large"] = trained(units=2000)
    told["convolution"] = trained(convolution=True)
    told["own"], told["own gpu:1"] = trained(OWN), trained(OWN, device="gpu:1")
    told["ahead"], told["ahead gpu:1"] = ahead("auto"), ahead("gpu:1")
    return told


def pretend():
    """Make three logical devices; take all but the first for GPUs."""
    device.load()
    import tensorflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    three = [tf.config.LogicalDeviceConfiguration()] * 3
    tf.config.set_logical_device_configuration(processor, three)
    placement.gpus = lambda: GPUS


def interrupted(*options, gone=()):
    """Train iris, forget the second half of its record, resume it; return both records.

    The GPUs in `gone` are missing when it is resumed.
    """
    shutil.rmtree(paths.runs(), ignore_errors=True)
    codes = [run(["train", "iris", "--quiet", *options])]
    (file,) = paths.runs().glob("*/events.jsonl")
    whole = file.read_text().splitlines(keepends=True)
    file.write_text("".join(whole[: len(whole) // 2]))
    placement.gpus = lambda: [gpu for gpu in GPUS if gpu.name not in gone]
    codes.append(run(["runs", "resume", "last", "--quiet"]))
    return {
        "codes": codes,
        "whole": [untimed(line) for line in whole],
        "resumed": [untimed(line) for line in file.read_text().splitlines()],
        "entered": ENTERED,
    }


def untimed(line):
    return {name: v for name, v in json.loads(line).items() if name not in ("time", "seconds")}


ENTERED: list[str] = []


def listen():
    """Keep the names of the places that are entered."""
    on = placement.on

    def listening(place):
        ENTERED.append(place.name)
        return on(place)

    placement.on = listening


if __name__ == "__main__":
    pretend()
    what, *arguments = sys.argv[1:]
    if what == "resume":
        listen()
        device, *gone = arguments
        told = interrupted("--device", device, gone=gone)
    else:
        told = {"few": few, "everything": everything}[what]()
    print()
    print(json.dumps(told))
