"""A seed gives a course other numbers: statements and tests agree, every course is right, last year's answer is not."""

import functools
import os
import re

import grade_at_once
import nbformat
import pytest
import right_answers

from vae_notes.__main__ import main
from vae_notes.course import seeds
from vae_notes.course.folder import make_course

FOLDER = grade_at_once.SOURCE.parent
NAMES = sorted(path.stem for path in grade_at_once.SOURCE.glob("*.ipynb"))
# Tasks whose statement or signature has a number of the seed, so that a function of another course is wrong.
WITH_NUMBERS = {
    "autoencoder": {"network", "denoiser"},
    "collapse": {"active-units", "mend"},
    "conditional": {"generate"},
    "derivation": {"joint", "evidence", "bound", "draw"},
    "elbo": {"loss", "hidden-beta", "exact-elbo"},
    "gaussian_decoder": {"hidden-beta", "exact"},
    "generation": {"generate"},
    "importance_weights": {"bound", "fit-bound"},
    "kl": {"kl-sampled", "fit-diagonal"},
    "latent_directions": {"direction"},
    "reparameterisation": {"fit-posterior"},
}
# All 77 take a quarter of an hour, so each notebook is graded in one course, each course on a notebook or two. All of
# them, as the weekly run grades them: VAE_NOTES_ALL_COURSES=1.
ALL = os.environ.get("VAE_NOTES_ALL_COURSES") == "1"
COURSES = [
    (name, seed)
    for number, name in enumerate(NAMES)
    for seed in range(seeds.COURSES)
    if ALL or seed == number % seeds.COURSES
]


def source(name, seed=None):
    notebook = nbformat.read(grade_at_once.SOURCE / f"{name}.ipynb", as_version=4)
    return notebook if seed is None else seeds.vary(notebook, seeds.read_rules(FOLDER, name), seed)


@functools.cache
def answers(name, seed=None):
    """Our own answer to each task."""
    return {grade_id: text for grade_id, text, is_answer in grade_at_once.code_cells(name, seed) if is_answer}


def changed_tasks(name):
    return [task for task in seeds.read_rules(FOLDER, name)["changes"] if task != seeds.INTRODUCTION]


def texts(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- every course there is ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), COURSES)
def test_our_own_answers_earn_everything_in_every_course(name, seed):
    only = changed_tasks(name)
    assert grade_at_once.grade(name, {}, only, seed=seed) == dict.fromkeys(only)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), COURSES)
def test_the_answers_of_the_book_and_of_the_year_before_lose_their_points(name, seed):
    tasks = WITH_NUMBERS[name]
    for other in (None, (seed - 1) % seeds.COURSES):
        copied = {task: answers(name, other)[task] for task in tasks}
        said = grade_at_once.grade(name, copied, tasks, seed=seed)
        assert {task for task, message in said.items() if message} == tasks, other


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), COURSES)
def test_a_function_in_another_style_earns_its_points_where_only_the_inputs_vary(name, seed):
    tasks = [task for task in changed_tasks(name) if task not in WITH_NUMBERS[name]]
    bank = {task: [text for of, text in right_answers.BANK[name] if of == task] for task in tasks}
    others = {task: styles[seed % len(styles)] for task, styles in bank.items()}
    assert grade_at_once.grade(name, others, tasks, seed=seed) == dict.fromkeys(tasks)


@pytest.mark.parametrize("name", NAMES)
def test_the_tasks_with_numbers_are_those_whose_own_answer_changes(name):
    for seed in range(seeds.COURSES):
        other = answers(name, (seed + 1) % seeds.COURSES)
        assert {task for task, text in answers(name, seed).items() if text != other[task]} == WITH_NUMBERS[name]
        assert {task for task, text in answers(name).items() if text != other[task]} == WITH_NUMBERS[name]


