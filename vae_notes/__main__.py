"""The command line: `python -m vae_notes train | evaluate | models | course`."""

import argparse
import os
import sys
from pathlib import Path

from vae_notes.course import make_course
from vae_notes.pretrained import WEIGHTS, digest, load_pretrained, save_pretrained
from vae_notes.recipes import RECIPES, find_recipe
from vae_notes.training import fit, pick_device

IMPORTANCE_SAMPLES = 5000


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, FileNotFoundError, RuntimeError, FloatingPointError) as error:
        sys.exit(f"vae_notes: {error}")
    except KeyboardInterrupt:
        sys.exit("\nvae_notes: interrupted; run the same command again to go on from the last checkpoint")


def _parser():
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
    train.set_defaults(run=_train)

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
        type=int,
        default=IMPORTANCE_SAMPLES,
        help="importance samples (default: 5000; 0 leaves them out; digits only)",
    )
    evaluate_.add_argument(
        "--subset", type=int, default=100, help="images for the importance-weighted estimate (default: 100)"
    )
    evaluate_.set_defaults(run=_evaluate)

    models = commands.add_parser(
        "models", help="list the models that ship", description="List the shipped models with their figures."
    )
    models.set_defaults(run=_models)

    course = commands.add_parser(
        "course",
        help="make an nbgrader course folder from the exercises",
        description="Write sources, student releases and nbgrader's configuration into a new folder. To grade, install "
        "the extra: pip install 'vae-notes[instructors]'.",
    )
    course.add_argument("folder", metavar="FOLDER", help="a new or empty folder")
    course.set_defaults(run=_course)
    return parser


def _train(options):
    recipe = find_recipe(options.name)
    device = pick_device(options.device)
    images = recipe.images(options.data)
    out = Path(options.out)
    model = recipe.new_model()
    checkpoint = Path("checkpoints") / f"{options.name}.safetensors"
    first_process = os.environ.get("RANK", "0") == "0"
    if first_process:
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
        progress=True,
    )
    if not first_process:
        return
    model.cpu()
    recipe.finish(model, images)
    figures = {"training data sha256": digest(images)}
    for split in recipe.held_out:
        figures[split] = recipe.measure(model, split, options.data, progress=True, k=IMPORTANCE_SAMPLES)
        _print_figures(split, figures[split])
    save_pretrained(options.name, model, history, figures, out)
    checkpoint.unlink()
    print(f"wrote {out / options.name}.safetensors and its card")


def _evaluate(options):
    model, card = load_pretrained(options.name, options.weights)
    held_out = find_recipe(options.name).held_out
    split = options.split or next(iter(held_out))
    if split not in held_out:
        raise ValueError(f"{options.name} is measured on {' or '.join(held_out)}, not on {split!r}")
    print(f"{card['name']}: {card['summary']}\ntrained on {card['data']['training']}\nmeasured on {held_out[split]}")
    measure = find_recipe(options.name).measure
    figures = measure(model, split, options.data, progress=True, k=options.k, subset=options.subset)
    _print_figures(split, figures)


def _models(options):
    for name, recipe in RECIPES.items():
        card = load_pretrained(name).card
        split = list(recipe.held_out)[-1]
        what, figure = next(iter(card["figures"][split].items()))
        print(f"{name:20} {recipe.summary}\n{'':20} {split} {what} {_figure_text(figure)}; "
              f"{card['bytes'] / 1e6:.1f} MB, trained on {card['device']['name']}")  # fmt: skip


def _course(options):
    names = make_course(options.folder)
    print(f"{options.folder}: a course with the assignments {', '.join(names)}\n"
          f"  1. cd {options.folder} && nbgrader generate_assignment {names[0]}\n"
          f"  2. give out release/{names[0]}/{names[0]}.ipynb\n"
          f"  3. put what comes back into submitted/STUDENT/{names[0]}/{names[0]}.ipynb\n"
          f"  4. nbgrader autograde {names[0]}, where student code can do no harm (see the book)\n"
          "  5. nbgrader export --to grades.csv")  # fmt: skip


def _print_figures(split, figures):
    for what, figure in figures.items():
        print(f"  {split:8} {what:22} {_figure_text(figure)}")


def _figure_text(figure):
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
