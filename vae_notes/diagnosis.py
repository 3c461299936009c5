"""What is wrong with a VAE: a few numbers that need nothing but the model and images it should know how to handle."""

from typing import Any

import torch

from vae_notes.adapters import ForwardVAE
from vae_notes.arguments import check_generator, check_images
from vae_notes.bounds import elbo
from vae_notes.evaluation import batches, mean_codes
from vae_notes.gathering import gathered
from vae_notes.in_training import modes, own_noise
from vae_notes.mean_images import brightness, mean_images, pixels
from vae_notes.modules import measuring, unwrapped
from vae_notes.protocol import as_vae, mean_and_logvar
from vae_notes.symptoms import Finding, finite, gain, log_variances, spread, stuck, weight, widest


class Diagnosis(tuple[Finding, ...]):
    """All findings in the order in which to read them; `suspects` are those outside their range."""

    @property
    def suspects(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self if finding.suspect is not None)

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    __repr__ = __str__


def diagnose(model: Any, images: Any, generator: torch.Generator | None = None) -> Diagnosis:
    """The numbers that tell why a VAE fails; print the Diagnosis, and start with its first `LOOK`.

    images      (N, C, H, W) in [0, 1], or a Dataset or DataLoader of them, some hundreds; held out where there are some
    generator   source of the noise; default: seeded with 0

    In order: whether anything overflows; whether the noise that the model's own forward draws is that of its variances;
    whether x_hat is as bright as x; whether something bounds the codes; whether codes are wider than the prior (noise
    of another variance than the KL's); whether the decoder uses the code (posterior collapse); which weight of the KL
    the encoder's variances are at an optimum of (a hidden beta); whether the codes fill the prior; whether the
    likelihood suits the pixels; what train mode changes. What would only be the effect of an earlier suspect is left
    out. A model can be bad in other ways, and well with a LOOK.
    Raises ValueError for bad images and for fewer than two, TypeError for a model that is no VAE.
    """
    images = gathered(images)
    check_images(images)
    check_generator(generator)
    if len(images) < 2:
        raise ValueError("images must be at least two: of one, nothing varies")
    if generator is None:
        generator = torch.Generator().manual_seed(0)
    vae = as_vae(model, images[:2])
    with measuring(vae):
        logvar = torch.cat([mean_and_logvar(vae, x)[1].float() for x in batches(images)])
        bound = torch.cat([elbo(vae, x, generator=generator).value for x in batches(images)])
    findings = [finite(bound, logvar), *log_variances(logvar)]
    if findings[0].suspect is None:  # of infinities nothing else can be said
        aside = torch.Generator(generator.device).manual_seed(generator.initial_seed())  # for what is drawn in between
        mu, means = mean_codes(vae, images), mean_images(vae, images, aside)
        causes: list[Finding] = []
        if not _suspected(findings):  # divided by a deviation near 0, z - mu is nothing but rounding
            causes += own_noise(vae, images, aside)
        noise_is_right = bool(causes) and not _suspected(causes)
        if means is not None and not _suspected(causes):  # the means are those of the right noise
            causes += brightness(means, images)
        used = gain(vae, images, generator)
        causes += stuck(mu, logvar, collapsed=used.suspect is not None)
        findings += causes
        if not _suspected(causes):  # else the widths are but their effect
            findings.append(widest(logvar, noise_is_right))
        findings.append(used)
        if not _suspected(findings):  # in no other code do the variances show a weight
            findings.append(weight(vae, images, generator, _assumed(vae, model)))
        if not _suspected(causes):
            findings += spread(mu, logvar)
        findings += [*pixels(vae, images, means), *modes(vae, images, bound)]
    return Diagnosis(findings)


def _suspected(findings: list[Finding]) -> bool:
    return any(finding.suspect is not None for finding in findings)


def _assumed(vae: Any, model: Any) -> bool:
    """Whether p(x|z) is the Bernoulli that `as_vae` takes where nobody says which."""
    viewed = isinstance(vae, ForwardVAE) and vae is not unwrapped(model)
    return viewed and getattr(vae.model, "likelihood", None) is None
