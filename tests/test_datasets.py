"""Data sets: embedded ones, ones in a file, and that a user's file is never changed."""

import contextlib
import hashlib
import io
import re
import socket
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_dl.datasets import available, digits, embedded, fetch, iris, local
from tui_dl.errors import LessonError

pytestmark = pytest.mark.usefixtures("places")


def arrays(n=7, m=3, seed=0):
    rng = np.random.default_rng(seed)
    images = [rng.integers(0, 256, (k, 28, 28), dtype="uint8") for k in (n, m)]
    labels = [rng.integers(0, 10, k, dtype="uint8") for k in (n, m)]
    return {"x_train": images[0], "y_train": labels[0], "x_test": images[1], "y_test": labels[1]}


def save(folder, **changed):
    file = folder / "mnist.npz"
    content = {k: v for k, v in (arrays() | changed).items() if v is not None}
    np.savez_compressed(file, **content)
    return file


def rng(seed=0):
    return np.random.default_rng(seed)


def state():
    return next(info for info in available() if info.name == "mnist")


class TestEmbedded:
    def test_iris_is_whole_and_split_80_20(self):
        data = iris.load(rng())
        assert data.x.shape == (120, 4) and data.held_out.x.shape == (30, 4)
        assert data.x.dtype == np.float32 and data.y.dtype == np.int32
        assert data.classes == ("setosa", "versicolor", "virginica")
        assert np.bincount(np.concatenate([data.y, data.held_out.y])).tolist() == [50, 50, 50]
        assert len(set(data.held_out.y.tolist())) == 3  # the file is sorted by species

    def test_features_keep_their_labels(self):
        data = iris.load(rng(3))
        petals = [
            np.concatenate([data.x, data.held_out.x])[:, 2][_labels(data) == k] for k in range(3)
        ]
        assert petals[0].max() < 2.5 < petals[1].min()  # setosa's petals are the short ones
        assert petals[1].mean() < 4.5 < petals[2].mean()

    def test_digits_are_scaled_and_named(self):
        data = digits.load(rng(), "digits")
        assert data.name == "digits (embedded 8×8)"
        assert data.x.shape == (1437, 8, 8) and data.held_out.x.shape == (360, 8, 8)
        assert data.x.dtype == np.float32 and (data.x.min(), data.x.max()) == (0, 1)
        assert data.y.dtype == np.int32 and set(data.y.tolist()) == set(range(10))

    @pytest.mark.parametrize("load", [iris.load, lambda r: digits.load(r, "digits")])
    def test_the_split_follows_the_generator(self, load):
        first, again, other = load(rng(1)), load(rng(1)), load(rng(2))
        assert np.array_equal(first.x, again.x) and np.array_equal(
            first.held_out.y, again.held_out.y
        )
        assert not np.array_equal(first.x, other.x)

    def test_listing_needs_no_heavy_library(self):
        code = (
            "import sys, tui_dl.datasets as d; d.available();"
            "print([m for m in ('sklearn', 'keras', 'tensorflow') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout.strip() == "[]", done.stderr


def _labels(data):
    return np.concatenate([data.y, data.held_out.y])


class TestMnistFile:
    def test_auto_says_how_to_get_it_where_there_is_none(self):
        data = digits.load(rng())
        assert data.name == "digits (embedded 8×8)" and "data fetch mnist" in data.note
        assert (state().state, state().samples) == ("absent", None)

    def test_asked_for_but_absent(self):
        with pytest.raises(LessonError, match=r"not on this machine.*data fetch mnist"):
            digits.load(rng(), "mnist")

    @pytest.mark.parametrize(("place", "text"), [(0, "the data folder"), (1, "Keras's cache")])
    def test_used_wherever_it_lies(self, places, place, text):
        save(places[place])
        data = digits.load(rng())
        assert data.name == "MNIST" and text in data.note
        assert (state().state, state().samples) == ("present", 10)
        assert state().where == str(places[place] / "mnist.npz")

    def test_values(self, places):
        save(places[0])
        data, raw = digits.load(rng(), "mnist"), arrays()
        assert data.x.dtype == np.float32 and data.y.dtype == np.int32
        np.testing.assert_allclose(data.x, raw["x_train"] / 255, atol=1e-7)
        np.testing.assert_allclose(data.held_out.x, raw["x_test"] / 255, atol=1e-7)
        assert data.y.tolist() == raw["y_train"].tolist()
        assert data.held_out.y.tolist() == raw["y_test"].tolist()

    def test_the_data_folder_goes_first(self, places):
        save(places[0], **arrays(seed=1))
        save(places[1], **arrays(seed=2))
        np.testing.assert_allclose(digits.load(rng()).x, arrays(seed=1)["x_train"] / 255, atol=1e-7)
        assert state().where == str(places[0] / "mnist.npz")

    def test_a_broken_file_gives_way_to_a_good_one(self, places):
        (places[0] / "mnist.npz").write_bytes(b"not a zip file")
        save(places[1])
        assert digits.load(rng(), "mnist").note == "from mnist.npz in Keras's cache"
        assert state().where == str(places[1] / "mnist.npz")

    def test_the_embedded_digits_stay_available(self, places):
        save(places[0])
        assert digits.load(rng(), "digits").x.shape[1:] == (8, 8)


ILL = {
    "a key is missing": ({"y_test": None}, "no array 'y_test'"),
    "wrong image size": ({"x_train": np.zeros((7, 8, 8))}, r"shape \(7, 8, 8\)"),
    "flat images": ({"x_test": np.zeros((3, 784))}, r"shape \(3, 784\)"),
    "no images": ({"x_test": np.zeros((0, 28, 28)), "y_test": np.zeros(0)}, r"\(0, 28, 28\)"),
    "too few labels": ({"y_train": np.zeros(6)}, r"y_train has the shape \(6,\)"),
    "one-hot labels": ({"y_train": np.eye(10)[:7]}, r"y_train has the shape \(7, 10\)"),
    "label 10": ({"y_train": np.full(7, 10)}, "y_train .* 0 to 9"),
    "negative label": ({"y_test": np.full(3, -1)}, "y_test .* 0 to 9"),
    "half a label": ({"y_test": np.full(3, 0.5)}, "y_test .* 0 to 9"),
    "pixels of 256": ({"x_train": np.full((7, 28, 28), 256)}, "x_train .* 0 to 255"),
    "pixels already scaled": ({"x_train": np.full((7, 28, 28), 0.5)}, "x_train .* 0 to 255"),
    "pixels that are no number": ({"x_test": np.full((3, 28, 28), np.nan)}, "x_test .* 0 to 255"),
    "pixels of 0 and 1": (
        {"x_train": np.eye(28, dtype="uint8")[None].repeat(7, 0)},
        "x_train is 1: ",
    ),
    "pixels of 0 to 16": ({"x_test": np.full((3, 28, 28), 16)}, "pixel of x_test is 16: "),
    "one label": ({"y_train": np.full(7, 3)}, "y_train holds only the label 3"),
    "text": ({"y_train": np.array(list("0123456"))}, "y_train holds <U1"),
    "pickled objects": ({"y_train": np.array([{}] * 7, object)}, "y_train holds object"),
    "complex": ({"x_train": np.zeros((7, 28, 28), complex)}, "x_train holds complex"),
}


class TestOddFiles:
    @pytest.mark.parametrize("case", ILL)
    def test_ill_shaped(self, places, case):
        changed, problem = ILL[case]
        file = save(places[0], **changed)
        refused(file, problem)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\x00" * 500])
    def test_not_an_archive(self, places, content):
        file = places[0] / "mnist.npz"
        file.write_bytes(content)
        refused(file, "not an npz archive")

    def test_a_folder_of_that_name(self, places):
        (places[0] / "mnist.npz").mkdir()
        refused(places[0] / "mnist.npz", "cannot be read")

    def test_a_socket_of_that_name(self, places):
        with socket.socket(socket.AF_UNIX) as other, contextlib.chdir(places[0]):
            other.bind("mnist.npz")  # from there, because a socket's name must be short
        refused(places[0] / "mnist.npz", "not a regular file")

    def test_a_link_to_nowhere(self, places):
        (places[0] / "mnist.npz").symlink_to(places[0] / "gone")
        refused(places[0] / "mnist.npz", "cannot be read")

    def test_an_array_that_promises_more_than_it_holds(self, places):
        file = places[0] / "mnist.npz"
        head = io.BytesIO()
        shape = {"descr": "|u1", "fortran_order": False, "shape": (10**12, 28, 28)}
        np.lib.format.write_array_header_1_0(head, shape)
        with zipfile.ZipFile(file, "w") as archive:
            for key in local.KEYS:
                archive.writestr(f"{key}.npy", head.getvalue())
        refused(file, "x_train is truncated")

    def test_pickles_are_never_loaded(self, places):
        mark = places[0] / "ran"

        class Evil:
            def __reduce__(self):
                return Path.touch, (mark,)

        file = save(places[0], x_train=np.array([Evil()], object))
        refused(file, "x_train holds object")
        assert not mark.exists()

    @given(st.data())
    @settings(max_examples=60, deadline=None)
    def test_damaged_bytes_give_one_line_or_sound_data(self, data):
        whole = _npz(arrays())
        damaged = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
        for _ in range(data.draw(st.integers(0, 8))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        _one_line_or_sound(bytes(damaged))

    @given(
        key=st.sampled_from(local.KEYS),
        shape=st.lists(st.sampled_from([0, 1, 3, 7, 28]), max_size=4),
        kind=st.sampled_from(["uint8", "int64", "float16", "float64", "bool", "S1", ">i4"]),
        value=st.sampled_from([0, 1, 9, 10, 255, -1, 0.5, np.inf]),
    )
    @settings(max_examples=80, deadline=None)
    def test_any_array_in_any_place(self, key, shape, kind, value):
        with np.errstate(all="ignore"):
            odd = np.full(shape, value).astype(kind)
        _one_line_or_sound(_npz(arrays() | {key: odd}))


def _npz(content):
    buffer = io.BytesIO()
    np.savez(buffer, **content)
    return buffer.getvalue()


def _one_line_or_sound(content):
    """Check that `local.read` returns valid data or raises a one-line error, for any bytes."""
    from tui_dl import paths

    file = paths.data() / "mnist.npz"
    file.write_bytes(content)
    try:
        x, y, x_val, y_val = local.read(file)
    except LessonError as error:
        assert "\n" not in str(error) and str(error).startswith(f"{file}: ")
        assert digits.load(rng()).name == "digits (embedded 8×8)"
    else:
        assert x.shape == (len(y), 28, 28) and x_val.shape == (len(y_val), 28, 28)
        assert x.min() >= 0 and x.max() <= 1 and set(y.tolist()) <= set(range(10))
        assert local.samples(file) == (len(x), len(x_val))
    assert file.read_bytes() == content


def refused(file, problem):
    """Check that `mnist` raises an error with file and problem, and `auto` notes the same."""
    with pytest.raises(LessonError, match=problem) as caught:
        digits.load(rng(), "mnist")
    assert str(caught.value).startswith(str(file)) and "\n" not in str(caught.value)
    data = digits.load(rng())
    assert data.name == "digits (embedded 8×8)" and re.search(problem, data.note)
    assert state().state == "unreadable" and state().where == str(caught.value)
    assert file.exists() or file.is_symlink()
    with pytest.raises(LessonError):
        fetch.fetch("mnist", _no_progress)
    assert file.exists() or file.is_symlink()


def _no_progress(done, total):
    raise AssertionError("nothing was to be downloaded")


class TestFetch:
    @pytest.fixture
    def server(self, tmp_path, monkeypatch):
        """A local source, by file URL: no network is needed."""
        (tmp_path / "server").mkdir()
        file = save(tmp_path / "server")
        content = file.read_bytes()
        known = replace(
            fetch.SOURCES["mnist"],
            origin=file.as_uri(),
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
        )
        monkeypatch.setitem(fetch.SOURCES, "mnist", known)
        return file

    def test_downloads_into_the_data_folder(self, places, server, capfd):
        seen = []
        got = fetch.fetch("mnist", lambda done, total: seen.append((done, total)))
        size = server.stat().st_size
        assert got == places[0] / "mnist.npz" and got.read_bytes() == server.read_bytes()
        assert seen[-1] == (size, size)
        assert [file.name for file in places[0].iterdir()] == ["mnist.npz"]
        assert list(places[1].iterdir()) == []
        assert got.stat().st_mode & 0o777 == 0o600
        assert capfd.readouterr().out == ""  # Keras's own progress bar stays silent
        assert digits.load(rng(), "mnist").x.shape == (7, 28, 28)

    def test_progress_follows_the_growing_file(self, places, monkeypatch):
        arrived, seen = threading.Event(), []

        def slow(name, origin, *, cache_subdir, **_):
            file = Path(cache_subdir) / name
            file.write_bytes(b"x" * 1000)
            assert arrived.wait(10)
            return str(file)

        monkeypatch.setattr("keras.utils.get_file", slow)
        fetch.fetch("mnist", lambda *at: (seen.append(at), arrived.set()))
        assert seen[0] == (1000, fetch.SOURCES["mnist"].bytes)

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_file_with_another_hash_is_left_as_it_is(self, places, server, place):
        mine = save(places[place], **arrays(seed=9))
        before = mine.read_bytes(), mine.stat().st_mtime_ns
        assert before[0] != server.read_bytes()
        assert fetch.fetch("mnist", _no_progress) == mine
        assert digits.load(rng(), "mnist").name == "MNIST"
        available()
        assert (mine.read_bytes(), mine.stat().st_mtime_ns) == before

    def test_a_file_that_appears_meanwhile_is_not_overwritten(self, places, server, monkeypatch):
        import keras

        real = keras.utils.get_file

        def racing(*args, **kwargs):
            (places[0] / "mnist.npz").write_bytes(b"mine")
            return real(*args, **kwargs)

        monkeypatch.setattr(keras.utils, "get_file", racing)
        fetch.fetch("mnist", lambda *_: None)
        assert (places[0] / "mnist.npz").read_bytes() == b"mine"

    def test_a_wrong_download_leaves_nothing(self, places, server, monkeypatch):
        bad = replace(fetch.SOURCES["mnist"], sha256="0" * 64)
        monkeypatch.setitem(fetch.SOURCES, "mnist", bad)
        with pytest.raises(LessonError, match="hash"):
            fetch.fetch("mnist", lambda *_: None)
        assert list(places[0].iterdir()) == []

    def test_offline_is_one_line_that_says_what_to_do(self, places, server):
        server.unlink()
        with pytest.raises(LessonError, match="could not be downloaded") as caught:
            fetch.fetch("mnist", lambda *_: None)
        assert "\n" not in str(caught.value)
        assert str(places[0] / "mnist.npz") in str(caught.value)
        assert list(places[0].iterdir()) == []

    @pytest.mark.parametrize(
        ("name", "text"),
        [("mnits", "did you mean mnist"), ("xyz", "known: iris"), ("iris", "embedded")],
    )
    def test_names(self, name, text):
        with pytest.raises(LessonError, match=text):
            fetch.fetch(name, _no_progress)


def test_embedded_tables_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits, load_iris

    lengths, species, names = embedded.iris()
    images, labels = embedded.digits()
    flowers, drawn = load_iris(), load_digits()
    assert np.array_equal(lengths, flowers.data) and np.array_equal(species, flowers.target)
    assert list(names) == list(flowers.target_names)
    assert np.array_equal(images, drawn.images) and np.array_equal(labels, drawn.target)


@pytest.mark.slow
def test_a_run_does_not_load_scikit_learn_and_a_lesson_can():
    code = """
import sys
from tui_dl import catalog
from tui_dl.engine.session import Session
lesson = catalog.lesson("iris")
Session(lesson, lesson.parameters.of({"epochs": 1}), compile="graph", emit=lambda e: None).run()
assert "sklearn" not in sys.modules
import sklearn.datasets
"""
    subprocess.run([sys.executable, "-c", code], check=True)
