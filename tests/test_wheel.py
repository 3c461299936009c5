"""What `pip install` brings to a reader's own machine: a wheel is built, installed elsewhere and used there."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from vae_notes.shipped.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[1]
NOT_SHIPPED = {"__pycache__", ".ipynb_checkpoints"}
COURSE = ["-m", "vae_notes", "course"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the checkout to build from, for setuptools leaves files where it builds."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("vae_notes", "chapters"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(out), str(source)], check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with nothing but the installed package, and a function that runs Python where only that one is seen."""
    folder, elsewhere = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("elsewhere")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*install, str(wheel)], check=True)

    def python(*arguments, code=0):
        variables = os.environ | {"PYTHONPATH": str(folder)}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=elsewhere, env=variables)
        assert done.returncode == code, done.stderr
        return done.stderr if code else done.stdout

    assert python("-c", "import vae_notes; print(vae_notes.__file__)").startswith(str(folder))
    return python


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and not NOT_SHIPPED & set(path.parts))
    return {path.relative_to(folder).as_posix() for path in paths}


def test_the_wheel_has_every_file_of_the_package_and_no_other(wheel):
    expected = {f"vae_notes/{name}" for name in files(ROOT / "vae_notes")}
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == expected


def test_help_names_every_command(installed):
    text = installed("-m", "vae_notes", "--help")
    assert all(command in text for command in ("train", "evaluate", "models", "course", "grade", "fit", "sample"))


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


def test_no_wheel_and_no_source_distribution_carries_the_solutions(source, wheel, tmp_path):
    build = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], check=True, cwd=source, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        texts = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    texts |= {name: zipfile.ZipFile(wheel).read(name) for name in zipfile.ZipFile(wheel).namelist()}
    assert len(texts) > 100
    assert [name for name, text in texts.items() if name.endswith(".ipynb") or b"BEGIN SOLUTION" in text] == []


def test_a_course_is_made_from_a_book_and_from_nothing_else(installed):
    course = [*COURSE, "new"]
    refused = installed(*course, "--book", str(ROOT / "vae_notes"), code=1)
    assert "no exercises with solutions at" in refused
    assert "--book" in installed(*course, code=1)
    assert "latent_directions" in installed(*course, "--book", str(ROOT))
