"""The numbers of a diagnosis: each a Finding, with the range that is healthy and the suspect when it is left."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from vae_notes.evaluation import batches
from vae_notes.likelihoods import Gaussian
from vae_notes.models import reparameterize
from vae_notes.modules import measuring
from vae_notes.protocol import as_vae, mean_and_logvar

SAMPLES = 4  # draws of z per image for the weight of the KL
LEAST_GAIN = 1.0  # nats: a code worth less tells fewer than e images apart
WEIGHT = (0.5, 2.0)  # of the KL; trained models of the book lie between 0.8 and 1.1 on held-out digits
SPREAD = (1 / 3, 4.0)  # variance of a unit's codes over all images; the prior's is 1, sound models have 0.6 to 3.3
LOGVAR = (-20.0, 5.0)  # exp(-20 / 2) is a twenty-thousandth of the prior's width, exp(5 / 2) twelve of them
RUNAWAY = -40.0  # exp(-40 / 2) is less than a code of size 1 is rounded by: no decoder can tell it from 0
WIDE = 2.2  # variance of the widest codes: sound models have up to 1.9, twelve with another noise in training 2.6 to 7
MANY = 0.99  # of the images: one odd image tells nothing
FEW = 100  # images: of fewer the two at the ends of a range are a large share by themselves
END = 0.01  # of a unit's range over the images
STUCK = 0.05  # share near an end: up to 0.004 behind a linear layer, 0.2 to 1 behind ReLU, tanh, softplus or clamp
DEAD = 0.5  # the same of a collapsed code, which a linear layer can make of dead ReLUs: up to 0.2


@dataclass(frozen=True)
class Finding:
    """One number. `suspect` is None while it lies from `low` to `high`, else what to look at first."""

    what: str
    value: float
    low: float
    high: float
    suspect: str | None

    def __str__(self) -> str:
        mark = "ok" if self.suspect is None else "LOOK"
        text = f"{mark:5}{self.what:42}{self.value:10.3g}   healthy: {self.healthy}"
        return text if self.suspect is None else f"{text}\n     {self.suspect}"

    @property
    def healthy(self) -> str:
        if self.low == -math.inf:
            return f"up to {self.high:.3g}"
        return f"from {self.low:.3g}" if self.high == math.inf else f"{self.low:.3g} to {self.high:.3g}"


def finding(what: str, value: float, low: float, high: float, suspect: str) -> Finding:
    """A Finding whose suspect counts only where the value leaves its range; NaN does."""
    return Finding(what, value, low, high, None if low <= value <= high else suspect)


def finite(bound: torch.Tensor, logvar: torch.Tensor) -> Finding:
    """Of bounds (N,) and log-variances (N, D)."""
    share = (bound.isfinite() & logvar.isfinite().all(1)).cpu().double().mean().item()
    advice = "overflow: bound the log-variance (logvar.clamp(-20, 5)), clip gradients, lower the learning rate"
    return finding("share of images with a finite bound", share, 1, 1, advice)


def log_variances(logvar: torch.Tensor) -> Iterator[Finding]:
    """Of log-variances (N, D), those that are finite."""
    known = logvar[logvar.isfinite()]
    if known.numel():
        advice = "variances on their way to 0: the loss has no KL, or one of hardly any weight (an autoencoder)"
        if known.min() < RUNAWAY:
            advice = (
                "variances that still fall where no decoder can tell: the loss rewards it. Is a sign wrong? "
                "The KL, 0.5 * (mu**2 + exp(logvar) - 1 - logvar), is added to the loss"
            )
        yield finding("smallest log-variance", known.min().item(), LOGVAR[0], math.inf, advice)
        advice = "variances on their way to infinity: the next step may overflow; bound the log-variance"
        yield finding("largest log-variance", known.max().item(), -math.inf, LOGVAR[1], advice)


def stuck(mu: torch.Tensor, logvar: torch.Tensor, collapsed: bool) -> Iterator[Finding]:
    """Of mean codes and log-variances (N, D): how many lie at an end of their unit's range, where a bound holds."""
    most = DEAD if collapsed else STUCK
    if len(mu) >= FEW:
        shares = {"mu": _at_an_end(mu), "logvar": _at_an_end(logvar)}
        held = " and ".join(name for name, share in shares.items() if share > most)
        advice = (
            f"something bounds {held}: a ReLU, a tanh, a softplus, a clamp? Both come from a linear layer with nothing "
            "behind it, for mu and logvar may be negative, and mu as large as it likes"
        )
        yield finding("share of codes at an end of their range", max(shares.values()), -math.inf, most, advice)


def _at_an_end(values: torch.Tensor) -> float:
    low, high = values.min(0).values, values.max(0).values
    margin = END * (high - low)
    if torch.equal(low, high):  # one variance for all images is sound: a linear model's posteriors have it
        return 0.0
    return ((values <= low + margin) | (values >= high - margin)).cpu().double().mean().item()


