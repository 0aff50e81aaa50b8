"""Finding lessons: the order, an unknown name, a pack with a broken lesson, a second pack."""

import dataclasses
import logging
import sys
from types import SimpleNamespace

import pytest

from tui_dl import catalog
from tui_dl.lesson import LessonError

LESSON = """
from lessons.perceptron.lesson import LESSON as EXAMPLE
from dataclasses import replace
LESSON = replace(EXAMPLE, id={id!r}, track={track!r}, order={order})
"""


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Makes a lesson pack of the given modules and lets the catalog find it."""
    made = []

    def make(name, **modules):
        for folder, code in modules.items():
            place = tmp_path / name / folder
            place.mkdir(parents=True)
            (place / "__init__.py").touch()
            if code is not None:
                (place / "lesson.py").write_text(code)
        (tmp_path / name / "__init__.py").touch()
        made.append(name)
        points = [
            SimpleNamespace(name=each, load=lambda each=each: __import__(each)) for each in made
        ]
        builtin = SimpleNamespace(name="builtin", load=lambda: __import__("lessons"))
        monkeypatch.setattr(catalog, "entry_points", lambda group: [builtin, *points])
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
    assert ids()[0] == "activations"


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
    ["import no_such_module_anywhere", "def (", "LESSON = 1 / 0", "X = 1", "LESSON = 'no lesson'"],
    ids=["import", "syntax", "error", "no LESSON", "no Lesson"],
)  # fmt: skip
def test_a_broken_lesson_leaves_the_others(pack, caplog, broken):
    before = ids()
    good = LESSON.format(id="other", track="First steps", order=31)
    with caplog.at_level(logging.ERROR):
        pack("pack_a", bad=broken, good=good, not_a_lesson=None)
        assert set(ids()) == {*before, "other"}
    assert "pack_a.bad.lesson" in caplog.text


def test_a_lesson_whose_folder_cannot_be_imported_leaves_the_others(pack, tmp_path, caplog):
    before = ids()
    pack("pack_d", bad=LESSON.format(id="never", track="First steps", order=31))
    (tmp_path / "pack_d" / "bad" / "__init__.py").write_text("1 / 0")
    assert ids() == before
    assert "pack_d.bad" in caplog.text


def test_a_pack_that_cannot_be_loaded_leaves_the_others(monkeypatch):
    def lost():
        raise ImportError("the pack is gone")

    before = ids()
    points = [SimpleNamespace(name="lost", value="lost", load=lost)]
    monkeypatch.setattr(catalog, "entry_points", lambda group: points)
    catalog.lessons.cache_clear()
    try:
        assert ids() == before
    finally:
        catalog.lessons.cache_clear()


def test_a_second_pack_is_sorted_in_and_new_tracks_come_last(pack):
    pack(
        "pack_b",
        a=LESSON.format(id="middle", track="First steps", order=31),
        b=LESSON.format(id="last", track="A track of its own", order=1),
    )
    found = ids()
    assert found.index("middle") == found.index("perceptron") + 1
    assert found[-1] == "last"


def test_the_example_pack_is_what_the_fixture_says(pack):
    pack("pack_c", a=LESSON.format(id="copy", track="First steps", order=99))
    copy, original = catalog.lesson("copy"), catalog.lesson("perceptron")
    assert dataclasses.replace(copy, id=original.id, track=original.track, order=30) == original
