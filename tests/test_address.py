"""The repository's address stands in pyproject.toml; every link agrees, and one command changes them all."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import address  # noqa: E402
import notebooks  # noqa: E402

OLD = address.current()
NAME = OLD.rsplit("/", 1)[1]
NEW = "https://github.com/someone-else/another-name"


@pytest.fixture
def copy(tmp_path):
    """A small repository that links its own address in every way the book does."""
    colab = OLD.replace("https://github.com", "https://colab.research.google.com/github")
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f'%pip install "x @ git+{OLD}@main"')])
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{OLD}"\n')
    (tmp_path / "page.md").write_text(f"{OLD}/issues {OLD}.git {colab}/blob/main/a.ipynb {OLD}-other\n")
    (tmp_path / "chapter.ipynb").write_text(notebooks.as_text(notebooks.canonical(chapter)))
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_every_link_of_this_repository_agrees():
    assert address.disagreeing() == []


def test_one_command_changes_every_link(copy):
    assert address.main(["--check"], copy) == 0
    assert address.main([NEW], copy) == 0
    assert address.current(copy) == NEW
    assert address.main(["--check"], copy) == 0
    colab = "https://colab.research.google.com/github/someone-else/another-name"
    assert (copy / "page.md").read_text() == f"{NEW}/issues {NEW}.git {colab}/blob/main/a.ipynb {OLD}-other\n"
    assert NEW in (copy / "chapter.ipynb").read_text()
    assert notebooks.is_canonical(copy / "chapter.ipynb") is True


@pytest.mark.parametrize("wrong", [f"https://github.com/elsewhere/{NAME}", f"https://github.com/Elsewhere/{NAME.upper()}/x"])
def test_another_address_is_noticed(copy, wrong, capsys):
    (copy / "stray.md").write_text(f"see {wrong}\n")
    assert address.main(["--check"], copy) == 1
    assert "stray.md" in capsys.readouterr().out


@pytest.mark.parametrize("new", ["http://github.com/a/b", "https://github.com/a", "https://github.com/a/b.git"])
def test_what_is_no_address_is_refused(copy, new):
    with pytest.raises(SystemExit):
        address.main([new], copy)
    assert address.current(copy) == OLD
