"""The networks for faces: shapes, the protocol they share with the models of digits, the bend, files, and learning."""

import math

import pytest
import torch
import torch.nn.functional as F

from vae_notes.bounds import elbo
from vae_notes.faces.factors import render_faces, sample_face_factors
from vae_notes.faces.models import BEND, REACH, FaceAutoencoder, FaceVAE
from vae_notes.likelihoods import Gaussian

BUILDS = [FaceAutoencoder, FaceVAE]
BOTH = pytest.mark.parametrize("build", BUILDS)


def faces(n, size, seed=0):
    return render_faces(sample_face_factors(n, torch.Generator().manual_seed(seed)), size)


def codes(*leading):
    return torch.randn(*leading, 6, generator=torch.Generator().manual_seed(0))


def seeded(build, *args, **kwargs):
    torch.manual_seed(0)
    return build(*args, **kwargs)


def bent(build):
    """A small model whose bend no longer is zero."""
    model = seeded(build, 6, 64)
    torch.nn.init.normal_(model.decoder.bend.weight, std=0.1)
    return model


@pytest.mark.parametrize(("latent_dim", "size"), [(32, 256), (5, 64)])
def test_autoencoder_shapes(latent_dim, size):
    model = seeded(FaceAutoencoder, latent_dim, size)
    x = faces(3, size)
    assert model.encode(x).shape == (3, latent_dim)
    assert model(x).shape == x.shape
    assert 0 < model(x).min() <= model(x).max() < 1


@pytest.mark.parametrize(("latent_dim", "size"), [(20, 64), (7, 96)])
def test_vae_shapes(latent_dim, size):
    model = seeded(FaceVAE, latent_dim, size)
    x = faces(3, size)
    x_hat, mu, logvar = model(x)
    assert x_hat.shape == x.shape
    assert mu.shape == logvar.shape == (3, latent_dim)
    assert not torch.equal(mu, logvar)
    assert elbo(model, x, samples=2).value.shape == (3,)


@BOTH
def test_leading_axes_pass_through_the_decoder(build):
    model, z = bent(build), codes(4, 3)
    with torch.no_grad():
        images = model.decode(z)
    assert images.shape == (4, 3, 1, 64, 64)
    torch.testing.assert_close(images[2, 1], model.decode(z[2, 1]), rtol=0, atol=1e-5)
    torch.testing.assert_close(images[2, 1], model.decode(z[None, None])[0, 0, 2, 1], rtol=0, atol=1e-5)
    assert model.decode(z[:, :0]).shape == (4, 0, 1, 64, 64)
    torch.testing.assert_close(model.decode_logits(z).sigmoid(), images)


@BOTH
def test_weights_stay_below_six_megabytes(build):
    assert sum(4 * p.numel() for p in build().state_dict().values()) < 6e6


@BOTH
def test_weights_keep_their_names(build):
    """Files of weights are read by these names, and hold nothing that can be computed."""
    names = list(build(6, 64).state_dict())
    others = ["likelihood.logvar"] if build is FaceVAE else []
    assert [name for name in names if name.split(".")[0] not in ("encoder", "decoder")] == others
    parts = {name.split(".")[1] for name in names if name.startswith("decoder.")}
    assert parts == {"features", "picture", "bend"}


@BOTH
def test_at_birth_nothing_is_bent(build):
    decoder, z = seeded(build, 6, 64).decoder, codes(3)
    drawn = decoder.picture(decoder.features(z))
    torch.testing.assert_close(decoder(z), drawn, rtol=0, atol=1e-5)
    assert (bent(build).decoder(z) - drawn).abs().mean() > 0.1


@BOTH
@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, 3), (-5, 2)])
def test_a_bend_that_moves_every_point_alike_shifts_the_picture(build, right, down):
    """Every pixel is looked up `right` pixels to its right in what was drawn, so the picture moves to the left."""
    decoder, z = seeded(build, 6, 64).decoder, codes(2)
    drawn, pixel = decoder(z), 2 / 64 / REACH
    across, along = decoder.bend.bias.data.view(2, BEND, BEND)
    across.fill_(right * pixel)
    along.fill_(down * pixel)
    rows, columns = ((torch.arange(64) + by).clamp(0, 63) for by in (down, right))  # beyond the border it is repeated
    torch.testing.assert_close(decoder(z), drawn[..., rows, :][..., columns], rtol=0, atol=1e-4)


@pytest.mark.parametrize("size", [64, 256])
def test_the_bend_is_linear_between_its_points(size):
    decoder, z = seeded(FaceAutoencoder, 6, size).decoder, codes(2)
    drawn = decoder(z)
    torch.nn.init.normal_(decoder.bend.bias, std=0.3)
    moves = REACH * decoder.bend.bias.view(1, 2, BEND, BEND)
    between = F.interpolate(moves, size=(size, size), mode="bilinear", align_corners=True).movedim(1, -1)
    straight = F.affine_grid(torch.eye(2, 3)[None], (1, 1, size, size), align_corners=False)
    places = (straight + between).expand(2, -1, -1, -1)
    expected = F.grid_sample(drawn, places, padding_mode="border", align_corners=False)
    torch.testing.assert_close(decoder(z), expected, rtol=0, atol=1e-3)
    torch.testing.assert_close(decoder.spread @ moves[0, 0] @ decoder.spread.T, between[0, ..., 0], rtol=0, atol=1e-6)


