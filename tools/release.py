"""Make a release: one version everywhere, notebooks that install that very version.

    python tools/release.py 0.2.0        set the version, date the changes, let all links name the tag v0.2.0
    python tools/release.py --after      back to the branch main, for the work that follows
    python tools/release.py --version    print the version

Nothing is committed or pushed; what to type next is printed. A notebook saved from a release goes on working,
because its first cell installs the tag.
"""

import argparse
import datetime
import re
import subprocess
import sys
from pathlib import Path

import address

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def version(root=ROOT):
    """The version as the package states it."""
    return VERSION.search((root / "vae_notes" / "__init__.py").read_text(encoding="utf-8"))[1]


def prepare(new, root=ROOT, today=None):
    """Write the version, the date of its changes and its tag; ValueError when there is nothing to release."""
    changes = root / "CHANGELOG.md"
    text = changes.read_text(encoding="utf-8")
    if f"\n## {new}" in text:
        raise ValueError(f"CHANGELOG.md has a section {new} already: choose another version")
    if not re.search(r"\n## Unreleased\n+(?!## )\S", text):
        raise ValueError("CHANGELOG.md says nothing under '## Unreleased': write there what has changed")
    today = today or datetime.date.today().isoformat()
    changes.write_text(text.replace("\n## Unreleased\n", f"\n## {new} ({today})\n"), encoding="utf-8")
    package = root / "vae_notes" / "__init__.py"
    package.write_text(VERSION.sub(f'__version__ = "{new}"', package.read_text(encoding="utf-8")), encoding="utf-8")
    address.rewrite(address.current(root), f"v{new}", root)


def after(root=ROOT):
    """Links name the branch again, and the list of changes has a place for the next ones."""
    changes = root / "CHANGELOG.md"
    text = changes.read_text(encoding="utf-8")
    if "\n## Unreleased\n" not in text:
        changes.write_text(text.replace("\n## ", "\n## Unreleased\n\n## ", 1), encoding="utf-8")
    address.rewrite(address.current(root), "main", root)


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("new", nargs="?", metavar="X.Y.Z", help="the version to release")
    parser.add_argument("--after", action="store_true", help="back to the branch main")
    parser.add_argument("--version", action="store_true", help="print the version")
    options = parser.parse_args(arguments)
    if bool(options.new) + options.after + options.version != 1:
        parser.error("give a version, --after or --version")
    if options.version:
        print(version(root))
        return 0
    if options.after:
        after(root)
    else:
        if not re.fullmatch(r"\d+\.\d+\.\d+", options.new):
            parser.error(f"not of the form X.Y.Z: {options.new}")
        try:
            prepare(options.new, root)
        except ValueError as error:
            parser.error(str(error))
    subprocess.run([sys.executable, str(root / "tools" / "exercises.py")], check=True)
    if options.after:
        print("Now: git commit -am 'After the release' && git push")
    else:
        tag = f"v{options.new}"
        print(f"Now: make test && git commit -am {tag} && git tag {tag} && git push origin main {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
