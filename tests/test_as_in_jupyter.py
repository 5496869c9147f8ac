"""What cells may do in Jupyter, by stock nbgrader and by ours: the same scores, cell by cell.

Each case is a notebook of one assignment: the student's cells, then tests worth a point each.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests import recorded
from tests.courses import CONFIG, STOCK, Course, cell, make_course, notebook, rows

if TYPE_CHECKING:
    from pathlib import Path

NAME = "all"
# Cells that hang are interrupted soon; no other cell may be, on however busy a machine.
SOON, LATE = 4, 200
INTERRUPTED = {
    "a-hang-after-a-definition", "a-hang-in-a-test", "a-hang-that-notices", "patience",
    "an-interrupted-task",
}  # fmt: skip
WRONG, RIGHT = "def f(x):\n    return 3 * x", "def f(x):\n    return 2 * x"
AXES = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [{}, 4])\nax{} = plt.gca()"
THREADS = """import threading, time
for _ in range(20):
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()"""

# The student's cells, and tests with what each is worth.
CASES: dict[str, tuple[list[str], dict[str, float]]] = {
    "errors-that-magics-report": (
        [WRONG, "%%writefile tests.py\nassert f(1) == 2"],
        {
            "%%capture\nassert f(1) == 2": 0,
            "%%capture cap\nassert f(1) == 3": 1,
            "%run -i tests.py": 0,
            "get_ipython().run_cell('assert f(1) == 2')": 0,
            "try:\n    assert f(1) == 2\nexcept AssertionError:\n"
            "    get_ipython().showtraceback()": 0,
            "class Odd:\n    def __repr__(self):\n        raise ValueError('odd')\nOdd()": 0,
            "import traceback\ntry:\n    assert f(1) == 2\nexcept AssertionError:\n"
            "    traceback.print_exc()": 0,
            "%%time\nassert f(1) == 2": 0,
            "%%time\nassert f(1) == 3": 1,
        },
    ),
    "errors-that-do-not-come": (
        [RIGHT, "%%writefile tests.py\nassert f(1) == 2"],
        {"%%capture\nassert f(1) == 2": 1, "%run -i tests.py": 1},
    ),
    "site": (
        ["help(len)\ndef f(x):\n    return 2 * x", "license, credits, copyright"],
        {"assert f(1) == 2": 1},
    ),
    "figures": (
        [AXES.format(1, 1), AXES.format(2, 2), "%matplotlib inline", AXES.format(3, 3)],
        {
            "assert len(ax1.lines) == len(ax2.lines) == len(ax3.lines) == 1": 1,
            "assert plt.get_fignums() == []": 1,
        },
    ),
    "history": (
        ["def f(x):\n    return 2 * x", "f(21)"],
        {
            "assert 'def f' in In[1] and 'def f' in _ih[1]": 1,
            "assert Out[2] == 42 and _2 == 42": 1,
            "assert 'assert Out' in _i": 1,
            "assert get_ipython().execution_count >= 6": 1,
            "import inspect\nassert '2 * x' in inspect.getsource(f)": 1,
        },
    ),
    "left-out-by-a-tag": (["x = 1", "SKIP x = 2"], {"assert x == 1": 1}),
    "a-hang-after-a-definition": (
        [f"{RIGHT}\nwhile True:\n    pass", "import time\ntime.sleep(60)", "z = 5"],
        {"assert f(1) == 2": 1, "assert z == 5": 1},
    ),
    "a-hang-in-a-test": (
        ["def f(x):\n    while True:\n        pass"],
        {"z = 1\nf(1)": 0, "assert z == 1": 1},
    ),
    "a-hang-that-notices": (
        ["try:\n    while True:\n        pass\nexcept KeyboardInterrupt:\n    x = 1"],
        {"assert x == 1": 1},
    ),
    "patience": (
        ["while True:\n    pass", "import time\ntime.sleep(1.2)\nslow = 1"],
        {"assert slow == 1": 1},
    ),
    "tasks": (
        [
            "import asyncio\nasync def work(n):\n    await asyncio.sleep(0)\n    return n",
            "task = asyncio.create_task(work(1))",
            "a = await task",
            "loop = asyncio.get_running_loop()",
            "b = await loop.create_task(work(2))",
        ],
        {"assert (a, b) == (1, 2)": 1, "assert await work(3) == 3": 1},
    ),
    "an-interrupted-task": (
        ["import asyncio, time", "x = 0\nawait asyncio.sleep(4.3)\nx = 1"],
        {"time.sleep(0.5)\nassert x == 0": 1, "await asyncio.sleep(0.2)\nassert x == 0": 1},
    ),
    "errors-that-are-kept": (
        ["1 / 0", "import signal, sys"],
        {
            "assert isinstance(sys.last_value, ZeroDivisionError)": 1,
            "try:\n    signal.raise_signal(signal.SIGINT)\nexcept KeyboardInterrupt:\n    pass\n"
            "else:\n    raise AssertionError": 1,
        },
    ),
    "notebooks-beside": (
        ["import json"],
        {"assert json.load(open('notebooks-beside.ipynb'))['cells']": 1, "%run files.ipynb": 1},
    ),
    "memory": (
        ["import numpy as np\nbig = np.zeros((12000, 12000))", THREADS],
        {"assert big.shape == (12000, 12000)": 1},
    ),
    "debuggers": (["def f(x):\n    breakpoint()\n    return x"], {"assert f(1) == 1": 1}),
    "several-values": (
        ["get_ipython().ast_node_interactivity = 'all'"],
        {"0.5\n1": 0.5, "0.25\n1 / 0": 0.25},
    ),
    "files": (
        ["assert open('own.txt').read() == 'own'", "from helper import whose"],
        {"assert open('README.txt').read() == 'own'": 1, "assert whose == 'student'": 1},
    ),
}  # fmt: skip


def source(case: str) -> str:
    """The instructor's notebook: one cell of the student's for the first, then the tests."""
    _, tests = CASES[case]
    graded = [cell(test, f"test-{n}", points=1) for n, test in enumerate(tests)]
    return notebook(cell("# YOURS", "answer", solution=True), *graded)


def submission(case: str, released: str) -> str:
    """The student's cells in place of the first."""
    content = json.loads(released)
    first, *rest = content["cells"]
    cells, _ = CASES[case]
    own = [{**first, "source": cells[0]}]
    for number, text in enumerate(cells[1:]):
        tags = {"tags": ["skip-execution"]} if text.startswith("SKIP ") else {}
        more = {**first, "metadata": tags, "id": f"own-{number}"}
        own.append(more | {"source": text.removeprefix("SKIP ")})
    return json.dumps({**content, "cells": [*own, *rest]})