@BOTH
def test_every_weight_takes_part(build):
    model, x = seeded(build, 6, 64), faces(4, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(3):
        before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        optimizer.zero_grad()
        loss = -elbo(model, x).value.mean() if build is FaceVAE else (model(x) - x).square().mean()
        loss.backward()
        optimizer.step()
        for name, weight in model.named_parameters():
            assert weight.grad.abs().max() > 0, name
            assert not torch.equal(weight, before[name]), name


@BOTH
def test_the_bend_teaches_the_features_as_soon_as_it_is_not_zero(build):
    for model, taught in ((seeded(build, 6, 64), False), (bent(build), True)):
        decoder = model.decoder
        decoder.picture.register_forward_pre_hook(lambda _, features: features[0].detach())  # leaves only the bend
        decoder(codes(4)).square().mean().backward()
        assert [bool(weight.grad.any()) for weight in decoder.features.parameters()] == [taught] * 6
        assert decoder.bend.weight.grad.any()


@BOTH
def test_dtype_follows(build):
    model = seeded(build, 6, 64).double()
    x = faces(2, 64).double()
    assert model.decode(torch.zeros(2, 6, dtype=torch.float64)).dtype == torch.float64
    assert (model(x) if build is FaceAutoencoder else model(x)[0]).dtype == torch.float64


def test_log_likelihood_is_the_normal_density_with_the_fitted_variance():
    model = seeded(FaceVAE, 6, 64).double()
    x, z = faces(2, 64).double(), torch.randn(2, 6, generator=torch.Generator().manual_seed(0)).double()
    mean, variance = model.decode(z), 0.01
    expected = -0.5 * ((x - mean).square() / variance + math.log(2 * math.pi * variance)).sum((1, 2, 3))
    torch.testing.assert_close(model.log_likelihood(x, z), expected, rtol=1e-6, atol=0)
    assert model.likelihood.logvar.requires_grad
    fixed = FaceVAE(likelihood=Gaussian(variance=0.5))
    assert "likelihood.logvar" not in dict(fixed.named_parameters())


def test_the_generator_fixes_the_noise():
    model = seeded(FaceVAE, 6, 64)
    x = faces(2, 64)
    first, again, other = (model(x, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FaceAutoencoder(size=100), "size must be a positive multiple of 64, got 100"),
        (lambda: FaceVAE(size=0), "size must be a positive multiple of 32, got 0"),
        (lambda: FaceVAE().encode(torch.zeros(2, 1, 28, 28)), r"\(B, 1, 64, 64\), got \(2, 1, 28, 28\)"),
        (lambda: FaceAutoencoder().encode(torch.zeros(1, 256, 256)), r"\(B, 1, 256, 256\), got \(1, 256, 256\)"),
        (lambda: FaceVAE().decode(torch.zeros(2, 32)), r"z must have 20 numbers .* \(2, 32\)"),
    ],
)
def test_wrong_shapes_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.slow
@BOTH
def test_training_beats_the_mean_face(build):
    x, held_out = faces(320, 64), faces(64, 64, seed=1)
    mean_face = (held_out - x.mean(0)).square().mean()
    model = seeded(build, 16, 64)

    def error():
        with torch.no_grad():
            code = model.encode(held_out) if build is FaceAutoencoder else model.encode(held_out)[0]
            return (model.decode(code) - held_out).square().mean()

    assert error() > mean_face
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(200):
        batch = x[step % 20 * 16 :][:16]
        loss = (model(batch) - batch).square().sum((1, 2, 3)) if build is FaceAutoencoder else -elbo(model, batch).value
        optimizer.zero_grad()
        loss.mean().backward()
        optimizer.step()
    assert error() < 0.4 * mean_face  # the variational autoencoder without its bend stays at 0.46


def test_features_are_free_until_they_are_held_and_then_stay_within_their_range():
    decoder = seeded(FaceVAE, 6, 64).decoder
    known = torch.randn(200, 6, generator=torch.Generator().manual_seed(0))
    far = 30 * known[:20]
    before_known, before_far = decoder(known), decoder.features(far)
    decoder.hold(known)
    assert torch.equal(decoder(known), before_known)  # the codes that set the ranges lie within them
    features = decoder.features(known)
    held = decoder.features(far)
    assert (held >= features.amin(0)).all()
    assert (held <= features.amax(0)).all()
    assert before_far.abs().max() > 5 * features.abs().max()  # what the clamp is there for


def test_held_ranges_travel_with_the_weights():
    model, other = seeded(FaceVAE, 6, 64), seeded(FaceVAE, 6, 64)
    z = torch.randn(50, 6, generator=torch.Generator().manual_seed(0))
    model.decoder.hold(z[:25])
    assert not torch.equal(model.decode(z), other.decode(z))
    other.load_state_dict(model.state_dict())
    assert torch.equal(model.decode(z), other.decode(z))
