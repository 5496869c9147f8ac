"""The rubric is right about known implementations: wheats keep all, chaffs lose what they must."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest

from grader.sample import implementations
from tests.conftest import COURSE, Run, grade

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from grader.course import Assignment
    from grader.sample import Filler

FOLDER = COURSE / "grader" / "rubrics" / "activations"
WHEATS = {wheat.name: wheat for wheat in implementations(FOLDER / "wheats")}
CHAFFS = {chaff.name: chaff for chaff in implementations(FOLDER / "chaffs")}

# Implementations that compute nothing: they must not earn a point by any of their properties.
EMPTY = {
    "returns_x": "return x",
    "returns_none": "return None",
    "returns_zero": "return Tensor(np.zeros_like(x.data))",
    "returns_half": "return Tensor(np.full_like(x.data, 0.5))",
    "returns_one": "return Tensor(np.ones_like(x.data))",
    "returns_nan": "return Tensor(np.full_like(x.data, np.nan))",
    "returns_uniform": "return Tensor(np.full_like(x.data, 1 / max(1, x.data.shape[-1:][0])))",
    "returns_number": "return 0.5",
    "returns_text": "return 'relu'",
    "passes": "pass",
}
ALL = ("ReLU", "Sigmoid", "Tanh", "Softmax")


def hollow(body: str) -> dict[str, str]:
    """All four classes with that body."""
    init = "    def __init__(self, dim=-1):\n        self.dim = dim\n"
    call = "    def __call__(self, x):\n        return self.forward(x)\n"
    forward = f"    def forward(self, x):\n        {body}\n"
    return {name: f"class {name}:\n{init}{forward}{call}" for name in ALL}


@pytest.fixture(scope="module")
def run(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All implementations, graded in one run by the real command."""
    folder: Path = tmp_path_factory.mktemp("implementations") / "class"
    folder.mkdir()
    for kind, known in (("wheat", WHEATS), ("chaff", CHAFFS)):
        for name, implementation in known.items():
            text = filler.fill(implementation.parts(filler.by_name))
            (folder / f"{kind}-{name}.ipynb").write_text(text, encoding="utf-8")
    for name, body in EMPTY.items():
        (folder / f"empty-{name}.ipynb").write_text(filler.fill(hollow(body)), encoding="utf-8")
    (folder / "release.ipynb").write_text(filler.release, encoding="utf-8")
    (folder / "source.ipynb").write_text(filler.fill({}), encoding="utf-8")
    return grade(folder, timeout=24)


def test_there_are_enough_implementations_to_hold_the_rubric_to() -> None:
    """The issue's numbers: at least 12 correct ones and 25 wrong ones."""
    assert len(WHEATS) >= 12
    assert len(CHAFFS) >= 25
    assert all(chaff.loses for chaff in CHAFFS.values())
    assert not any(wheat.loses for wheat in WHEATS.values())


@pytest.mark.parametrize("name", WHEATS)
def test_a_correct_implementation_keeps_all_points(run: Run, name: str) -> None:
    """The worst bug of an autograder would be here."""
    assert run.lost(f"wheat-{name}") == {}
    assert run[f"wheat-{name}"]["score"] == 100


@pytest.mark.parametrize("name", CHAFFS)
def test_a_wrong_implementation_loses_where_it_must_and_nowhere_else(run: Run, name: str) -> None:
    """A chaff names criteria or targets: each loses something, and nothing else does.

    What joins the functions may be lost with any of them.
    """
    named = set(CHAFFS[name].loses)
    lost = run.lost(f"chaff-{name}")
    assert lost
    assert {i for i, c in lost.items() if not {i, c["target"]} & {*named, "integration"}} == set()
    assert named <= {*lost, *(c["target"] for c in lost.values())}


@pytest.mark.parametrize("name", [*(f"empty-{name}" for name in EMPTY), "release"])
def test_what_computes_nothing_earns_nothing(run: Run, name: str) -> None:
    """No vacuous points."""
    assert run[name]["score"] == 0


def test_the_source_notebooks_own_solution_gets_full_marks(run: Run) -> None:
    """What the course teaches is what the rubric asks for."""
    assert run["source"]["score"] == 100


def numbers(value: Any) -> int:
    """How many numbers there are in nested lists."""
    return sum(map(numbers, value)) if isinstance(value, list) else 1


def test_counterexamples_are_small(run: Run) -> None:
    """For at least 95% of the chaffs, all lost points are explained by at most three numbers."""
    sizes = {
        name: max(
            sum(map(numbers, c["counterexample"]["inputs"].values()))
            for c in run.lost(f"chaff-{name}").values()
            if c["counterexample"]
        )
        for name in CHAFFS
        if any(c["counterexample"] for c in run.lost(f"chaff-{name}").values())
    }
    assert len(sizes) > 100
    assert sum(size <= 3 for size in sizes.values()) >= 0.95 * len(sizes)