def graded(base: Path, cases: set[str], timeout: int) -> dict[str, dict[Any, Any]]:
    """The grades of these cases, by stock nbgrader and by ours."""
    settings = f"c.Execute.timeout = {timeout}\n"
    settings += f"c.Autograde.exclude_overwriting = {{'{NAME}': ['helper.py']}}\n"
    stock = make_course(base / "stock", STOCK + settings)
    stock.source(NAME, **{case: source(case) for case in cases})
    folder = stock.root / "source" / NAME
    (folder / "README.md").write_text("course")
    (folder / "helper.py").write_text("whose = 'course'")
    for number in range(510 if "files" in cases else 0):  # handed back, they count as nobody's own
        (folder / f"data{number}.txt").write_text("x")
    done = stock.run("nbgrader", "generate_assignment", NAME)
    assert done.returncode == 0, done.stderr
    texts = {case: submission(case, stock.released(NAME, case)) for case in cases}
    place = stock.hand_in(NAME, "ada", **texts)
    shutil.copytree(folder, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
    (place / "helper.py").write_text("whose = 'student'")
    (place / "README.txt").write_text("own")
    (place / "own.txt").write_text("own")
    shutil.copytree(stock.root, base / "own")
    own = make_course(base / "own", CONFIG + settings)
    process = own.start("grader", "autograde", NAME)
    given = [stock.root / folder for folder in ("source", "submitted")]
    found = recorded.grades(f"jupyter-{base.name}", given, partial(by_stock, stock))
    _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    return {"stock": found, "own": rows(own.db_url, NAME)}


def by_stock(course: Course) -> recorded.Rows:
    """The grades of stock nbgrader."""
    process = course.start("nbgrader", "autograde", NAME)
    _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    return rows(course.db_url, NAME)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[Any, Any]]:
    """All grades, by stock nbgrader and by ours."""
    base = tmp_path_factory.mktemp("jupyter")
    parts = ("soon", INTERRUPTED, SOON), ("late", CASES.keys() - INTERRUPTED, LATE)
    with ThreadPoolExecutor() as pool:  # one of them waits more than it works
        soon, late = pool.map(lambda part: graded(base / part[0], *part[1:]), parts)
    return {name: soon[name] | late[name] for name in soon}


@pytest.mark.parametrize("case", CASES)
def test_a_cell_is_worth_what_it_is_in_jupyter(
    outcomes: dict[str, dict[Any, Any]], case: str
) -> None:
    """By stock nbgrader, and by ours."""
    _, tests = CASES[case]
    for name, found in outcomes.items():
        worth = {test: found["ada", case, f"test-{n}"][0] for n, test in enumerate(tests)}
        assert worth == tests, name


def test_without_a_limit_of_time_there_is_none(tmp_path: Path) -> None:
    """`c.Execute.timeout = -1` is nbconvert's way to say so."""
    course = make_course(tmp_path / "course", CONFIG + "c.Execute.timeout = -1\n")
    course.source("one", one=notebook(cell("assert 1", "test", points=1)))
    assert course.run("grader", "release", "one", "--force").returncode == 0
    course.hand_in("one", "ada", one=course.released("one"))
    assert course.run("grader", "autograde", "one").returncode == 0
    assert rows(course.db_url, "one")["ada", "one", "test"][0] == 1


def test_figures_are_in_the_graded_notebook(tmp_path: Path) -> None:
    """Whether `plt.show()` is called or not; a person may grade them."""
    course = make_course(tmp_path / "course")
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    course.source("one", one=notebook(cell(plot, "plot", points=1, solution=True)))
    assert course.run("grader", "release", "one", "--force").returncode == 0
    course.hand_in("one", "ada", one=notebook(cell(plot, "plot", points=1, solution=True)))
    assert course.run("grader", "autograde", "one").returncode == 0
    assert "image/png" in Course(course.root).outputs("one", "ada", "plot")
