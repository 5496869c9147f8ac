"""What `tito export` made: the package and the development module, from a notebook's text alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from grader.model import GraderError
from grader.notebook import parse_cells
from grader.tinytorch.exporting import export
from tests.conftest import run_grader
from tests.courses import cell, notebook

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sample import Filler

# The module's own "Manual Testing Examples", as they are written there.
MANUAL = """\
from tinytorch.core.tensor import Tensor
from activations_dev import ReLU, Sigmoid, Tanh

# Test with various inputs
x = Tensor([[-2.0, -1.0, 0.0, 1.0, 2.0]])

relu = ReLU()
sigmoid = Sigmoid()
tanh = Tanh()

print("Input:", x.data)
print("ReLU:", relu(x).data)      # [0, 0, 0, 1, 2]
print("Sigmoid:", sigmoid(x).data) # [0.12, 0.27, 0.5, 0.73, 0.88]
print("Tanh:", tanh(x).data)      # [-0.96, -0.76, 0, 0.76, 0.96]
"""
PACKAGE = """\
import numpy as np
from tinytorch.core.activations import Softmax
from tinytorch.core.tensor import Tensor
print(np.round(Softmax()(Tensor([1.0, 2.0, 3.0])).data, 2))
"""


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder, where nothing but that folder and the libraries is to be found."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120, env=environment,
    )  # fmt: skip


def files(folder: Path) -> list[str]:
    """All files below a folder, but for caches."""
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in found if "__pycache__" not in p.parts)


def exported(*cells: dict[str, object], assignment: str = "mini") -> dict[str, str]:
    """What a notebook of these cells is exported to."""
    content = json.loads(notebook(*cells))
    return export(parse_cells(content["cells"]), "mini.ipynb", assignment)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's own solution, exported by the command."""
    to = tmp_path_factory.mktemp("build") / "out"
    done = run_grader("export", "activations", "--to", to)
    assert done.returncode == 0, done.stderr
    assert f"made: {to}/tinytorch/core/activations.py" in done.stdout
    return to


def test_the_manual_example_runs_as_it_is_written(built: Path) -> None:
    """It prints the numbers that its comments name, and nothing else."""
    assert files(built) == [
        "activations_dev.py", "tinytorch/__init__.py", "tinytorch/core/__init__.py",
        "tinytorch/core/activations.py", "tinytorch/core/tensor.py",
    ]  # fmt: skip
    done = python(built, "-c", MANUAL)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Input: [[-2. -1.  0.  1.  2.]]",
        "ReLU: [[0. 0. 0. 1. 2.]]",
        "Sigmoid: [[0.11920292 0.2689414  0.5        0.7310586  0.880797  ]]",
        "Tanh: [[-0.9640276 -0.7615942  0.         0.7615942  0.9640276]]",
    ]
    assert python(built, "-c", PACKAGE).stdout == "[0.09 0.24 0.67]\n"


def test_started_by_itself_the_development_module_tests_and_plots_nothing(built: Path) -> None:
    """As in TinyTorch, the inline tests run then; plots would wait for somebody to close them."""
    done = python(built, "activations_dev.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "🔬 Unit Test: Softmax activation..." in done.stdout
    assert "📊 Plotting" not in done.stdout


def test_nothing_hidden_is_exported(built: Path) -> None:
    """The source's hidden tests stay where they are; so do the marks of nbgrader's."""
    for name in files(built):
        text = (built / name).read_text(encoding="utf-8")
        assert "HIDDEN" not in text
        assert "### BEGIN" not in text
        assert "assert_array_equal" not in text


def test_a_students_notebook_is_exported_with_what_the_course_ships(
    filler: Filler, tmp_path: Path
) -> None:
    """By its path; solutions that have lost their mark are exported all the same."""
    own = "class ReLU:\n    def __call__(self, x):\n        return 'ada'\n"
    path = tmp_path / "ada" / "activations.ipynb"
    path.parent.mkdir()
    path.write_text(filler.fill({"ReLU": own}, extra=["print('loud')", "%matplotlib inline"]))
    done = run_grader("export", path, "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    code = "from activations_dev import ReLU as a\nfrom tinytorch.core.activations import ReLU as b"
    ran = python(tmp_path / "out", "-c", f"{code}\nprint(a()(1), b()(1))")
    assert (ran.stdout, ran.stderr) == ("ada ada\n", "")


def test_exported_again_it_replaces_its_own_files_only(tmp_path: Path) -> None:
    """A file of somebody else's stays, and is named; --force overwrites."""
    assert run_grader("export", "activations", "--to", tmp_path).returncode == 0
    assert run_grader("export", "activations", "--to", tmp_path).returncode == 0
    for name in ("activations_dev.py", "tinytorch/core/tensor.py"):
        (tmp_path / name).write_text("mine = 1\n")
    done = run_grader("export", "activations", "--to", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path}/activations_dev.py is there already" in done.stderr
    assert f"{tmp_path}/tinytorch/core/tensor.py is there already" in done.stderr
    assert (tmp_path / "activations_dev.py").read_text() == "mine = 1\n"
    assert run_grader("export", "activations", "--to", tmp_path, "--force").returncode == 0
    assert "class ReLU" in (tmp_path / "activations_dev.py").read_text(encoding="utf-8")


def test_nothing_is_written_through_links(tmp_path: Path) -> None:
    """Neither through a folder that is one, nor into a file."""
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / "tinytorch").symlink_to(outside)
    (out / "activations_dev.py").symlink_to(outside / "new.py")
    done = run_grader("export", "activations", "--to", out, "--force")
    assert done.returncode == 2
    assert done.stderr.count("a link") == 5
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../../x", "/etc/x", "core.class", "core..x", "", "core.__init__", "core/x", "a b", "é.x",
     "x" * 200, "core.x; import os"],
)  # fmt: skip
def test_a_modules_name_is_a_plain_one(name: str) -> None:
    """No way out of the folder, no keyword: the cell and its line are named."""
    for mark in (f"#| default_exp {name}", f"#| default_exp core.a\n#| export {name or '?'}"):
        with pytest.raises(GraderError, match=r"cell 1, line [12]: (default_exp|export) is"):
            exported(cell(f"{mark}\nx = 1"))


