"""The Tensor assignment's rubric is right about known implementations, and says why."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import nbclient
import nbformat
import pytest

from grader.course import load_assignment
from grader.sample import Filler, implementations
from tests.conftest import COURSE, Run, grade, run_grader

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = COURSE / "grader" / "rubrics" / "tensor"
WHEATS = {wheat.name: wheat for wheat in implementations(FOLDER / "wheats")}
CHAFFS = {chaff.name: chaff for chaff in implementations(FOLDER / "chaffs")}
NEXT_MODULE = COURSE / "source" / "activations" / "tinytorch" / "core" / "tensor.py"

EMPTY = {
    "nothing": "class Tensor:\n    pass\n",
    "zeros": "class Tensor:\n    def __init__(self, data, dtype=None):\n"
    "        self.data = np.zeros(np.shape(data), dtype or np.float32)\n"
    "    def __getattr__(self, name):\n        return lambda *a, **k: Tensor(0.0)\n",
    "raises": "class Tensor:\n    def __init__(self, data, dtype=None):\n"
    "        raise ValueError('no')\n",
}

ODD = ("None", "'text'", "{10**5000: [1]}", "10**5000", "1 + 2j", "[1, [2]]", "b'bytes'")
# Right where two Tensors are alike; else its data is something odd.
SOMETIMES = """
{right}

class Odd(Tensor):
    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    @property
    def data(self):
        return {odd}

    @property
    def size(self):
        return {odd}


def oddly(method):
    def wrapped(self, *others, **named):
        result = method(self, *others, **named)
        alike = len(others) == 1 and isinstance(others[0], Tensor) and not named
        alike = alike and others[0].data.shape == self.data.shape
        return result if alike and others[0].dtype == self.dtype else Odd(result.data)

    return wrapped


for name in {names}:
    setattr(Tensor, name, oddly(getattr(Tensor, name)))
Tensor.size = property(lambda self: {odd})
"""
METHODS = ("__add__", "__radd__", "__truediv__", "__matmul__", "reshape", "transpose", "mean")


@pytest.fixture(scope="module")
def filler() -> Filler:
    """Fills the release notebook with solutions."""
    return Filler(COURSE, "tensor")


@pytest.fixture(scope="module")
def run(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All implementations, graded in one run by the real command."""
    folder: Path = tmp_path_factory.mktemp("implementations") / "class"
    folder.mkdir()
    texts = {f"empty-{name}": filler.fill({"Tensor": code}) for name, code in EMPTY.items()}
    for kind, known in (("wheat", WHEATS), ("chaff", CHAFFS)):
        for name, implementation in known.items():
            texts[f"{kind}-{name}"] = filler.fill(implementation.parts(filler.by_name))
    texts["next"] = filler.fill({"Tensor": NEXT_MODULE.read_text(encoding="utf-8")})
    texts["source"], texts["release"] = filler.fill({}), filler.release
    texts["half"] = filler.fill(filler.begun)
    right = NEXT_MODULE.read_text(encoding="utf-8").partition('"""\n\n')[2]
    for number, odd in enumerate(ODD):
        code = SOMETIMES.format(right=right, odd=odd, names=METHODS)
        texts[f"odd-{number}"] = filler.fill({"Tensor": code})
    for name, text in texts.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return grade(folder, timeout=30, assignment="tensor")


def test_there_are_enough_implementations_to_hold_the_rubric_to() -> None:
    """At least 12 correct ones and 40 wrong ones."""
    assert len(WHEATS) >= 12
    assert len(CHAFFS) >= 40
    assert all(chaff.loses for chaff in CHAFFS.values())
    assert not any(wheat.loses for wheat in WHEATS.values())


@pytest.mark.parametrize("name", [*(f"wheat-{name}" for name in WHEATS), "source", "next"])
def test_a_correct_implementation_keeps_all_points(run: Run, name: str) -> None:
    """However it is written; so does the Tensor that the next module is given."""
    assert run.lost(name) == {}
    assert run[name]["score"] == 100


@pytest.mark.parametrize("name", CHAFFS)
def test_a_wrong_implementation_loses_where_it_must_and_nowhere_else(run: Run, name: str) -> None:
    """A chaff names criteria or targets: each loses something, and nothing else does."""
    named = set(CHAFFS[name].loses)
    lost = run.lost(f"chaff-{name}")
    assert lost
    assert {i for i, c in lost.items() if not {i, c["target"]} & named} == set()
    assert named <= {*lost, *(c["target"] for c in lost.values())}


@pytest.mark.parametrize("name", [*(f"empty-{name}" for name in EMPTY), "release"])
def test_what_computes_nothing_earns_nothing(run: Run, name: str) -> None:
    """No points for errors, shapes or dtypes alone."""
    assert run[name]["score"] == 0


@pytest.mark.parametrize("number", range(len(ODD)))
def test_an_odd_answer_is_a_wrong_one(run: Run, number: int) -> None:
    """Whatever it is, it costs what it was asked for, and no person has to look."""
    assert run.code == 0
    result = run[f"odd-{number}"]
    assert 0 < result["score"] < 100
    assert "could not be judged" not in str(result["criteria"])


