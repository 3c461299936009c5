"""Every chapter, and the tests of the package, as another processor would run them: `make test-rounding`.

    python tools/rounding.py                          every arithmetic, all chapters
    python tools/rounding.py chapters/elbo.ipynb      some of them
    python tools/rounding.py --only "seed 1" tests    one arithmetic
    python tools/rounding.py --today                  two of them, by the day of the year: what CI has time for

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
WORKERS = {"no vectors, 2 threads": "1"}  # two workers of two threads would wait for each other, on two cores
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


def run(paths, arithmetic):
    """pytest under one arithmetic: (names of what failed, number that passed)."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "ipython", "profile_default", "startup")
        startup.mkdir(parents=True)
        (startup / "rounding.py").write_text(STARTUP)
        report = Path(folder, "report.xml")
        python_path = os.pathsep.join(filter(None, [str(ROOT / "tools"), os.environ.get("PYTHONPATH")]))
        environment = {"IPYTHONDIR": str(startup.parents[1]), "PYTHONPATH": python_path} | ARITHMETICS[arithmetic]
        workers = WORKERS.get(arithmetic, "2")
        subprocess.run(
            [sys.executable, "-m", "pytest", *paths, "-n", workers, "--dist", "loadfile", "-p", "rounding",
             "--tb", "short", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout", "900", "--color=no",
             f"--junitxml={report}", "-o", "junit_family=xunit1"],
            cwd=ROOT,
            env=os.environ | environment,
        )  # fmt: skip
        if not report.is_file():
            return ["pytest itself"], 0
        cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [
        f"{case.get('file') or case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return failed, len(cases) - len(failed)


def of_today(day):
    """One seed, and one number of threads without vectors; every pair comes up within six days."""
    names = list(ARITHMETICS)
    return [names[day % 3], names[3 + day % 2]]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", default=[], help="notebooks, tests or folders; all chapters unless given")
    parser.add_argument("--only", choices=ARITHMETICS, action="append", help="one arithmetic, or several")
    parser.add_argument("--today", action="store_true", help="two arithmetics, others tomorrow")
    options = parser.parse_args(arguments)
    paths = options.paths or [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("chapters/**/*.ipynb"))
                              if "exercises" not in path.parts]  # fmt: skip
    today = of_today(datetime.date.today().timetuple().tm_yday) if options.today else None
    chosen = options.only or today or list(ARITHMETICS)

    rows, broken = [], []
    for arithmetic in chosen:
        start = time.monotonic()
        failed, passed = run(paths, arithmetic)
        rows.append(f"{arithmetic:24}{passed:8}{len(failed):8}{time.monotonic() - start:8.0f} s")
        broken += [f"{arithmetic}: {name}" for name in failed]
    if today:
        rows.append(f"today only these {len(today)} of {len(ARITHMETICS)}; all of them: make test-rounding")
    print("\n".join([f"{'arithmetic':24}{'passed':>8}{'failed':>8}{'time':>8}", *rows, *broken]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
