"""The Layers assignment: its rubric is right about known implementations, and agrees with cells."""

from __future__ import annotations

import ast
import json
import re
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import nbclient
import nbformat
import numpy as np
import pytest

from grader import audit
from grader.course import load_assignment
from grader.hollow import hollow
from grader.isolation import Policy
from grader.model import Limits
from grader.sample import Filler, implementations
from grader.sandbox import Zygote
from grader.trial import Bench
from tests.conftest import COURSE, Run, run_grader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.course import Assignment
    from grader.sample import Implementation

NAME = "layers"
SOURCE = COURSE / "source" / NAME
FOLDER = COURSE / "grader" / "rubrics" / NAME
WHEATS = {wheat.name: wheat for wheat in implementations(FOLDER / "wheats")}
CHAFFS = {chaff.name: chaff for chaff in implementations(FOLDER / "chaffs")}


@pytest.fixture(scope="module")
def layers() -> Assignment:
    """The assignment, as grading loads it."""
    return load_assignment(COURSE, NAME)


@pytest.fixture(scope="module")
def layers_filler() -> Filler:
    """Fills its release with solutions."""
    return Filler(COURSE, NAME)


@pytest.fixture(scope="module")
def bench(layers: Assignment, layers_filler: Filler) -> Iterator[Bench]:
    """Where implementations are tried."""
    zygote = Zygote(policy=Policy(secrets=(FOLDER,)))
    with closing(Bench(layers, layers_filler.by_name, Limits.within(24), zygote)) as made:
        yield made


def lost_by(bench: Bench, parts: dict[str, str]) -> dict[str, str]:
    """What an implementation loses on the exam."""
    (lost,) = bench.losses(parts, [bench.rubric.sitting])
    return {name: str(status) for name, status in lost.items()}


def problem(bench: Bench, filler: Filler, known: Implementation, kind: Any) -> str:
    """What the rubric is wrong about, or nothing."""
    lost = lost_by(bench, known.parts(filler.by_name))
    return audit.problem_of(lost, kind, known.loses, bench.rubric)


@pytest.mark.parametrize("name", WHEATS)
def test_a_correct_implementation_keeps_all_points(
    bench: Bench, layers_filler: Filler, name: str
) -> None:
    """However it draws, multiplies, keeps and lists."""
    assert problem(bench, layers_filler, WHEATS[name], "wheat") == ""


@pytest.mark.parametrize("name", CHAFFS)
def test_a_wrong_implementation_loses_what_it_names_and_nothing_else(
    bench: Bench, layers_filler: Filler, name: str
) -> None:
    """One bug costs what it breaks."""
    assert problem(bench, layers_filler, CHAFFS[name], "chaff") == ""


def test_there_are_enough_of_them() -> None:
    """As different as correct implementations are, and as bugs are."""
    assert len(WHEATS) >= 12
    assert len(CHAFFS) >= 40


def test_what_computes_nothing_earns_nothing(bench: Bench, layers_filler: Filler) -> None:
    """Neither by what it returns nor by what it keeps."""
    ids = {criterion.id for criterion in bench.rubric.criteria}
    for name, parts in hollow(layers_filler.by_name).items():
        assert lost_by(bench, parts).keys() == ids, name


LINEAR = """
class Linear:
    def __init__(self, in_features, out_features, bias=True):
        {init}
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None

    def forward(self, x):
        {forward}

    def __call__(self, x):
        return self.forward(x)
"""
DRAWN = (
    "self.weight = Tensor(np.random.randn(in_features, out_features) * np.sqrt(2 / in_features) "
    "* {factor}, dtype=np.float32)"
)
MULTIPLIED = "y = x @ self.weight; return y if self.bias is None else y + self.bias"


@pytest.mark.parametrize("factor", [0.86, 0.9, 1.1, 1.15])
def test_a_scale_that_is_off_is_noticed(bench: Bench, factor: float) -> None:
    """By a tenth already."""
    drawn = DRAWN.format(factor=factor)
    lost = lost_by(bench, {"Linear": LINEAR.format(init=drawn, forward=MULTIPLIED)})
    assert "linear-scale" in lost
    assert not {"linear-drawn", "linear-anew", "linear-vector"} & lost.keys()


@pytest.mark.parametrize("factor", [0.98, 1.0, 1.02])
def test_a_scale_that_is_right_up_to_a_few_percent_is_right(bench: Bench, factor: float) -> None:
    """As where sizes are rounded, or a truncated normal is scaled by a factor of few digits."""
    drawn = DRAWN.format(factor=factor)
    lost = lost_by(bench, {"Linear": LINEAR.format(init=drawn, forward=MULTIPLIED)})
    assert "linear-scale" not in lost


