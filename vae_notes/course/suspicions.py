"""What an instructor should look at: code of a submission that reaches for what no task needs.

No proof of anything: the words are often innocent, and somebody who knows the list avoids them.
"""

import ast
import re

NAMES = {
    "_getframe", "currentframe", "f_locals", "f_globals", "f_back", "tb_frame", "settrace", "setprofile", "__code__",
    "__globals__", "__closure__", "__subclasses__", "get_ipython", "set_custom_exc", "showtraceback", "displayhook",
    "excepthook", "get_referrers", "get_objects", "_exit", "fork", "Popen", "addaudithook", "register_at_fork",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "setattr", "delattr"}
MODULES = {
    "ast", "atexit", "builtins", "ctypes", "gc", "importlib", "inspect", "linecache", "mock", "nbformat", "nbgrader",
    "signal", "sqlite3", "subprocess", "traceback",
}  # fmt: skip
TEXTS = ("gradebook", "vae_notes/course", "vae_notes.course", "/proc/", "sys.modules", "HIDDEN TESTS")


def suspicions(sources: list[str]) -> list[str]:
    """["LOOK: the code uses a, b"], or an empty list when nothing in `sources`, the student's cells, is suspicious."""
    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            found.update(_found(node))
    return [f"LOOK: the code uses {', '.join(sorted(found))}"] if found else []


def _found(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names if _listed(alias.name)]
        case ast.ImportFrom(module=str(module), names=names):
            whole = [f"{module}.{alias.name}" for alias in names]
            return [module] if _listed(module) else [name for name in whole if _listed(name)]
        case ast.Attribute(value=ast.Name(id="sys"), attr="modules"):
            return ["sys.modules"]
        case ast.Attribute(attr="expect" | "expect_that" | "examine" | "without" as name, ctx=ast.Store()):
            return [f"{name} = …"]
        case ast.Attribute(value=ast.Name(id="torch" | "vae_notes" | "F" | "math" | "np" as base), attr=name,
                           ctx=ast.Store()):  # fmt: skip
            return [f"{base}.{name} = …"]
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in NAMES:
            return [name]
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            return [name]
        case ast.Constant(value=str(text)):
            return [part for part in TEXTS if part in text]
    return []


def _listed(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in MODULES)
