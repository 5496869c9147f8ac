"""A class of any size: what one more student costs does not depend on how many there are."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from grader.autograde import Done, Results, in_short, recorded
from grader.gradebook.book import Book
from grader.gradebook.classroom import call_roll, plan_class
from grader.gradebook.setting import open_setting
from grader.handed import Fingerprint, handed_in, settled
from grader.model import CellRun, Counterexample, Result, Verdict
from grader.settings import load_settings
from tests.courses import Course, answer, mini_course

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 40
GOOD = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of more than one transaction, graded. Every second one waits for a person."""
    course = mini_course(tmp_path_factory.mktemp("size") / "course")
    text = answer(course.released("mini"), GOOD, "Because.")
    for number in range(MANY):
        course.hand_in("mini", f"s{number}", mini=text if number % 2 else "no notebook")
    assert course.run("grader", "autograde", "mini").returncode == 0
    return course


@contextmanager
def asked() -> Iterator[list[str]]:
    """What databases are asked meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_gradebook_is_asked_no_more_for_many_than_for_few(course: Course) -> None:
    """In a roll call, and in writing; only who is late costs more."""
    setting, settings = open_setting(course.root), load_settings(course.root)
    counts = []
    with Book(setting) as book:
        plan = plan_class(setting, book, "mini", settings)
        for some in (2, 20):
            names = [f"s{number}" for number in range(some)]
            done = []
            for name in names:
                handed = handed_in(plan, Fingerprint(), name)
                done.append(Done(handed=handed, records=recorded(plan, name)))
            with asked() as statements:
                assert call_roll(plan, book, names, force=False).unchanged == some
                book.write("mini", done)
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_changes_while_it_is_graded_is_graded_again(course: Course) -> None:
    """What was graded may not be what the key says: a sync may have been under way."""
    setting, settings = open_setting(course.root), load_settings(course.root)
    path = course.root / "submitted" / "s1" / "mini" / "mini.ipynb"
    content = path.read_text()
    with Book(setting) as book:
        plan = plan_class(setting, book, "mini", settings)
        handed = handed_in(plan, plan.fingerprint(), "s1")
        assert settled(plan, handed) == handed
        path.write_text(content[:100])
        assert settled(plan, handed) == replace(handed, key="", bare="")
        path.write_text(content)
        assert settled(plan, handed) == handed


def test_those_that_wait_are_as_many_as_nbgrader_says(course: Course) -> None:
    """One for each submission, however many cells of it wait."""
    with Gradebook(course.db_url, "trial") as gradebook:
        theirs = [s for s in gradebook.assignment_submissions("mini") if s.needs_manual_grade]
        with Book(open_setting(course.root)) as book:
            assert book.waiting("mini") == len(theirs) == MANY
            assert book.waiting("another") == 0


def test_a_page_takes_three_questions(course: Course) -> None:
    """However many cells the notebook has."""
    counts = []
    for names in (["s1"], ["s1", "s3"]):
        options = [part for name in names for part in ("--student", name)]
        with asked() as statements:
            done = course.run("grader", "feedback", "mini", "--jobs", 1, *options)
        assert done.returncode == 0, done.stderr
        counts.append(len(statements))
    assert counts[1] - counts[0] == 3


def test_a_lost_gradebook_of_several_transactions_is_written_whole(course: Course) -> None:
    """From the graded notebooks, none of them graded again."""
    with Gradebook(course.db_url, "trial") as gradebook:
        for submission in gradebook.assignment_submissions("mini"):
            gradebook.remove_submission("mini", submission.student.id)
    assert f"{MANY} graded before, now written" in course.run("grader", "autograde", "mini").stdout
    assert f"{MANY} unchanged" in course.run("grader", "autograde", "mini").stdout


def test_what_a_table_shows_is_kept_once() -> None:
    """What many have lost alike is held once, and what no table shows not at all."""
    shown = Counterexample(call="double(2)", inputs={}, dtypes={}, output=None, expected="4")
    lost = Verdict(
        id="hidden", target="double", area="", title="Doubles.", points=0.0, max_points=2.0,
        status="failed", message="5 and not 4", counterexample=shown,
    )  # fmt: skip
    result = Result(
        student="s", path="s.ipynb", status="graded", max_score=2.0, verdicts=(lost,),
        cells=(CellRun(index=0, outputs=({"text": "x"},)),),
    )  # fmt: skip
    results = Results()
    for student in ("ada", "ben"):
        short = replace(in_short(result), student=student)
        results.add(Done(handed=None, results=(short,)))  # type: ignore[arg-type]
    one, other = results.all
    assert (one.student, other.student) == ("ada", "ben")
    assert one.verdicts == (replace(lost, counterexample=None),)
    assert one.verdicts[0] is other.verdicts[0]
    assert one.cells == ()
