"""`grader cells`: the source notebook has a test cell for each criterion of the rubric."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from grader.skeleton import write_course
from tests.conftest import run_grader

if TYPE_CHECKING:
    from pathlib import Path

MORE = """
shares.keeps_shape("shape", points=1, title="Gives as many as there are weights.", on="plain")
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course as a newcomer has it after `grader new`."""
    write_course(tmp_path, "week-1")
    return tmp_path


def rubric_of(course: Path) -> Path:
    """The rubric's file."""
    return course / "grader/rubrics/week-1/rubric.py"


def notebook_of(course: Path) -> Path:
    """The source notebook."""
    return course / "source/week-1/week-1.ipynb"


def cells_of(course: Path) -> dict[str, Any]:
    """Its graded cells by id, in order."""
    cells = json.loads(notebook_of(course).read_text())["cells"]
    settings = [(cell, cell["metadata"].get("nbgrader", {})) for cell in cells]
    return {found["grade_id"]: cell for cell, found in settings if found.get("grade")}


def test_a_new_criterion_gets_its_cell(course: Path) -> None:
    """With id, points and line, after the one before it; then the assignment can be released."""
    text = rubric_of(course).read_text()
    before, mark, after = text.partition("\n\n# A promise of one's own")
    rubric_of(course).write_text(before + MORE + mark + after)
    refused = run_grader("release", "week-1", cwd=course)
    assert refused.returncode == 1
    assert "to add it: grader cells week-1" in refused.stdout + refused.stderr
    done = run_grader("cells", "week-1", cwd=course)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "added shape, 1 point", "week-1.ipynb has a cell for each of 3 criteria, 11 points",
    ]  # fmt: skip
    cells = cells_of(course)
    assert [*cells] == ["values", "shape", "unit"]
    line = "# shape · 1 point: Gives as many as there are weights."
    assert cells["shape"]["source"] == [line]
    released = run_grader("release", "week-1", cwd=course)
    assert released.returncode == 0, released.stderr


def test_points_and_lines_follow_the_rubric_and_hidden_tests_stay(course: Path) -> None:
    """Nothing else in the notebook is touched."""
    hidden = cells_of(course)["values"]["source"][1:]
    text = rubric_of(course).read_text()
    rubric_of(course).write_text(text.replace("points=6", "points=7.5").replace("Divides", "Puts"))
    before = notebook_of(course).read_text()
    done = run_grader("cells", "week-1", cwd=course)
    assert done.stdout.splitlines()[:2] == [
        "changed values to 7.5 points", "changed the text of values",
    ]  # fmt: skip
    cell = cells_of(course)["values"]
    assert cell["metadata"]["nbgrader"]["points"] == 7.5
    first, *rest = cell["source"]
    assert first == "# values · 7.5 points: Puts every weight by the sum of all.\n"
    assert rest == hidden
    after = notebook_of(course).read_text()
    assert len(set(before.splitlines()) ^ set(after.splitlines())) == 4


def test_where_all_agree_nothing_is_written(course: Path) -> None:
    """Not even in another form."""
    compact = json.dumps(json.loads(notebook_of(course).read_text()))
    notebook_of(course).write_text(compact)
    done = run_grader("cells", "week-1", cwd=course)
    assert done.stdout == "week-1.ipynb has a cell for each of 2 criteria, 10 points\n"
    assert notebook_of(course).read_text() == compact


def test_a_cell_of_no_criterion_is_named_and_left(course: Path) -> None:
    """Its hidden tests may be wanted yet."""
    text = rubric_of(course).read_text()
    rubric_of(course).write_text(text.replace('"unit", points', '"scale", points'))
    done = run_grader("cells", "week-1", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "cell 10 (unit) is of no criterion: delete it" in done.stdout
    assert [*cells_of(course)] == ["values", "scale", "unit"]


def test_what_cannot_be_done_is_said_and_nothing_written(course: Path) -> None:
    """An id that another cell has, an unknown assignment, a file that is no notebook."""
    text = rubric_of(course).read_text()
    rubric_of(course).write_text(text.replace('"unit", points', '"solution", points'))
    before = notebook_of(course).read_text()
    taken = run_grader("cells", "week-1", cwd=course)
    assert taken.returncode == 2
    assert "'solution' is the id of a criterion" in taken.stderr
    assert notebook_of(course).read_text() == before
    unknown = run_grader("cells", "week-2", cwd=course)
    assert unknown.returncode == 2
    assert "there is: week-1" in unknown.stderr
    notebook_of(course).write_text("no notebook")
    assert run_grader("cells", "week-1", cwd=course).returncode == 2
    notebook_of(course).unlink()
    missing = run_grader("cells", "week-1", cwd=course)
    assert missing.returncode == 2
    assert "week-1.ipynb" in missing.stderr
