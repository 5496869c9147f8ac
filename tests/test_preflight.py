"""`grader release`: what must not go out does not, and the message names the place."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from grader.preflight import find_leaks
from tests.courses import (
    BONUS,
    CONFIG,
    HIDDEN,
    MINI,
    SHOWN,
    TWICE,
    Course,
    activations_course,
    cell,
    make_course,
    notebook,
    rows,
    solution,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUBRIC = """
import numpy as np
from grader.checks import check_close
from grader.corpus import Corpus, Group
from grader.rubric import Rubric
from hypothesis import strategies as st

rubric = Rubric("toy", seed=1)
numbers = Corpus(n=Group(corners=[np.array([1.0])], strategy=lambda: st.just(np.ones(2)), count=1))
double = rubric.target("double", call="double(x)", corpus=numbers)
double.keeps_shape("shape", points=1, title="Keeps the shape.", on="n")

@double.criterion("values", points=2, area="values", on="n")
def values(f, x):
    '''Doubles.'''
    check_close(f(x), 2 * x, 0.0, "twice as much")
"""
VALUES, SHAPE = cell("# values: doubles", "values", points=2), cell("# shape", "shape", points=1)


def problems(course: Course, assignment: str = "mini") -> str:
    """What stops a release, as it is printed."""
    before = [p for p in (course.root / "release").rglob("*") if p.is_file()]
    done = course.run("grader", "release", assignment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not released" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p for p in (course.root / "release").rglob("*") if p.is_file()] == before
    assert not (course.root / "gradebook.db").exists() or not rows(course.db_url, assignment)
    return done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """An empty course."""
    return make_course(tmp_path / "course")


def leaks(course: Course) -> list[str]:
    """The leaks of `mini`, its release made by hand."""
    source, release = course.root / "source/mini", course.root / "release/mini"
    return [str(p) for p in find_leaks(source, release, sorted(course.root.glob("secret/*")))]


class TestWorth:
    """The solution gets everything, the untouched release nothing."""

    def test_a_solution_that_fails_its_own_test(self, course: Course) -> None:
        """With the place in the source and the reason."""
        course.source("mini", mini=notebook(cell(solution("return x"), "double", solution=True),
                                            SHOWN, HIDDEN))  # fmt: skip
        said = problems(course)
        assert "mini.ipynb, cell 2 (shown), line 1: the solution itself gets 0 of 1" in said
        assert "cell 3 (hidden)" in said
        assert "minus four" in said

    def test_an_untouched_release_that_gets_points(self, course: Course) -> None:
        """A test that passes without any solution is no test."""
        vacuous = cell("assert callable(double)", "vacuous", points=1)
        course.source("mini", mini=notebook(TWICE, SHOWN, vacuous))
        said = problems(course)
        assert "cell 3 (vacuous), line 1: the untouched release gets 1 of 1 points" in said
        assert "(shown)" not in said


class TestAgreement:
    """Rubric and cells."""

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ((TWICE, VALUES), "rubric.py, line 10: the criterion 'shape' has no autograder-tests"),
            (
                (TWICE, VALUES, SHAPE, cell("# more", "more", points=1)),
                "toy.ipynb, cell 4 (more), line 1: there is no criterion 'more' in rubric.py",
            ),
            (
                (TWICE, cell("# values", "values", points=3), SHAPE),
                "toy.ipynb, cell 2 (values), line 1: the cell has 3 points, its criterion 2",
            ),
            (
                (TWICE, VALUES, SHAPE, dict(SHAPE)),
                "toy.ipynb, cell 4 (shape), line 1: the id 'shape' is used 2 times",
            ),
            (
                (TWICE, VALUES, SHAPE, cell("1\n### BEGIN HIDDEN TESTS\n2", "open")),
                "toy.ipynb, cell 4 (open), line 2: 'BEGIN HIDDEN TESTS' without 'END",
            ),
            (
                (TWICE, VALUES, SHAPE, cell("### END SOLUTION", "shut")),
                "toy.ipynb, cell 4 (shut), line 1: 'END SOLUTION' without 'BEGIN",
            ),
        ],
    )
    def test_what_does_not_agree_is_named(
        self, course: Course, cells: tuple[dict[str, Any], ...], expected: str
    ) -> None:
        """File, cell and line."""
        self.rubric(course)
        course.source("toy", toy=notebook(*cells))
        assert expected in problems(course, "toy")

    def test_a_rubric_that_is_wrong_about_a_wheat_or_a_chaff(self, course: Course) -> None:
        """The audit decides."""
        folder = self.rubric(course)
        for name, code in (
            ("wheats/wrong.py", '"""Wrong."""\n\n\ndef double(x):\n    return x * 3\n'),
            (
                "chaffs/right.py",
                '"""Right."""\n# loses: shape\n\n\ndef double(x):\n    return x + x\n',
            ),
        ):
            (folder / name).parent.mkdir()
            (folder / name).write_text(code)
        course.source("toy", toy=notebook(TWICE, VALUES, SHAPE))
        said = problems(course, "toy")
        assert "wheats/wrong.py, line 1: a correct implementation loses values" in said
        assert "chaffs/right.py, line 1: a wrong implementation keeps shape" in said

    def test_a_sound_one_is_released(self, course: Course) -> None:
        """And the gradebook knows its cells."""
        self.rubric(course)
        course.source("toy", toy=notebook(TWICE, VALUES, SHAPE))
        done = course.run("grader", "release", "toy")
        assert done.returncode == 0, done.stderr
        assert "YOUR CODE HERE" in course.released("toy")
        course.hand_in("toy", "ada", toy=course.released("toy"))
        assert course.run("grader", "autograde", "toy").returncode == 0
        assert len(rows(course.db_url, "toy")) == 2

    @staticmethod
    def rubric(course: Course) -> Path:
        """Write the rubric; its folder."""
        folder = course.root / "grader/rubrics/toy"
        folder.mkdir(parents=True)
        (folder / "rubric.py").write_text(RUBRIC.lstrip())
        return folder


class TestLeaks:
    """Looked for in every text and file of a release."""

    @pytest.fixture
    def released(self, course: Course) -> Course:
        """`mini` with a release made by hand."""
        course.source("mini", mini=MINI)
        (course.root / "release/mini").mkdir(parents=True)
        text = notebook(cell("def double(x):\n    raise NotImplementedError()", "double"), BONUS)
        (course.root / "release/mini/mini.ipynb").write_text(text)
        return course

    def test_a_clean_release_has_none(self, released: Course) -> None:
        """The structure of code is no secret."""
        assert leaks(released) == []

    @pytest.mark.parametrize(
        "put",
        [
            lambda c: c["cells"][0].update(source="# a hint\n# return x + x  # the sum of two"),
            lambda c: c["cells"][0].update(outputs=[{"text": "return x + x  # the sum of two"}]),
            lambda c: c["metadata"].update(note={"deep": ["return x + x  # the sum of two"]}),
            lambda c: c["cells"][1].update(source="assert double(-4) == -8, 'minus four'"),
        ],
    )
    def test_a_line_anywhere_in_the_notebook(
        self, released: Course, put: Callable[[dict[str, Any]], None]
    ) -> None:
        """Sources, outputs, metadata."""
        path = released.root / "release/mini/mini.ipynb"
        content = json.loads(path.read_bytes())
        put(content)
        path.write_text(json.dumps(content))
        (found,) = leaks(released)
        assert "gives away" in found
        assert "source/mini/mini.ipynb, cell" in found

    def test_lines_and_secret_files_beside_it(self, released: Course) -> None:
        """With the line, and with what it is a copy of."""
        (released.root / "secret").mkdir()
        (released.root / "secret/rubric.py").write_text("the whole rubric, all of it\n")
        shutil.copy(released.root / "secret/rubric.py", released.root / "release/mini/notes.txt")
        helper = "\n\ndef help():\n    return x + x  # the sum of two\n"
        (released.root / "release/mini/helper.py").write_text(helper)
        found = leaks(released)
        assert len(found) == 2
        assert "helper.py, line 4: this gives away" in found[0]
        assert "notes.txt, line 1: this is a secret file" in found[1]


def test_a_secret_file_beside_the_source_stops_activations(tmp_path: Path) -> None:
    """Whatever lies there is copied."""
    course = activations_course(tmp_path / "course")
    shutil.copy(
        course.root / "grader/rubrics/activations/rubric.py", course.root / "source/activations"
    )
    before = (course.root / "release/activations/activations.ipynb").read_bytes()
    done = course.run("grader", "release", "activations")
    assert done.returncode == 1
    assert "this is a secret file: a copy of" in done.stderr
    assert (course.root / "release/activations/activations.ipynb").read_bytes() == before


def test_a_course_with_marks_of_its_own(course: Course) -> None:
    """What is hidden is what the course's own marks say."""
    marks = "c.ClearSolutions.begin_solution_delimeter = 'BEGIN ANSWER'\n"
    marks += "c.ClearSolutions.end_solution_delimeter = 'END ANSWER'\n"
    (course.root / "nbgrader_config.py").write_text(CONFIG + marks)
    body = "print('a line for everybody')\n### BEGIN ANSWER\nx = sum(range(12345))\n### END ANSWER"
    test = cell("assert x", "test", points=1)
    course.source("own", own=notebook(cell(body, "x", solution=True), test))
    assert course.run("grader", "release", "own").returncode == 0
    leak = cell("x = sum(range(12345))", "given", locked=True)
    course.source("own", own=notebook(cell(body, "x", solution=True), leak, test))
    assert "gives away 'x = sum(range(12345))'" in course.run("grader", "release", "own").stderr


def test_who_insists_may_release(course: Course) -> None:
    """A line that is public on purpose, a test for everybody: printed, and released."""
    course.source("free", free=notebook(TWICE, cell("assert True", "free", points=1)))
    assert "the untouched release gets 1 of 1 points" in problems(course, "free")
    done = course.run("grader", "release", "free", "--force")
    assert done.returncode == 0, done.stderr
    assert "the untouched release gets 1 of 1 points" in done.stderr
    assert (course.root / "release/free/free.ipynb").is_file()


def test_a_release_with_submissions_keeps_them(course: Course) -> None:
    """Cells cannot be changed then; the release stays as it was."""
    course.source("mini", mini=MINI)
    assert course.run("grader", "release", "mini").returncode == 0
    before = course.released("mini")
    course.hand_in("mini", "ada", mini=before)
    assert course.run("grader", "autograde", "mini").returncode == 0
    course.source("mini", mini=notebook(TWICE, SHOWN))
    done = course.run("grader", "release", "mini")
    assert done.returncode == 2
    assert "there are submissions associated with it" in done.stderr
    assert "Traceback" not in done.stderr
    assert course.released("mini") == before
    assert len(rows(course.db_url, "mini")) == 6
