"""CIFAR-10 and its stand-in: which files are used, which are refused, and none is changed."""

import hashlib
import io
import pickle
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from tui_dl.datasets import available, cifar10, fetch, local, shapes
from tui_dl.errors import LessonError

pytestmark = pytest.mark.usefixtures("places")


def rng(seed=0):
    return np.random.default_rng(seed)


def arrays(n=12, m=5, seed=0):
    draw = rng(seed)
    images = [draw.integers(0, 256, (k, 32, 32, 3), dtype="uint8") for k in (n, m)]
    labels = [draw.integers(0, 10, (k, 1), dtype="uint8") for k in (n, m)]
    return {"x_train": images[0], "y_train": labels[0], "x_test": images[1], "y_test": labels[1]}


def save(folder, **changed):
    file = folder / "cifar10.npz"
    np.savez(file, **(arrays() | changed))
    return file


def state(name="cifar10"):
    return next(info for info in available() if info.name == name)


class TestShapes:
    def test_images_and_labels(self):
        data = shapes.load(rng(), 500)
        assert data.x.shape == (500, 32, 32, 3) and data.held_out.x.shape == (100, 32, 32, 3)
        assert data.x.dtype == np.float32 and data.y.dtype == np.int32
        assert data.x.min() >= 0 and data.x.max() <= 1
        assert len(data.classes) == 10 and set(data.y.tolist()) == set(range(10))

    def test_never_more_than_it_says(self):
        data = shapes.load(rng(), 50_000)
        assert (len(data.x), len(data.held_out.x)) == (shapes.TRAINING, shapes.VALIDATION)
        assert state("shapes").samples == shapes.SAMPLES

    def test_the_generator_decides(self):
        first, again, other = (shapes.load(rng(s), 50) for s in (1, 1, 2))
        assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)
        assert not np.array_equal(first.x, other.x)

    def test_color_says_nothing_and_form_does(self):
        """Mean color predicts no class, but form does: a disc covers more than a triangle."""
        data = shapes.load(rng(), 2000)
        assert nearest_mean(data.x.mean(axis=(1, 2)), data.y) < 0.15
        area = {c: covered(data.x[data.y == k]).mean() for k, c in enumerate(data.classes)}
        assert area["triangle"] < area["plus"] < area["disc"] < 0.4
        assert area["frame"] < area["square"] and area["ring"] < area["disc"]

    @pytest.mark.parametrize(
        ("name", "inside", "outside"),
        [("ring", (0.8, 0), (0, 0)), ("disc", (0, 0), (0.8, 0.8)), ("frame", (0.75, 0.75), (0, 0)),
         ("plus", (0, 0.9), (0.6, 0.6)), ("cross", (0.6, 0.6), (0, 0.9)),
         ("triangle", (0.5, 0.5), (0.5, -0.5)), ("square", (0.8, 0.8), (1, 1))],
    )  # fmt: skip
    def test_what_lies_within(self, name, inside, outside):
        form = shapes._SHAPES[name]
        assert form(*map(np.float32, inside)) < 0 < form(*map(np.float32, outside))


def covered(x):
    """Return the share of pixels whose color is far from the top left corner's."""
    corner = x[:, :1, :1]
    return (np.abs(x - corner).max(axis=-1) > 0.35).mean(axis=(1, 2))


def nearest_mean(features, truth):
    half = len(truth) // 2
    means = np.array([features[:half][truth[:half] == k].mean(axis=0) for k in range(10)])
    apart = np.linalg.norm(features[half:, None] - means, axis=-1)
    return np.mean(apart.argmin(axis=1) == truth[half:])


