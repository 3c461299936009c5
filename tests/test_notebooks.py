"""What every chapter must look like, and that comparing stored with new outputs is not for show."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from conftest import agree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "extensions")]

import ledger  # noqa: E402
import notebooks  # noqa: E402

CHAPTERS = [p for p in sorted(ROOT.glob("chapters/**/*.ipynb")) if "exercises" not in p.parts]
FIRST_CELL = """\
try:
    import vae_notes
except ModuleNotFoundError:
    %pip install -q --no-deps "vae-notes @ git+https://github.com/vae-notes/vae-notes@main"
    import vae_notes"""
WALL_TIME = re.compile(r"%%?time(it)?\b|\bperf_counter\b|\btime\.time\b|\bdatetime\.now\b")
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(home|root|Users|tmp|work|usr|opt|var|mnt|content)/|\b[A-Z]:\\\\")
DIRECTIVE = re.compile(r"^\s*(```+|~~~+|:::+)\s*\{|\{[a-zA-Z:_-]+\}`", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)>?\)")
LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SECTIONS = ("In this chapter", "Exercises", "Further reading")
COLUMN = 80  # characters of a code line that the page can show


def md(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, outputs=(), **metadata):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=metadata, execution_count=1)


def figure():
    return nbformat.v4.new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure size 1x1 with 1 Axes>"})


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def of_kind(nb, kind):
    return [cell for cell in nb.cells if cell.cell_type == kind]


def text_outputs(nb):
    for cell in of_kind(nb, "code"):
        for output in cell.outputs:
            yield output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))


def reader_sees(cell):
    """Whether the cell's code stands open on the page."""
    return "hide-input" not in cell.metadata.get("tags", [])


# Each rule takes a notebook and yields what is wrong with it, in words.


def starts_like_every_chapter(nb):
    cells = of_kind(nb, "code")
    if not cells or cells[0].source != FIRST_CELL:
        yield "the first code cell is not the common one"
    elif set(cells[0].metadata.get("tags", [])) != {"setup", "hide-input"}:
        yield "the first code cell must have the tags setup and hide-input"


def has_the_common_sections(nb):
    headings = [line.strip("#* ") for cell in of_kind(nb, "markdown") for line in cell.source.splitlines()
                if line.startswith(("#", "**"))]  # fmt: skip
    yield from (f"no section {name!r}" for name in SECTIONS if name not in headings)
    if not nb.cells or not nb.cells[0].source.startswith("# "):
        yield "the first cell is not a title"


def prose_comes_before_code(nb):
    in_a_row = 0
    for position, cell in enumerate(nb.cells):
        in_a_row = in_a_row + 1 if cell.cell_type == "code" and reader_sees(cell) else 0
        if position == 0 and cell.cell_type == "code":
            yield "the chapter starts with code"
        if in_a_row > 2:
            yield f"three code cells in a row at cell {position}"


def cells_are_short(nb):
    allowed_models = 1
    for cell in filter(reader_sees, of_kind(nb, "code")):
        length = len([line for line in cell.source.splitlines() if line.strip()])
        is_model = re.search(r"^class \w+", cell.source, re.MULTILINE) and allowed_models and length <= 30
        if length > 20 and not is_model:
            yield f"{length} lines in the cell that starts with {cell.source.splitlines()[0]!r}"
        elif length > 20:
            allowed_models = 0
    for cell in of_kind(nb, "code"):
        if not reader_sees(cell) and len(cell.source.splitlines()) > 40:
            yield f"more than 40 lines folded away under {cell.source.splitlines()[0]!r}"


def code_lines_fit_the_column(nb):
    for cell in of_kind(nb, "code"):
        if "setup" not in cell.metadata.get("tags", []):
            wide = [line for line in cell.source.splitlines() if len(line) > COLUMN]
            yield from (f"more than {COLUMN} characters: {line!r}" for line in wide)


def imports_from_the_front_door(nb):
    for cell in of_kind(nb, "code"):
        if found := re.search(r"(from|import) vae_notes\.\w.*", cell.source):
            yield f"a chapter imports from vae_notes alone: {found.group()!r}"


