"""What students get: the release is nbgrader's, in step with the source, and gives nothing away."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbclient
import nbformat
import pytest

from grader.course import assignments, load_assignment
from tests.conftest import COURSE
from tests.courses import spare_alembic

if TYPE_CHECKING:
    from pathlib import Path

NAME = "activations"
SOURCE = COURSE / "source" / NAME / f"{NAME}.ipynb"
RELEASE = COURSE / "release" / NAME / f"{NAME}.ipynb"
CLASSES = ["ReLU", "Sigmoid", "Tanh", "Softmax"]


def cells(path: Path) -> list[dict[str, Any]]:
    """A notebook's cells, sources joined."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [{**cell, "source": "".join(cell["source"])} for cell in content["cells"]]


def course_data(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell's nbgrader metadata."""
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def region(source: str, marker: str) -> list[str]:
    """The lines of code between a marker's BEGIN and END."""
    _, found, rest = source.partition(f"### BEGIN {marker}")
    lines = rest.partition(f"### END {marker}")[0].splitlines() if found else []
    return [line.strip() for line in lines if len(line.strip()) > 8]


@pytest.fixture(scope="module", params=assignments(COURSE))
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release made by nbgrader itself, in a copy of the course, of each assignment."""
    name: str = request.param
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(COURSE / "source" / name, course / "source" / name)
    shutil.copy(COURSE / "nbgrader_config.py", course)
    spare_alembic(course / "gradebook.db")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", name, "--create", "--force"]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    return course / "release" / name


def test_the_committed_release_is_what_nbgrader_generates(generated: Path) -> None:
    """Nobody edits the release by hand, and nobody forgets to make it anew (make release)."""
    made = {p.relative_to(generated) for p in generated.rglob("*") if p.is_file()}
    here = COURSE / "release" / generated.name
    committed = {
        p.relative_to(here) for p in here.rglob("*") if p.is_file() and "__pycache__" not in p.parts
    }
    assert committed == made
    for name in made:
        assert (here / name).read_bytes() == (generated / name).read_bytes(), name


def test_no_line_of_a_solution_or_hidden_test_is_released() -> None:
    """Searched for in every file of the release, line by line."""
    secrets = {
        line
        for cell in cells(SOURCE)
        for marker in ("SOLUTION", "HIDDEN TESTS")
        for line in region(cell["source"], marker)
    }
    assert len(secrets) > 60
    texts = [
        p.read_text("utf-8") for p in RELEASE.parent.rglob("*") if p.suffix in {".ipynb", ".py"}
    ]
    released = "\n".join(texts) + "\n".join(cell["source"] for cell in cells(RELEASE))
    assert [line for line in secrets if line in released] == []
    assert "BEGIN SOLUTION" not in released
    assert "HIDDEN" not in released


def test_four_solution_cells_with_one_class_each() -> None:
    """Other tools fill the notebook in by this."""
    solutions = [cell for cell in cells(RELEASE) if course_data(cell).get("solution")]
    assert [cell["cell_type"] for cell in solutions] == ["code"] * 4
    for cell, name in zip(solutions, CLASSES, strict=True):
        assert cell["source"].count("class ") == 1
        assert f"class {name}:" in cell["source"]
        assert "def forward(self, x" in cell["source"]
        assert "def __call__(self, x" in cell["source"]
        assert "raise NotImplementedError" in cell["source"]
    assert "def __init__(self, dim" in solutions[3]["source"]


@pytest.mark.parametrize("name", assignments(COURSE))
def test_criteria_and_their_cells_agree(name: str) -> None:
    """One cell a criterion, in order, with the rubric's points and the line that students read."""
    release = COURSE / "release" / name / f"{name}.ipynb"
    graded = [cell for cell in cells(release) if course_data(cell).get("grade")]
    rubric = load_assignment(COURSE, name).rubric
    criteria = rubric.criteria
    assert [course_data(cell)["grade_id"] for cell in graded] == [c.id for c in criteria]
    for cell, criterion in zip(graded, criteria, strict=True):
        assert course_data(cell)["points"] == criterion.points
        assert course_data(cell)["locked"]
        assert criterion.title in cell["source"]
    assert rubric.max_score == 100


def test_plots_are_display_only_and_nothing_else_is() -> None:
    """Grading skips them: they show things to a person."""
    tagged = [c for c in cells(RELEASE) if "display-only" in c["metadata"].get("tags", [])]
    assert {course_data(cell)["grade_id"] for cell in tagged} >= {
        "plot-relu", "plot-sigmoid", "plot-tanh", "plot-softmax",
    }  # fmt: skip
    assert all(course_data(cell)["locked"] for cell in tagged)


def test_every_rule_that_is_a_choice_is_stated() -> None:
    """What is graded and could have been decided otherwise stands in the assignment's text."""
    text = "\n".join(cell["source"] for cell in cells(RELEASE) if cell["cell_type"] == "markdown")
    lower = text.lower()
    for word in (
        "float32",
        "float64",
        "nan",
        "inf",
        "mask",
        "dim",
        "warning",
        "untouched",
        "shape",
    ):
        assert word in lower, word


def test_the_source_runs_in_a_kernel_and_prints_as_the_seed_shows() -> None:
    """The visible tests pass on the course's own solution, plots and hidden tests included."""
    notebook = nbformat.read(SOURCE, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(SOURCE.parent)}}
    )
    client.execute()
    printed = "".join(
        output["text"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    )
    for name in CLASSES:
        assert f"🔬 Unit Test: {name} activation..." in printed
        assert f"📈 Progress: {name} ✓" in printed
    images = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(images) >= 4


def test_the_release_ships_nothing_secret() -> None:
    """Nbgrader copies every file beside the source notebook: only the Tensor may be there."""
    files = {str(p.relative_to(RELEASE.parent)) for p in RELEASE.parent.rglob("*.*")}
    files = {name for name in files if "__pycache__" not in name}
    assert files == {
        "activations.ipynb", "tinytorch/__init__.py", "tinytorch/core/__init__.py",
        "tinytorch/core/tensor.py",
    }  # fmt: skip
