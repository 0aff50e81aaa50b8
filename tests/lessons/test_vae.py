"""The autoencoders: both parts of the loss, the noise, the samples, the views, the page."""

import json

import numpy as np
import pytest
from measuring import history, trained

from lessons.vae import LESSON
from lessons.vae.model import Autoencoder, data, model
from lessons.vae.views import (
    encode,
    measure,
    mosaic,
    nearest,
    off_and_missed,
    same_digit,
    sampled,
    thumbnails,
)
from tui_dl.drawing.kinds import draw
from tui_dl.drawing.palette import Palette
from tui_dl.engine.session import Session
from tui_dl.lesson import Dataset, Split

RNG = np.random.default_rng
PAGE = LESSON.theory()
KINDS = ("vae", "autoencoder")


def settings(**values):
    return LESSON.parameters.of({"images": "digits", **values})


@pytest.fixture(scope="module")
def digits():
    return data(settings(), RNG(0))


def built(digits, **values):
    import keras

    keras.utils.set_random_seed(0)
    return model(settings(**values), digits)


def step_logs(net, x):
    """Return the network's own test-step logs for images, as numbers."""
    net.reset_metrics()
    return {name: float(value) for name, value in net.test_step((x, np.zeros(len(x)))).items()}


# --- the model -------------------------------------------------------------------------------


def test_the_default_needs_no_download_and_keeps_labels_for_pictures(digits):
    assert LESSON.parameters().images == "digits"
    assert digits.x.shape[1:] == (8, 8) and digits.y.shape == (len(digits.x),)
    assert digits.x.min() == 0 and digits.x.max() == 1


@pytest.mark.parametrize(("kind", "encoder"), [("vae", 8836), ("autoencoder", 8578)])
def test_parameter_counts(digits, kind, encoder):
    net = built(digits, kind=kind)
    assert [net.encoder.count_params(), net.decoder.count_params()] == [encoder, 8640]
    assert "= 8836" in PAGE and "= 8640" in PAGE


def test_kl_is_the_distance_of_the_cloud_from_the_prior(digits):
    """The KL formula matches its definition, the mean of log q(z) − log p(z), by sampling."""
    mu, sigma = np.array([1.0, -0.3]), np.array([0.5, 1.4])
    z = mu + sigma * RNG(0).normal(size=(400_000, 2))
    log_q = -np.log(sigma) - ((z - mu) / sigma) ** 2 / 2
    drawn = (log_q + z**2 / 2).sum(axis=1).mean()
    net = built(digits)
    code = np.array([[*mu], [0, 0]], "float32"), np.log([[*sigma], [1, 1]]).astype("float32") * 2
    x = digits.x[:2]
    net.compute_loss(x, None, (np.zeros_like(x), *code))
    assert 2 * float(net.kl.result()) == pytest.approx(drawn, abs=0.01)  # the second adds 0


def test_reconstruction_is_the_cross_entropy_of_a_whole_image(digits):
    net, x = built(digits), digits.x[:5]
    scores = RNG(0).normal(size=x.shape).astype("float32")
    zeros = np.zeros((5, 2), "float32")
    loss = float(net.compute_loss(x, None, (scores, zeros, zeros)))
    x_hat = 1 / (1 + np.exp(-scores))
    expected = -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)).sum() / 5
    assert loss == pytest.approx(expected, rel=1e-5)
    assert float(net.reconstruction.result()) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("beta", [0.0, 1.0, 3.0])
def test_the_loss_is_reconstruction_plus_beta_kl(digits, beta):
    logs = step_logs(built(digits, beta=beta), digits.x[:64])
    assert set(logs) == {"loss", "reconstruction", "kl"} and logs["kl"] > 0
    assert logs["loss"] == pytest.approx(logs["reconstruction"] + beta * logs["kl"], rel=1e-5)


def test_the_plain_one_pays_nothing_and_draws_nothing(digits):
    net, x = built(digits, kind="autoencoder", beta=5), digits.x[:9]
    first, again = (np.asarray(net(x)[0]) for _ in range(2))
    assert np.array_equal(first, again)
    assert step_logs(net, x)["kl"] == 0
    noisy = built(digits)
    assert not np.allclose(*(np.asarray(noisy(x)[0]) for _ in range(2)))


