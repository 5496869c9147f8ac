"""`grader grade` as its users know it: what it takes, prints, writes and returns."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from grader.sample import implementations
from tests.conftest import COURSE, Run, grade, hand_in, run_grader
from tests.courses import TOY_RELEASED, TOY_RIGHT, grade_toys, toy, toy_class
from tests.documented import undocumented

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sample import Filler

CHAFFS = {
    chaff.name: chaff
    for chaff in implementations(COURSE / "grader" / "rubrics" / "activations" / "chaffs")
}


def without_times(run: Run) -> str:
    """The document but for what may differ between runs."""
    return re.sub(r'"duration_s": [0-9.]+', "", json.dumps(run.document))


def tampered(filler: Filler) -> dict[str, str | bytes]:
    """A right submission, with all that may happen to the rest of its notebook."""

    def change(make: Any) -> str:
        content = json.loads(filler.fill({}))
        content["cells"] = make(content["cells"]) or content["cells"]
        return json.dumps(content)

    def is_test(cell: dict[str, Any]) -> bool:
        return bool(cell["metadata"].get("nbgrader", {}).get("grade"))

    def raised(cells: list[dict[str, Any]]) -> None:
        for cell in filter(is_test, cells):
            cell["metadata"]["nbgrader"]["points"] = 1000

    def forged(cells: list[dict[str, Any]]) -> None:
        for cell in filter(is_test, cells):
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}}
            ]

    def stripped(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            cell["metadata"] = {}
            cell.pop("id", None)

    def retyped(cells: list[dict[str, Any]]) -> None:
        for cell in filter(is_test, cells):
            cell["cell_type"] = "raw"

    def emptied(cells: list[dict[str, Any]]) -> None:
        for cell in filter(is_test, cells):
            cell["source"] = ""

    bare = json.loads(filler.fill({}))
    del bare["metadata"]
    return {
        "raised": change(raised),
        "forged": change(forged),
        "stripped": change(stripped),
        "retyped": change(retyped),
        "emptied": change(emptied),
        "doubled": change(lambda cells: [*cells, *filter(is_test, cells)]),
        "deleted": change(lambda cells: [c for c in cells if not is_test(c)]),
        "reversed-tests": change(
            lambda cells: [
                *(c for c in cells if not is_test(c)),
                *reversed([*filter(is_test, cells)]),
            ]
        ),
        "bare": json.dumps(bare),
        "bom": filler.fill({}).encode("utf-8-sig"),
        "crlf": filler.fill({}).replace("\n", "\r\n"),
    }


@pytest.fixture(scope="module")
def folder(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of right, wrong, broken and tampered submissions."""
    folder: Path = tmp_path_factory.mktemp("class") / "submitted"
    wrong: dict[str, str | bytes] = {
        name: filler.fill(CHAFFS[name].parts(filler.by_name))
        for name in ("softmax_no_shift", "relu_noise", "sigmoid_noise", "relu_flattens")
        if name in CHAFFS
    }
    whole = filler.fill({})
    hand_in(
        folder,
        {
            "ada": whole,
            **wrong,
            "zoe": whole,
            "empty": b"",
            "truncated": whole[: len(whole) // 2],
            "binary": bytes(range(256)) * 50,
            "latin1": "Sämtliche Lösungen".encode("latin-1"),
            "json": '{"answer": 42}',
            "newer": json.dumps({**json.loads(whole), "nbformat": 7}),
            "deep": "[" * 100_000,
            **{f"tampered-{name}": content for name, content in tampered(filler).items()},
        },
    )
    (folder / "nothing" / "activations").mkdir(parents=True)
    (folder / "no-folder").mkdir()
    (folder / "misnamed" / "activations").mkdir(parents=True)
    (folder / "misnamed" / "activations" / "Activations (1).ipynb").write_text(whole, "utf-8")
    (folder / "linked" / "activations").mkdir(parents=True)
    (folder / "linked" / "activations" / "activations.ipynb").symlink_to(
        folder / "ada" / "activations" / "activations.ipynb"
    )
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """That class, graded."""
    return grade(folder)


REFUSED = {
    "empty": "empty", "truncated": "not JSON", "binary": "not UTF-8", "latin1": "not UTF-8",
    "json": "no list of cells", "newer": "format 7", "deep": "too deep",
    "nothing": "no activations.ipynb", "no-folder": "no folder", "misnamed": "found Activations",
    "linked": "leads out",
}  # fmt: skip


def test_every_submission_has_one_result_in_the_order_of_students(run: Run, folder: Path) -> None:
    """Nobody is lost, whatever they handed in."""
    assert run.code == 0, run.stderr
    students = [result["student"] for result in run.document["results"]]
    assert students == sorted(path.name for path in folder.iterdir())


def test_the_document_is_what_the_contract_says(run: Run) -> None:
    """Other tools read these fields."""
    document = run.document
    assert document["schema"] == "grader/results/1"
    assert undocumented(document, "Results") == set()
    assert document["assignment"] == "activations"
    assert re.fullmatch("[0-9a-f]{64}", document["rubric_sha256"])
    assert isinstance(document["seed"], int)
    assert document["max_score"] == 100.0
    for result in document["results"]:
        assert result["status"] in {"graded", "refused"}
        assert (result["message"] == "") == (result["status"] == "graded")
        assert result["max_score"] == 100.0
        assert result["score"] == sum(c["points"] for c in result["criteria"])
        assert len(result["criteria"]) == (50 if result["status"] == "graded" else 0)
        for c in result["criteria"]:
            assert c["target"] in {"ReLU", "Sigmoid", "Tanh", "Softmax", "integration"}
            assert c["status"] in {"passed", "failed", "error", "timeout", "missing", "skipped"}
            assert c["points"] == (c["max_points"] if c["status"] == "passed" else 0)
            assert (c["message"] == "") == (c["status"] == "passed")


def test_the_document_is_written_as_json_writes_it(run: Run, folder: Path) -> None:
    """Result by result, and yet byte for byte."""
    text = (folder.parent / f"{folder.name}.results.json").read_text("ascii")
    assert text == json.dumps(run.document, indent=1) + "\n"


def test_a_lost_point_comes_with_its_counterexample(run: Run) -> None:
    """The call, the input, what came back and what was promised; NaN as a string."""
    lost = run.lost("softmax_no_shift")
    assert set(lost) == {"softmax-extreme"}
    found = lost["softmax-extreme"]["counterexample"]
    assert found == {
        "call": "Softmax()(Tensor(x)).data",
        "inputs": {"x": [1000.0]},
        "dtypes": {"x": "float32"},
        "output": ["nan"],
        "expected": "[1]",
    }
    assert "softmax([1000]) gave [nan]; expected [1]" in run.stdout
    assert lost["softmax-extreme"]["hint"].startswith("Subtract the maximum along the same axis")


@pytest.mark.parametrize("student", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_reason(run: Run, student: str) -> None:
    """Never a silent zero."""
    assert run[student]["status"] == "refused"
    assert REFUSED[student] in run[student]["message"]


@pytest.mark.parametrize("student", ["ada", "zoe"])
def test_neighbours_of_broken_submissions_keep_their_marks(run: Run, student: str) -> None:
    """Before and after them."""
    assert run[student]["score"] == 100


def test_tampering_with_tests_changes_nothing(run: Run, filler: Filler) -> None:
    """Duplicated, deleted, emptied, retyped, stripped, forged: graded as if nothing happened."""
    scores = {name: run[f"tampered-{name}"]["score"] for name in tampered(filler)}
    assert scores == dict.fromkeys(scores, 100.0)


def test_two_runs_give_the_same_bytes(run: Run, folder: Path) -> None:
    """Times aside; with one process as with two."""
    again = grade(folder, options=("--jobs", 1))
    assert without_times(again) == without_times(run)


def test_output_for_machines_is_plain(run: Run) -> None:
    """No colours, no progress bar, one line for each loss."""
    assert "\x1b" not in run.stdout + run.stderr
    assert run.stderr == ""
    assert run.stdout.splitlines()[0].split()[:2] == ["student", "score"]


# Usage -----------------------------------------------------------------------------------------


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """One right notebook of the toy assignment, as a file beside an empty class."""
    path = toy_class(tmp_path, {}).parent / "ada.ipynb"
    path.write_text(TOY_RIGHT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.ipynb", "--assignment", "toy"), "does not exist"),
        (("{empty}", "--assignment", "toy"), "holds no notebooks"),
        (("{one}", "--assignment", "calculus"), "there is: toy"),
        (("{one}",), "--assignment"),
        (("{one}", "--assignment", "toy", "--student", "bob"), "no submission by 'bob'"),
        (("{one}", "--assignment", "toy", "--timeout", "0"), "--timeout"),
        (("{one}", "--assignment", "toy", "--course", "/"), "no course directory"),
        (("{one}", "--assignment", "toy", "--json", "{empty}/no/x.json"), "no folder"),
        (("--assignment", "toy"), "PATHS"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(
    one: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """And prints no traceback."""
    (tmp_path / "empty").mkdir()
    filled = [a.format(one=one, empty=tmp_path / "empty") for a in arguments]
    done = run_grader("grade", *filled, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr or said.replace("PATHS", "PATH") in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_course_the_course_must_be_named(one: Path, tmp_path: Path) -> None:
    """Found upwards from the working directory, or given."""
    options = ("grade", one, "--assignment", "toy", "--quiet")
    elsewhere = tmp_path.parent
    assert run_grader(*options, cwd=elsewhere).returncode == 2
    before = set(elsewhere.iterdir()), set(tmp_path.iterdir())
    assert run_grader(*options, "--course", tmp_path, cwd=elsewhere).returncode == 0
    assert (set(elsewhere.iterdir()), set(tmp_path.iterdir())) == before
    assert run_grader(*options, cwd=tmp_path / "source").returncode == 0


def test_fail_under_exits_with_1_where_a_score_is_below(one: Path) -> None:
    """A gate for CI: full marks pass it, a release does not."""
    assert grade_toys(one, "--fail-under", 100).code == 0
    one.write_text(TOY_RELEASED, encoding="utf-8")
    assert grade_toys(one, "--fail-under", 50).code == 1
    assert grade_toys(one).code == 0


def test_a_notebook_is_its_students_by_name_or_by_place(one: Path) -> None:
    """A file's name, or the folder above the assignment's in nbgrader's layout."""
    folder = hand_in(one.parent / "submitted", {"eve": TOY_RELEASED, "bob": TOY_RELEASED}, "toy")
    assert [r["student"] for r in grade_toys(one).document["results"]] == ["ada"]
    for path in (folder / "eve", folder / "eve" / "toy" / "toy.ipynb"):
        assert [r["student"] for r in grade_toys(path).document["results"]] == ["eve"]
    both = grade_toys(folder, one, "--student", "bob", "--student", "ada")
    assert [r["student"] for r in both.document["results"]] == ["ada", "bob"]


def test_quiet_prints_nothing(one: Path) -> None:
    """But errors."""
    done = grade_toys(one, "--quiet")
    assert (done.stdout, done.stderr) == ("", "")
    assert done["ada"]["score"] == 3


def test_without_a_worker_it_is_exit_3_and_nobody_gets_a_mark(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Infrastructure is not a student's fault, and never full marks."""
    monkeypatch.setenv("TMPDIR", str(one.parent))
    broken = one.parent / "site" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text(
        "import subprocess\n"
        "def refuse(*a, **k): raise OSError('no processes today')\n"
        "subprocess.Popen = refuse\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{broken.parent}{os.pathsep}{COURSE}")
    done = grade_toys(one)
    assert done.code == 3
    assert "no processes today" in done.stderr
    assert done["ada"]["status"] == "refused"
    assert done["ada"]["score"] == 0


def test_students_files_come_along_but_not_for_what_the_course_ships(
    tmp_path: Path, filler: Filler
) -> None:
    """A helper beside the notebook is imported; an own Tensor is not."""
    uses_helper = filler.fill({"ReLU": "from helper import ReLU"})
    folder = hand_in(tmp_path / "submitted", {"ada": uses_helper})
    place = folder / "ada" / "activations"
    (place / "helper.py").write_text(
        "import numpy as np\nfrom tinytorch.core.tensor import Tensor\n"
        "class ReLU:\n    def forward(self, x):\n        return Tensor(np.maximum(x.data, 0))\n"
        "    def __call__(self, x):\n        return self.forward(x)\n"
    )
    core = place / "tinytorch" / "core"
    (core / "tensor").mkdir(parents=True)
    (core / "tensor" / "__init__.py").write_text("raise SystemExit")
    (core / "tensor.py").write_text("raise SystemExit")
    assert grade(folder)["ada"]["score"] == 100


def test_odd_files_and_values_are_no_faults_of_the_grader(tmp_path: Path, filler: Filler) -> None:
    """Each of these has stopped a grader before; honest neighbours must not notice."""
    long_double = (
        "class ReLU:\n    def forward(self, x):\n        t = Tensor(x)\n"
        "        t.data = np.maximum(x.data, 0).astype(np.longdouble)\n        return t\n"
        "    def __call__(self, x):\n        return self.forward(x)\n"
    )
    points = json.loads(filler.fill({}))
    for cell in points["cells"]:
        cell["metadata"].setdefault("nbgrader", {})["points"] = 10**400
    folder = hand_in(
        tmp_path / "submitted",
        {
            "ada": filler.fill({}),
            "long-double": filler.fill({"ReLU": long_double}),
            "points": json.dumps(points),
            "text": filler.fill({"ReLU": "raise ValueError('\\ud800\\x1b[31m\\nclass ReLU')"}),
        },
    )
    (folder / "round" / "activations").mkdir(parents=True)
    link = folder / "round" / "activations" / "activations.ipynb"
    link.symlink_to(link)
    (folder / "other" / "activations").parent.mkdir()
    (folder / "other" / "activations").symlink_to(folder / "ada" / "activations")
    done = grade(folder)
    assert done.code == 0, done.stderr
    scores = {r["student"]: (r["status"], r["score"]) for r in done.document["results"]}
    assert scores == {
        "ada": ("graded", 100), "long-double": ("graded", 99), "points": ("graded", 100),
        "text": ("graded", 77), "round": ("refused", 0), "other": ("refused", 0),
    }  # fmt: skip
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 128 + 15), (signal.SIGINT, 130)], ids=["ended", "Ctrl-C"]
)
def test_an_interrupted_grader_leaves_nothing_behind(
    tmp_path: Path, filler: Filler, number: int, code: int
) -> None:
    """No process, no folder: also where a submission is just being run."""
    texts = {name: filler.fill({}, extra=["while True:\n    pass"]) for name in "abcd"}
    folder = hand_in(tmp_path / "submitted", texts)
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", folder, "--assignment", "activations"],
        cwd=COURSE,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 300
        while (
            not list((tmp_path / "tmp").glob("grader-*/grader-*/work/tmp*/tinytorch"))
            and time.monotonic() < deadline
        ):
            os.sched_yield()
        process.send_signal(number)
        assert process.wait(timeout=300) == code
    assert list((tmp_path / "tmp").iterdir()) == []


ENDED = """
import gc, os, signal, sys
from grader.cli.common import Terminated, graceful

graceful()
try:
    if sys.argv[1] == "hypothesis":
        from hypothesis import given, strategies
        given(strategies.integers())(lambda _: os.kill(os.getpid(), signal.SIGTERM))()
    else:
        gc.callbacks.append(lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        gc.collect()
        gc.callbacks.clear()
        while True:
            signal.pause()
except Terminated:
    print("ended", end="")
"""


@pytest.mark.parametrize("where", ["hypothesis", "a callback of the garbage collector"])
def test_nothing_takes_the_end_for_a_fault_of_its_own(where: str) -> None:
    """The signal may come at any moment, also while inputs are generated."""
    done = subprocess.run(
        [sys.executable, "-c", ENDED, where], capture_output=True, text=True, timeout=300,
        cwd=COURSE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("ended")


def test_ended_while_a_rubric_is_loaded_it_ends(tmp_path: Path, one: Path) -> None:
    """And does not blame the rubric."""
    rubric = tmp_path / "grader" / "rubrics" / "toy" / "rubric.py"
    rubric.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)")
    done = run_grader("grade", one, "--assignment", "toy", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (143, "")


def test_a_syntax_error_is_told_by_its_line(tmp_path: Path) -> None:
    """And not by the name that IPython has for the cell."""
    done = grade_toys(toy_class(tmp_path, {"ada": toy("def double(x):\n    return 2 *")}))
    said = done["ada"]["criteria"][0]["message"]
    assert said.endswith("(its cell: SyntaxError: invalid syntax (line 2))"), said


def test_students_whose_ids_coincide_are_counted_each(tmp_path: Path) -> None:
    """Control characters are not shown, so two folders may look alike."""
    folder = toy_class(tmp_path, {"eve\n": TOY_RIGHT, "eve\x7f": TOY_RELEASED})
    done = grade_toys(folder)
    assert "2 graded, 0 refused; mean score 1.5 of 3" in done.stdout


def test_names_are_shown_without_control_characters(tmp_path: Path) -> None:
    """A folder's name can hold anything, a terminal must not get it."""
    odd = "eve\x1b[31m\nmallory"
    folder = toy_class(tmp_path, {odd: TOY_RELEASED, "ünï cödé": TOY_RELEASED})
    os.makedirs(os.fsencode(folder) + b"/\xff\xfe/toy")
    done = grade_toys(folder)
    assert done.code == 0, done.stderr
    assert len(done.document["results"]) == 3
    assert "\x1b" not in done.stdout


def test_help_comes_at_once() -> None:
    """Without numpy and all that is heavier."""
    heavy = "numpy|hypothesis|nbformat|sqlalchemy|nbgrader|matplotlib|rich|IPython"
    done = run_grader("--help")
    assert done.returncode == 0
    code = (
        "import sys\nfrom grader.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert [m for m in modules.stderr.split() if re.match(f"({heavy})(\\.|$)", m)] == []
