"""`python -m vae_notes fit FOLDER` and `sample`: a model of one's own pictures."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from vae_notes.evaluation import card_figures, evaluate
from vae_notes.generation import reconstruct, sample
from vae_notes.images import load_images
from vae_notes.models import GaussianVAE
from vae_notes.training.checkpoints import check_writable, remove_checkpoint
from vae_notes.training.convolutional import ConvolutionalVAE
from vae_notes.training.files import load, paths, save
from vae_notes.training.identity import digest
from vae_notes.training.loop import fit, pick_device

SHOWN = 10  # pictures in a row
HELD_OUT = 10  # one picture in so many is kept apart
MOST = 4096  # pixels of a side, numbers of a code, pictures of a sheet: more of them no memory would hold
MOST_SEED = 2**62


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type for argparse: whole numbers from `least` on, up to `most`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}, got {text!r}")
        if most is not None and number > most:
            raise argparse.ArgumentTypeError(f"must be at most {most}, got {text!r}")
        return number

    return parse


def add_commands(commands: Any) -> None:
    """Put `fit` and `sample` among the subcommands."""
    train = commands.add_parser(
        "fit",
        help="train a variational autoencoder on a folder of pictures",
        description="Train a convolutional variational autoencoder on the pictures in FOLDER; every tenth is kept "
        "apart and measured. Writes OUT.safetensors (weights), OUT.json (card) and OUT.png (pictures kept apart, their "
        "reconstructions, samples). After Ctrl-C the same command goes on (OUT.unfinished.safetensors).",
    )
    train.add_argument("folder", metavar="FOLDER", help="a folder of pictures, subfolders included")
    train.add_argument("--out", metavar="OUT", required=True, help="path of what is written, without a suffix")
    train.add_argument("--latent", type=whole_number(1, MOST), default=16, help="size of the code (default: 16)")
    train.add_argument("--size", type=whole_number(1, MOST), default=32, help="side of the images (default: 32 pixels)")
    train.add_argument("--grey", action="store_true", help="grey levels instead of colour")
    train.add_argument("--epochs", type=whole_number(1), default=50, help="passes over the pictures (default: 50)")
    train.add_argument(
        "--seed", type=whole_number(0, MOST_SEED), default=0, help="initial weights, order and noise (default: 0)"
    )
    train.add_argument("--device", default="auto", help="auto (the default), cpu, cuda, mps")
    train.set_defaults(run=_fit, checkpoint=_checkpoint)

    draw = commands.add_parser(
        "sample",
        help="draw pictures from a model that `fit` made",
        description="Draw pictures from a model that `python -m vae_notes fit` made; writes MODEL-samples.png.",
    )
    draw.add_argument("model", metavar="MODEL", help="what was given to fit as --out")
    draw.add_argument("--count", type=whole_number(1, MOST), default=4 * SHOWN, help="how many pictures (default: 40)")
    draw.add_argument(
        "--seed", type=whole_number(0, MOST_SEED), default=0, help="another seed, other pictures (default: 0)"
    )
    draw.set_defaults(run=_sample)


def _checkpoint(options: argparse.Namespace) -> Path:
    weights, _ = paths(options.out)
    return weights.with_name(f"{weights.stem}.unfinished.safetensors")


def _fit(options: argparse.Namespace) -> None:
    device = pick_device(options.device)
    files = paths(options.out)
    out = files[0].with_suffix("")
    picture = files[0].with_suffix(".png")
    check_writable(out.parent, *files, picture)
    images = load_images(options.folder, options.size, 1 if options.grey else 3).images
    if len(images) < 2:
        raise ValueError(
            f"{options.folder} holds one picture: at least two are needed, one to train on, one to measure"
        )
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(options.seed))
    held_out, train = images[order].split([-(-len(images) // HELD_OUT), len(images) - -(-len(images) // HELD_OUT)])
    print(f"{len(train):,} pictures to train on, {len(held_out):,} kept apart, on {device}", flush=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        model = ConvolutionalVAE(options.latent, tuple(images.shape[1:]))
    settings = {
        "epochs": options.epochs,
        "batch_size": min(64, len(train)),
        "learning_rate": 1e-3,
        "seed": options.seed,
    }
    checkpoint = _checkpoint(options)
    history = fit(
        model, train, **settings, validation=held_out, device=device, checkpoint=checkpoint, progress=True
    )  # fmt: skip
    figures = card_figures(evaluate(model, held_out))
    save(
        model, out, settings=settings, data={"training": f"{len(train)} pictures", "sha256": digest(train)},
        figures={"kept apart": figures}, device=history.device, seconds=round(history.seconds, 1),
    )  # fmt: skip
    remove_checkpoint(checkpoint)
    some = held_out[:SHOWN]
    samples = sample(model, 2 * len(some), torch.Generator().manual_seed(options.seed))
    rows = ["kept apart", "reconstructed", "sampled", ""]
    _picture(torch.cat([some, reconstruct(model, some), samples]), len(some), picture, rows)
    value = figures["-elbo"]
    error = f" (standard error {value['standard error']:.2g})" if "standard error" in value else ""
    print(f"-elbo {value['value']:.5g} nats per picture kept apart{error}")
    print(f"wrote {', '.join(map(str, (*files, picture)))}")


def _sample(options: argparse.Namespace) -> None:
    model, _ = load(options.model)
    if not isinstance(model, GaussianVAE):
        raise ValueError(f"{options.model} is of a class {type(model).__name__}, which has no prior to sample from")
    weights, _ = paths(options.model)
    path = weights.with_name(f"{weights.stem}-samples.png")
    check_writable(path.parent, path)
    _picture(sample(model, options.count, torch.Generator().manual_seed(options.seed)), SHOWN, path, None)
    print(f"wrote {path}")


def _picture(images: torch.Tensor, columns: int, path: Path, rows: list[str] | None) -> None:
    from matplotlib.figure import Figure

    from vae_notes.plotting import show_images

    height = 6.4 * -(-len(images) // columns) / columns
    figure = Figure(figsize=(6.4 + (1.2 if rows else 0), height), layout="constrained")
    show_images(images, columns, rows, figure.subplots())
    figure.savefig(path, dpi=150)
