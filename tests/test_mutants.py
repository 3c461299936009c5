"""What `make mutants` reads: its list holds lines that are there, and its tests are files that are there."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", SETTINGS["tests"])
def test_each_module_has_its_tests(module):
    assert (ROOT / "vae_notes" / f"{module}.py").is_file()
    named = [part for part in SETTINGS["tests"][module].split(" ; ") if part.startswith("tests/")]
    assert named
    assert [part for part in named if not (ROOT / part).is_file()] == []


def test_what_changes_nothing_is_still_in_its_module():
    sources = {e["module"]: (ROOT / "vae_notes" / f"{e['module']}.py").read_text() for e in SETTINGS["equivalent"]}
    assert [e["before"] for e in SETTINGS["equivalent"] if e["before"] not in sources[e["module"]]] == []
    assert all(e["reason"].endswith(".") for e in SETTINGS["equivalent"])
