"""`grader check`, as students use it: the released folder alone, and a verdict they can act on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from grader.checking.beside import copy_beside
from grader.checking.filenames import file_name
from grader.checking.names import read
from grader.checking.run import check
from grader.checking.seals import checksum
from grader.checking.told import advice, document, lines, plain
from grader.isolation import Policy
from grader.model import Limits, Refused
from grader.portable import workers
from grader.process import Worker
from tests.conftest import COURSE, run_grader
from tests.documented import undocumented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.checking.notices import Checked, Notice
    from grader.sample import Filler
    from grader.sandbox import Zygote

HERE = {"PYTHONPATH": str(COURSE)}  # elsewhere the package has to be found as well
Cells = list[dict[str, Any]]

STUB = 'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    raise NotImplementedError()\n'
DOUBLE = "def double(x):\n    return 2 * x\n"
HALF = "def half(x):\n    return x / 2\n"
ASSERTS = "assert double(2) == 4, 'twice two is four'\nassert double(0) == 0\n"


def cell(source: str, *, kind: str = "code", given: str | None = None, **course: Any) -> Any:
    """A cell; with a `grade_id` it is nbgrader's, sealed as it was `given` out."""
    made: dict[str, Any] = {"cell_type": kind, "source": source, "metadata": {}}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if course:
        data = {"grade": False, "solution": False, "locked": False, "schema_version": 3} | course
        data["cell_type"] = kind
        data["checksum"] = checksum(given or source, kind, data)
        made["metadata"]["nbgrader"] = data
    return made


def solution(source: str, name: str = "double", given: str = STUB) -> Any:
    """A cell with a student's solution."""
    return cell(source, given=given, grade_id=name, solution=True)


def visible(source: str, name: str = "test-double", points: float = 2) -> Any:
    """A cell with a visible test."""
    return cell(source, grade_id=name, grade=True, locked=True, points=points)


def locked(source: str, name: str = "setup") -> Any:
    """A cell that the course needs to be as it is."""
    return cell(source, grade_id=name, locked=True)


def notebook() -> Cells:
    """A small assignment, solved as it should be."""
    return [
        cell("# Twice and half", kind="markdown"),
        locked("import math\nimport numpy as np\n"),
        solution(DOUBLE),
        visible(ASSERTS),
        solution(HALF, "half"),
        visible("assert half(2) == 1\n", "test-half"),
        visible("# half-hidden: 3 points\n", "half-hidden", 3),
    ]