@pytest.mark.parametrize("name", NAMES)
def test_two_seeds_differ_in_what_students_read_and_in_what_they_do_not(name):
    shown, hidden = set(), set()
    for seed in range(seeds.COURSES):
        cells = source(name, seed).cells
        text = "\n".join(cell.source for cell in cells)
        assert "«" not in text
        assert "Open in Colab" not in text  # that file has the book's numbers
        shown.add("\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
        hidden.add("\n".join(re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END", text, re.DOTALL)))
    assert len(shown) == len(hidden) == seeds.COURSES


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_files_and_none_the_book_s(tmp_path):
    for folder, seed in (("one", 2027), ("same", 2027), ("other", 2028), ("book", None)):
        make_course(tmp_path / folder, seed=seed)
    one, same, other, book = (texts(tmp_path / folder) for folder in ("one", "same", "other", "book"))
    assert one == same
    assert set(one) == set(other) == set(book)
    assert {name for name in one if one[name] == other[name]} == set()
    for name in NAMES:
        for kind in ("source", "release"):
            file = f"{kind}/{name}/{name}.ipynb"
            assert book[file] == (FOLDER / kind / f"{name}.ipynb").read_bytes()
            assert one[file] != book[file]


def leaks(kept, given):
    """Lines of solutions and hidden tests that the student's file shows too, as some tests share a line with one."""
    secret = "".join(re.findall(r"### BEGIN \w+.*?\n(.*?)### END", "\n".join(cell.source for cell in kept.cells), re.S))
    shown = {line.strip() for cell in given.cells for line in cell.source.splitlines()}
    return {line.strip() for line in secret.splitlines() if len(line.strip()) > 12} & shown


def test_the_student_s_file_has_no_solution_no_hidden_test_and_no_seed(tmp_path):
    make_course(tmp_path / "course", seed=48_611)
    make_course(tmp_path / "book")
    for name in NAMES:
        kept, given, of_book, given_of_book = (
            nbformat.read(tmp_path / folder / kind / name / f"{name}.ipynb", as_version=4)
            for folder in ("course", "book")
            for kind in ("source", "release")
        )
        text = nbformat.writes(given)
        assert "48611" not in text
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN)", text)
        assert len(leaks(kept, given)) == len(leaks(of_book, given_of_book)), leaks(kept, given)


@pytest.mark.slow
def test_grading_enters_the_release_that_was_given_out(tmp_path):
    from vae_notes.course.grade import Course

    make_course(tmp_path / "course", seed=5)
    given = texts(tmp_path / "course" / "release")
    assert Course(tmp_path / "course").enter("elbo")
    assert texts(tmp_path / "course" / "release") == given


def test_the_command_takes_a_seed_and_the_folder_remembers_it(tmp_path, capsys):
    main(["course", str(tmp_path / "course"), "--seed", "2027"])
    assert "give out" in capsys.readouterr().out
    assert "--seed 2027" in (tmp_path / "course" / "nbgrader_config.py").read_text(encoding="utf-8")


def test_a_negative_seed_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="0 or larger"):
        make_course(tmp_path / "course", seed=-1)
    assert not (tmp_path / "course").exists()


# --- the rules ------------------------------------------------------------------------------------------------------


def test_a_rule_that_no_longer_fits_its_task_is_an_error():
    rules = {"numbers": {}, "changes": {"kl-standard": [["no such text", ""]]}}
    with pytest.raises(ValueError, match="kl-standard no longer holds 'no such text'"):
        seeds.vary(source("kl"), rules, 1)


def test_a_number_that_is_put_in_is_not_changed_again():
    rules = {"numbers": {"n": ["About"] * seeds.COURSES},
             "changes": {seeds.INTRODUCTION: [["How far", "«n»"], ["About 60", "Around 60"]]}}  # fmt: skip
    text = seeds.vary(source("kl"), rules, 0).cells[0].source
    assert "\n\nAbout is the encoder" in text
    assert "Around 60" in text


def test_every_list_has_a_text_for_every_course(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "kl.toml").write_text('[numbers]\nc = ["1", "2"]\n[changes]\n')
    with pytest.raises(ValueError, match="c must have 7 texts"):
        seeds.read_rules(tmp_path, "kl")
