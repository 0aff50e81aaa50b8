"""Each private call of a library is still needed, and is in the module for such calls."""

import functools
import gc
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from rich.style import Style
from textual.app import App
from textual.events import Click
from textual.message_pump import MessagePump
from textual.widgets import Label, OptionList, Tree
from textual.widgets.option_list import OptionDoesNotExist

from tui_dl import keras_internals
from tui_dl.engine import tensorflow_internals
from tui_dl.tui.runtime import library_faults

ROOT = Path(__file__).parents[1]


def compiled():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


def test_keras_creates_some_variables_only_when_it_trains():
    public, private = compiled(), compiled()
    public.optimizer.build(public.trainable_variables)
    batch = np.zeros((2, 3), "float32"), np.zeros((2, 2), "float32")
    keras_internals.create_variables(private, batch)
    weights = np.concatenate([w.ravel() for w in private.get_weights()])
    before = len(private.metrics_variables)
    private.train_on_batch(*batch)
    assert len(private.metrics_variables) == before > len(public.metrics_variables)
    assert not np.isnan(weights).any()


@pytest.mark.slow
def test_keras_reads_its_folder_once():
    code = (
        "import os, keras; before = keras.src.backend.config._KERAS_DIR;"
        "os.environ['KERAS_HOME'] = '/elsewhere';"
        "print(keras.src.backend.config._KERAS_DIR == before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_tensorflow_keeps_the_gradient_of_a_function_that_is_gone():
    before = tensorflow_internals.registered_gradients()

    model = compiled()
    batch = tf.zeros((2, 3)), tf.zeros((2, 2))
    keras_internals.create_variables(model, batch)
    outer = tf.function(lambda step: step(batch), autograph=False)
    outer.get_concrete_function(tf.function(model.train_step, autograph=False))
    del outer
    del model
    gc.collect()
    left = tensorflow_internals.registered_gradients() - before
    assert left
    for name in left:
        tensorflow_internals.forget_gradient(name)
    assert tensorflow_internals.registered_gradients() == before


def test_a_program_computes_upon_other_variables_than_its_own():
    def doubled(variable):
        return tf.function(lambda x: 2 * variable * x).get_concrete_function(tf.TensorSpec(()))

    own, other = tf.Variable(3.0), tf.Variable(5.0)
    program = doubled(own)
    result = tensorflow_internals.call_upon(program, [tf.constant(1.0)], [other.handle])
    assert [float(value) for value in tf.nest.flatten(result)] == [10.0]


PRIVATE = {
    r"keras\.src|\._symbolic_build|_KERAS_DIR": ["tui_dl/keras_internals.py"],
    r"tensorflow\.python|\._call_flat|\._registry\b": ["tui_dl/engine/tensorflow_internals.py"],
}


@pytest.mark.parametrize("pattern", PRIVATE)
def test_private_parts_of_a_library_stand_in_one_module(pattern):
    files = (*ROOT.glob("tui_dl/**/*.py"), *ROOT.glob("lessons/**/*.py"))
    found = [f for f in files if re.search(pattern, f.read_text(encoding="utf-8"))]
    assert [str(f.relative_to(ROOT)) for f in found] == PRIVATE[pattern]


def textual_classes():
    """Yield our classes of widgets, screens and apps outside the runtime package."""
    for file in sorted((ROOT / "tui_dl/tui").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if "runtime" not in name and not name.endswith("__init__"):
            module = importlib.import_module(name)
            for value in vars(module).values():
                own = isinstance(value, type) and value.__module__ == name
                if own and issubclass(value, MessagePump):
                    yield value


@functools.cache
def privates(of_library):
    """Return the private names that a class of the library defines or sets."""
    set_on_self = re.findall(r"self\.(_[a-z]\w*)\s*[:=]", inspect.getsource(of_library))
    return private(vars(of_library)) | set(set_on_self)


def private(names):
    return {name for name in names if re.fullmatch(r"_[a-z]\w*", name)}


def test_only_the_runtime_uses_private_parts_of_textual():
    for ours in textual_classes():
        of_library = [c for c in ours.__mro__ if c.__module__.startswith("textual")]
        theirs = set().union(*map(privates, of_library))
        source = inspect.getsource(ours)
        used = set(re.findall(r"(?:self\.|super\(\)\.|def )(_[a-z]\w*)", source))
        assert not used & theirs, ours
    reached = re.compile(r"from textual\.?\w*\._|\b(?!(?:self|cls|os|other)\b)\w+\._[a-z]")
    for file in (ROOT / "tui_dl/tui").rglob("*.py"):
        if "runtime" not in file.parts:
            assert not reached.search(file.read_text(encoding="utf-8")), file


async def test_textual_turns_no_page_in_a_list_that_was_not_painted():
    app = App()
    async with app.run_test():
        options = OptionList("one", "two")
        await app.mount(options)
        options.highlighted = 0
        options._clear_caches()
        with pytest.raises(KeyError):
            library_faults._move_page_of_library(options, 1)


async def test_textual_takes_a_click_on_an_option_that_is_gone():
    app = App()
    async with app.run_test():
        options = OptionList()
        await app.mount(options)
        style = Style.from_meta({"option": 3})
        click = Click(options, 0, 0, 0, 0, 1, False, False, False, style=style)
        with pytest.raises((IndexError, OptionDoesNotExist)):
            await library_faults._on_click_of_library(options, click)


async def test_textual_finds_a_widget_that_was_removed():
    app = App()
    async with app.run_test() as pilot:
        label = Label("here")
        await app.mount(label)
        await pilot.pause()
        x, y = label.region.offset
        label._parent = None  # as between the removal and the next layout
        assert library_faults._widget_at_of_library(app.screen, x, y)[0] is label
        label._parent = app.screen


def test_textual_knows_no_pseudo_classes_of_a_tree_before_its_paint():
    with pytest.raises(AttributeError):
        _ = Tree("root")._pseudo_class_state


async def test_textual_ends_an_app_at_an_error_of_a_handler():
    class Fragile(App):
        def on_key(self):
            raise RuntimeError("a handler")

    with pytest.raises(RuntimeError, match="a handler"):
        async with Fragile().run_test() as pilot:
            await pilot.press("x")
