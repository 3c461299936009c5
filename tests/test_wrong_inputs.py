"""What once passed without a word, or with a message that did not help: models, images, numbers, claims."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from vae_notes import (
    Autoencoder,
    Bernoulli,
    ConvolutionalVAE,
    FaceAutoencoder,
    FaceVAE,
    Gaussian,
    LinearGaussian,
    VariationalAutoencoder,
    active_units,
    bootstrap_interval,
    check,
    diagnose,
    difference_of_means,
    draw_faces,
    elbo,
    evaluate,
    face_codes,
    fit,
    importance_bound,
    interpolate,
    load_images,
    load_mnist,
    log_integral,
    negative_elbo,
    principal_components,
    r_squared,
    reconstruct,
    regression,
    reparameterize,
    sample,
    sample_correlated_face_factors,
    sample_face_factors,
    slopes,
    told_apart,
)
from vae_notes.arguments import did_you_mean
from vae_notes.modules import unwrapped
from vae_notes.plotting import tile
from vae_notes.protocol import as_vae


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def seeded(build, *args, **kwargs):
    torch.manual_seed(0)
    return build(*args, **kwargs)


@pytest.fixture
def x():
    return torch.rand(6, 1, 28, 28, generator=generator())


class Forward(nn.Module):
    """The usual forward; `order` says what it returns of (x_hat, mu, logvar)."""

    def __init__(self, order, eval_mean=False):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(784, 8), nn.Sequential(nn.Linear(4, 784), nn.Sigmoid())
        self.order, self.eval_mean = order, eval_mean

    def forward(self, x):
        mu, logvar = self.encoder(x.flatten(1)).chunk(2, 1)
        noise = torch.zeros_like(mu) if self.eval_mean and not self.training else torch.randn_like(mu)
        return self.order(self.decoder(mu + torch.exp(0.5 * logvar) * noise), mu, logvar)


class Own(nn.Module):
    """The stated protocol; what either function returns may be changed."""

    def __init__(self, encode=lambda mu, logvar: (mu, logvar), log_p=lambda value: value):
        super().__init__()
        self.coder, self.decoder, self.out, self.log_p = nn.Linear(784, 8), nn.Linear(4, 784), encode, log_p

    def encode(self, x):
        return self.out(*self.coder(x.flatten(1)).chunk(2, 1))

    def log_likelihood(self, x, z):
        return self.log_p(-(self.decoder(z).sigmoid() - x.flatten(1)).square().sum(-1))

    def decode(self, z):
        return self.decoder(z).sigmoid().unflatten(-1, (1, 28, 28))


SWAPPED = r"after x_hat, Forward returns logvar and mu: return \(x_hat, mu, logvar\)"


@pytest.mark.parametrize(
    ("order", "eval_mean", "told"),
    [
        (lambda x_hat, mu, logvar: (x_hat, logvar, mu), False, SWAPPED),
        (lambda x_hat, mu, logvar: (x_hat, logvar, mu), True, SWAPPED),
        (lambda x_hat, mu, logvar: (x_hat, mu, torch.exp(0.5 * logvar)), False, "mu and a deviation: return 2"),
        (lambda x_hat, mu, logvar: (x_hat, mu, logvar.exp()), False, "mu and a variance: return its log"),
    ],
)
def test_outputs_that_are_not_mu_and_logvar_are_recognised_by_the_code(x, order, eval_mean, told):
    model = seeded(Forward, order, eval_mean)
    for ask in (elbo, evaluate, diagnose, lambda m, x: fit(m, x, epochs=1, batch_size=3)):
        with pytest.raises(TypeError, match=told):
            ask(model, x)
    right = seeded(Forward, lambda *out: out, eval_mean)
    assert elbo(right, x).value.isfinite().all()
    assert elbo(seeded(Forward, lambda *out: list(out)), x).value.shape == (6,)


def test_other_noise_is_no_reason_to_refuse(x):
    """A model that takes the variance for a deviation has a bound all the same, of the q that it states."""

    class Wider(Forward):
        def forward(self, x):
            mu, logvar = self.encoder(x.flatten(1)).chunk(2, 1)
            return self.decoder(mu + torch.exp(logvar) * torch.randn_like(mu)), mu, logvar

    assert elbo(seeded(Wider, None), x).value.isfinite().all()


@pytest.mark.parametrize(
    ("encode", "told"),
    [
        (lambda mu, logvar: (mu, logvar, mu), "got 3 things"),
        (lambda mu, logvar: torch.distributions.Normal(mu, logvar.exp()), "got Normal"),
        (lambda mu, logvar: {"mu": mu, "logvar": logvar}, "got dict"),
        (lambda mu, logvar: (mu.long(), logvar), "floating-point tensors, got torch.int64"),
        (lambda mu, logvar: (mu[:1], logvar[:1]), r"of shape \(\d, D\)"),
    ],
)
def test_what_encode_returns_is_looked_at_everywhere(x, encode, told):
    model = Own(encode)
    for ask in (
        elbo, evaluate, diagnose, active_units, reconstruct,
        lambda m, x: importance_bound(m, x, 2),
        lambda m, x: sample(m, 2, like=x),
        lambda m, x: interpolate(m, x[:2], x[2:4]),
    ):  # fmt: skip
        with pytest.raises((TypeError, ValueError), match=rf"encode\(x\) must return .*{told}"):
            ask(model, x)


def test_a_log_likelihood_cut_off_from_z_is_not_trained_and_a_complex_one_is_none(x):
    for cut in (lambda value: value.detach(), lambda value: value.long()):
        for ask in (elbo, negative_elbo, lambda m, x: fit(m, x, epochs=1, batch_size=3)):
            with pytest.raises(ValueError, match=r"log_likelihood\(x, z\) is cut off from z"):
                ask(Own(log_p=cut), x)
    frozen = Own()
    frozen.coder.requires_grad_(False)
    assert fit(frozen, x, epochs=1, batch_size=3).loss  # its decoder learns
    with pytest.raises(ValueError, match="must return real numbers, got torch.complex64"):
        elbo(Own(log_p=lambda value: value + 0j), x)


def test_models_are_looked_into_whatever_wraps_them_and_a_class_is_no_model(x):
    model = seeded(VariationalAutoencoder, 4, 8)
    for wrap in (
        torch.compile(model, backend="eager"),
        torch.compile(nn.DataParallel(model), backend="eager"),
        nn.DataParallel(torch.compile(model, backend="eager")),
    ):
        assert unwrapped(wrap) is as_vae(wrap) is model
        assert evaluate(wrap, x) == evaluate(model, x)
        assert sample(wrap, 2).shape == (2, 1, 28, 28)
    plain = Autoencoder(4, 8)
    assert interpolate(torch.compile(plain, backend="eager"), x[:1], x[1:2]).shape[:2] == (10, 1)
    for ask in (elbo, evaluate, diagnose, reconstruct):
        with pytest.raises(TypeError, match=r"VariationalAutoencoder is a class: make a model of it"):
            ask(VariationalAutoencoder, x)


def test_another_device_is_told_wherever_a_model_meets_images(x):
    for model in (VariationalAutoencoder(4, 8).to("meta"), Autoencoder(4, 8).to("meta")):
        with pytest.raises(ValueError, match="the model is on meta, x on cpu"):
            evaluate(model, x)
        with pytest.raises(ValueError, match="the model is on meta, x on cpu"):
            reconstruct(model, x)
    for ask in (diagnose, active_units, lambda m, x: importance_bound(m, x, 2)):
        with pytest.raises(ValueError, match="the model is on meta, x on cpu"):
            ask(VariationalAutoencoder(4, 8).to("meta"), x)


def test_models_that_no_training_could_change_are_refused_before_it(x):
    frozen = VariationalAutoencoder(4, 8).requires_grad_(False)
    for model in (frozen, nn.Identity()):
        with pytest.raises(ValueError, match="has no parameters that could be trained"):
            fit(model, x, epochs=1, batch_size=3)
    with pytest.raises(ValueError, match="in float16 cannot be trained: model.float"):
        fit(VariationalAutoencoder(4, 8).half(), x, epochs=1, batch_size=3)
    with pytest.raises(TypeError, match="loss must be a function"):
        fit(VariationalAutoencoder(4, 8), x, epochs=1, batch_size=3, loss="mse")


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_training_has_its_gradients_wherever_it_is_called(x, context):
    expected = fit(seeded(VariationalAutoencoder, 4, 8), x, epochs=2, batch_size=3).loss
    model = seeded(VariationalAutoencoder, 4, 8)
    with context():
        assert fit(model, x, epochs=2, batch_size=3).loss == expected


def test_a_mean_code_of_nan_is_not_counted_as_a_unit_at_rest(x):
    model = VariationalAutoencoder(4, 8)
    with torch.no_grad():
        model.encoder[0].bias[0] = torch.nan
    with pytest.raises(ValueError, match="mean codes of VariationalAutoencoder are not finite"):
        active_units(model, x)
    figures = evaluate(model, x)
    assert math.isnan(figures["-elbo"].value)
    assert "active units" not in figures


@pytest.mark.parametrize(
    "likelihood", ["gaussian", Bernoulli, nn.BCELoss()], ids=["a name", "a class", "a loss"]
)  # fmt: skip
@pytest.mark.parametrize("build", [VariationalAutoencoder, ConvolutionalVAE, FaceVAE])
def test_a_likelihood_that_is_none_is_noticed_when_the_model_is_made(build, likelihood):
    with pytest.raises(TypeError, match=r"likelihood must have mean\(logits\) and log_prob\(x, logits\)"):
        build(likelihood=likelihood)


def test_a_view_needs_a_density_and_its_images_within_its_range(x):
    model = seeded(Forward, lambda *out: out)
    model.likelihood = "bernoulli"
    with pytest.raises(TypeError, match=r"has no log_prob_given_mean\(x, mean\): say p\(x\|z\)"):
        elbo(model, x)
    flat = seeded(Forward, lambda *out: out)
    assert elbo(flat, x.flatten(1)).value.shape == (6,)
    with pytest.raises(ValueError, match=r"x must lie within \[0, 1\] under a Bernoulli, got .* to 25\d"):
        elbo(flat, 255 * x.flatten(1))


BLACK_WHITE = r"{0} are bytes that are only 0 and 1: {0}.float\(\) for black and white"


def test_advice_about_bytes_and_whole_numbers_does_not_lead_astray(x):
    """`x.float() / 255` for bytes of 0 and 1 was the very mistake that is to be avoided."""
    model, two = VariationalAutoencoder(4, 8), (x > 0.5)
    for ask, name in (
        (elbo, "x"),
        (negative_elbo, "x"),
        (reconstruct, "x"),
        (evaluate, "images"),
        (diagnose, "images"),
    ):
        with pytest.raises(ValueError, match=BLACK_WHITE.format(name)):
            ask(model, two.byte())
        with pytest.raises(ValueError, match=rf"got torch.bool: {name}.float\(\) for black and white$"):
            ask(model, two)
        with pytest.raises(ValueError, match=rf"torch.int64: {name}.float\(\) for black.*, {name}.float\(\) / 255 for"):
            ask(model, two.long())
    for array in (two.byte().numpy(), two.numpy()):
        with pytest.raises(ValueError, match=r"got ndarray: torch.from_numpy\(x\)$"):
            elbo(model, array)
    with pytest.raises(ValueError, match=r"got ndarray: torch.from_numpy\(x\).float\(\)"):
        negative_elbo(model, x.numpy())


def test_face_codes_are_of_images_alone():
    model, images = FaceVAE(), draw_faces(2, 64).images
    with pytest.raises(ValueError, match=r"got bytes; for pixels from 0 to 255: images.float\(\) / 255"):
        face_codes(model, images)
    with pytest.raises(ValueError, match="images is empty"):
        face_codes(model, images[:0].float())
    with pytest.raises(ValueError, match="are the pixels still 0 to 255"):
        face_codes(model, images.float())


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (lambda x: 2 * x.round() - 1, r"from -1: if they go from -1 to 1, \(images \+ 1\) / 2"),
        (lambda x: x.where(x < 0.9, torch.nan), "from nan"),
        (lambda x: x[:0], "images is empty"),
        (lambda x: list(x), "got list"),
        (lambda x: None, "got NoneType"),
        (lambda x: load_mnist(), r"got ImageSet: give its \.images"),
    ],
)
def test_pictures_that_would_be_shown_as_something_else_are_not_shown(x, images, told):
    with pytest.raises(ValueError, match=told):
        tile(images(x), 3)
    assert tile(x - 0.1, 3).min() == 0  # a little beyond is cut off, as is said
    assert tile(x.numpy(), 3).shape == (56, 84)


@pytest.mark.parametrize("wrong", [np.random.default_rng(0), "seed", 3, True])
def test_only_a_generator_is_a_generator(x, wrong):
    model, zero = VariationalAutoencoder(4, 8), torch.zeros(3)
    for call in (
        lambda: negative_elbo(model, x, wrong),
        lambda: model(x, wrong),
        lambda: reparameterize(zero, zero, wrong),
        lambda: LinearGaussian(torch.ones(3, 2), zero, 1.0).sample(2, wrong),
        lambda: elbo(model, x, generator=wrong),
    ):
        with pytest.raises(
            ValueError, match=r"generator must be .*try generator=torch.Generator\(\).manual_seed\(\d\)"
        ):
            call()


def test_a_generator_that_is_given_is_the_only_source_of_noise(x):
    model = VariationalAutoencoder(4, 8)
    state = torch.get_rng_state()
    for call in (
        lambda g: elbo(model, x, generator=g), lambda g: importance_bound(model, x, 2, g), lambda g: model(x, g),
        lambda g: evaluate(model, x, generator=g), lambda g: diagnose(model, x, g), lambda g: sample(model, 2, g),
        lambda g: sample_face_factors(2, g), lambda g: bootstrap_interval(torch.arange(5.0), generator=g),
        lambda g: fit(model, x, epochs=1, batch_size=2, generator=g), lambda g: principal_components(x, 2),
    ):  # fmt: skip
        call(generator())
        assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("wrong", [0, -1, 2.0, True, "2", None])
def test_counts_of_every_kind_are_whole_and_positive(x, wrong):
    calls = [
        lambda: FaceVAE(wrong), lambda: FaceAutoencoder(wrong), lambda: FaceVAE(4, wrong),
        lambda: load_images("nowhere", wrong), lambda: principal_components(x, wrong),
    ]  # fmt: skip
    if wrong != 0:
        calls += [
            lambda: draw_faces(1, 32, wrong),
            lambda: fit(Autoencoder(4, 8), x, epochs=1, batch_size=2, seed=wrong),
        ]
    for call in calls:
        with pytest.raises(ValueError, match="(latent_dim|size|k|seed) must be a (whole number of at|positive mul)"):
            call()
    for size in (wrong, 31, 10**12):
        with pytest.raises(ValueError, match="size must be a whole number from 32 to 256"):
            draw_faces(1, size)


def test_numpys_whole_numbers_are_sizes_and_seeds(x):
    assert FaceVAE(np.int64(4), np.int64(64)).image_shape == (1, 64, 64)
    runs = [
        fit(seeded(Autoencoder, 4, 8), x, epochs=1, batch_size=2, seed=seed, learning_rate=rate).loss
        for seed, rate in ((7, 0.5), (np.int64(7), np.float32(0.5)), (7, torch.tensor(0.5)))
    ]
    assert runs[0] == runs[1] == runs[2]
    for wrong in (0, -1.0, math.nan, math.inf, "1e-3", None, True, torch.ones(2)):
        with pytest.raises(ValueError, match="learning_rate must be positive and finite, got"):
            fit(Autoencoder(4, 8), x, epochs=1, batch_size=2, learning_rate=wrong)


def test_near_names_are_found_whatever_their_case():
    assert did_you_mean("MNIST-VAE", ["mnist-vae"]) == " (did you mean 'mnist-vae'?)"
    assert did_you_mean("smile", ["Smile"]) == " (did you mean 'Smile'?)"


def test_faces_of_a_seed_are_the_same_under_another_default_dtype():
    expected = (
        draw_faces(2, 32),
        sample_face_factors(3, generator()),
        sample_correlated_face_factors(3, 0.5, generator()),
    )
    torch.set_default_dtype(torch.float64)
    try:
        found = (
            draw_faces(2, 32),
            sample_face_factors(3, generator()),
            sample_correlated_face_factors(3, 0.5, generator()),
        )
        from vae_notes.widgets.playground import VAEPlayground

        assert len(VAEPlayground().picture()) > 1000
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(found[0].images, expected[0].images)
    assert all(torch.equal(a, b) for a, b in zip(found[1:], expected[1:], strict=True))


CODES = torch.randn(40, 3, generator=generator(1))
FACTORS = torch.randn(40, 2, generator=generator(2))


def test_an_attribute_of_bools_or_whole_numbers_splits_as_floats_do():
    attribute = FACTORS[:, 0] > 0.3
    expected = difference_of_means(CODES, attribute.float())
    assert torch.equal(difference_of_means(CODES, attribute), expected)
    assert torch.equal(difference_of_means(CODES, attribute.long()), expected)
    torch.testing.assert_close(expected, CODES[attribute].mean(0) - CODES[~attribute].mean(0))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: difference_of_means(CODES, FACTORS[:, 0].where(FACTORS[:, 0] < 1, torch.nan)), "factor holds NaN"),
        (
            lambda: difference_of_means(CODES, FACTORS[:, 0].where(FACTORS[:, 0] < 1, torch.inf)),
            "factor holds NaN or inf",
        ),
        (lambda: difference_of_means(CODES, FACTORS[:30, 0]), r"factor must have 40 examples, got shape \(30,\)"),
        (lambda: difference_of_means(CODES, FACTORS[:, :1]), r"one number per example, \(40,\), got \(40, 1\)"),
        (lambda: difference_of_means(CODES[:0], FACTORS[:0, 0]), "codes must have at least one example"),
        (lambda: difference_of_means(CODES.numpy(), FACTORS[:, 0]), r"got ndarray: torch.from_numpy\(codes\)"),
        (lambda: regression((10 * CODES).long(), FACTORS), "codes must be a floating-point tensor, got torch.int64"),
        (lambda: regression(CODES, torch.cat([FACTORS, FACTORS[:, :1]], 1)), "must not be constant or follow"),
        (lambda: regression(CODES, torch.cat([FACTORS, torch.ones(40, 1)], 1)), "must not be constant or follow"),
        (lambda: regression(CODES, FACTORS[:, 0]), r"must be \(N, D\), \(N, F\)"),
        (lambda: regression(CODES, FACTORS * torch.nan), "factors holds NaN"),
        (lambda: slopes(CODES, torch.ones(40)), "commands must be a tensor .* that varies"),
        (lambda: r_squared(torch.zeros(500), torch.full((500,), 0.1)), "true must vary"),
        (lambda: r_squared(CODES, CODES), r"one shape, \(N,\)"),
        (lambda: r_squared(torch.arange(5), torch.arange(5)), "predicted must be a floating-point"),
        (lambda: bootstrap_interval(torch.empty(0)), "values must have at least one example"),
        (lambda: bootstrap_interval([1.0, 2.0]), "values must be a floating-point tensor, got list"),
        (lambda: principal_components(CODES, 4), "k must be at most 3, the lesser of images and pixels"),
        (lambda: principal_components(CODES * torch.nan, 2), "images holds NaN"),
        (lambda: told_apart(CODES * torch.nan, CODES), "a must be a tensor of finite real numbers"),
        (lambda: told_apart(CODES, CODES.numpy()), "b must be a tensor of finite real numbers, got ndarray"),
        (lambda: told_apart(CODES[:0], CODES[:0]), "a and b must be equally many"),
        (lambda: log_integral(lambda z: z.sum(-1) + 1j, (0, 1)), "what log_f returns must be a floating-point"),
        (lambda: log_integral(lambda z: z.sum(-1).long(), (0, 1)), "what log_f returns must be a floating-point"),
        (lambda: log_integral(lambda z: z.sum(-1), (0, 1), dtype=torch.int64), "dtype must be a floating-point one"),
        (
            lambda: LinearGaussian(torch.ones(3, 2), torch.zeros(3), "a"),
            "variance must be positive and finite, got 'a'",
        ),
        (lambda: reparameterize(torch.zeros(2).long(), torch.zeros(2)), "mu must be a floating-point tensor"),
    ],
)
def test_numbers_that_would_give_a_wrong_one_are_named(call, told):
    with pytest.raises(ValueError, match=told):
        call()


def test_there_are_as_many_components_as_images_or_pixels():
    images = torch.randn(12, 20, generator=generator())
    mean, directions = principal_components(images, 12)
    assert directions.shape == (20, 12)
    centred = images - mean
    torch.testing.assert_close(centred @ directions @ directions.T, centred, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("value", "expected", "options", "told"),
    [
        (torch.tensor([1 + 1j]), torch.tensor([1 + 2j]), {}, "value must be real, got torch.complex64"),
        (1.0, np.array([1 + 2j]), {}, "expected must be real, got torch.complex128"),
        (torch.ones(3), torch.ones(3, 1), {}, r"value \(3,\) and expected \(3, 1\) would be compared each with each"),
        (torch.ones(3), torch.ones(2), {}, r"do not broadcast together: value \(3,\), expected \(2,\)"),
        (torch.ones(3), 1.0, {"standard_error": torch.ones(2)}, r"value \(3,\), standard_error \(2,\)"),
        (1.0, 1.0, {"standard_error": torch.ones(2)}, "standard_error must be one number or one for each"),
        (1.0, 1.0, {"standard_error": 0.1, "sigmas": True}, "sigmas must be a positive number"),
        (1.0, 1.0, {"equation": "a | b"}, "equation must be one line without"),
        (1.0, 1.0, {"equation": ("a", "b, c")}, "equation must be one line without"),
    ],
)
def test_a_claim_that_would_say_nothing_is_refused(value, expected, options, told, capsys):
    with pytest.raises(ValueError, match=told):
        check("claim", value, expected, **options)
    with pytest.raises(ValueError, match="claim must be one line"):
        check("", 1.0, 1.0)
    assert capsys.readouterr().out == ""


def test_a_part_of_infinity_is_no_slack(capsys):
    for value, options in ((5.0, {"rtol": 0.1}), (5.0, {}), (5.0, {"relation": ">=", "rtol": 0.1})):
        with pytest.raises(AssertionError, match="FAILED"):
            check("finite is infinite", value, math.inf, **options)
    check("both overflow", math.inf, math.inf)
    check("finite is less", 5.0, math.inf, relation="<", rtol=0.1)
    check(
        "every one of a row", torch.ones(3), torch.full((3, 1), 2.0), relation="<"
    )  # an order may be of each with each
    assert capsys.readouterr().out.splitlines()[0] == "ok | - | both overflow | inf = inf | exact order"


def test_a_fixed_variance_is_a_positive_number():
    for wrong in (0.0, -1.0, math.nan, math.inf, "a", True, torch.ones(2)):
        with pytest.raises(ValueError, match="variance must be positive and finite, got"):
            Gaussian(wrong)


def relu_code(**options):
    return Autoencoder(4, 8, nn.ReLU(), **options)


class Doubled(VariationalAutoencoder):
    def decode(self, z):
        return super().decode(z) / 2


def test_a_page_that_would_compute_another_network_is_refused():
    from vae_notes import widgets

    digits, labels = load_mnist()
    digits, labels = digits[::50], labels[::50]
    for model in (Doubled(2, 8), Doubled(4, 8)):
        with pytest.raises(
            ValueError, match="model.decode must be the sigmoid of model.decoder, as a page computes it"
        ):
            widgets.LatentExplorer(model, digits[:3])
    with pytest.raises(ValueError, match="model.encode must be model.encoder alone"):
        widgets.Bottleneck(seeded(relu_code), digits, digits[:3], choices=(2,))
    with pytest.raises(ValueError, match="labels must be one for each of the 3 images, got 1"):
        widgets.Bottleneck(Autoencoder(4, 8), digits, digits[:3], [1], choices=(2,))
    for wrong in (300, -1, 10):  # as bytes 300 is 44
        with pytest.raises(ValueError, match=f"labels must be from 0 to 9, got .*{wrong}"):
            widgets.DigitTraining(digits, labels.where(labels != 9, wrong))


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return iter(self.x)


def test_streams_are_gathered_and_what_is_no_image_is_told_apart(x):
    model = VariationalAutoencoder(4, 8)
    assert evaluate(model, Stream(x)) == evaluate(model, x)
    with pytest.raises(ValueError, match="got dict: its items must be images, or start with them"):
        evaluate(model, Stream([{"image": x}]))


def test_a_loss_without_a_gradient_and_batches_of_one_are_refused(x):
    model = VariationalAutoencoder(4, 8)
    for loss, told in (
        (lambda m, x, g: negative_elbo(m, x, g).detach(), "loss must depend on the model's parameters"),
        (lambda m, x, g: 1.0, r"loss must return one number per image, \(3,\), got float"),
    ):
        with pytest.raises(ValueError, match=told):
            fit(model, x, epochs=1, batch_size=3, loss=loss)
    normal = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784), nn.Linear(784, 8))
    with pytest.raises(ValueError, match="batch_size must be at least 2 for a model with BatchNorm, got 1"):
        fit(VariationalAutoencoder(4, encoder=normal), x, epochs=1, batch_size=1)
