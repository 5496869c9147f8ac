"""Grades for other systems, read back by a CSV reader."""

from __future__ import annotations

import csv
from functools import cache

import pytest
from nbgrader.api import Gradebook

from grader.report.table import safe
from tests.courses import SHOWN, TWICE, Course, answer, make_course, notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class with difficult names: one right, one late, one refused, one who handed in nothing."""
    made = make_course(tmp_path_factory.mktemp("export") / "course")
    made.source("one", one=notebook(TWICE, SHOWN))
    assert made.run("grader", "release", "one").returncode == 0
    right = answer(made.released("one"), "def double(x):\n    return 2 * x")
    made.hand_in("one", "ada", one=right)
    made.hand_in("one", "ben", one=made.released("one"))
    made.hand_in("one", "cem", one=b"{")
    assert made.run("grader", "autograde", "one").returncode == 0
    with Gradebook(made.db_url, "trial") as book:
        book.update_or_create_student(
            "ada", first_name='=HYPERLINK("http://x";"y")', last_name='O\'Neil, "Ada"\n@SUM(A1)',
            email="ada@example.org", lms_user_id="77",
        )  # fmt: skip
        book.update_or_create_student("dee", first_name="Dee", last_name="Late")
    return made


@cache
def export(course: Course, plugin: str, *options: str) -> list[list[str]]:
    """The rows that a plugin writes; it takes seconds, and nothing changes the course."""
    done = course.run(
        "nbgrader", "export", f"--exporter=grader.gradebook.export.{plugin}", "--to=out.csv",
        *options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (course.root / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas(course: Course) -> None:
    """Its columns and its line of points; no grade where a person has to look, or nothing came."""
    head, points, *lines = export(course, "CanvasCsv")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "one"]
    assert (points[0].strip(), points[-1]) == ("Points Possible", "1")
    by_id = {line[2]: line for line in lines}
    assert {student: line[-1] for student, line in by_id.items()} == {
        "ada": "1", "ben": "0", "cem": "", "dee": "",
    }  # fmt: skip
    assert by_id["ada"][1] == "77"
    assert by_id["dee"][0] == "Late, Dee"
    unfinished = export(course, "CanvasCsv", "--CanvasCsv.include_unfinished=True")
    assert {line[2]: line[-1] for line in unfinished[2:]}["cem"] == "0"


def test_moodle(course: Course) -> None:
    """Who by idnumber and e-mail; grade and feedback together."""
    head, *lines = export(course, "MoodleCsv")
    assert head == ["idnumber", "email", "firstname", "lastname", "one", "one feedback"]
    by_id = {line[0]: line for line in lines}
    assert by_id["ada"][1] == "ada@example.org"
    assert by_id["ben"][4:] == ["0", "double: No response."]
    assert by_id["cem"][4] == ""
    assert "Not graded, and not a zero" in by_id["cem"][5]


def test_criteria(course: Course) -> None:
    """A line for each student and cell, and one for who handed in nothing."""
    head, *lines = export(course, "CriteriaCsv")
    table = [dict(zip(head, line, strict=True)) for line in lines]
    assert {(r["student_id"], r["criterion"], r["score"], r["max_score"]) for r in table} == {
        ("dee", "", "", ""), ("ben", "shown", "0", "1"), ("cem", "shown", "0", "1"),
        ("ada", "shown", "1", "1"),
    }  # fmt: skip
    assert next(r for r in table if r["student_id"] == "cem")["needs_manual_grade"] == "True"


@pytest.mark.parametrize("plugin", ["CanvasCsv", "MoodleCsv", "CriteriaCsv"])
def test_no_field_is_a_formula(course: Course, plugin: str) -> None:
    """Whatever students call themselves."""
    for row in export(course, plugin):
        for field in row:
            assert not field.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r=1", "＝1"])
def test_formulas_become_text(text: str) -> None:
    """As spreadsheets write text that looks like one."""
    assert safe(text).startswith("'")


def test_numbers_stay_numbers() -> None:
    """Also those below zero."""
    assert [safe(v) for v in (1.0, -0.5, 1 / 3, None)] == ["1", "-0.5", "0.3333333333333333", ""]
