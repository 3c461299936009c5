"""A small VAE that trains while the reader watches, on points of the plane."""

import math

import torch
import traitlets

from vae_notes.arguments import check_count, check_generator
from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, front_end, pack_float32

POINTS = 400
SPREAD = 0.08  # standard deviation of what is added to every point of a curve
STEPS_OF_PICTURE = 600


def toy_points(name: str, n: int = POINTS, generator: torch.Generator | None = None) -> torch.Tensor:
    """n points (n, 2) of one of TOYS, about within a circle of radius 2, in an order that runs along the shape.

    Raises ValueError for an unknown name and for counts and generators that are none. float32.
    """
    if name not in TOYS:
        raise ValueError(f"name must be one of {', '.join(TOYS)}, got {name!r}")
    n = check_count(n, "n")
    check_generator(generator)
    along = ((torch.arange(n) + 0.5) / n).float()  # (n,), from 0 to 1
    return (TOYS[name](along) + SPREAD * torch.randn(n, 2, generator=generator, dtype=torch.float32)).float()


def _polar(radius, angle):
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1)


def _ring(along):
    return _polar(torch.full_like(along, 1.5), 2 * math.pi * along)


def _moons(along):
    arc = _polar(torch.full_like(along, 1.2), 2 * math.pi * along)
    return arc + torch.where(along < 0.5, 1.0, -1.0)[:, None] * torch.tensor([-0.6, -0.3])


def _pinwheel(along):
    arm, within = (5 * along).floor(), (5 * along) % 1
    return _polar(0.3 + 1.5 * within, 2 * math.pi * arm / 5 + 1.2 * within)


def _blobs(along):
    corner = _polar(torch.full_like(along, 1.6), math.pi / 4 + math.pi / 2 * (4 * along).floor())
    return corner * torch.tensor([1.0, 0.45])  # two pairs: the near ones merge first


def _line(along):
    return (2 * along - 1)[:, None] * torch.tensor([1.7, 0.9])


TOYS = {"ring": _ring, "moons": _moons, "pinwheel": _pinwheel, "blobs": _blobs, "line": _line}


class VAEPlayground(Figure):
    """Train an autoencoder or a VAE on points of the plane, break it, and mend it. Losses in nats per point.

    mission        1 to 6: what the page asks the reader to bring about in the state that the other values give; 0: none
    data           one of TOYS
    drawn          u and v of 2 to 160 places, one after another, each within 2.3: they take the place of `data`, four
                   points around each
    variational    False: a plain autoencoder
    latent         numbers of the code, 1 or 2
    beta           weight of the KL (0.05 to 20)
    sigma          standard deviation of the decoder's noise (0.03 to 1), learned when `learn_sigma`
    learning_rate  of Adam (0.0003 to 0.03)
    mean_only, forget_kl, mean_loss   three mistakes: z = mu while the KL is paid, no KL, mean in place of sum
    seed           initial weights and noise
    """

    _esm = front_end(
        "engine",
        "training_loop",
        *(f"playground_{part}" for part in ("state", "missions", "progress", "panels", "losses", "points", "controls")),
        "playground",
    )
    _picture_size = (6.4, 3.2)

    points = traitlets.Bytes().tag(sync=True)
    mission = traitlets.Int(0, min=0, max=6).tag(sync=True)
    drawn = traitlets.List(traitlets.Float(min=-2.3, max=2.3), maxlen=320).tag(sync=True)
    data = traitlets.Enum(list(TOYS), "moons").tag(sync=True)
    variational = traitlets.Bool(True).tag(sync=True)
    latent = traitlets.Int(2, min=1, max=2).tag(sync=True)
    beta = traitlets.Float(1.0, min=0.05, max=20).tag(sync=True)
    sigma = traitlets.Float(0.2, min=0.03, max=1).tag(sync=True)
    learn_sigma = traitlets.Bool(False).tag(sync=True)
    learning_rate = traitlets.Float(0.005, min=0.0003, max=0.03).tag(sync=True)
    mean_only = traitlets.Bool(False).tag(sync=True)
    forget_kl = traitlets.Bool(False).tag(sync=True)
    mean_loss = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, **values: object) -> None:
        generator = torch.Generator().manual_seed(0)
        every = torch.stack([toy_points(name, generator=generator) for name in TOYS])  # (toys, POINTS, 2)
        super().__init__(points=pack_float32(every), **values)

    @traitlets.validate("drawn")
    def _check_drawn(self, proposal):
        if len(proposal["value"]) % 2 or len(proposal["value"]) == 2:
            raise traitlets.TraitError(
                f"drawn must be u and v of at least two places, got {len(proposal['value'])} numbers"
            )
        return proposal["value"]

    def _x(self):
        """The points (N, 2) that the network learns."""
        if self.drawn:
            places = torch.tensor(self.drawn).view(-1, 2).repeat_interleave(4, 0)
            return places + 0.06 * torch.randn(places.shape, generator=torch.Generator().manual_seed(0))
        x = torch.frombuffer(bytearray(self.points), dtype=torch.float32).view(len(TOYS), POINTS, 2)
        return x[list(TOYS).index(self.data)]

    def _draw(self, figure):
        """The state after some hundred steps, trained here with PyTorch: data and samples, codes and prior."""
        x = self._x()
        mu, sd, samples = _train(x, self)
        left, right = figure.subplots(1, 2)
        colour = torch.arange(len(x))
        left.scatter(*x.T, c=colour, cmap="twilight", s=6, label="data")
        left.scatter(*samples.T, facecolors="none", edgecolors=PALETTE["orange"], s=12, alpha=0.6, label="samples")
        left.set(title="data and fresh samples", aspect="equal", xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
        left.legend(loc="upper left")
        second = mu[:, 1] if self.latent == 2 else torch.zeros(len(x))
        right.scatter(mu[:, 0], second, c=colour, cmap="twilight", s=(60 * sd.mean(1) + 4) ** 1.2, alpha=0.4)
        turn = torch.linspace(0, 2 * math.pi, 100)
        right.plot(turn.cos(), turn.sin(), color=PALETTE["grey"], linewidth=1)
        right.set(title="codes, and the prior's circle", aspect="equal", xlim=(-3.4, 3.4), ylim=(-3.4, 3.4))


def _train(x, settings):
    """Codes (N, D), their standard deviations (N, D) and decoded samples (N, 2) after STEPS_OF_PICTURE steps."""
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        latent = settings.latent
        x = x.to(torch.get_default_dtype())
        encoder = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2 * latent))
        decoder = nn.Sequential(nn.Linear(latent, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
        optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], settings.learning_rate)
        for _ in range(STEPS_OF_PICTURE):
            mu, logvar = encoder(x).chunk(2, -1)
            noisy = settings.variational and not settings.mean_only
            z = mu + (0.5 * logvar).exp() * torch.randn_like(mu) if noisy else mu
            loss = (decoder(z) - x).square().sum(1).mean() / (2 * settings.sigma**2)
            if settings.variational and not settings.forget_kl:
                loss = loss + settings.beta * 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        mu, logvar = encoder(x).detach().chunk(2, -1)
        samples = decoder(torch.randn(len(x), latent)).detach()
    spread = (0.5 * logvar).exp() if settings.variational else torch.zeros_like(mu)
    return mu, spread, samples