def test_one_half_of_linear_is_worth_its_points_without_the_other(bench: Bench) -> None:
    """Weights without a forward pass, and a forward pass with weights that are all alike."""
    drawn = DRAWN.format(factor=1)
    first = lost_by(bench, {"Linear": LINEAR.format(init=drawn, forward="raise RuntimeError")})
    made = {"linear-scale", "linear-drawn", "linear-anew", "linear-weight", "linear-bias"}
    assert not made & first.keys()
    equal = "self.weight = Tensor(np.ones((in_features, out_features)))"
    second = lost_by(bench, {"Linear": LINEAR.format(init=equal, forward=MULTIPLIED)})
    assert not {"linear-vector", "linear-batch", "linear-own", "linear-live"} & second.keys()


def test_a_wrong_linear_costs_sequential_nothing(bench: Bench, layers_filler: Filler) -> None:
    """One that forgets its bias, and one that lists nothing."""
    for name in ("bias_ignored", "parameters_bias_first", "count_without_bias"):
        lost = lost_by(bench, CHAFFS[name].parts(layers_filler.by_name))
        assert not [one for one in lost if one.startswith("sequential-")], name


# As students and instructors meet it --------------------------------------------------------------


@pytest.fixture(scope="module")
def run(layers_filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Some implementations, graded by the real command."""
    folder: Path = tmp_path_factory.mktemp("implementations") / "class"
    folder.mkdir()
    names = {name for _, (name, *_) in MESSAGES.items()}
    for name in names:
        text = layers_filler.fill(CHAFFS[name].parts(layers_filler.by_name))
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "release.ipynb").write_text(layers_filler.release, encoding="utf-8")
    (folder / "source.ipynb").write_text(layers_filler.fill({}), encoding="utf-8")
    file = folder.parent / "results.json"
    done = run_grader("grade", folder, "--assignment", NAME, "--json", file, "--timeout", 24)
    return Run(done.returncode, done.stdout, done.stderr, json.loads(file.read_text()))


def test_the_source_gets_all_and_the_release_nothing(run: Run) -> None:
    """What the course teaches is what the rubric asks for."""
    assert run["source"]["score"] == 100
    assert run["release"]["score"] == 0


MESSAGES = {
    "linear-vector": ("bias_ignored", "linear([1], weight=[[1]], bias=[1]) gave [1]; expected [2]"),
    "linear-batch": ("first_axis", "raised ValueError"),
    "linear-weight": ("weight_for_pytorch", "weight has shape (1, 2); expected (2, 1)"),
    "linear-bias": ("bias_ones", "Linear(1, 1).bias is [1]; expected [0]"),
    "linear-scale": ("scale_xavier", "drew 30,000 numbers of standard deviation 0.0"),
    "linear-anew": ("seeded", "has 100% of the weights of one before; expected others"),
    "linear-drawn": ("weight_one_number", "but only 1 different among them"),
    "linear-dtype": ("float64_parameters", "begins with a weight of float64; expected float32"),
    "linear-mismatch": ("mismatch_broadcasts", "expected ValueError"),
    "linear-parameters": (
        "parameters_bias_first",
        "gave ['layer.bias', 'layer.weight']; expected ['layer.weight', 'layer.bias']",
    ),
    "linear-count": ("count_without_bias", "Linear(1, 1, bias=True).count_parameters() gave 1; "),
    "linear-repeat": ("remembers_first_answer", "and more; the second, on x + 1, gave"),
    "sequential-two": (
        "sequential_reversed",
        "Sequential([ReLU(), Sigmoid()])([-1]) gave [0.268941]; expected [0.5]",
    ),
    "sequential-many": ("sequential_three_layers", "sequential("),
    "sequential-own": (
        "sequential_keeps_the_list",
        "]; expected [[0.731059], [0.731059], ['Tanh', 'Sigmoid', 'Tanh']]",
    ),
    "sequential-nested-parameters": (
        "sequential_parameters_of_linear",
        "gave ['first.weight', 'first.bias']; expected ['first.weight', 'first.bias', 'last",
    ),
}  # fmt: skip


@pytest.mark.parametrize("criterion", MESSAGES)
def test_a_message_says_what_a_person_would(run: Run, criterion: str) -> None:
    """What was called with what, what came back, and what was promised."""
    name, said = MESSAGES[criterion]
    lost = run.lost(name)[criterion]
    assert said in lost["message"]
    if lost["counterexample"]:
        ast.parse(lost["counterexample"]["call"])


def test_what_is_not_written_is_named(run: Run) -> None:
    """A class by its name; where several are joined, that something is missing."""
    lost = run.lost("release")
    assert lost["linear-vector"]["message"].startswith("Linear is not written yet")
    assert lost["sequential-count"]["message"].startswith("what it takes is not written yet")


def test_hints_are_ideas_and_not_code(layers: Assignment) -> None:
    """Nothing to be copied into a notebook."""
    for hint in layers.rubric.hints:
        assert not re.search(r"np\.|\w\(|axis=|self\.", hint.text)


def test_the_course_s_own_tests_pass_with_its_solution() -> None:
    """Stock nbgrader can grade it as well: the cells' plain hidden tests agree with the rubric."""
    notebook = nbformat.read(SOURCE / f"{NAME}.ipynb", 4)
    shown = [c for c in notebook.cells if "display-only" in c.metadata.get("tags", [])]
    notebook.cells = [cell for cell in notebook.cells if cell not in shown]
    client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(SOURCE)}})
    client.execute()
    assert len(shown) == 2