def write(path: Path, cells: Cells) -> Path:
    """Save a notebook."""
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Where all notebooks of these tests are run."""
    with workers(None, Policy(allow_weak=True)) as made:
        yield made


@pytest.fixture
def checked(tmp_path: Path, zygote: Zygote) -> Callable[..., Checked]:
    """Checks the cells of a notebook."""

    def run(cells: Cells, name: str = "twice.ipynb", seconds: float = 12) -> Checked:
        return check(write(tmp_path / name, cells), zygote, Limits.within(seconds))

    return run


def only(found: Checked, kind: str) -> Notice:
    """The one notice of a kind; and that it is among what is printed."""
    (notice,) = [notice for notice in found.notices if notice.kind == kind]
    assert notice.text in "\n".join(lines(found))
    return notice


def states(found: Checked) -> dict[str, str]:
    """How each function does."""
    return {part.name: part.state for part in found.parts}


# The command -----------------------------------------------------------------------------------


@pytest.fixture
def handed_out(tmp_path: Path) -> Path:
    """What students get, alone in an empty folder."""
    shutil.copytree(COURSE / "release" / "activations", tmp_path / "activations")
    return tmp_path / "activations" / "activations.ipynb"


def test_the_untouched_release_says_what_to_write_first(handed_out: Path) -> None:
    """It does not pass; every stub is named with its cell, and the first one is the next step."""
    done = run_grader("check", handed_out.name, cwd=handed_out.parent, env=HERE)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    for name in ("ReLU", "Sigmoid", "Tanh", "Softmax"):
        assert f"{name}.forward is not written yet" in done.stdout
    assert "📈 Progress: ReLU ✗  Sigmoid ✗  Tanh ✗  Softmax ✗  (0 of 4)" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("👉 Next: in cell 9, put your code")


def test_a_solved_release_passes_without_a_word_of_warning(
    handed_out: Path, filler: Filler
) -> None:
    """Exit code 0, what each test prints as in the notebook, and what is only tested later."""
    handed_out.write_text(filler.fill({}), encoding="utf-8")
    before = sorted(handed_out.parent.rglob("*"))
    results = handed_out.parents[1] / "check.json"
    done = run_grader("check", handed_out.name, "--json", results, cwd=handed_out.parent, env=HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "🔬 Unit Test: Softmax (cell 56) ...\n   │ ✅ Softmax follows" in done.stdout
    assert "✅ cell 10 test-relu passes" in done.stdout
    assert "📈 Progress: ReLU ✓  Sigmoid ✓  Tanh ✓  Softmax ✓  (4 of 4)" in done.stdout
    assert "50 test cells are empty here (100 points)" in done.stdout
    assert done.stdout.endswith("👉 Next: save and hand in activations.ipynb\n")
    assert not any(mark in done.stdout for mark in ("❌", "⚠", "ℹ"))
    content = json.loads(results.read_text(encoding="ascii"))
    assert content["schema"] == "grader/check/1"
    assert undocumented(content, "Checks") == set()
    assert content["passed"] is True
    assert content["notices"] == []
    assert [part["state"] for part in content["functions"]] == ["works"] * 4
    assert sorted(handed_out.parent.rglob("*")) == before


def test_quiet_says_only_what_is_wrong(handed_out: Path, filler: Filler) -> None:
    """The function that fails, and nothing where all is well; also on a console of cp1252."""
    handed_out.write_text(filler.fill({}, only=["ReLU", "Sigmoid", "Tanh"]), encoding="utf-8")
    env = {"PYTHONIOENCODING": "cp1252"}
    done = run_grader("check", "--quiet", handed_out, env=env)
    assert done.returncode == 1
    assert done.stdout.startswith("Unit Test: Softmax")
    assert "[FAIL] cell 57 test-softmax: NotImplementedError" in done.stdout
    assert not any(word in done.stdout for word in ("ReLU", "[ok]", "?"))
    handed_out.write_text(filler.fill({}), encoding="utf-8")
    done = run_grader("check", "--quiet", handed_out)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.ipynb", None, "there is: other.ipynb"),
        ("notes.txt", "hello", "not JSON"),
        ("list.ipynb", "[1]", "not a notebook"),
        ("empty.ipynb", "", "empty"),
        ("page.ipynb", "<!DOCTYPE html>\n<html>", "a web page, as a browser saves it"),
        ("merge.ipynb", '{\n<<<<<<< HEAD\n "cells": []\n=======\n}', "a merge conflict"),
        ("wide.ipynb", "\ufeff{}".encode("utf-16-le"), "looks like UTF-16"),
        ("", None, "is a folder; name the notebook"),
    ],
)
def test_what_is_no_notebook_is_wrong_usage(
    tmp_path: Path, name: str, content: str | bytes | None, said: str
) -> None:
    """Exit code 2, with the file, the reason, and what there is instead."""
    write(tmp_path / "other.ipynb", notebook())
    if content is not None:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
    done = run_grader("check", tmp_path / name)
    assert done.returncode == 2
    assert said in done.stderr
    assert str(tmp_path) in done.stderr


def test_results_that_cannot_be_written_are_wrong_usage(tmp_path: Path) -> None:
    """Before anything is run."""
    path = write(tmp_path / "twice.ipynb", notebook())
    done = run_grader("check", path, "--json", tmp_path / "no" / "check.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no folder" in done.stderr


def test_a_machine_that_starts_no_worker_is_the_graders_fault(tmp_path: Path) -> None:
    """Exit code 3."""
    path = write(tmp_path / "twice.ipynb", notebook())
    done = run_grader("check", path, env={"GRADER_SANDBOX_LAYERS": "nonsense"})
    assert done.returncode == 3
    assert "nonsense" in done.stderr


def test_no_walls_are_no_obstacle(tmp_path: Path) -> None:
    """It is the student's own code: a machine that contains nothing checks it as well."""
    path = write(tmp_path / "twice.ipynb", notebook())
    done = run_grader("check", path, env={"GRADER_SANDBOX_LAYERS": ""})
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_heavy_is_needed(tmp_path: Path) -> None:
    """No nbgrader, nbformat or Hypothesis is imported."""
    path = write(tmp_path / "twice.ipynb", notebook())
    program = (
        "import sys; from grader.cli import main\n"
        f"main(['check', {str(path)!r}], standalone_mode=False)\n"
        "sys.exit(' '.join({'nbgrader', 'nbformat', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=COURSE, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""
    assert "half ✓" in done.stdout


def test_an_interrupted_check_leaves_nothing_behind(tmp_path: Path) -> None:
    """Exit code 130, with no process and no folder left, while a cell is running."""
    path = write(tmp_path / "twice.ipynb", [*notebook(), cell("while True:\n    pass\n")])
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check", path], cwd=COURSE,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 300
        while (
            not list((tmp_path / "tmp").glob("grader-*/work/tmp*/twice.ipynb"))
            and time.monotonic() < deadline
        ):
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert said == "grader: interrupted; nothing was changed\n"
    assert list((tmp_path / "tmp").iterdir()) == []


# Tests, by what they are about -----------------------------------------------------------------


def test_any_nbgrader_notebook_is_told_function_by_function(
    checked: Callable[..., Checked],
) -> None:
    """Tests without prints, hidden ones that are not claimed to pass, and no notice at all.

    That it was run before, in order, changes nothing; nor do cells of the student's own.
    """
    cells = [*notebook(), cell("print(double(half(3)))\n")]
    for count, each in enumerate(c for c in cells if c["cell_type"] == "code"):
        each["execution_count"] = count + 1
    found = checked(cells)
    assert found.passed
    assert found.notices == ()
    assert states(found) == {"double": "works", "half": "works"}
    assert (found.hidden, found.hidden_points) == (1, 3)


def test_a_failing_assertion_is_shown_with_its_line(checked: Callable[..., Checked]) -> None:
    """The other function is not concerned."""
    cells = notebook()
    cells[2] = solution("def double(x):\n    return x + 2\n")
    found = checked(cells)
    assert states(found) == {"double": "fails", "half": "works"}
    text = "\n".join(lines(found))
    assert "❌ cell 4 test-double: AssertionError" in text
    assert "cell 4, line 2: assert double(0) == 0" in text
    assert advice(found).startswith("make cell 4 pass")


def test_tests_of_several_functions_stand_by_themselves(checked: Callable[..., Checked]) -> None:
    """One that comes after those of its functions is about all of them; one of none is shown."""
    cells = notebook()
    cells.append(visible("assert double(half(1)) == 1\n", "both"))
    cells.insert(1, visible("assert 1 + 1 == 3\n", "machine"))
    found = checked(cells)
    assert states(found) == {
        "double": "works", "half": "works", "double + half": "works", "the notebook": "fails",
    }  # fmt: skip


def test_a_test_that_gives_part_of_its_points_does_not_pass(
    checked: Callable[..., Checked],
) -> None:
    """It says how many; the full number, or a value that is none, is a pass."""
    cells = [*notebook(), visible("x = 2\nx\n", "full"), visible("x = 2\n'ok'\n", "other")]
    assert checked(cells).passed
    found = checked([*cells, visible("x = half(2)\nx + 0.5\n", "partly")])
    assert not found.passed
    assert "gives 1.5 of 2 points" in "\n".join(lines(found))


def test_what_the_course_asserts_is_a_test(checked: Callable[..., Checked]) -> None:
    """Where it is run: in a locked cell, by what that calls; not where it is only defined."""
    cells = notebook()
    tool = "def same(a, b):\n    assert a == b\n"
    cells[1] = locked(tool)
    cells[3] = locked("same(double(2), 4)\n", "uses")
    cells.append(locked(f"{tool}same(half(2), 1)\n", "more"))
    cells.append(locked("import math\nprint(math.pi)\n", "shows"))
    found = checked(cells)
    assert {part.name: [t.cell for t in part.tests] for part in found.parts} == {
        "double": [4], "half": [6, 8],
    }  # fmt: skip


def test_functions_of_one_cell_are_told_apart(checked: Callable[..., Checked]) -> None:
    """By the tests that use them, and by the stub that is left in one of them."""
    cells = notebook()
    stub = STUB.replace("double", "triple")
    cells[2] = solution(DOUBLE + stub + "def quadruple(x):\n    return 4 * x\n")
    cells.insert(4, visible("assert quadruple(1) == 4\n", "test-quadruple"))
    cells.insert(5, visible("assert triple(1) == 3\n", "test-triple"))
    found = checked(cells)
    assert states(found) == {
        "double": "works", "triple": "fails", "quadruple": "works", "half": "works",
    }  # fmt: skip
    printed = list(lines(found))
    place = printed.index("🔬 Unit Test: triple (cell 3) ...")
    assert "triple is not written yet" in printed[place + 1]


def test_a_solution_without_a_visible_test_is_not_said_to_work(
    checked: Callable[..., Checked],
) -> None:
    """It is tested only when graded, or together with others."""
    cells = [c for n, c in enumerate(notebook()) if n not in {3, 5}]
    found = checked(cells)
    assert found.passed
    assert found.notices == ()
    assert states(found) == {"double": "untested", "half": "untested"}
    assert "➖ no visible test; it is tested only" in "\n".join(lines(found))

    cells = [*notebook(), visible("assert double(half(1)) == 1\n", "both")]
    del cells[3]
    found = checked(cells)
    assert found.notices == ()
    assert "➖ no visible test of its own" in "\n".join(lines(found))


def test_a_test_that_is_gone_is_missed_where_others_have_one(
    checked: Callable[..., Checked],
) -> None:
    """It leaves no trace, so that it is no problem; nor is it said where it was only changed."""
    cells = notebook()
    test = cells.pop(3)
    found = checked(cells)
    assert found.passed
    assert only(found, "test-lost").level == "warning"
    assert "no visible test is left for double" in only(found, "test-lost").text
    assert "no visible test is left" in "\n".join(lines(found, quiet=True))
    assert "➖" not in "\n".join(lines(found))

    test["source"] = "print('ok')\n"
    del test["metadata"]["nbgrader"]["points"]
    test["metadata"]["nbgrader"]["grade"] = False
    cells.insert(3, test)
    found = checked(cells)
    assert not found.passed
    text = "\n".join(lines(found))
    assert "no visible test" not in text
    assert "➖ it cannot be told whether it works: cell 4 was changed" in text


def test_files_beside_the_notebook_come_along(
    tmp_path: Path, checked: Callable[..., Checked]
) -> None:
    """Modules and data, but nothing hidden, no links, no virtual environment; nothing is left."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("three = 3")
    (tmp_path / "data.csv").write_text("4")
    (tmp_path / ".secret").write_text("5")
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "data.csv")
    source = (
        "import os\nfrom tools import three\n"
        "assert three == 3 and open('data.csv').read() == '4'\n"
        "assert not {'.secret', 'venv', 'link'} & set(os.listdir())\nopen('made', 'w').close()\n"
    )
    found = checked([*notebook(), visible(source, "files")])
    assert found.passed, list(lines(found))
    assert not (tmp_path / "made").exists()


def test_a_home_full_of_files_is_not_copied(tmp_path: Path) -> None:
    """The nearest ones are, up to a number."""
    deep = tmp_path / "from" / "deep"
    deep.mkdir(parents=True)
    for number in range(600):
        (deep / f"{number}.txt").touch()
    (tmp_path / "from" / "near.txt").touch()
    copy_beside(tmp_path / "from", tmp_path / "to")
    assert (tmp_path / "to" / "near.txt").is_file()
    assert len(list((tmp_path / "to").rglob("*.txt"))) == 500


# What costs marks ------------------------------------------------------------------------------


def test_a_stub_that_is_left_does_not_pass(checked: Callable[..., Checked]) -> None:
    """Even where no visible test notices; a comment or a dead line that is left costs nothing."""
    cells = notebook()
    cells[2] = solution(STUB)
    del cells[3]
    found = checked(cells)
    assert not found.passed
    assert only(found, "stub").cells == (3,)
    assert "double is not written yet" in only(found, "stub").text

    cells[2] = solution("def double(x):\n    # YOUR CODE HERE\n    return 2 * x\n")
    assert {notice.kind for notice in checked(cells).notices} == {"test-lost"}
    dead = STUB.replace(
        "    raise", "    if x:\n        return 2 * x\n    else:\n        return x\n    raise"
    )
    cells[2] = solution(dead)
    found = checked(cells)
    assert found.passed
    assert only(found, "stub").level == "note"


def test_the_checksum_is_nbgraders(filler: Filler) -> None:
    """On every cell of the release, and on others of every kind."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    cells = [*json.loads(filler.release)["cells"], *notebook()]
    cells.append(cell("text", kind="markdown", grade_id="é", grade=True, solution=True, points=1))
    cells.append(cell("x\n", grade_id="a", grade=True, points=2.5))
    sealed = 0
    for each in cells:
        course = each["metadata"].get("nbgrader")
        if course:
            source = "".join(each["source"])
            theirs = compute_checksum(from_dict({**each, "source": source}))
            assert checksum(source, each["cell_type"], course) == theirs
            sealed += 1
    assert sealed > 60


@pytest.mark.parametrize(
    ("change", "kind", "level"),
    [
        (lambda c: c[3].update(source="assert True\n"), "test-changed", "problem"),
        (lambda c: c[3]["metadata"]["nbgrader"].update(points=9), "test-changed", "problem"),
        (lambda c: c[6].update(source="# mine\n"), "test-changed", "problem"),
        (lambda c: c[1].update(source="import math\n"), "locked-changed", "problem"),
        (lambda c: c[3].update(cell_type="markdown"), "type-changed", "problem"),
        (lambda c: c.append(deepcopy(c[3])), "duplicate-id", "problem"),
        (lambda c: c[3].update(metadata={"deletable": False}), "metadata-gone", "problem"),
        (lambda c: c[3]["metadata"].update(nbgrader="?"), "metadata-gone", "problem"),
        (lambda c: [each.update(metadata={}) for each in c], "metadata-gone", "problem"),
        (
            lambda c: c.__setitem__(slice(None), [c[2], c[4]]),
            "tests-missing",
            "problem",
        ),
    ],
)
def test_the_courses_cells_have_to_be_as_they_were(
    checked: Callable[..., Checked], change: Callable[[Cells], Any], kind: str, level: str
) -> None:
    """Changed, retyped, doubled or unmarked: what such tests say is not believed."""
    cells = notebook()
    change(cells)
    found = checked(cells)
    assert not found.passed
    assert only(found, kind).level == level


def test_cells_out_of_order_are_told_where_to_go(checked: Callable[..., Checked]) -> None:
    """With the cell that is needed, and the one that needs it."""
    cells = notebook()
    cells[2] = solution("def double(x):\n    return TWO * x\n")
    cells.append(cell("TWO = 2\n"))
    found = checked(cells)
    notice = only(found, "out-of-order")
    assert notice.cells == (4,)
    assert notice.remedy == "move cell 8 above cell 4"
    assert not found.passed

    cells = notebook()
    cells.insert(1, cell("np.zeros(3)\n"))
    found = checked(cells)
    assert only(found, "out-of-order").remedy == "move cell 2 below cell 3"
    assert found.passed  # nothing of the course's depends on it


def test_stale_state_is_seen_through(checked: Callable[..., Checked]) -> None:
    """A name that no cell defines any more, in a notebook whose saved outputs look well."""
    cells = notebook()
    cells[2] = solution("def double(x):\n    return factr * x\n")
    cells[4] = solution("factor = 2\n" + HALF, "half")
    for count, place in enumerate((1, 2, 3, 5, 4)):
        cells[place]["execution_count"] = count + 1
    found = checked(cells)
    assert not found.passed
    notice = only(found, "never-defined")
    assert notice.cells == (4,)
    assert "is it factor that is meant?" in notice.text
    assert notice.remedy == "write factor instead of factr in cell 3, line 2"
    assert advice(found).startswith("write factor instead of factr in cell 3, line 2")
    assert "worked when it was last run" in only(found, "stale").text
    assert only(found, "run-order").cells == (5, 6)
    assert only(found, "run-order").level == "note"


def test_a_cell_that_failed_is_the_reason_for_what_is_missing(
    checked: Callable[..., Checked],
) -> None:
    """It is named; so is the line that is no Python."""
    cells = notebook()
    cells[2] = solution("x = 1\ndef double(x)\n    return 2 * x\n")
    found = checked(cells)
    text = "\n".join(lines(found))
    assert "cell 3 is not valid Python: line 2: expected ':'" in text
    assert "   │ cell 3, line 2: def double(x)" in text
    assert only(found, "undefined").remedy == "put cell 3 right first"
    assert advice(found).startswith("put line 2 of cell 3 right")
    assert states(found) == {"double": "fails", "half": "works"}


@pytest.mark.parametrize(
    ("source", "kind", "cells", "level"),
    [
        ("double = double(2)\n", "clash", (3, 8), "note"),
        ("np = 5\n", "clash", (2, 8), "note"),
        ("for math in range(3):\n    pass\n", "clash", (2, 8), "note"),
        ("del half\n", "clash", (5, 8), "note"),
        ("def double(x):\n    return x\n", "clash", (3, 8), "warning"),
        ("sum = 0\n", "shadowed", (8,), "note"),
        ("!pip install numpy\nx = 1\n", "not-run", (8,), "note"),
        ("%%bash\nls\n", "not-run", (8,), "note"),
        ("import no_such_thing\n", "import", (8,), "warning"),
        ("1 / 0\n", "error", (8,), "warning"),
        ("open('/home/me/data.csv')\n", "error", (8,), "warning"),
    ],
)
def test_what_may_cost_marks_is_said(
    checked: Callable[..., Checked], source: str, kind: str, cells: tuple[int, ...], level: str
) -> None:
    """Where all visible tests pass nevertheless, the notebook does as well."""
    found = checked([*notebook(), cell(source)])
    notice = only(found, kind)
    assert (notice.cells, notice.level) == (cells, level)
    assert found.passed


def test_what_is_usual_is_no_clash(checked: Callable[..., Checked]) -> None:
    """Imports again, names of one's own, magics, scopes of functions, annotations."""
    source = (
        "%matplotlib inline\nimport numpy as np\nimport math as m\nx = [sum for sum in 'ab']\n"
        "max: int\ndef mine():\n    np, half = 1, 2\n    return half\nx = [1]\nx = x + [2]\n"
    )
    found = checked([*notebook(), cell(source), cell("%%time\nx = mine()\n")])
    assert found.passed
    assert found.notices == ()


def test_python_s_own_names_matter_where_they_are_used(checked: Callable[..., Checked]) -> None:
    """Then it is a warning, with the cell that uses them."""
    cells = notebook()
    cells.insert(1, cell("max = 3\n"))
    cells.append(cell("print(4 if max else 5)\n"))
    notice = only(checked(cells), "shadowed")
    assert (notice.level, notice.cells) == ("warning", (2,))
    assert "cell 9 uses it" in notice.text


def test_a_module_of_the_courses_that_is_missing_does_not_pass(
    checked: Callable[..., Checked],
) -> None:
    """It has to lie beside the notebook."""
    cells = notebook()
    cells[1] = locked("from tinytools.core import double\n")
    found = checked(cells)
    assert not found.passed
    assert "'tinytools" in only(found, "import").text


def test_a_file_that_hides_a_library_is_named(
    tmp_path: Path, checked: Callable[..., Checked]
) -> None:
    """If a cell imports that library."""
    (tmp_path / "statistics.py").write_text("")
    (tmp_path / "code.py").write_text("")
    found = checked([*notebook(), cell("import statistics\n")])
    assert "statistics.py" in only(found, "file-clash").text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("activations/activations.ipynb", ""),
        ("ps1/problem1.ipynb", ""),
        ("hw1/hw1_2.ipynb", ""),
        ("Downloads/activations.ipynb", ""),
        ("activations/activations (1).ipynb", "activations.ipynb"),
        ("Downloads/activations(2).ipynb", "activations.ipynb"),
        ("activations/activations-Copy1.ipynb", "activations.ipynb"),
        ("x/activations - Copy (2).ipynb", "activations.ipynb"),
        ("x/activations copy 2.ipynb", "activations.ipynb"),
        ("x/activations.ipynb.json", "activations.ipynb"),
        ("x/activations.ipynb.txt", "activations.ipynb"),
        ("x/activations.json", "activations.ipynb"),
        ("x/Untitled3.ipynb", "given out"),
        ("activations/Activations.ipynb", "activations.ipynb"),
        ("activations/activations_final_v2.ipynb", "activations.ipynb"),
        ("activations/activations_ada_lovelace.ipynb", "activations.ipynb"),
        ("activations/ada-activations.ipynb", "activations.ipynb"),
        ("activations/Copy of activations.ipynb", "rename it to activations.ipynb before"),
        ("x/Copy of Copy of activations.ipynb", "rename it to activations.ipynb before"),
        ("x/activations - Copy.ipynb", "activations.ipynb"),
        ("x/activations copy.ipynb", "activations.ipynb"),
        ("act/activations.ipynb", ""),
    ],
)
def test_a_wrong_file_name_is_told_from_a_right_one(
    tmp_path: Path, path: str, expected: str
) -> None:
    """By what browsers and Jupyter make of names, and by the folder's name in the file's."""
    found = list(file_name(tmp_path / path))
    assert {notice.level for notice in found} <= {"warning"}
    remedies = [notice.remedy for notice in found]
    assert len(remedies) == bool(expected)
    assert all(expected in remedy for remedy in remedies)