class TestFile:
    def test_auto_draws_shapes_and_says_how_to_get_photographs(self):
        data = cifar10.load(rng(), training=100)
        assert data.name == "colored shapes (generated)"
        assert "stand-in" in data.note and "data fetch cifar10" in data.note
        assert (state().state, state().samples) == ("absent", None)

    def test_asked_for_but_absent(self):
        with pytest.raises(LessonError, match=r"not on this machine.*data fetch cifar10"):
            cifar10.load(rng(), "cifar10")

    @pytest.mark.parametrize(("place", "text"), [(0, "the data folder"), (1, "Keras's cache")])
    def test_used_wherever_it_lies(self, places, place, text):
        file = save(places[place])
        data = cifar10.load(rng())
        assert data.name == "CIFAR-10" and text in data.note
        assert (state().state, state().samples, state().where) == ("present", 17, str(file))

    def test_values(self, places):
        save(places[0])
        data, raw = cifar10.load(rng(), "cifar10"), arrays()
        assert data.x.dtype == np.float32 and data.y.dtype == np.int32
        np.testing.assert_allclose(data.x, raw["x_train"] / 255, atol=1e-7)
        assert data.y.tolist() == raw["y_train"][:, 0].tolist()
        assert data.classes[3] == "cat" and len(data.classes) == 10

    def test_labels_in_one_row_will_do(self, places):
        save(places[0], y_train=arrays()["y_train"][:, 0])
        assert cifar10.load(rng(), "cifar10").y.shape == (12,)

    def test_fewer_images_are_the_first_ones(self, places):
        save(places[0])
        data = cifar10.load(rng(), training=10)
        assert (len(data.x), len(data.held_out.x)) == (10, 2) and "10 of 12" in data.note
        np.testing.assert_allclose(data.x, arrays()["x_train"][:10] / 255, atol=1e-7)

    def test_shapes_stay_available(self, places):
        save(places[0])
        assert cifar10.load(rng(), "shapes", 100).name == "colored shapes (generated)"

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"x_train": np.zeros((12, 28, 28))}, r"\(12, 28, 28\), not \(N, 32, 32, 3\)"),
            ({"x_train": np.zeros((12, 3, 32, 32))}, r"\(12, 3, 32, 32\)"),
            ({"y_train": np.zeros((12, 2))}, r"y_train has the shape \(12, 2\)"),
            ({"y_test": np.full((5, 1), 10)}, "y_test .* 0 to 9"),
            ({"x_test": np.full((5, 32, 32, 3), 0.5)}, "x_test .* 0 to 255"),
        ],
    )
    def test_another_layout_is_refused_in_one_line_and_left_alone(self, places, changed, problem):
        file = save(places[0], **changed)
        before = file.read_bytes(), file.stat().st_mtime_ns
        with pytest.raises(LessonError, match=problem) as caught:
            cifar10.load(rng(), "cifar10")
        assert "\n" not in str(caught.value) and str(file) in str(caught.value)
        data = cifar10.load(rng(), training=100)
        assert data.name == shapes.NAME and str(file) in data.note
        assert (file.read_bytes(), file.stat().st_mtime_ns) == before

    def test_a_broken_file_gives_way_to_a_good_one(self, places):
        (places[0] / "cifar10.npz").write_bytes(b"no archive")
        save(places[1])
        assert "Keras's cache" in cifar10.load(rng(), "cifar10").note

    def test_mnist_s_layout_takes_no_columns_of_labels(self, places):
        x = np.zeros((2, 28, 28), "uint8")
        y = np.zeros((2, 1), "uint8")
        np.savez(places[0] / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
        with pytest.raises(LessonError, match=r"y_train has the shape \(2, 1\)"):
            local.read(places[0] / "mnist.npz")


class TestFetch:
    @pytest.fixture
    def published(self, tmp_path, monkeypatch):
        """Return a small version of the authors' archive: six pickled batches, colors apart."""
        file = tmp_path / "cifar-10-python.tar.gz"
        pack(file, {name: pickled(seed) for seed, name in enumerate(NAMES)})
        return announce(monkeypatch, file)

    def test_the_archive_becomes_a_file_that_can_be_used(self, places, published):
        seen = []
        got = fetch.fetch("cifar10", lambda *at: seen.append(at))
        assert got == places[0] / "cifar10.npz"
        assert [file.name for file in places[0].iterdir()] == ["cifar10.npz"]
        assert list(places[1].iterdir()) == []
        data = cifar10.load(rng(), "cifar10")
        assert data.x.shape == (20, 32, 32, 3) and len(data.held_out.x) == 4
        rows, labels = batch(0)
        red = rows[2].reshape(3, 32, 32)[0]
        np.testing.assert_allclose(data.x[2, :, :, 0], red / 255, atol=1e-7)
        assert data.y[:4].tolist() == labels and data.held_out.y.tolist() == batch(5)[1]

    def test_a_file_of_one_s_own_is_left_as_it_is(self, places, published):
        mine = save(places[1])
        before = mine.read_bytes()
        assert fetch.fetch("cifar10", lambda *_: None) == mine
        assert mine.read_bytes() == before and list(places[0].iterdir()) == []

    def test_an_archive_that_would_run_something_is_refused(self, places, tmp_path, monkeypatch):
        mark = tmp_path / "ran"

        class Evil:
            def __reduce__(self):
                return open, (str(mark), "w")

        file = tmp_path / "cifar-10-python.tar.gz"
        pack(file, dict.fromkeys(NAMES, pickle.dumps({b"data": Evil()})))
        announce(monkeypatch, file)
        with pytest.raises(LessonError, match="not allowed in an archive of images"):
            fetch.fetch("cifar10", lambda *_: None)
        assert not mark.exists() and list(places[0].iterdir()) == []


NAMES = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]


def batch(seed):
    draw = rng(seed)
    return draw.integers(0, 256, (4, 3072), dtype="uint8"), draw.integers(0, 10, 4).tolist()


def pickled(seed):
    images, labels = batch(seed)
    new = pickle.dumps({b"data": images, b"labels": labels}, protocol=2)
    return new.replace(b"numpy._core", b"numpy.core")  # the name when the archive was made


def pack(file, members):
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def announce(monkeypatch, file):
    content = file.read_bytes()
    known = replace(
        fetch.SOURCES["cifar10"],
        origin=file.as_uri(),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    monkeypatch.setitem(fetch.SOURCES, "cifar10", known)
    return file
