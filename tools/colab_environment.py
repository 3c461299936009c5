"""Environments with Colab's packages: one made by pip and kept, and for each notebook an empty one that sees it."""

import json
import re
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "tests" / "data" / "colab-packages.txt"
# Taken from this environment: installing them again costs 6 GB.
BORROWED = re.compile("torch|torchvision|triton|nvidia-.*|cuda-.*")


def colab_packages():
    """{name in lower case with hyphens: version} of the published list."""
    lines = [line for line in PACKAGES.read_text(encoding="utf-8").splitlines() if "==" in line]
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


def python(environment):
    return environment / "bin" / "python"


def site_packages(environment):
    return environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def base_environment(base):
    """Make, once, the environment that all runs look into: Colab's packages by pip, torch by links to this one."""
    stamp = base / "installed.txt"
    pinned = {name: version for name, version in colab_packages().items() if not BORROWED.fullmatch(name)}
    wanted = "".join(f"{name}=={version}\n" for name, version in pinned.items())
    wanted_stamp = wanted + "".join(f"{name}=={metadata.version(name)}\n" for name in ("torch", "torchvision"))
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted_stamp:
        return base
    shutil.rmtree(base, ignore_errors=True)
    venv.create(base, with_pip=True)
    (base / "wanted.txt").write_text(wanted, encoding="utf-8")
    command = [python(base), "-m", "pip", "install", "-qq", "--no-deps", "-r", base / "wanted.txt"]
    subprocess.run(command, check=True)
    # In a folder of their own, outside any environment: pip never removes what lies there.
    links = base / "borrowed"
    links.mkdir()
    for entry in set(borrowed_entries()):
        (links / entry.name).symlink_to(entry)
    stamp.write_text(wanted_stamp, encoding="utf-8")
    return base


def borrowed_entries():
    """Files and folders in this site-packages that make up torch and torchvision, with the CUDA libraries they load."""
    for found in metadata.distributions():
        if BORROWED.fullmatch(found.name):
            for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
                yield Path(found.locate_file(top))


def fresh_environment(folder, base):
    """An environment as Colab gives it to a new notebook, in a tenth of a second: empty, but seeing all of `base`."""
    venv.create(folder, with_pip=False, symlinks=True)
    visible = f"{site_packages(base)}\n{base / 'borrowed'}\n"
    (site_packages(folder) / "colab.pth").write_text(visible, encoding="utf-8")
    kernel = folder / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    start = [str(python(folder)), "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": start, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder
