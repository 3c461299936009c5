"""The slides hold what the chapter holds: every section, equation, figure and open cell, and nothing that is folded."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "extensions")]

import slide_text  # noqa: E402
import slides  # noqa: E402

CHAPTERS = [ROOT / f"chapters/{name}.ipynb" for name in
            ("autoencoders", "variational_autoencoders", "elbo", "worked_example", "advantages")]  # fmt: skip
FORMULA = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
RAW = re.compile(r"\$|\*\*|\]\(|`|:::|\{[\w:-]+\}|^#+ |^\|", re.MULTILINE)


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    """(notebook, its deck as parsed HTML)."""
    page = slides.deck(request.param)[1]
    return nbformat.read(request.param, as_version=4), BeautifulSoup(page, "html.parser")


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def words(part):
    return " ".join(part.get_text().split())


def shown(deck):
    """Everything on the slides as text, without the speaker notes."""
    return " ".join(words(box) for box in deck.select(".box"))


def is_open(cell):
    return cell.cell_type == "code" and "hide-input" not in cell.metadata.get("tags", [])


def test_the_first_slide_has_title_question_and_picture(chapter):
    notebook, deck = chapter
    first = deck.section
    assert words(first.h1) == notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    assert words(first.select_one(".question")).endswith("?")
    assert len(first.select("img")) == 1


def test_every_section_has_a_slide(chapter):
    notebook, deck = chapter
    headings = [line[3:] for source in prose(notebook) for line in source.splitlines() if line.startswith("## ")]
    expected = [words(BeautifulSoup(slide_text.inline(heading, "x.html"), "html.parser")) for heading in headings]
    assert [words(heading) for heading in deck.select("h2")] == expected


def test_every_equation_that_is_not_folded_is_on_a_slide_with_its_number(chapter):
    notebook, deck = chapter
    labels = [label for source in prose(notebook)
              for label in slide_text.EQUATION_LABEL.findall(slide_text.DETAILS.sub("", source))]  # fmt: skip
    tags = [rf"\tag{{{slide_text.numbers()[label][2].strip('()')}}}" for label in labels]
    assert tags
    assert re.findall(r"\\tag\{[\d.]+\}", shown(deck)) == tags


def test_every_figure_is_on_a_slide_of_its_own_with_a_caption(chapter):
    notebook, deck = chapter
    names = [cell.metadata.mystnb.figure.name for cell in notebook.cells if "figure" in cell.metadata.get("mystnb", {})]
    captions = deck.select("section.figure .body > .caption .number")
    assert [words(c) for c in captions] == [slide_text.numbers()[name][2].strip("()") for name in names]
    assert all(len(part.select("img")) == 1 for part in deck.select("section.figure"))


def test_every_picture_is_in_the_file_and_has_an_alternative_text(chapter):
    pictures = chapter[1].select("img")
    assert all(picture["src"].startswith("data:image/") for picture in pictures)
    assert all(picture["alt"].strip() for picture in pictures)


def test_open_code_is_shown_and_folded_code_is_not(chapter):
    notebook, deck = chapter
    blocks = "\n".join(pre.get_text() for pre in deck.select(".box pre"))
    seen = [cell.source for cell in notebook.cells if is_open(cell)]
    assert all(source in blocks for source in seen)
    open_lines = {line.strip() for source in seen for line in source.splitlines()}
    folded = {line.strip() for cell in notebook.cells if cell.cell_type == "code" and not is_open(cell)
              for line in cell.source.splitlines()} - open_lines  # fmt: skip
    lines = {line.strip() for line in deck.get_text().splitlines()}
    assert len(folded) > 20
    assert {line for line in folded if len(line) > 20} & lines == set()


def test_no_solution_is_anywhere_in_the_file(chapter):
    notebook, deck = chapter
    solutions = [text for source in prose(notebook)
                 for summary, text in slide_text.DETAILS.findall(source) if summary == "Solution"]  # fmt: skip
    found = " ".join(deck.get_text().split())
    said = [words(BeautifulSoup(slide_text.inline(sentence, "x.html"), "html.parser"))
            for text in solutions for sentence in slide_text.sentences(text)]  # fmt: skip
    assert len(said) > 5
    assert [sentence for sentence in said if len(sentence) > 25 and sentence in found] == []


def test_what_the_checks_said_is_in_the_notes_and_not_on_a_slide(chapter):
    deck = chapter[1]
    assert "✓" in " ".join(words(note) for note in deck.select("aside.notes"))
    assert "✓" not in shown(deck)
    assert "ok |" not in deck.get_text()


def test_all_prose_is_in_the_notes(chapter):
    """Of the paragraphs; the last sections stand on slides in full."""
    notebook, deck = chapter
    found = " ".join(words(part) for part in deck.select("aside.notes, .box"))
    source = slide_text.DETAILS.sub("", "\n\n".join(prose(notebook)[:1] + prose(notebook)[2:]))
    paragraphs = [block.text for block in slide_text.blocks(source) if block.kind == "paragraph"]
    page = CHAPTERS[0].relative_to(ROOT).with_suffix(".html").as_posix()
    missing = [text for text in paragraphs
               if words(BeautifulSoup(slide_text.html(text, page), "html.parser")) not in found]  # fmt: skip
    assert missing == []


def test_no_markup_of_the_book_is_seen(chapter):
    deck = BeautifulSoup(str(chapter[1]), "html.parser")
    for part in deck.select("pre, code, script"):
        part.decompose()
    text = FORMULA.sub("", deck.get_text())
    assert RAW.findall(text) == []


def test_links_lead_to_the_published_book_or_elsewhere_and_never_to_a_file(chapter):
    links = [link["href"] for link in chapter[1].select("section a")]
    assert links
    published = [link for link in links if not link.startswith("https://colab.research.google.com/")]
    assert [link for link in published if not link.startswith("https://") or ".ipynb" in link or ".md" in link] == []


def test_the_page_asks_no_other_machine_for_anything(chapter, tmp_path):
    deck = chapter[1]
    slides.copy_assets(tmp_path)
    needed = [tag.get("src") or tag["href"] for tag in deck.select("script[src], link[href]:not([rel=icon])")]
    assert len(needed) == 7
    assert [name for name in needed if not (tmp_path / name).is_file()] == []
    styles = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.css")]
    assert [style for style in styles if re.search(r"@import|url\(['\"]?http", style)] == []
    assert deck.select("iframe, object, style") == []


def test_no_two_chapters_share_a_name():
    names = [path.stem for path in slide_text.chapters()]
    assert len(names) == len(set(names)) > 20


def test_a_file_that_is_no_chapter_is_refused():
    command = [sys.executable, str(ROOT / "tools" / "slides.py"), "chapters/exercises/source/kl.ipynb"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 2
    assert "kl.ipynb is no chapter" in said.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. **Two is bold.** Three.", ["**Two is bold.**"]),
        ("We call it so. This is a **name**. More.", ["We call it so. This is a **name**."]),
        ("**Try it:** do this. Then look.", ["**Try it:** do this. Then look."]),
        ("> no", []),
        ("**The article** says so.", []),
        ("See `a**b` and $x. Y$ for that. Nothing.", []),
    ],
)
def test_what_a_paragraph_says_in_bold(text, expected):
    assert slide_text.statements(text) == expected


def test_a_sentence_ends_where_a_reader_would_end_it():
    text = 'It is $a. B$ in [two](x.ipynb). Kingma et al. (2014) did. "Why?" They asked.'
    assert slide_text.sentences(text) == [
        "It is $a. B$ in [two](x.ipynb).", "Kingma et al. (2014) did.", '"Why?"', "They asked.",
    ]  # fmt: skip