def test_a_wrong_name_is_the_last_thing_to_put_right(checked: Callable[..., Checked]) -> None:
    """It does not keep tests from passing."""
    found = checked(notebook(), "twice (1).ipynb")
    assert found.passed
    assert advice(found) == "rename it to twice.ipynb before you hand it in"


def test_a_name_that_may_be_wrong_is_not_said_to_be_right(
    tmp_path: Path, checked: Callable[..., Checked], zygote: Zygote
) -> None:
    """Only a folder of that name makes it certain."""
    assert advice(checked(notebook())) == (
        "save and hand in twice.ipynb under the name it was given out with"
    )
    (tmp_path / "twice").mkdir()
    path = write(tmp_path / "twice" / "twice.ipynb", notebook())
    found = check(path, zygote, Limits.within(12))
    assert advice(found) == "save and hand in twice.ipynb"


def test_line_ends_are_not_the_students(checked: Callable[..., Checked]) -> None:
    """Editors on Windows change those of all cells, and others the last one."""
    for change in ("\r\n", "\r", ""):
        cells = notebook()
        for each in cells:
            each["source"] = (
                each["source"].replace("\n", change) if change else each["source"].rstrip("\n")
            )
        found = checked(cells)
        assert found.passed, list(lines(found))
        assert found.notices == ()


