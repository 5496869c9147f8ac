"""The test cells of a source notebook, brought into agreement with the rubric's criteria.

A criterion has a cell of its own, where nbgrader and its gradebook find id and points. What is
written into it is the line that students see; a hidden test below that stays as it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from grader.checks import number
from grader.model import GraderError, Refused
from grader.notebook import read_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.rubric import Criterion, Rubric


def place_cells(path: Path, rubric: Rubric) -> list[str]:
    """Add and update the cells of a rubric's criteria in the notebook at `path`; what was done.

    A new cell comes after that of the criterion before it, or at the end. Test cells of no
    criterion are left, and named. Raises `GraderError` where there is no notebook, or an id is
    another cell's.
    """
    try:
        read_notebook(path, trusted=True)
    except Refused as refused:
        raise GraderError(f"{path}: {refused}") from None
    notebook = json.loads(path.read_text(encoding="utf-8"))
    if notebook.get("nbformat") != 4:
        raise GraderError(f"{path} is in an old format; open it in Jupyter and save it")
    before = json.dumps(notebook)
    cells = notebook["cells"]
    said = list(_agree(cells, rubric, path))
    ids = {criterion.id for criterion in rubric.criteria}
    for place, cell in enumerate(cells, start=1):
        name = _settings(cell).get("grade_id")
        if _is_test(cell) and name not in ids:
            said.append(f"cell {place} ({name}) is of no criterion: delete it")
    if json.dumps(notebook) != before:
        # As Jupyter writes it, so that a later look with Jupyter changes nothing.
        text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        aside = path.with_name(f".{path.name}.new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    return said


def _agree(cells: list[dict[str, Any]], rubric: Rubric, path: Path) -> Iterator[str]:
    place = len(cells)
    for criterion in rubric.criteria:
        worth = f"{number(criterion.points)} point{'s' * (criterion.points != 1)}"
        header = f"# {criterion.id} · {worth}: {criterion.title}"
        found = [n for n, c in enumerate(cells) if _settings(c).get("grade_id") == criterion.id]
        if not found:
            cells.insert(place, _cell(criterion, header))
            place += 1
            yield f"added {criterion.id}, {worth}"
            continue
        cell, place = cells[found[0]], found[0] + 1
        if not _is_test(cell):
            raise GraderError(
                f"{path}, cell {place}: {criterion.id!r} is the id of a criterion, and this is no "
                "cell of autograder tests; give it another id"
            )
        settings = _settings(cell)
        if settings.get("points") != criterion.points:
            settings["points"] = criterion.points
            yield f"changed {criterion.id} to {worth}"
        first, line, rest = "".join(cell["source"]).partition("\n")
        if first.startswith(f"# {criterion.id} ·") and first != header:
            cell["source"] = (header + line + rest).splitlines(keepends=True)
            yield f"changed the text of {criterion.id}"


def _settings(cell: dict[str, Any]) -> dict[str, Any]:
    """What nbgrader notes of a cell."""
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def _is_test(cell: dict[str, Any]) -> bool:
    settings = _settings(cell)
    graded = settings.get("grade") and not settings.get("solution")
    return bool(graded) and cell["cell_type"] == "code"


def _cell(criterion: Criterion, header: str) -> dict[str, Any]:
    settings = {
        "grade": True, "grade_id": criterion.id, "locked": True, "points": criterion.points,
        "schema_version": 3, "solution": False, "task": False,
    }  # fmt: skip
    return {
        "cell_type": "code", "execution_count": None, "id": f"criterion-{criterion.id}"[:64],
        "metadata": {"nbgrader": settings}, "outputs": [], "source": [header],
    }  # fmt: skip
