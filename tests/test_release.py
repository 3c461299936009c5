"""A release: one version in one place, dated changes, links that name the tag; and the project's own files agree."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import vae_notes

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import address  # noqa: E402
import release  # noqa: E402


@pytest.fixture
def copy(tmp_path):
    url = address.current()
    (tmp_path / "vae_notes").mkdir()
    (tmp_path / "vae_notes" / "__init__.py").write_text('"""A package."""\n\n__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## Unreleased\n\n- Something.\n\n## 0.1.0\n\n- All.\n")
    stated = f'[project.urls]\nRepository = "{url}"\n[tool.vae-notes]\nbranch = "main"\n'
    (tmp_path / "pyproject.toml").write_text(stated)
    (tmp_path / "page.md").write_text(f"{url}/blob/main/README.md\n")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_a_release_names_its_version_everywhere(copy):
    release.prepare("0.2.0", copy, today="2026-01-31")
    assert release.version(copy) == "0.2.0"
    assert "## 0.2.0 (2026-01-31)\n\n- Something." in (copy / "CHANGELOG.md").read_text()
    assert address.branch(copy) == "v0.2.0"
    assert "/blob/v0.2.0/README.md" in (copy / "page.md").read_text()


def test_after_it_the_links_are_those_of_the_branch(copy):
    before = (copy / "page.md").read_text()
    release.prepare("0.2.0", copy)
    release.after(copy)
    assert (copy / "page.md").read_text() == before
    assert "# Changes\n\n## Unreleased\n\n## 0.2.0" in (copy / "CHANGELOG.md").read_text()


def test_nothing_to_say_and_a_version_that_was_are_refused(copy):
    with pytest.raises(ValueError, match="0.1.0 already"):
        release.prepare("0.1.0", copy)
    (copy / "CHANGELOG.md").write_text("# Changes\n\n## Unreleased\n\n## 0.1.0\n\n- All.\n")
    with pytest.raises(ValueError, match="nothing under"):
        release.prepare("0.2.0", copy)
    assert release.version(copy) == "0.1.0"


def test_the_version_stands_in_one_place():
    assert release.version() == vae_notes.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "vae_notes.__version__"}
    assert "version:" not in re.sub("cff-version:", "", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_workflows_call_what_there_is():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for path in (ROOT / ".github").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        matrix = [job.get("strategy", {}).get("matrix", {}) for job in content.get("jobs", {}).values()]
        called = {name for values in matrix for name in values.get("target", [])}
        called |= set(re.findall(r"\bmake ([a-z][\w-]*)", path.read_text(encoding="utf-8")))
        assert called <= targets, path.name