def test_a_cell_that_hangs_costs_itself(checked: Callable[..., Checked]) -> None:
    """It is interrupted, named, and the rest is run."""
    cells = notebook()
    cells[2] = solution("def double(x):\n    while True:\n        pass\n")
    found = checked(cells, seconds=3)
    assert only(found, "left-out").cells == (4,)
    assert "cell 4 took longer than 0.5 s" in only(found, "left-out").text
    assert states(found) == {"double": "fails", "half": "works"}


@pytest.mark.parametrize("body", ["pass", "print('again')"])
def test_a_function_that_hangs_is_not_waited_for_again_and_again(
    checked: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """What calls it later has less time; the next step names the loop, whatever it prints."""
    allowed: list[float] = []
    run = Worker.run

    def watched(
        self: Worker, setup: str, names: Any, cells: Any, limits: Any, *rest: Any, **more: Any
    ) -> Iterator[dict[str, Any]]:
        yield from run(self, setup, names, cells, limits, *rest, **more)
        allowed[:] = limits

    monkeypatch.setattr(Worker, "run", watched)
    cells = notebook()
    cells[2] = solution(f"def double(x):\n    while True:\n        {body}\n")
    cells += [locked(f"print(double({n}))\n", f"more{n}") for n in range(4)]
    found = checked(cells, seconds=18)
    assert allowed[-4:] == [pytest.approx(0.6)] * 4  # those that call it once more
    notice = only(found, "left-out")
    assert notice.cells == (4, 8, 9, 10, 11)
    assert "cell 4 took longer than 3 s" in notice.text
    assert advice(found).startswith("see why this does not end: cell 3, line 2: while True:")
    assert states(found) == {"double": "fails", "half": "works"}


def test_a_name_that_is_used_twice_is_the_cause(checked: Callable[..., Checked]) -> None:
    """Of the failures of cells that use it; the next step is its remedy, not the test."""
    cells = notebook()
    cells.insert(3, cell("double = double(2)\n"))
    found = checked(cells)
    assert states(found) == {"double": "fails", "half": "works"}
    assert only(found, "clash").level == "warning"
    assert advice(found).startswith("use another name than double in cell 4")


def test_answers_in_words_that_are_missing_are_told(checked: Callable[..., Checked]) -> None:
    """As it was given out, or empty, with the points; an answer is none of the program's."""
    course = {"grade": True, "solution": True, "points": 3}
    for text, said in (("YOUR ANSWER HERE", "still stands"), (" ", "nothing"), ("Four.", "")):
        answer = cell(text, kind="markdown", given="YOUR ANSWER HERE", grade_id="why", **course)
        found = checked([*notebook(), answer])
        assert found.passed
        if said:
            assert only(found, "unanswered").level == "warning"
            assert said in only(found, "unanswered").text
            assert "why (3 points)" in only(found, "unanswered").text
        else:
            assert found.notices == ()


def test_cells_that_wait_for_a_stub_are_no_fault(checked: Callable[..., Checked]) -> None:
    """Nobody is told to delete them."""
    cells = notebook()
    cells[2] = solution(STUB)
    cells += [cell("double(1)\n")] * 13
    found = checked(cells)
    assert "Restart" not in "\n".join(lines(found))
    assert only(found, "demonstration").level == "note"
    assert "cells 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 20 use" in (
        only(found, "demonstration").text
    )


def test_a_name_that_the_course_uses_is_the_right_one(checked: Callable[..., Checked]) -> None:
    """It is the student's definition that is misspelt."""
    cells = notebook()
    cells[2] = solution(DOUBLE.replace("double", "DOUBLE"))
    assert only(checked(cells), "never-defined").remedy == "call it double, not DOUBLE, in cell 3"

    cells[3] = visible("Double = DOUBLES()\n")  # the course's own names are none of the student's
    assert "DOUBLE," in only(checked(cells), "never-defined").remedy
    cells[2] = cell("x = 1\n")
    assert "above cell 4" in only(checked(cells), "never-defined").remedy


def test_imports_that_are_gone_are_one_notice(checked: Callable[..., Checked]) -> None:
    """Those that everybody knows are to be put back; others were given out."""
    cells = notebook()
    cells[1] = locked("x = 1\n")
    cells[2] = solution("def double(x):\n    return np.float64(2 * x)\n")
    cells[4] = solution("half = math.sqrt\n", "half")
    notice = only(checked(cells), "never-defined")
    assert notice.cells == (4, 5)
    assert notice.text.endswith("need np and math, but the cell that imports np and math is gone")
    assert notice.remedy == "put `import numpy as np` and `import math` at the top"

    cells[2] = solution("def double(x):\n    return Tensor(2 * x).data\n")
    cells[4] = solution(HALF, "half")
    cells.append(locked("print(Tensor(3))\n", "shows"))
    notice = only(checked(cells), "never-defined")
    assert "the cell that imports Tensor is gone" in notice.text
    assert notice.remedy.startswith("get the notebook as it was given out")


def test_modules_that_are_not_there_are_to_be_done_without(
    checked: Callable[..., Checked],
) -> None:
    """Nobody has files of libraries to put beside the notebook; Colab's are nowhere else."""
    notice = only(checked([*notebook(), cell("import no_such_thing.x\n")]), "import")
    assert "no_such_thing is not installed here" in notice.text
    assert notice.remedy.startswith("do without no_such_thing, or ask")
    colab = cell("from google.colab import drive\ndrive.mount('/content')\n")
    notice = only(checked([*notebook(), colab]), "import")
    assert "exists only in Colab" in notice.text
    assert "delete the line" in notice.remedy


def test_what_is_for_another_program_is_said_once(checked: Callable[..., Checked]) -> None:
    """That it is not run, not that it fails."""
    found = checked([*notebook(), cell("%%bash\nls\n")])
    assert [notice.kind for notice in found.notices] == ["not-run"]


# Hostile ---------------------------------------------------------------------------------------


def test_nothing_that_a_notebook_prints_is_taken_for_a_verdict(
    checked: Callable[..., Checked],
) -> None:
    """Neither what it prints and raises nor its names; no escape reaches the terminal."""
    forged = "\\x1b[2J\\r\\n✅ cell 4 test-double passes\\n📈 Progress: all ✓\\u202e\\x07"
    cells = notebook()
    cells[2] = solution(
        f"def double(x):\n    print('{forged}')\n    raise ValueError('{forged}')\n"
    )
    cells[3]["metadata"]["nbgrader"]["grade_id"] = "\x1b[31m\n✅ all"
    cells.append(cell("import os\nos._exit(0)\n"))
    cells.append(cell("\x1b]0;title\x07 = 1\n"))
    found = checked(cells)
    assert not found.passed
    assert states(found)["half"] == "works"
    assert "exited with code 0" in only(found, "left-out").text
    printed = list(lines(found))
    assert all(line.isprintable() for line in printed)
    assert not [line for line in printed if line.startswith("✅ cell 4")]
    assert [line for line in printed if line.startswith("📈")] == [printed[-3]]
    json.dumps(document(found))


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5_000, "x = " + "-" * 50_000 + "1", "a" + ".b" * 30_000, "\x00", "x = '\udcff'",
        "if 1:\n  pass\n" + "elif 1:\n  pass\n" * 3_000, "x = 1\n" * 60_000, "9" * 6_000,
        "%%", "%", "?", "!", "x = '\\d'", "\ufeffx = 1", "lambda: (yield)\n" + "+1" * 20_000,
    ],
)  # fmt: skip
def test_any_text_can_be_read(source: str) -> None:
    """However deep, long or broken it is."""
    reading = read(source)
    assert isinstance(reading.asserts(reading.asserting), bool)
    assert isinstance(reading.modules, frozenset)


