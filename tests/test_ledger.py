"""Every displayed equation is checked by a number, and every check is about an equation that exists."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "extensions"))

import ledger  # noqa: E402

CHAPTERS = [p for p in sorted(ROOT.glob("chapters/**/*.ipynb")) if "exercises" not in p.parts]


def test_every_equation_of_the_book_is_checked():
    read = {str(path.relative_to(ROOT)): nbformat.read(path, as_version=4) for path in CHAPTERS}
    assert ledger.problems(read, ledger.definitions()) == []


def chapter(prose, printed):
    outputs = [new_output("stream", text=printed)]
    return new_notebook(cells=[new_markdown_cell(prose), new_code_cell("", outputs=outputs)])


VERDICT = "ok | a-is-b | closed form equals sampling | 1.65 = 1.66 | within 4 standard errors of 3e-03\n"


@pytest.mark.parametrize(
    ("prose", "printed", "defined", "problem"),
    [
        ("$$ a = b $$ (a-is-b)", VERDICT, set(), None),
        ("$$ a = b $$ (a-is-b)", "some text\n" + VERDICT, set(), None),
        ("$$ a = b $$ (a-is-b)", "", {"a-is-b"}, None),
        ("$$\na = b\n$$ (a-is-b)", "", set(), "nb: no check names the equation a-is-b"),
        ("$$ a = b $$ (a-is-b)", "FAILED" + VERDICT, set(), "nb: no check names the equation a-is-b"),
        ("nothing", VERDICT, set(), "nb: a check names the unknown equation a-is-b"),
        ("```\n$$ a = b $$ (a-is-b)\n```", VERDICT, set(), "nb: a check names the unknown equation a-is-b"),
        ("$$ a = b $$ (a-is-b)", VERDICT, {"gone"}, "definitions.txt lists the unknown equation gone"),
    ],
)
def test_what_the_ledger_notices(prose, printed, defined, problem):
    assert ledger.problems({"nb": chapter(prose, printed)}, defined) == ([problem] if problem else [])


def test_a_verdict_is_read_back_whole():
    (verdict,) = ledger.verdicts(chapter("", VERDICT))
    assert verdict.equations == ("a-is-b",)
    assert (verdict.value, verdict.relation, verdict.expected) == ("1.65", "=", "1.66")


def test_a_verdict_is_listed_once_when_a_cell_prints_in_pieces():
    """What MyST-NB leaves in an executed notebook: the later pieces, and the first with those appended."""
    from myst_nb.core.utils import coalesce_streams

    first, second = VERDICT, VERDICT.replace("a-is-b", "b-is-c")
    nb = new_notebook(cells=[new_code_cell("", outputs=[new_output("stream", text=t) for t in (first, second, first)])])
    expected = [("a-is-b",), ("b-is-c",), ("a-is-b",)]
    assert [verdict.equations for verdict in ledger.verdicts(nb)] == expected
    coalesce_streams(nb.cells[0].outputs)
    assert [verdict.equations for verdict in ledger.verdicts(nb)] == expected


def test_equations_keep_their_order_and_their_missing_labels():
    nb = chapter("$$ a $$ (one)\n\ntext $x$ more\n\n$$\nb\n$$\n\n$$ c $$ (three)", "")
    assert [label for label, _ in ledger.equations(nb)] == ["one", None, "three"]


def test_definitions_ignore_comments(tmp_path):
    path = tmp_path / "definitions.txt"
    path.write_text("# why\n\nelbo-symbol  # introduces a name\n")
    assert ledger.definitions(path) == {"elbo-symbol"}
