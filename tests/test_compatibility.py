"""Notebooks that others wrote, through stock nbgrader and through ours, compared cell by cell.

They are nbgrader's own: those that its tests and its user guide use.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import nbgrader
import pytest

from tests import recorded
from tests.courses import CONFIG, STOCK, Course, make_course, rows

HERE = Path(nbgrader.__file__).parent
APPS, PREPROCESSORS = HERE / "tests/apps/files", HERE / "tests/preprocessors/files"
GUIDE = HERE / "docs/source/user_guide"
# Some loop for ever: an assignment of their own, since on a busy machine any cell may take seconds.
NAME, ENDLESS = "all", "endless"
PROGRAMS = {"plugged": "nbgrader", "own": "grader"}
LOOPS = {"infinite-loop", "infinite-loop-with-output", "timeout"}
PATIENCE = f"import sys\nc.Execute.timeout = 2 if {ENDLESS!r} in sys.argv else 200\n"


def submissions(folder: Path, start: str) -> dict[str, Path]:
    """The notebooks whose name starts like that, by the rest of it."""
    return {p.stem.removeprefix(start): p for p in sorted(folder.glob(f"{start}*.ipynb"))}


# The instructor's notebook, and what is handed in for it (besides itself, solved).
AUTOTESTS = {k: APPS / f"autotest-{k}.ipynb" for k in ("hashed", "hidden", "multi", "simple")}
CASES: dict[str, tuple[Path, dict[str, Path]]] = {
    "apps": (APPS / "submitted-unchanged.ipynb", submissions(APPS, "submitted-")),
    "types": (
        PREPROCESSORS / "submitted-unchanged.ipynb",
        submissions(PREPROCESSORS, "submitted-"),
    ),
    **{f"autotest-{k}": (p, submissions(APPS, f"autotest-{k}-")) for k, p in AUTOTESTS.items()},
    **{
        name: (APPS / f"{name}.ipynb", {})
        for name in (
            "infinite-loop", "infinite-loop-with-output", "open_relative_file", "side-effects",
            "test", "test-hidden-tests",  "timeout",
            "validating-environment-variable", "validation-zero-points",
        )
    },
    **{
        f"pre-{name}": (PREPROCESSORS / f"{name}.ipynb", {})
        for name in (
            "header", "infinite-recursion", "long-output", "manually-graded-code-cell",
            "test_taskcell", "warning-pattern",
        )
    },
    **{
        name: (
            GUIDE / f"source/ps1/{name}.ipynb",
            {s: GUIDE / f"submitted/{s}/ps1/{name}.ipynb" for s in ("bitdiddle", "hacker")},
        )
        for name in ("problem1", "problem2")
        if (GUIDE / "source/ps1").is_dir()
    },
}  # fmt: skip
# What differs, and why; docs/running-a-course.md, "Any nbgrader course", says the same.
DIFFERENT = {
    # nbgrader gives up on the whole submission where a cell's type has changed.
    "types.answer-cell-type-changed": {"foo": 1, "bar": 0, "baz": 0, "quux": 0},
    "types.grade-cell-type-changed": {"foo": 1, "bar": 0, "baz": 0, "quux": 0},
}
# Who hands in what: a student one notebook of each case, since each student takes seconds; but
# those that nbgrader gives up on have nothing else to lose.
PAIRS = {
    f"{name}.{kind}": (f"{name}.{kind}" if f"{name}.{kind}" in DIFFERENT else f"s{n}", name, path)
    for name, (source, others) in CASES.items()
    for n, (kind, path) in enumerate({"itself": source, **others}.items())
}


def assignment(name: str) -> str:
    """Where a notebook is."""
    return ENDLESS if name in LOOPS else NAME


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[Any, Any]]:
    """All grades by stock nbgrader, by it with our plug-in, and by `grader autograde`."""
    base = tmp_path_factory.mktemp("compatibility")
    stock = make_course(base / "stock", STOCK + PATIENCE)
    for name, (source, _) in CASES.items():
        stock.source(assignment(name), **{name: source.read_text(encoding="utf-8")})
    for extra in ("autotests.yml", "data.txt"):
        shutil.copy(APPS / extra, stock.root / "source" / NAME)
    for student, name, path in PAIRS.values():
        stock.hand_in(assignment(name), student, **{name: path.read_bytes()})
    for each in (NAME, ENDLESS):
        done = stock.run("nbgrader", "generate_assignment", each)
        assert done.returncode == 0, done.stderr
    courses = {"stock": stock}
    for name in ("plugged", "own"):
        shutil.copytree(stock.root, base / name)
        courses[name] = make_course(base / name, CONFIG + PATIENCE)
    found = {name: dict[Any, Any]() for name in courses}
    for each in (NAME, ENDLESS):
        running = {n: courses[n].start(p, "autograde", each) for n, p in PROGRAMS.items()}
        given = [stock.root / folder for folder in ("source", "submitted")]
        found["stock"] |= recorded.grades(
            f"compatibility-{each}", given, partial(by_stock, stock, each)
        )
        for name, process in running.items():
            _, errors = process.communicate(timeout=900)
            assert process.returncode == 0, errors
            found[name] |= rows(courses[name].db_url, each)
    return found


def by_stock(course: Course, each: str) -> recorded.Rows:
    """The grades of stock nbgrader, which gives up on two submissions."""
    process = course.start("nbgrader", "autograde", each)
    _, errors = process.communicate(timeout=900)
    assert process.returncode == (each == NAME), errors
    return rows(course.db_url, each)


def table(found: dict[Any, Any], pair: str) -> dict[str, Any]:
    """The automatic scores of what was handed in, and whether a person has to look."""
    student, name, _ = PAIRS[pair]
    return {c: (v[0], v[2]) for (s, n, c), v in found.items() if (s, n) == (student, name)}


@pytest.mark.parametrize("pair", PAIRS)
def test_the_same_scores_as_stock_nbgrader(outcomes: dict[str, dict[Any, Any]], pair: str) -> None:
    """But for differences that the documentation justifies."""
    stock, plugged, own = (table(outcomes[n], pair) for n in ("stock", "plugged", "own"))
    assert own == plugged
    if DIFFERENT.get(pair):
        assert own != stock
        assert {cell: value[0] for cell, value in own.items()} == DIFFERENT[pair]
    else:
        assert own == stock


def test_these_are_notebooks_with_something_to_compare(outcomes: dict[str, dict[Any, Any]]) -> None:
    """All kinds of scores occur: full, none, a part, and those for a person."""
    cells = [value for pair in PAIRS for value in table(outcomes["own"], pair).values()]
    assert len(cells) > 100
    assert {(0.0, False), (1.0, False), (None, True)} <= set(cells)