def widest(logvar: torch.Tensor, noise_is_right: bool) -> Finding:
    """Of log-variances (N, D): the variance that the widest unit keeps below for all but one image in a hundred.

    N(0, I) rewards no code that is wider than itself, at whatever weight; nor does a decoder that meets that width.
    """
    most = logvar.kthvalue(math.ceil(MANY * len(logvar)), 0).values.max().cpu().double().exp().item()
    advice = (
        "codes wider than the prior, which no KL to it rewards: the noise in training was another one. "
        "Was exp(logvar), a variance, taken for a deviation? That is exp(logvar / 2)"
    )
    if noise_is_right:
        advice = (
            "codes wider than the prior, which no KL to it rewards, and the noise is right: is the KL "
            "0.5 * (mu**2 + exp(logvar) - 1 - logvar), summed over the units?"
        )
    return finding("variance of the widest codes", most, -math.inf, WIDE, advice)


def draw(vae: Any, x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """One code of each image, (B, D)."""
    mu, logvar = mean_and_logvar(vae, x)
    return reparameterize(mu, logvar, generator)


def gain(vae: Any, images: torch.Tensor, generator: torch.Generator) -> Finding:
    """What the decoder loses when every image is given its neighbour's code."""
    lost = []
    with measuring(vae):
        for x in batches(images):
            z = draw(vae, x, generator)  # (B, D)
            own, other = vae.log_likelihood(x, torch.stack([z, z.roll(1, 0)]))
            lost.append(own - other)
    advice = (
        "posterior collapse: the decoder does not look at the code. Does the KL weigh more than 1 (a mean over pixels, "
        "a pixel variance too large)? Else anneal it, give it free bits, or weaken the decoder"
    )
    mean = torch.cat(lost).cpu().double().mean().item()
    return finding("nats lost with another image's code", mean, LEAST_GAIN, math.inf, advice)


def weight(vae: Any, images: torch.Tensor, generator: torch.Generator, assumed: bool = False) -> Finding:
    """The beta for which no common factor on the encoder's deviations improves the loss, with all else as it is.

    `assumed` says that nobody stated the likelihood. Then the same variances may show a weight of 1 beside a squared
    error, and the suspect says of which pixel variance.
    """
    beta, units = _implied(vae, images, generator)
    advice = _about_weight(beta, images[0].numel(), units)
    if assumed and not WEIGHT[0] <= beta <= WEIGHT[1]:
        variance, _ = _implied(as_vae(vae.model, images[:2], Gaussian(1.0)), images, generator)
        if 0 < variance < 1:  # the pixels' own is at most 1/4
            advice = (
                f"if p(x|z) is a Bernoulli, which nobody stated: {advice}. If the loss is a squared error, it has the "
                f"pixel variance {variance:.2g}: say as_vae(model, likelihood=Gaussian({variance:.2g}))"
            )
    return finding("weight of the KL, as the variances show", beta, *WEIGHT, advice)


def _implied(vae: Any, images: torch.Tensor, generator: torch.Generator) -> tuple[float, int]:
    """The weight, and the number of units.

    Under sigma -> exp(t) sigma the KL of an image changes by sum(sigma^2 - 1) at t = 0, and the reconstruction by a
    slope that is read off the graph of the noise; at the optimum of reconstruction + beta KL the two cancel.
    """
    slope = room = 0.0
    units = 1
    with measuring(vae), torch.enable_grad():
        for x in batches(images):
            with torch.no_grad():
                mu, logvar = mean_and_logvar(vae, x)
            units = mu.shape[1]
            noise = torch.randn((SAMPLES, *mu.shape), generator=generator, device=generator.device).to(mu)
            t = torch.zeros((), dtype=mu.dtype, device=mu.device, requires_grad=True)
            z = mu + torch.exp(0.5 * logvar + t) * noise  # (S, B, D)
            slope += torch.autograd.grad(-vae.log_likelihood(x, z).mean(0).sum(), t)[0].item()
            room += (1 - logvar.cpu().double().exp()).sum().item()
    return slope / room if room else math.nan, units


def _about_weight(beta: float, pixels: int, units: int) -> str:
    if abs(beta) > 2 * pixels:  # all variances are 1, so that beta is a ratio to nothing
        return "the variances have never met the decoder: z = mu in training"
    if not beta > 0:
        return "no weight at all: to this decoder more noise is better. Is it that which it met in training?"
    for value, cause in ((pixels, "a mean over pixels"), (1 / units, "a mean over the code"), (0.5, "a factor 1/2")):
        if value / 1.4 < beta < value * 1.4 and value != 1:
            return f"{cause} makes it {value:.3g}"
    if beta < 0.1:
        return "next to nothing: an autoencoder, or a mean over a batch on one side only"
    return (
        "a hidden beta: sum over pixels and units, then average over the batch; see the pixel variance, and whether "
        "the noise has the variance that the KL is told"
    )


def spread(mu: torch.Tensor, logvar: torch.Tensor) -> Iterator[Finding]:
    """Of mean codes and log-variances (N, D): the variance of each unit's codes over all images, N(0, I) having 1."""
    variance = logvar.cpu().double().exp().mean(0) + mu.cpu().double().var(0)  # (D,)
    advice = "codes do not fill the prior: samples from N(0, I) fall where no image lies (no KL, or too small a weight)"
    yield finding("least variance of a unit's codes", variance.min().item(), SPREAD[0], math.inf, advice)
    yield finding("largest variance of a unit's codes", variance.max().item(), -math.inf, SPREAD[1], advice)
