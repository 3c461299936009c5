"""The package's own tests with the oldest versions that pyproject.toml claims: `make test-oldest`.

    python tools/oldest.py                                   with this Python
    python tools/oldest.py python3.12 python3.13             with others, where they are installed
    python tools/oldest.py --resolution highest python3.13   with the newest versions

Each Python gets an environment of its own, _build/oldest-3.11 and so on: of every requirement the oldest version that
is claimed and exists for this Python, and pytest. What needs more than that (the book, grading, a browser) is left out.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMPORT_NAMES = {"PIL": "pillow"}


def imported(path):
    """Top-level names of everything that this file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def own_tests(folder=ROOT / "tests"):
    """Test files that need no package but those that vae_notes requires, and pytest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {requirement.split(">=")[0] for requirement in project["dependencies"]}
    enough = required | sys.stdlib_module_names | {"pytest", "vae_notes", "scipy"}  # mlxtend brings scipy along
    helpers = {path.stem: path for path in folder.glob("*.py")}

    def foreign(path):
        names = {IMPORT_NAMES.get(name, name) for name in imported(path)} - enough
        return any(foreign(helpers[name]) if name in helpers else True for name in names)

    return [path for path in sorted(folder.glob("test_*.py")) if not foreign(path)]


def environment(python, resolution):
    """Create it; returns its Python, or None where `python` is missing or a requirement cannot be had."""
    found = shutil.which(python)
    if not found:
        print(f"{python}: not installed here")
        return None
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([found, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    folder = ROOT / "_build" / f"{'newest' if resolution == 'highest' else 'oldest'}-{version}"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    to = ["--python", folder / "bin" / "python"]
    steps = (
        ["venv", "--clear", "--python", found, folder],
        ["pip", "install", *to, "--only-binary", ":all:", "--resolution", resolution, "-r", ROOT / "pyproject.toml"],
        ["pip", "install", *to, "pytest", "pytest-xdist"],
    )
    for step in steps:
        if subprocess.run([*uv, *step], cwd=ROOT).returncode:
            print(f"{python}: cannot be set up with these versions")
            return None
    return folder / "bin" / "python"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="*", default=[sys.executable])
    parser.add_argument("--resolution", choices=("lowest-direct", "highest"), default="lowest-direct")
    options = parser.parse_args(arguments)
    tests, results = own_tests(), {}
    for name in options.pythons:
        python = environment(name, options.resolution)
        if python is None:
            results[name] = "could not be had"
            continue
        subprocess.run([sys.executable, "-m", "uv", "pip", "freeze", "--python", python])
        command = [python, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider", *tests]
        code = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode
        results[name] = "passed" if code == 0 else "FAILED"
    for name, result in results.items():
        print(f"{name}: {result}, {len(tests)} files of tests")
    return 1 if "FAILED" in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
