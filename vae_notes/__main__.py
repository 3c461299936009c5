"""The command line: `python -m vae_notes train | evaluate | models | course | grade | fit | sample`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from vae_notes.commands import add_commands, whole_number
from vae_notes.course.commands import add_commands as add_course_commands
from vae_notes.mnist import DataError
from vae_notes.shipped.pretrained import WEIGHTS, digest, load_pretrained, save_pretrained
from vae_notes.shipped.recipes import RECIPES, Recipe, find_recipe
from vae_notes.training.checkpoints import check_writable, checkpoint_files, remove_checkpoint
from vae_notes.training.devices import PRECISIONS
from vae_notes.training.distributed import find_team
from vae_notes.training.files import paths
from vae_notes.training.loop import fit, pick_device

IMPORTANCE_SAMPLES = 5000
CHECKPOINTS = Path("checkpoints")


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, OSError, DataError, FloatingPointError) as error:
        sys.exit(f"vae_notes: {error}")
    except KeyboardInterrupt as stop:
        kept = "checkpoint" in options and checkpoint_files(options.checkpoint(options))
        known = "run the same again to go on from the last checkpoint" if kept else "no state was saved"
        sys.exit(f"\nvae_notes: interrupted; {stop if stop.args else known}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vae_notes", description="Train, evaluate and list the models of VAE Notes."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser(
        "train",
        help="train a model and write its weights and card",
        description="Train a model by its recipe, on the 55,000 MNIST images that are not bundled (downloaded when "
        "absent) or on faces that are drawn first, measure it on images held out, and write NAME.safetensors and "
        "NAME.json. An interrupted run goes on where it stopped. Several GPUs: torchrun --nproc-per-node=2 -m "
        "vae_notes train NAME.",
    )
    train.add_argument("name", metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    train.add_argument(
        "--device", default="auto", help="auto (the default: CUDA, else MPS, else CPU), cpu, cuda, cuda:1, mps"
    )
    train.add_argument(
        "--data", metavar="ROOT", help="folder of the MNIST files (default: VAE_NOTES_DATA, then your cache folder)"
    )
    train.add_argument(
        "--out", metavar="FOLDER", default="models", help="where to write weights and card (default: models)"
    )
    train.add_argument("--compile", action="store_true", help="torch.compile the training step; worth it on a GPU")
    train.add_argument(
        "--precision", choices=PRECISIONS, default="float32", help="arithmetic of the training (default: float32)"
    )
    train.set_defaults(run=_train, checkpoint=_checkpoint)

    evaluate_ = commands.add_parser(
        "evaluate",
        help="measure a model on held-out images",
        description="Print the figures of a trained model on images it has never seen, with standard errors.",
    )
    evaluate_.add_argument("name", metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    evaluate_.add_argument(
        "--split", help="digits: bundled (the default, no download) or test; faces: held-out, drawn on the spot"
    )
    evaluate_.add_argument("--data", metavar="ROOT", help="folder of the MNIST files")
    evaluate_.add_argument(
        "--weights", metavar="FOLDER", default=WEIGHTS, help="folder of the weights (default: the shipped ones)"
    )
    evaluate_.add_argument(
        "--k",
        type=whole_number(0),
        help="importance samples (default: 5000; 0 leaves them out; variational autoencoders of digits only)",
    )
    evaluate_.add_argument(
        "--subset", type=whole_number(1), help="images for the importance-weighted estimate (default: 100)"
    )
    evaluate_.set_defaults(run=_evaluate)

    models = commands.add_parser(
        "models", help="list the models that ship", description="List the shipped models with their figures."
    )
    models.set_defaults(run=_models)

    add_course_commands(commands)
    add_commands(commands)
    return parser


def _checkpoint(options: argparse.Namespace) -> Path:
    return CHECKPOINTS / f"{options.name}.safetensors"


def _train(options: argparse.Namespace) -> None:
    recipe = find_recipe(options.name)
    _refuse(options.name, recipe, {"data": options.data})
    device = pick_device(options.device)
    out = Path(options.out)
    check_writable(out, *paths(out / options.name))
    checkpoint = _checkpoint(options)
    check_writable(checkpoint.parent, checkpoint)
    images = recipe.images(options.data)
    model = recipe.new_model()
    leads = find_team().leads
    if leads:
        print(
            f"{options.name}: {recipe.summary}; {len(images):,} images, {recipe.epochs} epochs on {device}", flush=True
        )
    history = fit(
        model,
        images,
        **recipe.settings,
        device=device,
        checkpoint=checkpoint,
        compiled=options.compile,
        precision=options.precision,
        progress=True,
    )
    if not leads:
        return
    model.cpu()
    if recipe.finish is not None:
        recipe.finish(model, images)
    asked = {"k": IMPORTANCE_SAMPLES} if "k" in recipe.options else {}
    figures: dict[str, Any] = {"training data sha256": digest(images)}
    for split in recipe.held_out:
        figures[split] = recipe.measure(model, split, options.data, progress=True, **asked)
        _print_figures(split, figures[split])
    save_pretrained(options.name, model, history, figures, out)
    remove_checkpoint(checkpoint)
    print(f"wrote {out / options.name}.safetensors and its card")


def _evaluate(options: argparse.Namespace) -> None:
    recipe = find_recipe(options.name)
    asked = {name: getattr(options, name) for name in ("k", "subset") if getattr(options, name) is not None}
    _refuse(options.name, recipe, {**asked, "data": options.data})
    if asked.get("k") == 0 and "subset" in asked:
        raise ValueError("--subset is of the importance-weighted estimate, which --k 0 leaves out: leave one out")
    if "k" in recipe.options:
        asked.setdefault("k", IMPORTANCE_SAMPLES)
    model, card = load_pretrained(options.name, options.weights)
    held_out = recipe.held_out
    split = options.split or next(iter(held_out))
    if split not in held_out:
        raise ValueError(f"{options.name} is measured on {' or '.join(held_out)}, not on {split!r}")
    print(f"{card['name']}: {card['summary']}\ntrained on {card['data']['training']}\nmeasured on {held_out[split]}")
    figures = recipe.measure(model, split, options.data, progress=True, **asked)
    _print_figures(split, figures)


def _refuse(name: str, recipe: Recipe, asked: dict[str, Any]) -> None:
    """ValueError for an option that would be ignored."""
    if refused := [f"--{key}" for key, value in asked.items() if value is not None and key not in recipe.options]:
        raise ValueError(f"{name} has no use for {' and '.join(refused)}: leave it out")


def _models(options: argparse.Namespace) -> None:
    for name, recipe in RECIPES.items():
        card = load_pretrained(name).card
        split = list(recipe.held_out)[-1]
        what, figure = next(iter(card["figures"][split].items()))
        print(f"{name:20} {recipe.summary}\n{'':20} {split} {what} {_figure_text(figure)}; "
              f"{card['bytes'] / 1e6:.1f} MB, trained on {card['device']['name']}")  # fmt: skip


def _print_figures(split: str, figures: dict[str, Any]) -> None:
    for what, figure in figures.items():
        print(f"  {split:8} {what:22} {_figure_text(figure)}")


def _figure_text(figure: dict[str, Any]) -> str:
    text = f"{figure['value']:.5g}"
    if "standard error" in figure:
        text += f" (standard error {figure['standard error']:.2g})"
    if "of" in figure:
        text += f" of {figure['of']}"
    if "images" in figure:
        text += f" on {figure['images']} images"
    return text


if __name__ == "__main__":
    main()