def test_what_is_written_counts_although_the_rest_is_not(run: Run) -> None:
    """Creation and the operators that are there; what is open is missing, not wrong."""
    half = run["half"]
    status = {c["id"]: c["status"] for c in half["criteria"]}
    for name in ("create-list", "create-copies", "add", "divide", "broadcasts", "number-right"):
        assert status[name] == "passed"
    for name in ("number-left", "matmul-matrices", "reshape", "transpose", "sum", "mean", "max"):
        assert status[name] == "missing"
    assert 40 < half["score"] < 70


@pytest.mark.parametrize(
    ("name", "criterion", "message", "hint"),
    [
        ("create_truncates", "create-list", "Tensor([0.5]).data gave [0]; expected [0.5]", ""),
        ("create_shares_memory", "create-copies", "a[...] = 99; t.data gave [99]; exp", "Two nam"),
        (
            "create_pads_rows",
            "create-errors",
            "Tensor([[1], [2, 3]]) gave a Tensor; expected V",
            "",
        ),
        ("create_always_float64", "create-float32", "Tensor(1).data gave float64; exp", "no prec"),
        (
            "add_in_place",
            "untouched",
            "t + u; t.data gave [[3]]; expected [[1]] as before",
            "new n",
        ),
        ("subtract_reflected_wrong_way", "number-left", "2 - Tensor([1]) gave [-1]; exp", "order"),
        ("broadcasts_column_against_row_wrong", "broadcasts", "Tensor([[1], [-2]]) + T", "lengths"),
        ("returns_arrays", "new-tensors", "t + u gave something else; expected a Tensor", "Wrap"),
        ("arithmetic_returns_none", "arithmetic-errors", "gave None; expected ValueError", ""),
        ("matmul_elementwise", "matmul-matrices", "of shape (2, 2); expected shape (1, 1)", "Rows"),
        ("reshape_cuts_off", "reshape-errors", "Tensor([1, -2]).reshape(1) gave a Tensor", ""),
        ("sum_ignores_axis", "sum", "Tensor([[1, -2]]).sum(axis=0) gave -1 of shape ()", "axis 0"),
        ("max_starts_at_zero", "max", "Tensor([-4]).max(axis=0) gave 0; expected -4", "Below 0"),
        ("numbers_become_float32", "number-dtype", "Tensor(np.float64([2])) + 0.1 gave", "left al"),
    ],
)
def test_a_message_says_what_a_person_would(
    run: Run, name: str, criterion: str, message: str, hint: str
) -> None:
    """What was called with what, what came back, what was promised; and an idea, not code."""
    lost = run.lost(f"chaff-{name}")[criterion]
    assert message in lost["message"]
    assert hint in lost["hint"]


def numbers(value: Any) -> int:
    """How many numbers there are in nested lists."""
    return sum(map(numbers, value)) if isinstance(value, list) else 1


def test_counterexamples_are_small_and_python(run: Run) -> None:
    """For at least 95% of the lost points, a call on at most eight numbers."""
    found = [
        c["counterexample"]
        for name in CHAFFS
        for c in run.lost(f"chaff-{name}").values()
        if c["counterexample"]
    ]
    for shown in found:
        ast.parse(shown["call"])
    small = [sum(map(numbers, shown["inputs"].values())) <= 8 for shown in found]
    assert len(small) > 100
    assert sum(small) >= 0.95 * len(small)


def test_hints_are_ideas_and_not_code() -> None:
    """Nothing to be copied into a notebook."""
    for hint in load_assignment(COURSE, "tensor").rubric.hints:
        assert not re.search(r"np\.|\w\(|axis=|self\.|\.data|__", hint.text)


def test_a_student_sees_which_part_works(filler: Filler, tmp_path: Path) -> None:
    """One class is one thing to write; its visible tests are counted one by one."""
    path = tmp_path / "tensor" / "tensor.ipynb"
    path.parent.mkdir()
    path.write_text(filler.fill(filler.begun), encoding="utf-8")
    done = run_grader("check", path)
    assert done.returncode == 1
    assert "✅ cell 9 test-creation passes" in done.stdout
    assert "Progress: Tensor ✗  (1 of 5 tests)" in done.stdout
    assert "Tensor.__neg__ is not written yet" in done.stdout


def test_the_source_runs_in_a_kernel_with_all_its_tests() -> None:
    """Visible and hidden ones pass on the course's own solution, as stock nbgrader runs them."""
    path = COURSE / "source" / "tensor" / "tensor.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300).execute()
    printed = "".join(
        output["text"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    )
    for part in ("Creation", "Arithmetic", "Matrix product", "Shapes", "Reductions"):
        assert f"🔬 Unit Test: {part}..." in printed
        assert f"📈 Progress: {part} ✓" in printed


def test_every_rule_that_is_a_choice_is_stated() -> None:
    """What is graded and could have been decided otherwise stands in the assignment's text."""
    path = COURSE / "release" / "tensor" / "tensor.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (rules,) = [cell["source"] for cell in cells if cell["id"] == "rules"]
    for word in (
        "float32", "float64", "owns", "tuple", "broadcasting", "either side", "as they were",
        "zero", "batches", "row by row", "keepdims", "ValueError", "IndexError", "TypeError",
        "Not graded", "warnings", "takes on the dtype", "single number has shape `()`",
    ):  # fmt: skip
        assert word in rules, word
