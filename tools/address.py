"""The repository's address: `project.urls.Repository` of pyproject.toml says what it is, everything else must agree.

python tools/address.py --check                              exit 1 where another address is linked
python tools/address.py https://github.com/someone/fork      write this address everywhere
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
from notebooks import as_text, canonical

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".md", ".py", ".ipynb", ".toml", ".yml", ".yaml", ".cfg", ".txt", ".bib", ".js", ".css", ".html", ".svg", ""}


def current(root=ROOT):
    """The address that pyproject.toml states."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]


def tracked_texts(root=ROOT):
    """Every text file that git tracks, or would if it were added."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = (root / name for name in names if name)
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def links(text, name):
    """Every GitHub address in `text`, under whatever owner, of a repository called `name` in any letter case."""
    pattern = rf"https://(?:www\.)?github\.com/[\w.-]+/{re.escape(name)}(?![\w-])"
    return re.findall(pattern, text, flags=re.IGNORECASE)


def disagreeing(root=ROOT):
    """(path, address) of every link to this repository that is not the stated address."""
    stated = current(root)
    name = stated.rsplit("/", 1)[1]
    found = ((path, link) for path in tracked_texts(root) for link in links(path.read_text("utf-8"), name))
    return [(path, link) for path, link in found if link != stated]


def rewrite(new, root=ROOT):
    """Replace the stated address by `new` everywhere; returns the files that changed."""
    old, changed = current(root), []
    # Colab's own addresses name owner and repository without github.com.
    short_old, short_new = (f"colab.research.google.com/github/{'/'.join(a.split('/')[-2:])}" for a in (old, new))
    for path in tracked_texts(root):
        text = path.read_text(encoding="utf-8")
        replaced = re.sub(rf"{re.escape(old)}(?![\w-])", new, text)
        replaced = re.sub(rf"{re.escape(short_old)}(?![\w-])", short_new, replaced)
        if replaced != text:
            if path.suffix == ".ipynb":  # the ids of its cells are made from their content
                replaced = as_text(canonical(nbformat.reads(replaced, as_version=4)))
            path.write_text(replaced, encoding="utf-8")
            changed.append(path)
    return changed


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Check or change the repository's address everywhere.")
    parser.add_argument("new", nargs="?", help="https://github.com/OWNER/NAME")
    parser.add_argument("--check", action="store_true", help="exit 1 where another address is linked")
    options = parser.parse_args(arguments)
    if options.check == bool(options.new):
        parser.error("give a new address or --check")
    if options.check:
        wrong = disagreeing(root)
        for path, link in wrong:
            print(f"{path.relative_to(root)}: {link} is not {current(root)}")
        return 1 if wrong else 0
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+(?<!\.git)", options.new):
        parser.error(f"not of the form https://github.com/OWNER/NAME: {options.new}")
    for path in rewrite(options.new, root):
        print(path.relative_to(root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
