"""A VAE with a code of two numbers that learns a thousand small digits while the reader watches."""

import torch
import torch.nn.functional as F
import traitlets

from vae_notes.arguments import check_images
from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, check_labels, front_end, pack_images

SIDE = 14
HIDDEN = 64
EPOCHS_OF_PICTURE = 60


class DigitTraining(Figure):
    """196-64-(2+2), 2-64-196 with a Bernoulli likelihood of grey levels, trained in the page on the images it is given.

    images   (N, 1, 28, 28) in [0, 1], at least 64; halved to 14 x 14 by averaging
    labels   (N,) whole numbers from 0 to 9: they only give the colours, the network never sees them
    beta     weight of the KL
    seed     initial weights, order and noise

    Raises ValueError for images that do not fit.
    """

    _esm = front_end("engine", "training_loop", "digit_pictures", "digit_training")

    images = traitlets.Bytes().tag(sync=True)
    labels = traitlets.Bytes().tag(sync=True)
    beta = traitlets.Float(1.0, min=0.05, max=20).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, **values: object) -> None:
        check_images(images)
        if images.shape[1:] != (1, 28, 28) or len(images) < 64 or len(labels) != len(images):
            raise ValueError(f"images must be at least 64 of shape (1, 28, 28), with a label each, "
                             f"got {tuple(images.shape)} and {len(labels)} labels")  # fmt: skip
        if not set(classes := check_labels(labels, images)) <= set(range(10)):
            raise ValueError(f"labels must be from 0 to 9, got {min(classes)} to {max(classes)}")
        self._small = F.avg_pool2d(images, 2)
        packed = pack_images(self._small)
        super().__init__(images=packed, labels=bytes(classes), **values)

    def _draw(self, figure):
        """The plane after some epochs, trained here with PyTorch: codes of the images, and the decoded grid."""
        labels = torch.frombuffer(bytearray(self.labels), dtype=torch.uint8)
        codes, grid = _train(self._small.flatten(1), self.beta, self.seed)
        left, right = figure.subplots(1, 2)
        left.scatter(*codes.T.numpy(), c=labels.numpy(), cmap="tab10", s=5)
        left.set(title="codes, coloured by class", aspect="equal", xlim=(-3.5, 3.5), ylim=(-3.5, 3.5))
        turn = torch.linspace(0, 6.2832, 100)
        left.plot(turn.cos(), turn.sin(), color=PALETTE["grey"], linewidth=1)
        right.imshow(grid.numpy(), cmap="gray", vmin=0, vmax=1)
        right.set(title="the plane, decoded", xticks=[], yticks=[])


def _train(x, beta, seed):
    """Codes (N, 2) and the decoded grid as one picture, after EPOCHS_OF_PICTURE epochs."""
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = nn.Sequential(nn.Linear(SIDE**2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 4))
        decoder = nn.Sequential(nn.Linear(2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, SIDE**2))
        optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 0.005)
        for _ in range(EPOCHS_OF_PICTURE):
            for batch in x[torch.randperm(len(x))].split(64):
                mu, logvar = encoder(batch).chunk(2, -1)
                z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
                fit = F.binary_cross_entropy_with_logits(decoder(z), batch, reduction="sum")
                loss = (fit + beta * 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()) / len(batch)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        with torch.no_grad():
            axis = torch.linspace(-2.5, 2.5, 12)
            plane = torch.stack(torch.meshgrid(axis, -axis, indexing="xy"), -1)  # (row, column, 2)
            tiles = decoder(plane.reshape(-1, 2)).sigmoid().view(12, 12, SIDE, SIDE)
            return encoder(x)[:, :2], tiles.permute(0, 2, 1, 3).reshape(12 * SIDE, 12 * SIDE)