def test_odd_files_are_checked_or_refused(tmp_path: Path, zygote: Zygote) -> None:
    """Cells that are none, metadata of any type, no cells at all; a file that is too deep."""
    odd: list[Any] = [
        3, None, {"source": ["x = 1\n", 5]}, {"cell_type": "code", "source": "x", "metadata": []},
        cell("1", grade_id="a", solution=True) | {"execution_count": "7", "outputs": {"a": 1}},
        {"cell_type": "code", "source": STUB, "metadata": {"nbgrader": {"grade_id": 5}}},
    ]  # fmt: skip
    for cells in ([], odd):
        found = check(write(tmp_path / "odd.ipynb", cells), zygote, Limits.within(6))
        assert not found.passed
        assert list(lines(found))
    (tmp_path / "deep.ipynb").write_text("[" * 100_000)
    with pytest.raises(Refused, match="too deep"):
        check(tmp_path / "deep.ipynb", zygote, Limits.within(6))


def test_a_console_without_pictures_has_words() -> None:
    """Instead of a question mark for each of them."""
    assert plain("❌ cell 3: é → x", "cp1252") == "[FAIL] cell 3: é -> x"
    assert plain("⚠️  cell 3: é", "ascii") == "[warning] cell 3: ?"
    assert plain("❌ cell 3: é → x", "utf-8") == "❌ cell 3: é → x"
