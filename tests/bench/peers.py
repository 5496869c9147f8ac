"""The same notebooks through stock nbgrader, and through otter where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measure import NBGRADER, Usage, best, run
from tests.bench.submissions import COURSE, NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.submissions import Courses

# A value for each function, as doctests: the least that otter can be asked.
_OTTER_TESTS = {
    "ReLU": ("ReLU()(Tensor(np.array([-1.0, 2.0]))).data", "[0.0, 2.0]"),
    "Sigmoid": ("Sigmoid()(Tensor(np.array([0.0]))).data", "[0.5]"),
    "Tanh": ("Tanh()(Tensor(np.array([0.0, 50.0]))).data", "[0.0, 1.0]"),
    "Softmax": ("Softmax()(Tensor(np.array([1.0, 1.0]))).data", "[0.5, 0.5]"),
}


def stock_nbgrader(courses: Courses, texts: Sequence[str]) -> Usage:
    """`nbgrader autograde` without us, on a class: nbgrader's own Execute runs the cells."""
    return run([*NBGRADER, "autograde", NAME, "--create"], courses.new(texts, stock=True).root)


def otter_program() -> str | None:
    """Where otter is: in the environment variable OTTER, or on the PATH."""
    return os.environ.get("OTTER") or shutil.which("otter")


def otter_version(program: str) -> str:
    """Its version, as it says."""
    # Its environment is its own: beside the program, not beside this Python.
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("Otter-Grader version")]
    return f"otter {lines[0].rpartition(' ')[2]}" if lines else "otter"


def otter(program: str, folder: Path, texts: Sequence[str]) -> Usage:
    """`otter run` on each of some notebooks: the least that one took."""
    (folder / "tests").mkdir(parents=True)
    for name, (call, values) in _OTTER_TESTS.items():
        code = f">>> bool(np.allclose({call}, {values}))\nTrue"
        case = {"code": code, "hidden": False, "locked": False}
        suite = {
            "type": "doctest",
            "scored": True,
            "setup": "",
            "teardown": "",
            "cases": [case],
        }
        test = {"name": name, "points": 1, "suites": [suite]}
        text = f"OK_FORMAT = True\n\ntest = {test!r}\n"
        (folder / "tests" / f"{name}.py").write_text(text, encoding="utf-8")
    shutil.copytree(COURSE / "release" / NAME / "tinytorch", folder / "tinytorch")
    files = sorted(path.relative_to(folder) for path in folder.glob("tinytorch/**/*.py"))
    # A kernel is found by the PATH, and must not import what is ours.
    own = {"PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": ""}
    plain = ("--no-config", "--no-requirements", "--no-environment")
    made = ("-t", "tests", "-o", "autograder.zip", *plain)
    run([program, "generate", *made, *files], folder, more=own)
    (folder / "out").mkdir()
    used = []
    for number, text in enumerate(texts):
        (folder / f"s{number}.ipynb").write_text(text, encoding="utf-8")
        command = [program, "run", "--no-logo", "-a", "autograder.zip", "-o", "out"]
        used.append(run([*command, f"s{number}.ipynb"], folder, more=own))
    return best(used)