def test_reparameterization():
    """z has the requested mean and spread, and gradients reach both through the noise."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    net = Autoencoder((2, 2), 1, 4, 1.0, True)
    net.decoder = keras.layers.Identity()
    kernel, bias = net.encoder.layers[-1].weights
    kernel.assign(np.zeros(kernel.shape))
    bias.assign([0.7, 2 * np.log(0.5)])
    with tf.GradientTape() as tape:
        z, _, _ = net(np.zeros((20_000, 2, 2), "float32"))
        total = tf.reduce_sum(z**2)
    slope = np.asarray(tape.gradient(total, bias.value))
    z = np.asarray(z, float)
    assert z.mean() == pytest.approx(0.7, abs=0.02) and z.std() == pytest.approx(0.5, abs=0.02)
    sigma_epsilon = z - 0.7
    assert slope == pytest.approx([np.sum(2 * z), np.sum(2 * z * sigma_epsilon / 2)], rel=1e-3)


def test_the_network_is_saved_and_read_back(tmp_path, digits):
    import keras

    net = built(digits, latent=3, units=8, beta=2.0)
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert (again.beta, again.variational) == (2.0, True)
    for mine, theirs in zip(encode(net, digits.x[:4]), encode(again, digits.x[:4]), strict=True):
        assert np.allclose(mine, theirs)


# --- measures and pictures -------------------------------------------------------------------


def test_nearest_is_the_distance_to_the_nearest():
    a, b = RNG(0).random((7, 3, 3)), RNG(1).random((11, 3, 3))
    every = np.sqrt(((a[:, None] - b) ** 2).mean(axis=(2, 3)))
    assert nearest(a, b) == pytest.approx(every.min(axis=1))


def test_off_and_missed_tell_noise_and_monotony_from_digits(digits):
    real = off_and_missed(digits.x[:200], digits)
    same = off_and_missed(np.repeat(digits.x[:1], 200, axis=0), digits)
    noise = off_and_missed(RNG(0).random((200, 8, 8)), digits)
    assert real["off"] == pytest.approx(0, abs=1e-4) == pytest.approx(same["off"], abs=1e-4)
    assert same["missed"] > real["missed"] + 0.05 and noise["off"] > 0.3


def test_same_digit_reads_the_nearest_code(digits):
    class Oracle:
        """An encoder that knows the labels."""

        variational = False

        def __init__(self, wrong):
            labels = {x.tobytes(): int(y) for x, y in zip(digits.x, digits.y, strict=True)}
            unseen = zip(digits.held_out.x, digits.held_out.y, strict=True)
            labels |= {x.tobytes(): (int(y) + wrong) % 10 for x, y in unseen}
            self.encoder = lambda images, training: np.array(
                [[labels[image.tobytes()]] for image in images], float
            )

    assert same_digit(Oracle(wrong=0), digits) > 0.99
    assert same_digit(Oracle(wrong=1), digits) < 0.01


def test_samples_are_decoded_from_the_standard_normal(digits):
    net = built(digits)
    images = sampled(net, 3)
    z = RNG(0).normal(size=(3, 2)).astype("float32")
    assert images == pytest.approx(1 / (1 + np.exp(-np.asarray(net.decoder(z)))), abs=1e-6)
    assert not np.allclose(images, sampled(net, 3, mean=5.0))


def test_thumbnails_and_mosaics():
    images = np.arange(4 * 28 * 28, dtype=float).reshape(4, 28, 28)
    small = thumbnails(images)
    assert small.shape == (4, 9, 9) and small[2, 0, 1] == images[2, :3, 3:6].mean()
    assert np.array_equal(thumbnails(images[:, :8, :8]), images[:, :8, :8])
    grid = mosaic(images, 2)
    assert grid.shape == (57, 57) and not grid[28].any() and not grid[:, 28].any()
    assert np.array_equal(grid[:28, 29:], images[1]) and np.array_equal(grid[29:, :28], images[2])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("latent", [1, 2, 5])
def test_views_can_be_drawn(digits, kind, latent):
    p = settings(kind=kind, latent=latent)
    net = built(digits, kind=kind, latent=latent)
    before = [np.asarray(v).copy() for v in net.variables]
    cursor, plane, strips = (view.draw(net, digits, p) for view in LESSON.views)
    assert all(np.array_equal(a, b) for a, b in zip(before, net.variables, strict=True))
    json.dumps([cursor, plane, strips], allow_nan=False)
    assert np.shape(plane["values"]) == (26, 44) and np.shape(strips["values"]) == (26, 35)
    assert np.allclose(np.array(strips["values"])[:8, :8], digits.held_out.x[0])
    for payload in (cursor, plane, strips):
        assert "cannot be drawn" not in draw(payload, 80, 24, Palette()).plain


def test_the_plane_covers_the_prior_with_high_z2_on_top(digits):
    net = built(digits)
    values = np.array(LESSON.views[1].draw(net, digits, settings())["values"])
    corner = np.array([[-2, 2]], "float32")
    assert values[:8, :8] == pytest.approx(1 / (1 + np.exp(-np.asarray(net.decoder(corner))[0])))


def test_the_cursor_walks_and_what_it_decodes_is_beside_it(digits):
    net = built(digits)
    shots = []
    for steps in (0, 40):
        net.optimizer.iterations.assign(steps)
        shots.append(LESSON.views[0].draw(net, digits, settings()))
    places = []
    for shot in shots:
        codes, decoded = shot["panels"]
        at, *words = codes["words"]
        z = np.array([[at["x"], at["y"]]], "float32")
        wanted = 1 / (1 + np.exp(-np.asarray(net.decoder(z))[0]))
        assert np.array(decoded["tiles"][0]["values"]) == pytest.approx(wanted, abs=1e-5)
        assert [word["text"] for word in words] == [str(y) for y in digits.held_out.y[:100]]
        places.append(z)
    assert places[0] == pytest.approx(np.array([[1.3, 0]])) and (places[0] != places[1]).all()
    mu = np.split(np.asarray(net.encoder(digits.held_out.x[:1])), 2, axis=-1)[0][0]
    first = shots[0]["panels"][0]["words"][1]
    assert [first["x"], first["y"]] == pytest.approx(mu, abs=1e-5)


def test_larger_images_are_shrunk_into_the_same_room():
    x = RNG(0).random((40, 28, 28)).astype("float32")
    sets = Dataset(
        "large", x, np.arange(40) % 10, Split(x, np.arange(40) % 10), tuple("0123456789")
    )
    net = model(settings(), sets)
    for view, width in zip(LESSON.views[1:], (39, 29), strict=True):
        assert np.shape(view.draw(net, sets, settings())["values"]) == (29, width)
    assert set(measure(net, sets, settings())) >= {"off", "missed", "same_digit"}


# --- runs ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs():
    """Return a short run of each: the default, the plain autoencoder, and too much KL."""
    arms = {"vae": {}, "plain": {"kind": "autoencoder"}, "mean": {"beta": 64.0}}
    return {name: run(**values) for name, values in arms.items()}


def run(**values):
    events = []
    p = settings(epochs=25, **values)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed", finished.message
    return finished.metrics, events


@pytest.mark.slow
def test_both_parts_are_reported_for_training_and_validation(runs):
    metrics, events = runs["vae"]
    parts = {"loss", "reconstruction", "kl"}
    last = [e for e in events if e.kind == "epoch"][-1].metrics
    assert set(last) == parts | {f"val_{name}" for name in parts}
    assert metrics["val_loss"] == pytest.approx(last["val_reconstruction"] + last["val_kl"], 1e-4)
    assert {e.view for e in events if e.kind == "snapshot"} == {v.name for v in LESSON.views}


@pytest.mark.slow
def test_the_vae_learns_to_say_something(runs):
    metrics, _ = runs["vae"]
    assert metrics["val_loss"] < 26.5 and metrics["val_kl"] > 1
    assert metrics["same_digit"] > 0.4 and 0.7 < metrics["spread"] < 1.2


@pytest.mark.slow
def test_too_much_kl_leaves_nothing_to_say(runs):
    metrics, _ = runs["mean"]
    assert metrics["val_kl"] < 0.05
    assert metrics["val_reconstruction"] > runs["vae"][0]["val_reconstruction"] + 1


@pytest.mark.slow
def test_the_plain_one_copies_better_and_its_samples_miss_more(runs):
    plain, variational = runs["plain"][0], runs["vae"][0]
    assert plain["val_reconstruction"] < variational["val_reconstruction"] - 0.5
    assert plain["spread"] > 2 * variational["spread"]
    assert plain["missed"] > variational["missed"]


@pytest.mark.slow
@pytest.mark.answer("eight")
def test_in_eight_dimensions_a_fitted_normal_helps_but_not_enough():
    plain, vae = (trained("vae", name) for name in ("eight-plain", "eight-numbers"))
    missed = [plain["missed"], plain["missed_fitted"], vae["missed"]]
    assert missed == pytest.approx([0.25, 0.18, 0.16], abs=0.015)
    assert "`missed` falls from 0.25 to 0.18" in PAGE and "the VAE reaches 0.16" in PAGE
    two = trained("vae")["same_digit"]
    assert (vae["same_digit"], two) == pytest.approx((0.94, 0.73), abs=0.05)


# --- the page --------------------------------------------------------------------------------


def test_worked_numbers_of_the_page(digits):
    mu, sigma, epsilon = 1, 0.5, -0.6
    assert f"1 − 0.5 · 0.6 = {mu + sigma * epsilon:g}" in PAGE
    kl = (mu**2 + sigma**2 - 1 - np.log(sigma**2)) / 2
    assert f"½ (0.25 + {-np.log(0.25):.4f}) = {kl:.4f} nats" in PAGE
    assert (mu**2 + 1 - 1 - 0) / 2 == 0.5 and "only ½ = 0.5" in PAGE
    assert f"The other {kl - 0.5:.4f} nats" in PAGE
    assert f"log 2 = {np.log(2):.4f}" in PAGE
    x = np.clip(np.concatenate([digits.x, digits.held_out.x]).astype(float), 1e-12, 1 - 1e-12)
    floor = -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=(1, 2)).mean()
    assert f"about {floor:.1f} nats" in PAGE


def test_the_row_of_the_curriculum_and_the_experiments():
    assert LESSON.rows == ("001/vae",)
    for experiment in LESSON.experiments:
        LESSON.parameters.of(experiment.settings)
        assert f"`-e {experiment.name}`" in PAGE or experiment.name == "mnist"


def test_log_p_is_the_elbo_plus_the_divergence_from_the_exact_posterior():
    """The three lines of the page, for a z with three values."""
    prior, likelihood, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.6, 0.2]), np.full(3, 1 / 3)
    joint = prior * likelihood
    posterior = joint / joint.sum()
    elbo = (q * np.log(joint / q)).sum()
    divergence = (q * np.log(q / posterior)).sum()
    assert np.log(joint.sum()) == pytest.approx(elbo + divergence) and divergence > 0
    assert elbo == pytest.approx((q * np.log(likelihood)).sum() - (q * np.log(q / prior)).sum())


@pytest.mark.slow
@pytest.mark.answer("kl")
@pytest.mark.answer("plain")
@pytest.mark.answer("one")
def test_the_answers_about_what_the_code_pays_for():
    kl = history("vae", "val_kl")
    assert kl[0] < 1.3 and kl[-1] == pytest.approx(2.2, abs=0.3)
    vae, plain, one = (trained("vae", name) for name in ("", "autoencoder", "one-number"))
    copies = [known["val_reconstruction"] for known in (vae, plain, one)]
    assert copies == pytest.approx([22.7, 21.0, 24.9], abs=0.6)
    assert (vae["spread"], plain["spread"]) == pytest.approx((0.93, 4.2), rel=0.15)
    assert (vae["missed"], plain["missed"]) == pytest.approx((0.190, 0.221), abs=0.01)
    assert (vae["same_digit"], one["same_digit"]) == pytest.approx((0.73, 0.40), abs=0.08)


@pytest.mark.slow
@pytest.mark.answer("free")
@pytest.mark.answer("mean")
def test_the_answers_about_a_weight_that_is_too_low_or_too_high():
    free, mean = (trained("vae", name) for name in ("no-kl", "pixel-mean"))
    assert free["val_kl"] > 40 and free["spread"] == pytest.approx(5.4, rel=0.25)
    assert mean["val_kl"] < 0.005 and mean["same_digit"] < 0.25