def figures_have_caption_and_alt_text(nb):
    names = []
    for cell in of_kind(nb, "code"):
        pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
        options = cell.metadata.get("mystnb", {})
        if not pictures:
            continue
        where = f"the figure of the cell that ends with {cell.source.splitlines()[-1]!r}"
        if len(pictures) > 1:
            yield f"more than one figure in {where}"
        if not options.get("figure", {}).get("caption", "").strip():
            yield f"no caption: {where}"
        if len(options.get("image", {}).get("alt", "").split()) < 5:
            yield f"no alt text that says anything: {where}"
        if "image/png" not in cell.outputs[-1].get("data", {}):
            yield f"text after {where}"
        names.append(options.get("figure", {}).get("name"))
    if None in names or len(set(names)) < len(names):
        yield f"figure names are missing or used twice: {names}"


def reads_well_in_colab(nb):
    for cell in of_kind(nb, "markdown"):
        if found := DIRECTIVE.search(cell.source):
            yield f"MyST syntax: {found.group()!r}"


def tells_no_time_and_no_path(nb):
    texts = [cell.source for cell in nb.cells] + list(text_outputs(nb))
    for text in texts:
        for pattern in (WALL_TIME, MACHINE_PATH):
            if found := pattern.search(text):
                yield f"wall time or a path of one machine: {found.group()!r}"


def no_line_ends_in_a_semicolon(nb):
    for cell in of_kind(nb, "code"):
        if cell.source.rstrip().endswith(";"):
            yield f"a trailing ';' hides the output from Jupyter but not from nbval: {cell.source.splitlines()[-1]!r}"


def displayed_equations_have_labels(nb):
    for label, tex in ledger.equations(nb):
        if label is None:
            yield f"no label: {tex[:60]!r}"
        elif not LABEL.fullmatch(label):
            yield f"a label is lower case with hyphens: {label!r}"


def further_reading_is_in_the_bibliography(nb):
    known = bibliography()
    reading = False
    for cell in of_kind(nb, "markdown"):
        for part in re.split(r"(?m)^(?=#)", cell.source):
            if part.startswith("#"):
                reading = part.splitlines()[0].lstrip("# ").strip() == "Further reading"
            if reading:
                links = [url for url in LINK.findall(part) if url.startswith("http")]
                yield from (f"not in book/references.bib: {url}" for url in links if not url.startswith(known))


def bibliography():
    """The address of every entry; a link may lead to a part of a work, below its address."""
    return tuple(re.findall(r"url\s*=\s*\{([^}]+)\}", (ROOT / "book" / "references.bib").read_text(encoding="utf-8")))


# A notebook that breaks the rule, so that each rule has been seen to fail.
BROKEN = {
    starts_like_every_chapter: notebook(code("import vae_notes", tags=["setup", "hide-input"])),
    has_the_common_sections: notebook(md("# Title"), md("## In this chapter")),
    prose_comes_before_code: notebook(md("# Title"), code("1"), code("2"), code("3")),
    cells_are_short: notebook(code("\n".join(["x = 1"] * 21))),
    code_lines_fit_the_column: notebook(code("x = " + "1" * 77)),
    imports_from_the_front_door: notebook(code("from vae_notes.maths.kl import kl_normals")),
    figures_have_caption_and_alt_text: notebook(
        code("plt.show()", [figure()], mystnb={"figure": {"caption": "A caption", "name": "fig-a"}})
    ),
    reads_well_in_colab: notebook(md("```{note}\nRead this.\n```")),
    tells_no_time_and_no_path: notebook(code("print(f)", [nbformat.v4.new_output("stream", text="/tmp/x.png\n")])),
    no_line_ends_in_a_semicolon: notebook(code("plt.plot(x);")),
    displayed_equations_have_labels: notebook(md("$$ a = b $$\n\nmore")),
    further_reading_is_in_the_bibliography: notebook(md("## Further reading\n\n[A page](https://example.org/x)")),
}
ALSO_BROKEN = [
    (starts_like_every_chapter, notebook(code(FIRST_CELL, tags=["setup"]))),
    (figures_have_caption_and_alt_text, notebook(code("f()", [figure()], mystnb={"image": {"alt": "a b c d e"}}))),
    (reads_well_in_colab, notebook(md("see {ref}`elbo`"))),
    (tells_no_time_and_no_path, notebook(code("%time f()"))),
    (displayed_equations_have_labels, notebook(md("$$ a = b $$ (Not_This)"))),
    (cells_are_short, notebook(code("class A:\n" + "    x = 1\n" * 30))),
    (cells_are_short, notebook(code("# @title Long\n" + "x = 1\n" * 40, tags=["hide-input"]))),
]


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path, rule):
    assert not list(rule(nbformat.read(path, as_version=4)))


