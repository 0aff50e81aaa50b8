"""Tests of finding lessons: order, unknown names, a pack with a broken lesson, a second pack."""

import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tui_dl import catalog
from tui_dl.errors import LessonError

LESSON = """
from tui_dl.lesson import Lesson
LESSON = Lesson(__name__, title="A title", track={track!r}, order={order}, summary="A summary.")
"""
SETTINGS = """
from tui_dl.parameters import Hyperparameters, param
class Mine(Hyperparameters):
    epochs: int = param(1, "Rounds.", ge=1, le=9)
"""
MODEL = "def data(p, rng): return 'data'\ndef model(p, data): ...\n"


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Make a lesson pack of the given modules and let the catalog find it."""
    made = []

    def make(name, **modules):
        for folder, code in modules.items():
            place = tmp_path / name / folder
            place.mkdir(parents=True)
            (place / "__init__.py").write_text(code)
        (tmp_path / name / "__init__.py").touch()
        made.append(name)
        points = [
            SimpleNamespace(name=each, dist=None, load=lambda each=each: __import__(each))
            for each in made
        ]
        builtin = SimpleNamespace(name="builtin", dist=None, load=lambda: __import__("lessons"))
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [builtin, *points])
        catalog.lessons.cache_clear()

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    catalog.lessons.cache_clear()
    for module in [m for m in sys.modules if m.split(".")[0] in made]:
        del sys.modules[module]


def ids():
    return [lesson.id for lesson in catalog.lessons()]


def test_lessons_are_in_the_order_of_tracks_and_then_of_their_numbers():
    places = [(catalog.TRACKS.index(each.track), each.order) for each in catalog.lessons()]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert ids()[0] == "tensors"


def test_a_lesson_by_its_name():
    for each in catalog.lessons():
        assert catalog.lesson(each.id) is each


@pytest.mark.parametrize(
    ("name", "hint"),
    [("perceptrn", "perceptron"), ("rnn_bptt", "rnn-bptt"), ("Iris", "iris")],
)
def test_an_unknown_lesson_gives_the_nearest(name, hint):
    with pytest.raises(LessonError, match=f"unknown lesson '{name}'.*did you mean {hint}"):
        catalog.lesson(name)


@pytest.mark.parametrize("name", ["", "qqqqqqq"])
def test_an_unknown_lesson_without_a_near_one_tells_how_to_list_them(name):
    with pytest.raises(LessonError, match="dlworkbench lessons"):
        catalog.lesson(name)


@pytest.mark.parametrize(
    "broken",
    ["import no_such_module_anywhere", "def (", "LESSON = 1 / 0", "LESSON = 'no lesson'"],
    ids=["import", "syntax", "error", "no Lesson"],
)  # fmt: skip
def test_a_broken_lesson_leaves_the_others(pack, caplog, broken):
    before = ids()
    good = LESSON.format(track="First steps", order=31)
    with caplog.at_level(logging.ERROR):
        pack("pack_a", bad=broken, other=good, not_a_lesson="")
        assert set(ids()) == {*before, "other"}
    assert "pack_a.bad" in caplog.text and "not_a_lesson" not in caplog.text


def test_a_pack_that_cannot_be_loaded_leaves_the_others(monkeypatch):
    def lost():
        raise ImportError("the pack is gone")

    before = ids()
    points = [SimpleNamespace(name="lost", value="lost", load=lost)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    catalog.lessons.cache_clear()
    try:
        assert ids() == before
    finally:
        catalog.lessons.cache_clear()


def test_a_second_pack_is_sorted_in_and_new_tracks_come_last(pack):
    pack(
        "pack_b",
        middle=LESSON.format(track="First steps", order=51),
        last_of_all=LESSON.format(track="A track of its own", order=1),
    )
    found = ids()
    assert found.index("middle") == found.index("perceptron") + 1
    assert found[-1] == "last-of-all"


def test_the_lessons_are_listed_without_what_their_modules_define():
    code = "import sys; from tui_dl import catalog; print(len(catalog.lessons()), *sys.modules)"
    count, *loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert int(count) == len(catalog.lessons())
    assert {"numpy", "pydantic", "lessons.perceptron.settings"} & set(loaded) == set()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A lesson in a folder outside any pack, whose modules a test writes."""
    place = tmp_path / "mine"
    place.mkdir()
    (place / "__init__.py").write_text(LESSON.format(track="Mine", order=1))
    (place / "settings.py").write_text(SETTINGS)
    (place / "model.py").write_text(MODEL)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield place
    for module in [m for m in sys.modules if m.split(".")[0] == "mine"]:
        del sys.modules[module]


def test_a_lesson_by_its_folder(folder):
    lesson = catalog.lesson(f"{folder}")
    assert (lesson.id, lesson.parameters.__name__, lesson.folder) == ("mine", "Mine", folder)
    assert lesson.code == MODEL
    assert not lesson.explorer and not lesson.own_loop and not lesson.needs_tensorflow
    assert lesson.data(lesson.parameters(), None) == "data"
    assert (lesson.views, lesson.experiments, lesson.measure) == ((), (), None)


def test_what_a_lesson_is_is_known_without_loading_its_modules(folder):
    (folder / "model.py").write_text("import keras\n\n1 / 0\ndef train(p, data, loop): ...\n")
    lesson = catalog.lesson(f"{folder}")
    assert lesson.own_loop and lesson.needs_tensorflow and not lesson.builds_model
    assert "mine.model" not in sys.modules


@pytest.mark.parametrize("name", ["settings", "model"])
def test_a_module_that_cannot_be_loaded_is_told_in_one_line(folder, name):
    (folder / f"{name}.py").write_text("raise ValueError('two\\nlines')\n")
    lesson = catalog.lesson(f"{folder}")
    with pytest.raises(LessonError) as told:
        _ = lesson.parameters, lesson.data
    assert str(told.value) == f"mine: {name}.py cannot be loaded: ValueError: two"


def test_a_lesson_without_data_or_settings_is_told_what_it_needs(folder):
    (folder / "settings.py").write_text("X = 1")
    (folder / "model.py").write_text("X = 1")
    lesson = catalog.lesson(f"{folder}")
    with pytest.raises(LessonError, match=r"mine: settings.py must define one subclass"):
        _ = lesson.parameters
    with pytest.raises(LessonError, match=r"mine: model.py must define data\(p, rng\)"):
        _ = lesson.data


@pytest.mark.parametrize(
    ("init", "why"),
    [(None, "has no __init__.py"), ("", "does not define LESSON"), ("1 / 0", "ZeroDivisionError"),
     ("LESSON = 3", "not a Lesson")],
)  # fmt: skip
def test_a_folder_without_a_lesson_is_told_in_one_line(folder, init, why):
    (folder / "__init__.py").unlink()
    if init is not None:
        (folder / "__init__.py").write_text(init)
    with pytest.raises(LessonError) as told:
        catalog.lesson(f"{folder}")
    assert why in str(told.value) and "\n" not in str(told.value)