@pytest.mark.parametrize(
    ("name", "criterion", "message", "hint"),
    [
        ("relu_leaky", "relu-vector", "relu([-1]) gave [-0.01]; expected [0]", ""),
        ("relu_times_mask", "relu-special", "relu([-np.inf]) gave [nan]; expected [0]", "0 times"),
        ("sigmoid_clip_20", "sigmoid-extreme", "sigmoid(", "cut off early"),
        ("sigmoid_overflows", "sigmoid-extreme", "sigmoid(", "e^x overflows"),
        ("softmax_no_shift", "softmax-extreme", "softmax([1000]) gave [nan]", "Subtract the max"),
        ("softmax_global_max", "softmax-extreme", "softmax([[0], [1000]])", "each slice has its"),
        ("softmax_axis_0", "softmax-sum", "sums to 2; every slice must sum to 1", "along the axis"),
        ("softmax_shift_by_abs_max", "softmax-mask", "softmax([-np.inf, 0])", "finite"),
        ("relu_changes_numpy", "relu-repeat", "changed np.exp for ev", "changes noth"),
        ("softmax_changes_builtin", "softmax-repeat", "changed max for ev", "changes noth"),
        ("softmax_no_keepdims", "softmax-batch", "of shape (2, 2)", "shapes no longer fit"),
    ],
)
def test_a_message_says_what_a_person_would(
    run: Run, name: str, criterion: str, message: str, hint: str
) -> None:
    """What was called with what, what came back, what was promised; and an idea, not code."""
    lost = run.lost(f"chaff-{name}")[criterion]
    assert message in lost["message"]
    assert hint in lost["hint"]


def test_messages_are_as_they_were(run: Run, snapshot: SnapshotAssertion) -> None:
    """The first sentence and hint for each chaff that gives a wrong answer."""
    told = {}
    for name in CHAFFS:
        wrong = [c for c in run.lost(f"chaff-{name}").values() if c["status"] == "failed"]
        if wrong and "noise" not in name:
            told[name] = [wrong[0]["id"], wrong[0]["message"], wrong[0]["hint"]]
    assert told == snapshot


def test_hints_are_ideas_and_not_code(assignment: Assignment) -> None:
    """Nothing to be copied into a notebook."""
    for hint in assignment.rubric.hints:
        assert not {"np.", "keepdims", "axis=", "(", "x.data"} & set(hint.text.split())
        assert "np." not in hint.text


def test_calls_in_counterexamples_are_python(run: Run) -> None:
    """A call can be typed into the notebook."""
    for name in CHAFFS:
        for c in run.lost(f"chaff-{name}").values():
            if c["counterexample"]:
                ast.parse(c["counterexample"]["call"])


def test_every_target_has_corners_and_150_generated_inputs(assignment: Assignment) -> None:
    """Everybody sits an exam of decent size."""
    for target in assignment.rubric.targets:
        if target.call:
            generated = sum(group.count for group in target.corpus.groups.values())
            assert generated >= 150
            assert all(len(group.corners) >= 3 for group in target.corpus.groups.values())


SURVIVORS = [  # of the tests that this assignment comes from
    "relu_int", "relu_swallows_nan", "relu_at_least_one_axis", "relu_times_mask",
    "tanh_sigmoid_not_doubled", "softmax_global_max", "softmax_ignores_dim", "softmax_base_2",
    "softmax_linear", "softmax_visible_example",
]  # fmt: skip


@pytest.mark.parametrize("name", SURVIVORS)
def test_what_others_let_through_is_caught(run: Run, name: str) -> None:
    """Ten wrong implementations that pass the tests of the original module."""
    assert run[f"chaff-{name}"]["score"] < 100


IMPURE = ["relu_counts_calls", "softmax_noise", "softmax_remembers_first_answer", "tanh_right_once"]


@pytest.mark.parametrize("name", IMPURE)
def test_what_is_impure_costs_its_own_function_only(run: Run, name: str) -> None:
    """Random, counting, caching: nothing about the other functions changes."""
    target = {"relu": "ReLU", "tanh": "Tanh", "softmax": "Softmax"}[name.partition("_")[0]]
    others = {"ReLU", "Sigmoid", "Tanh", "Softmax"} - {target}
    assert not {c["target"] for c in run.lost(f"chaff-{name}").values()} & others
    assert run.lost(f"chaff-{name}")