@pytest.mark.parametrize(("rule", "broken"), [*BROKEN.items(), *ALSO_BROKEN])
def test_each_rule_notices_a_broken_chapter(rule, broken):
    assert list(rule(broken))


def test_a_good_chapter_breaks_no_rule():
    options = {"figure": {"caption": "What", "name": "fig-a"}, "image": {"alt": "A curve that rises and falls"}}
    good = notebook(
        md("# Title\n\nA question?\n\n$$ a = b $$ (a-is-b)"),
        code(FIRST_CELL, tags=["setup", "hide-input"]),
        md("Prose."),
        code("plt.plot(x)\nplt.show()", [figure()], mystnb=options),
        md("## In this chapter\n\n## Exercises\n\n## Further reading\n\n[AEVB](https://arxiv.org/abs/1312.6114)"),
    )
    assert [problem for rule in BROKEN for problem in rule(good)] == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_is_in_canonical_form(path):
    assert notebooks.is_canonical(path), f"run: python tools/notebooks.py {path.relative_to(ROOT)}"


def test_labels_and_figure_names_are_unique_in_the_book():
    read = [nbformat.read(path, as_version=4) for path in CHAPTERS]
    labels = [label for nb in read for label, _ in ledger.equations(nb) if label]
    names = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for nb in read for cell in nb.cells]
    names = [name for name in names if name]
    assert sorted(labels) == sorted(set(labels))
    assert sorted(names) == sorted(set(names))


# --- the canonical form ---------------------------------------------------------------------------------------------


def sample_text():
    printed = [nbformat.v4.new_output("stream", text=text) for text in ("a\n", "b 1.2345678\n")]
    nb = notebook(md("# T"), code('print("a")\nprint("b", 1.2345678)', printed))
    return notebooks.as_text(notebooks.canonical(nb))


def test_canonical_form_is_stable_and_merges_streams():
    nb = nbformat.reads(sample_text(), as_version=4)
    assert notebooks.as_text(notebooks.canonical(nb)) == sample_text()
    assert [output.text for output in nb.cells[1].outputs] == ["a\nb 1.2345678\n"]


@pytest.mark.parametrize(
    "change",
    [
        lambda nb: nb["cells"][1].update(execution_count=7),
        lambda nb: nb["cells"][1].update(execution_count=None),
        lambda nb: nb["cells"][1].update(id="something-else"),
        lambda nb: nb["cells"][1]["metadata"].update(execution={"iopub.status.busy": "2026-01-01"}),
        lambda nb: nb["metadata"].update(widgets={"state": {}}),
        lambda nb: nb["metadata"]["kernelspec"].update(name="my-env"),
    ],
)
def test_anything_else_is_not_canonical(tmp_path, change):
    path = tmp_path / "sample.ipynb"
    path.write_text(sample_text())
    assert notebooks.main(["--check", str(path)]) == 0
    content = json.loads(sample_text())
    change(content)
    path.write_text(json.dumps(content, indent=1) + "\n")
    assert notebooks.main(["--check", str(path)]) == 1


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        # Fails only when the figure is drawn, which is after the cell has run.
        ("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.title('$\\\\nonsense{$')", "Unknown symbol"),
    ],
)
def test_a_failing_notebook_is_left_as_it_was(tmp_path, capfd, source, error):
    path = tmp_path / "failing.ipynb"
    before = notebooks.as_text(notebooks.canonical(notebook(code(source))))
    path.write_text(before)
    assert notebooks.main([str(path)]) == 1
    assert path.read_text() == before
    assert error in capfd.readouterr().out


