"""Notebooks are read defensively, and planned as the course means them to be run."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook
from grader.model import Refused
from grader.notebook import Cell, plan, read_notebook

if TYPE_CHECKING:
    from pathlib import Path


def code(source: str, **course: Any) -> dict[str, Any]:
    """A code cell, with nbgrader metadata."""
    metadata = {"nbgrader": course} if course else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def write(path: Path, content: Any) -> Path:
    """Write a notebook file: text, bytes, or something for JSON."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
    return path


def cells(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A notebook of format 4."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(found), **more}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8"),
        ('{"cells": [', "not JSON"),
        ("hello", "not JSON"),
        ("[1, 2]", "not a notebook"),
        ('"text"', "not a notebook"),
        ("{}", "no list of cells"),
        ({"nbformat": 4, "cells": {"a": 1}}, "no list of cells"),
        (cells(nbformat=5), "format 5"),
        (cells(nbformat="new"), "format 'new'"),
        ({"nbformat": 3, "worksheets": 7}, "old format 3"),
        (cells({"cell_type": "code", "source": 5}), "cell 1 has a int for its text"),
        ("[" * 100_000, "too deep"),
        (b'{"cells": [' + b"[]," * 1_000_001, "too complex"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(
    tmp_path: Path, content: Any, reason: str
) -> None:
    """The reason is for the student: what is wrong, and what to do."""
    with pytest.raises(Refused, match=reason.replace("[", r"\[")):
        read_notebook(write(tmp_path / "a.ipynb", content))


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    """A pipe would be waited on for ever, a folder cannot be read."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    for name in ("pipe.ipynb", "folder.ipynb", "missing.ipynb"):
        with pytest.raises(Refused):
            read_notebook(tmp_path / name)


def test_too_big_a_file_is_refused_unread(tmp_path: Path) -> None:
    """By its size, before any memory is spent on it."""
    path = tmp_path / "big.ipynb"
    with path.open("wb") as file:
        file.truncate(notebook.MAX_BYTES + 1)
    with pytest.raises(Refused, match="MB"):
        read_notebook(path)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    """Some editors put it there."""
    text = json.dumps(cells(code("x = 1"))).encode("utf-8-sig")
    assert [cell.source for cell in read_notebook(write(tmp_path / "a.ipynb", text))] == ["x = 1"]


def test_format_3_is_converted(tmp_path: Path) -> None:
    """Old notebooks are graded where their format allows."""
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python",
             "collapsed": False, "metadata": {}},
        ]}],
    }  # fmt: skip
    assert [cell.source for cell in read_notebook(write(tmp_path / "a.ipynb", old))] == ["x = 1"]


def test_odd_metadata_counts_as_none(tmp_path: Path) -> None:
    """What has the wrong type is not there."""
    odd = [
        {"cell_type": "code", "source": ["x = ", "1", 7], "metadata": []},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": "yes", "tags": "all"}},
        {"source": "y", "metadata": {"nbgrader": {"grade_id": {}, "points": "5", "locked": 1}}},
        "no cell at all",
        {"cell_type": "code"},
        {"cell_type": "code", "source": "\ud800"},
    ]
    found = read_notebook(write(tmp_path / "a.ipynb", {"cells": odd}))
    assert [cell.source for cell in found] == ["x = 1", "", "y", "", "?"]
    assert not any(cell.grade_id or cell.locked or cell.tags for cell in found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "cell_type", "source", "metadata", "nbgrader", "tags", "nbformat"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(content=json_values)
@settings(max_examples=500, deadline=None)
def test_any_json_is_a_notebook_or_refused(
    content: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing else comes out of the reader."""
    path = write(tmp_path_factory.getbasetemp() / "any.ipynb", content)
    try:
        assert isinstance(read_notebook(path), list)
    except Refused as refused:
        assert str(refused)


# Plans -----------------------------------------------------------------------------------------


def cell(index: int, source: str, grade_id: str = "", **flags: Any) -> Cell:
    """A cell as it is read."""
    return Cell(index=index, kind="code", source=source, grade_id=grade_id, **flags)


COURSE = [
    cell(0, "import a", "setup", locked=True),
    cell(1, "class A: stub", "a", solution=True),
    cell(2, "test(A)", "test-a", locked=True),
    cell(3, "# a-range", "a-range", locked=True, grade=True),
    cell(4, "plot(A)", "plot-a", locked=True, tags=frozenset({"display-only"})),
]
SOLVED = [COURSE[0], cell(1, "class A: done", "a", solution=True), *COURSE[2:]]


def sources(submission: list[Cell]) -> list[str]:
    """What is run for a submission."""
    return [step.source for step in plan(COURSE, submission)]


def test_all_code_is_run_but_plots_and_comments() -> None:
    """Plots are shown to people; a cell of comments does nothing."""
    assert sources(SOLVED) == ["import a", "class A: done", "test(A)"]


def test_the_courses_cells_run_as_released_whatever_was_made_of_them() -> None:
    """Edited, doubled, retyped, reordered, stripped or deleted: what is judged is the same."""
    plain = ["import a", "class A: done", "test(A)"]
    edited = [SOLVED[0], SOLVED[1], cell(2, "A = cheat", "test-a")]
    assert sources(edited) == plain
    assert sources([*SOLVED, SOLVED[2], SOLVED[0]]) == plain
    assert sources(SOLVED[::-1]) == ["import a", "test(A)", "class A: done"]
    assert sources(SOLVED[1:2]) == plain[:2]
    retyped = Cell(index=2, kind="markdown", source="test(A)", grade_id="test-a")
    assert sources([SOLVED[0], SOLVED[1], retyped]) == plain[:2]
    stripped = [cell(c.index, c.source) for c in SOLVED]
    assert sources(stripped) == [*plain, "plot(A)"]


def test_a_copy_of_a_test_cell_with_other_text_is_the_students_own() -> None:
    """JupyterLab copies metadata with a cell: a helper written in such a copy must run."""
    helper = cell(9, "def helper(): ...", "test-a", locked=True)
    assert sources([*SOLVED, helper])[-1] == "def helper(): ..."
    assert "def helper(): ..." in sources([SOLVED[0], helper, *SOLVED[1:]])


def test_a_solution_turned_into_markdown_still_is_the_solution() -> None:
    """A slip of one key in Jupyter."""
    slip = Cell(index=1, kind="markdown", source="class A: done", grade_id="a", solution=True)
    assert "class A: done" in sources([SOLVED[0], slip])


def test_students_cells_run_in_their_order() -> None:
    """Also with no metadata left at all."""
    assert sources([cell(0, "one"), cell(1, "two")]) == ["import a", "one", "two"]
