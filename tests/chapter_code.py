"""The functions of a chapter's open cells as a module: its formulas are held to properties, as the package's are."""

import ast
from pathlib import Path
from types import ModuleType

import nbformat

ROOT = Path(__file__).resolve().parents[1]
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def chapter_code(path, *names):
    """A module with what the open cells of chapters/`path` import and define, and the variables `names`.

    Nothing else of the chapter runs: no data is loaded, nothing is trained.
    """
    module = ModuleType(Path(path).stem)
    for cell in nbformat.read(ROOT / "chapters" / path, as_version=4).cells:
        if cell.cell_type == "code" and not {"setup", "hide-input"} & set(cell.metadata.get("tags", [])):
            kept = [node for node in ast.parse(cell.source).body if isinstance(node, DEFINITIONS) or _sets(node, names)]
            exec(compile(ast.Module(kept, []), str(path), "exec"), vars(module))
    if missing := set(names) - set(vars(module)):
        raise ValueError(f"chapters/{path} sets no {', '.join(sorted(missing))}")
    return module


def _sets(node, names):
    return isinstance(node, ast.Assign) and all(getattr(target, "id", None) in names for target in node.targets)