# --- nbval compares for real ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "new", "same"),
    [
        ("KL 1.6505 nats", "KL 1.6506 nats", True),
        ("KL 1.6505 nats", "KL 1.6508 nats", False),
        ("0.12345678", "0.12345679", True),
        ("105.592", "105.581", False),
        ("105.592", "105.601", True),
        ("2.5e-13", "2.6e-13", True),
        ("2.5e-13", "2.8e-13", False),
        ("-1.0", "1.0", False),
        ("500 images", "501 images", False),
        ("shape (128, 20)", "shape (128, 21)", False),
        ("z2 = 1.5", "z3 = 1.5", False),
        ("nan", "1.0", False),
        ("1.0 nats", "1.0 bits", False),
    ],
)
def test_what_counts_as_the_same_text(stored, new, same):
    assert agree(stored, new) is same


def verdict(numbers="1.650 = 1.651", tolerance="within 4 standard errors of 2.0e-03", claim="by draws", label="a-is-b"):
    return f"ok | {label} | {claim} | {numbers} | {tolerance}"


@pytest.mark.parametrize(
    ("stored", "new", "same"),
    [
        pytest.param({}, {"numbers": "1.654 = 1.651"}, True, id="sampled, within the standard error"),
        pytest.param({}, {"numbers": "1.661 = 1.651"}, False, id="sampled, beyond it"),
        pytest.param({}, {"numbers": "1.650 = 1.671"}, False, id="another expected number"),
        pytest.param({}, {"numbers": "1.650 <= 1.651"}, False, id="another relation"),
        pytest.param({}, {"claim": "by quadrature"}, False, id="another claim"),
        pytest.param({}, {"label": "b-is-c"}, False, id="another label"),
        pytest.param({}, {"tolerance": "within 4 standard errors of 9.0e-03"}, False, id="another standard error"),
        pytest.param({}, {"tolerance": "within 5 standard errors of 2.0e-03"}, False, id="more standard errors"),
        pytest.param({"tolerance": "within 1e-03"}, {"tolerance": "within 2e-03"}, False, id="another tolerance"),
        pytest.param({}, {"tolerance": "within 8e-03"}, False, id="another kind of tolerance"),
        pytest.param({"claim": "share 0.50001"}, {"claim": "share 0.50002"}, True, id="number in the claim"),
        pytest.param({"claim": "share 0.50"}, {"claim": "share 0.60"}, False, id="another number in the claim"),
        *(
            pytest.param({"numbers": old, "tolerance": tolerance}, {"numbers": new, "tolerance": tolerance}, same)
            for old, new, tolerance, same in [
                ("2.425e-07 < 1e-06", "3.641e-07 < 1e-06", "exact order", True),
                ("2.425e-07 < 1e-06", "0 < 1e-06", "exact order", True),
                ("2.425e-07 < 1e-06", "2.425e-07 < 1e-05", "exact order", False),
                ("2.0 < 1.0", "0.5 < 1.0", "exact order", False),
                ("0.5 < 1.0", "2.0 < 1.0", "exact order", False),
                ("19 > 3.1", "19 > 3.2", "exact order", True),
                ("19 > 3.1", "19 > 3.3", "exact order", False),
                ("-1.79 < -1.69", "-1.792 < -1.685", "exact order", True),
                ("183 > 100.3", "182.8 > 100", "exact order", True),
                ("0.045 > 0.034", "0.046 > 0.034", "by more than 5e-03", True),
                ("0.045 > 0.034", "0.036 > 0.034", "by more than 5e-03", False),
                ("9 != 0", "9.4 != 0", "by more than 1e+00", True),
                ("9 != 0", "13 != 0", "by more than 1e+00", False),
                ("20 = 20", "21 = 21", "exact order", False),
                ("1e-06 = 1e-06", "2e-06 = 2e-06", "exact order", False),
                ("0 = 0", "1e-12 = 0", "within 1e-10", True),
                ("0.001474534 = 0.001474534", "0.000923685 = 0.000923685", "within 1e-06 relative, worst of 9", False),
                ("1.650502 = 1.650502", "1.650503 = 1.650502", "within 1e-06 relative", True),
                ("1.650502 = 1.650502", "1.651502 = 1.650502", "within 1e-06 relative", False),
                ("1.650 = 1.650", "1.655 = 1.650", "within 1e-02 + 1e-06 relative", True),
                ("1.650 = 1.650", "1.665 = 1.650", "within 1e-02 + 1e-06 relative", False),
            ]
        ),
    ],
)
def test_a_verdict_is_compared_by_what_it_says(stored, new, same):
    assert agree(f"first\n{verdict(**stored)}\n", f"first\n{verdict(**new)}\n") is same