def test_marks_are_read_as_nbdev_reads_them() -> None:
    """With and without blanks, above the first line of code; `export NAME` goes to that module."""
    made = exported(
        cell("#|default_exp core.a\n\n# | export\nimport math"),
        cell("# text\n#|exporti\ndef f(): ..."),
        cell("#| export core.b\nY = 1"),
        cell("X = 1\n#| export"),
    )
    assert sorted(made) == ["a_dev.py", "tinytorch/core/a.py", "tinytorch/core/b.py"]
    assert "def f()" in made["tinytorch/core/a.py"]
    assert "__all__ = []" in made["tinytorch/core/a.py"]
    assert "__all__ = ['Y']" in made["tinytorch/core/b.py"]
    assert "X = 1" not in made["tinytorch/core/a.py"]
    with pytest.raises(GraderError, match=r"core.a \(cell 1, line 1\) and core.b \(cell 2"):
        exported(cell("#| default_exp core.a\nx = 1"), cell("#| default_exp core.b\nx = 1"))


def test_without_any_mark_imports_and_solutions_are_exported() -> None:
    """To the module of the assignment's name."""
    made = exported(
        cell("import math"), cell("print('hello')"),
        cell("def f():\n    return math.pi", "f", solution=True), cell("assert f()", "t", points=1),
    )  # fmt: skip
    package = made["tinytorch/core/mini.py"]
    assert "import math" in package
    assert "def f()" in package
    assert "hello" not in package
    with pytest.raises(GraderError, match="nothing to export"):
        exported(cell("print(1)"))


def test_only_definitions_run_on_import() -> None:
    """Calls wait under a guard, with the text of their strings as it was; values stay at hand."""
    made = exported(
        cell("#| export\ndef f(): ..."),
        cell(
            'EPS = 1e-9\nprint("""a\nb""")\n@property\ndef g(x):\n    return x\nfor i in []:\n    g'
        ),
        cell("!pip install x\n%time f()\nif True:\n    !ls"),
        cell("%%bash\nrm -rf /"),
        cell("%%time\nf()"),
        cell("from __future__ import annotations\nz: int = 1"),
        cell("def broken(:"),
    )["mini_dev.py"]
    compile(made, "mini_dev.py", "exec")
    assert 'EPS = 1e-9\n@property\ndef g(x):\n    return x\n\nif __name__ == "__main__":\n' in made
    assert '    print("""a\nb""")\n    for i in []:\n        g\n' in made
    assert "    pass  # !pip install x\n" in made
    assert "rm -rf" not in made
    assert "cell 7: left out, since it is no Python" in made
    assert made.index("from __future__") < made.index("def f()")


def test_a_name_that_is_code_stays_a_comment() -> None:
    """Neither the file's name nor a cell's id can end the comment that it stands in."""
    hostile = cell("#| export\nx = 1", "a\nimport os")
    content = json.loads(notebook(hostile))
    made = export(parse_cells(content["cells"]), "a\nraise SystemExit.ipynb", "mini")
    for text in made.values():
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert set(lines) <= {"x = 1", "__all__ = ['x']"}


def test_what_is_no_python_is_named_by_cell_and_line() -> None:
    """Where it would be exported."""
    with pytest.raises(GraderError, match=r"cell 2 \(f\), line 2: this is no Python"):
        exported(cell("#| export\nimport math"), cell("def f():\nreturn 1", "f", solution=True))
    with pytest.raises(GraderError, match="this is no Python"):
        exported(cell(f"#| export\nx = {'(' * 5000}"))
