"""Every chapter, and the tests of the package, as another processor would run them: `make test-rounding`.

    python tools/rounding.py                          every arithmetic, all chapters
    python tools/rounding.py chapters/elbo.ipynb      some of them
    python tools/rounding.py --only "seed 1" tests    one arithmetic
    python tools/rounding.py --today                  each chapter in one of them, by the day: what CI has time for

Processors differ in the last bit of a sum. Three seeds imitate that: each float32 result of a linear layer, a
convolution or `torch.cdist` is moved by one unit in its last place, up, down or not at all, by a hash of its bits and
its position. Two more runs take PyTorch's own code for processors without vector instructions, with one thread and two.
What a chapter prints must stay the same.
"""

import argparse
import datetime
import functools
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = "VAE_NOTES_ROUNDING"  # the seed; read in every kernel, and in pytest's own processes
ARITHMETICS = {
    "seed 1": {VARIABLE: "1"},
    "seed 2": {VARIABLE: "2"},
    "seed 3": {VARIABLE: "3"},
    "no vectors, 1 thread": {"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"},
    "no vectors, 2 threads": {"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "2"},
}
ALONE = "no vectors, 2 threads"  # two processes of two threads would wait for each other, on two cores
ROUNDED = (
    "linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d",  # of torch.nn.functional
    "cdist conv1d conv2d conv_transpose2d",  # of torch
)


def moved(result, seed):
    """`result`, each of its float32 moved by -1, 0 or 1 units in the last place; gradients pass through."""
    import torch

    if not torch.is_tensor(result) or result.dtype != torch.float32:
        return result
    plain = result.detach().contiguous()
    bits = plain.view(torch.int32)
    mixed = bits.long() * 2_654_435_761 + torch.arange(bits.numel(), device=bits.device).reshape(bits.shape) * 40_503
    mixed = (mixed + seed * 97_531) * 1_103_515_245
    step = ((mixed >> 17) % 3 - 1).int() * (plain.isfinite() & (plain != 0))
    return result + ((bits + step).view(torch.float32) - plain)  # the difference is exact, and so is the sum


def switch_on(seed):
    """From here on, this process rounds like another processor."""
    import torch
    import torch.nn.functional as F

    def other(function):
        @functools.wraps(function)
        def rounded(*arguments, **options):
            return moved(function(*arguments, **options), seed)

        return rounded

    for module, names in zip((F, torch), ROUNDED, strict=True):
        for name in names.split():
            setattr(module, name, other(getattr(module, name)))


def pytest_configure(config):
    """As a pytest plugin (`-p rounding`)."""
    if VARIABLE in os.environ:
        switch_on(int(os.environ[VARIABLE]))


STARTUP = f"""
import os, sys
if "{VARIABLE}" in os.environ:
    sys.path.append({str(ROOT / "tools")!r})
    import rounding
    rounding.switch_on(int(os.environ["{VARIABLE}"]))
"""


def run(path, arithmetic):
    """pytest on one file under one arithmetic: (names of what failed, number that passed)."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "ipython", "profile_default", "startup")
        startup.mkdir(parents=True)
        (startup / "rounding.py").write_text(STARTUP)
        report = Path(folder, "report.xml")
        python_path = os.pathsep.join(filter(None, [str(ROOT / "tools"), os.environ.get("PYTHONPATH")]))
        environment = {"IPYTHONDIR": str(startup.parents[1]), "PYTHONPATH": python_path} | ARITHMETICS[arithmetic]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", path, "-p", "rounding", "--tb", "short", "-p", "no:cacheprovider",
             "--nbval", "--nbval-cell-timeout", "900", "--color=no", f"--junitxml={report}", "-o",
             "junit_family=xunit1"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        cases = list(ElementTree.parse(report).iter("testcase")) if report.is_file() else []
    failed = [case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None]
    if done.returncode and not failed:
        failed = ["pytest itself"]
    if failed:
        print(done.stdout, flush=True)
    return failed, len(cases) - len(failed)


def files(paths):
    """Every notebook and test file of `paths`, the largest first: what takes longest must not come last."""
    found = []
    for path in map(Path, paths):
        inside = [*path.rglob("test_*.py"), *path.rglob("*.ipynb")] if path.is_dir() else [path]
        found += [file for file in inside if "exercises" not in file.parts]
    return sorted(map(str, found), key=lambda file: (-(ROOT / file).stat().st_size, file))


def of_today(path, chapters, day):
    """The arithmetic of a chapter on a day: each has all of them within five days, and each day has all of them."""
    return list(ARITHMETICS)[(sorted(chapters).index(path) + day) % len(ARITHMETICS)]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "paths", nargs="*", default=["chapters"], help="notebooks, tests or folders; by default all chapters"
    )
    parser.add_argument("--only", choices=ARITHMETICS, action="append", help="one arithmetic, or several")
    parser.add_argument("--today", action="store_true", help="each file in one arithmetic, tomorrow in another")
    options = parser.parse_args(arguments)
    every = files(options.paths)
    day = datetime.date.today().toordinal()
    jobs = [
        (path, arithmetic)
        for path in every
        for arithmetic in options.only or ARITHMETICS
        if not options.today or arithmetic == of_today(path, every, day)
    ]
    table = {arithmetic: [0, 0, 0.0] for _, arithmetic in jobs}  # passed, failed, seconds
    broken = []

    def report(job):
        path, arithmetic = job
        start = time.monotonic()
        failed, passed = run(path, arithmetic)
        seconds = time.monotonic() - start
        print(f"{arithmetic:24}{passed:6} passed{len(failed):5} failed{seconds:6.0f} s  {path}", flush=True)
        for column, value in enumerate((passed, len(failed), seconds)):
            table[arithmetic][column] += value
        broken.extend(f"{arithmetic}: {path}::{name}" for name in failed)

    # One file after the other in each of two processes; a chapter that has two threads for itself runs alone.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(report, [job for job in jobs if job[1] != ALONE]))
    for job in jobs:
        if job[1] == ALONE:
            report(job)
    print(f"{'arithmetic':24}{'passed':>8}{'failed':>8}{'time':>8}")
    for arithmetic, (passed, failed, seconds) in table.items():
        print(f"{arithmetic:24}{passed:8}{failed:8}{seconds:8.0f} s")
    if options.today:
        print(f"each file in one of {len(ARITHMETICS)} arithmetics, tomorrow in another; all: make test-rounding")
    print(*broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