def test_text_around_a_verdict_is_compared_as_text():
    assert not agree(f"first\n{verdict()}", f"second\n{verdict()}")
    assert not agree(f"{verdict()}\n{verdict()}", verdict())


def stored_number(text):
    def change(nb):
        nb.cells[1].outputs[0].text = f"a\nb {text}\n"

    return change


def never_executed(nb):
    nb.cells[1].execution_count = None
    nb.cells[1].outputs = []


def with_rich_form(nb):
    nb.cells[1].outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<b>1.2</b>"}))


def nbval(path, *options):
    """Whether a notebook passes, as `make test` calls nbval; and what was said."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "conftest", "-p", "no:cacheprovider",
         "--nbval", "--nbval-cell-timeout", "120", *map(str, options), str(path)],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        pytest.param(with_rich_form, True, id="HTML is not compared"),
        pytest.param(stored_number("1.2345678"), True, id="as stored"),
        pytest.param(stored_number("1.2346"), True, id="inside the tolerance"),
        pytest.param(stored_number("1.2365678"), False, id="another number"),
        pytest.param(never_executed, False, id="never executed"),
    ],
)
def test_nbval_notices_what_has_changed(tmp_path, change, passes):
    """A small notebook whose stored output has been changed, run by nbval."""
    path = tmp_path / "sample.ipynb"
    nb = nbformat.reads(sample_text(), as_version=4)
    change(nb)
    nbformat.write(nb, path)
    passed, said = nbval(path)
    assert passed is passes, said


def other_code(nb):
    nb.cells[1].source += "  # edited since"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param(with_rich_form, None, id="HTML is not compared"),
        pytest.param(stored_number("1.2346"), None, id="inside the tolerance"),
        pytest.param(stored_number("1.2365678"), "Cell outputs differ", id="another number"),
        pytest.param(other_code, "built from another text", id="another text"),
        pytest.param(never_executed, "never been executed", id="never executed"),
    ],
)
def test_what_the_book_has_executed_is_compared(tmp_path, change, complaint):
    """`make test-book`: the numbers stored in a chapter beside those of its twin in the built book."""
    nb = nbformat.reads(sample_text(), as_version=4)
    executed = tmp_path / "executed"
    executed.mkdir()
    nbformat.write(nb, executed / "sample.ipynb")
    change(nb)
    nbformat.write(nb, tmp_path / "sample.ipynb")
    passed, said = nbval(tmp_path / "sample.ipynb", "--executed", executed, "--rootdir", tmp_path)
    assert passed is (complaint is None), said
    assert complaint is None or complaint in said


def test_a_chapter_that_is_not_in_the_built_book_fails(tmp_path):
    (tmp_path / "sample.ipynb").write_text(sample_text())
    passed, said = nbval(tmp_path / "sample.ipynb", "--executed", tmp_path / "executed", "--rootdir", tmp_path)
    assert not passed
    assert "make book" in said