def test_cells_say_what_the_rubric_says(layers: Assignment) -> None:
    """The line above a hidden test is its criterion's title, with its points."""
    cells = json.loads((SOURCE / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    first = {c["id"]: c["source"][0].strip() for c in cells if c["source"]}
    for c in layers.rubric.criteria:
        points = f"{c.points:g} point" + "s" * (c.points != 1)
        assert first[c.id] == f"# {c.id} · {points}: {c.title}"


def test_what_earlier_modules_built_is_what_they_shipped(tmp_path: Path) -> None:
    """The same Tensor as in Activations, and the functions that Activations asks for."""
    own, earlier = (COURSE / "source" / n / "tinytorch" for n in (NAME, "activations"))
    for file in ("__init__.py", "core/__init__.py", "core/tensor.py"):
        assert (own / file).read_bytes() == (earlier / file).read_bytes()
    module = (own / "core" / "activations.py").read_text(encoding="utf-8")
    classes = [node for node in ast.parse(module).body if isinstance(node, ast.ClassDef)]
    filler = Filler(COURSE, "activations")
    assert [node.name for node in classes] == filler.names
    parts = {node.name: ast.unparse(node) for node in classes}
    (tmp_path / "built.ipynb").write_text(filler.fill(parts), encoding="utf-8")
    found, path = tmp_path / "results.json", tmp_path / "built.ipynb"
    run_grader("grade", path, "--assignment", "activations", "--json", found, "--timeout", 24)
    assert json.loads(found.read_text())["results"][0]["score"] == 100


def test_the_release_is_in_step_with_the_source(layers_filler: Filler) -> None:
    """What students get has everything but solutions and hidden tests."""
    release = COURSE / "release" / NAME
    for path in sorted((SOURCE / "tinytorch").rglob("*.py")):
        assert path.read_bytes() == (release / path.relative_to(SOURCE)).read_bytes()
    ours = json.loads((SOURCE / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    theirs = json.loads(layers_filler.release)["cells"]
    assert [c["id"] for c in ours] == [c["id"] for c in theirs]
    for own, given in zip(ours, theirs, strict=True):
        text = "".join(own["source"])
        if "### BEGIN" not in text:
            assert "".join(given["source"]) == text
        else:
            visible = text.partition("### BEGIN")[0].strip()
            assert "".join(given["source"]).startswith(visible)


def test_a_half_done_notebook_is_checked(layers_filler: Filler, tmp_path: Path) -> None:
    """A student who has written Linear is told what is missing, and nothing hidden."""
    shutil.copytree(COURSE / "release" / NAME / "tinytorch", tmp_path / "tinytorch")
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(layers_filler.fill({}, only=["Linear"]), encoding="utf-8")
    done = run_grader("check", path, cwd=tmp_path)
    assert done.returncode == 1
    assert "NotImplementedError" in done.stdout
    assert "sequential" in done.stdout
    assert "HIDDEN" not in done.stdout


def test_what_the_rubric_takes_for_exact_is_exact(layers: Assignment) -> None:
    """Sums of products of its networks, in float32 as in float64."""
    (together,) = [t for t in layers.rubric.targets if not t.call]
    for case in together.corpus.groups["network"].corners:
        wide = {name: value.astype(np.float64) for name, value in case.items()}
        narrow = np.maximum(case["x"] @ case["w"] + case["b"], 0) @ case["v"] + case["c"]
        exact = np.maximum(wide["x"] @ wide["w"] + wide["b"], 0) @ wide["v"] + wide["c"]
        assert narrow.dtype == np.float32
        assert np.array_equal(narrow, exact)
