"""The repository's address and branch: pyproject.toml says what they are, everything else must agree.

python tools/address.py --check                              exit 1 where another address or branch is linked
python tools/address.py https://github.com/someone/fork      write this address everywhere
python tools/address.py --branch v1.0                        write this branch or tag everywhere

After a change, `python tools/exercises.py` makes the releases of the exercises anew.
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


def stated(root=ROOT):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def current(root=ROOT):
    """The address that pyproject.toml states as `project.urls.Repository`."""
    return stated(root)["project"]["urls"]["Repository"]


def branch(root=ROOT):
    """The branch or tag that links and installations use: `tool.vae-notes.branch` of pyproject.toml."""
    return stated(root)["tool"]["vae-notes"]["branch"]


def tracked_texts(root=ROOT):
    """Every text file that git tracks, or would if it were added."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = (root / name for name in names if name)
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def links(text, name):
    """Every address, of GitHub or Colab and under whatever owner, of a repository called `name` in any letter case."""
    sites = r"https://(?:www\.)?github\.com/|https://colab\.research\.google\.com/github/"
    return re.findall(rf"(?:{sites})[\w.-]+/{re.escape(name)}(?![\w-])", text, flags=re.IGNORECASE)


def forms(address):
    """The address as it is linked: on GitHub, and as Colab names it."""
    return address, address.replace("https://github.com/", "https://colab.research.google.com/github/")


def branch_mentions(address, ref):
    """Pattern of every place that names a branch or a tag: behind the address, or in the book's configuration."""
    link = rf"(?:{'|'.join(map(re.escape, forms(address)))})(?:\.git)?(?:@|/(?:blob|tree|raw)/)"
    return re.compile(rf"({link}|^ +branch: )({ref})(?=[\s\"'/\\]|$)", re.MULTILINE)


def disagreeing(root=ROOT):
    """(path, link) of every link to this repository with another address or another branch than the stated one."""
    address, ref = current(root), branch(root)
    name, found = address.rsplit("/", 1)[1], []
    for path in tracked_texts(root):
        text = path.read_text(encoding="utf-8")
        found += [(path, link) for link in links(text, name) if link not in forms(address)]
        mentions = branch_mentions(address, r"[\w.-]+").finditer(text)
        found += [(path, match.group()) for match in mentions if match.group(2) != ref]
    return found


def rewrite(address, ref, root=ROOT):
    """Write this address and this branch for the stated ones everywhere; returns the files that changed."""
    old, old_ref, changed = current(root), branch(root), []
    mentions = branch_mentions(old, re.escape(old_ref))
    for path in tracked_texts(root):
        text = path.read_text(encoding="utf-8")
        replaced = mentions.sub(rf"\g<1>{ref}", text)
        for before, after in zip(forms(old), forms(address), strict=True):
            replaced = re.sub(rf"{re.escape(before)}(?![\w-])", after, replaced)
        if path == root / "pyproject.toml":
            replaced = replaced.replace(f'branch = "{old_ref}"', f'branch = "{ref}"')
        if replaced != text:
            if path.suffix == ".ipynb":  # the ids of its cells are made from their content
                replaced = as_text(canonical(nbformat.reads(replaced, as_version=4)))
            path.write_text(replaced, encoding="utf-8")
            changed.append(path)
    return changed


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Check or change the repository's address and branch everywhere.")
    parser.add_argument("new", nargs="?", help="https://github.com/OWNER/NAME")
    parser.add_argument("--branch", help="the branch or tag that links and installations use")
    parser.add_argument("--check", action="store_true", help="exit 1 where another address or branch is linked")
    options = parser.parse_args(arguments)
    if options.check == bool(options.new or options.branch):
        parser.error("give a new address, a new branch, or --check")
    if options.check:
        wrong = disagreeing(root)
        for path, link in wrong:
            print(f"{path.relative_to(root)}: {link} is not of {current(root)}, branch {branch(root)}")
        return 1 if wrong else 0
    if options.new and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+(?<!\.git)", options.new):
        parser.error(f"not of the form https://github.com/OWNER/NAME: {options.new}")
    if options.branch and not re.fullmatch(r"\w[\w.-]*", options.branch):
        parser.error(f"not a branch or a tag that a link can carry: {options.branch}")
    for path in rewrite(options.new or current(root), options.branch or branch(root), root):
        print(path.relative_to(root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
