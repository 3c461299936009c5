"""What `pip install` brings to a reader's own machine: a wheel is built, installed elsewhere and used there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vae_notes.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[1]
NOT_SHIPPED = {"__pycache__", ".ipynb_checkpoints"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The path of a wheel built from a copy, for setuptools leaves files where it builds."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("vae_notes", "chapters"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(out), str(source)], check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with nothing but the installed package, and a function that runs Python where only that one is seen."""
    folder, elsewhere = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("elsewhere")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*install, str(wheel)], check=True)

    def python(*arguments):
        variables = os.environ | {"PYTHONPATH": str(folder)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=elsewhere, env=variables).stdout

    assert python("-c", "import vae_notes; print(vae_notes.__file__)").startswith(str(folder))
    return python


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and not NOT_SHIPPED & set(path.parts))
    return {path.relative_to(folder).as_posix() for path in paths}


def test_the_wheel_has_every_file_of_the_package_and_every_exercise(wheel):
    expected = {f"vae_notes/{name}" for name in files(ROOT / "vae_notes")}
    expected |= {f"vae_notes/exercises/{name}" for name in files(ROOT / "chapters" / "exercises")}
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == expected


def test_help_names_every_command(installed):
    text = installed("-m", "vae_notes", "--help")
    assert all(command in text for command in ("train", "evaluate", "models", "course"))


def test_weights_and_cards_are_there(installed):
    text = installed("-m", "vae_notes", "models")
    assert all(name in text for name in RECIPES)


def test_figures_and_digits_are_there(installed):
    code = (
        "from vae_notes import load_mnist\n"
        "from vae_notes.widgets import KLPlayground\n"
        "print(KLPlayground(), len(load_mnist().images))"
    )
    assert installed("-c", code) == "<KLPlayground: interactive figure> 5000\n"


def test_a_course_is_made_from_the_installed_exercises(installed):
    assert "latent_directions" in installed("-m", "vae_notes", "course", "course")
