"""The repository's address and branch stand in pyproject.toml; every link agrees, and one command changes them all."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import address  # noqa: E402
import badges  # noqa: E402
import notebooks  # noqa: E402

OLD = address.current()
NAME = OLD.rsplit("/", 1)[1]
NEW = "https://github.com/someone-else/another-name"


@pytest.fixture
def copy(tmp_path):
    """A small repository that links its own address in every way the book does."""
    colab = OLD.replace("https://github.com", "https://colab.research.google.com/github")
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f'%pip install "x @ git+{OLD}@main"')])
    stated = f'[project.urls]\nRepository = "{OLD}"\n[tool.vae-notes]\nbranch = "main"\n'
    (tmp_path / "pyproject.toml").write_text(stated)
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {OLD}\n  branch: main\n")
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


def test_one_command_changes_the_branch_everywhere(copy):
    assert address.main(["--branch", "v1.0"], copy) == 0
    assert address.branch(copy) == "v1.0"
    assert address.main(["--check"], copy) == 0
    assert f"{address.forms(OLD)[1]}/blob/v1.0/a.ipynb" in (copy / "page.md").read_text()
    assert f"git+{OLD}@v1.0" in (copy / "chapter.ipynb").read_text()
    assert (copy / "_config.yml").read_text().endswith("  branch: v1.0\n")


@pytest.mark.parametrize(
    "wrong",
    [
        f"https://github.com/elsewhere/{NAME}",
        f"https://github.com/Elsewhere/{NAME.upper()}/x",
        f"https://colab.research.google.com/github/elsewhere/{NAME}/blob/main/a.ipynb",
        f"{OLD}/blob/master/README.md",
        f"git+{OLD}@v0.9",
    ],
)
def test_another_address_is_noticed(copy, wrong, capsys):
    (copy / "stray.md").write_text(f"see {wrong}\n")
    assert address.main(["--check"], copy) == 1
    assert "stray.md" in capsys.readouterr().out


@pytest.mark.parametrize("new", ["http://github.com/a/b", "https://github.com/a", "https://github.com/a/b.git"])
def test_what_is_no_address_is_refused(copy, new):
    with pytest.raises(SystemExit):
        address.main([new], copy)
    assert address.current(copy) == OLD


@pytest.mark.parametrize("path", notebooks.find([ROOT / "chapters"]), ids=lambda path: "-".join(path.parts[-3:]))
def test_every_notebook_links_itself_in_colab(path):
    assert badges.has_badge(path), "run: python tools/badges.py"


@pytest.fixture
def chapters(tmp_path):
    """A chapter and the two files of an exercise, without their links."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for name in ("a", "exercises/source/b", "exercises/release/b"):
        path = tmp_path / "chapters" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("1")]
        path.write_text(notebooks.as_text(notebooks.canonical(nbformat.v4.new_notebook(cells=cells))))
    return tmp_path / "chapters"


def test_one_command_puts_the_links_to_colab(chapters, capsys):
    root = chapters.parent
    assert badges.main(["--check"], root) == 1
    assert capsys.readouterr().out.count("no link") == 3
    assert badges.main([], root) == 1  # the release: another tool makes it from the source
    assert capsys.readouterr().out.count("written") == 2
    chapter, source = chapters / "a.ipynb", chapters / "exercises/source/b.ipynb"
    assert f"{address.forms(OLD)[1]}/blob/main/chapters/a.ipynb)" in chapter.read_text()
    assert "chapters/exercises/release/b.ipynb)" in source.read_text()
    assert notebooks.is_canonical(chapter)
    (chapters / "exercises/release/b.ipynb").write_text(source.read_text())
    assert badges.main(["--check"], root) == 0


def test_a_link_to_another_notebook_is_noticed_and_replaced(chapters):
    root = chapters.parent
    badges.main([], root)
    path = chapters / "a.ipynb"
    right = path.read_text()
    path.write_text(right.replace("/a.ipynb)", "/c.ipynb)"))
    assert not badges.has_badge(path, root)
    badges.main([], root)
    assert path.read_text() == right
