"""TinyTorch's development files: read as people write them, refused by line, and written back."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import GraderError
from grader.tinytorch.importing import assignment_name, import_module
from grader.tinytorch.percent import read_percent
from grader.tinytorch.writing import write_percent
from tests.conftest import COURSE, run_grader
from tests.courses import make_course

if TYPE_CHECKING:
    from pathlib import Path

FRONT = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.17.1
# ---

"""
WHOLE = (
    '{{"grade": {}, "grade_id": "{}", "locked": {}, {}"schema_version": 3, "solution": {}, '
    '"task": false}}'
)
SETUP = WHOLE.format("false", "double-imports", "false", "", "false")
STUB = WHOLE.format("false", "double", "false", "", "true")
TEST = WHOLE.format("true", "test-double", "true", '"points": 10, ', "false")
BODY = '''\
#| export
class Double:
    """Twice as much."""

    def forward(self, x):
        """
        TODO: Implement it.
        """
        ### BEGIN SOLUTION
        return x + x
        ### END SOLUTION

'''
CHECK = '''\
def test_unit_double():
    """Unit test."""
    print("🔬 Unit Test: Double...")
    assert Double().forward(2) == 4

test_unit_double()

'''
TEXT = '''\
# %% [markdown]
"""
# Double
f(x) = x · 2:
```python
x = 1
```
"""

'''
IMPORTS = "#| default_exp core.double\n\n#| export\nimport math\n\n"

# The shapes that TinyTorch's modules had over the years, in a module of our own.
SUMMER = (
    f"{FRONT}{TEXT}# %% nbgrader={SETUP}\n{IMPORTS}# %% nbgrader={STUB}\n{BODY}"
    f"# %% nbgrader={TEST}\n{CHECK}"
)
MIXED = (
    f"{FRONT}{TEXT.rstrip()}\n# 2. **Use** it\n# 3. **Reflect**\n\n"
    f"# In[ ]:\n\n{IMPORTS}"
    f'# %% nbgrader={{"grade": false, "grade_id": "double", "solution": true}}\n\n# ## Part 1\n\n'
    f'{BODY}# ✅ checkpoint\n\n# %% [markdown]\n"""\n## Testing\n"""\n\n{CHECK}'
)
SCRIPT = (
    "#!/usr/bin/env python\n# coding: utf-8\n\n# # Double\n\n# Welcome\n\n"
    f"# In[ ]:\n\n{IMPORTS}# In[3]:\n\n# ## Part 1\n\n{BODY}# In[ ]:\n\n{CHECK}"
)
GUARDED = CHECK.replace(
    "\ntest_unit_double()\n", '\nif __name__ == "__main__":\n    test_unit_double()\n'
)
SHORT = (
    f'{FRONT}{TEXT}# %% nbgrader={{"grade": false, "grade_id": "setup", "solution": true}}\n'
    "#| default_exp core.double\n#| export\n\nimport math\n\n"
    f'# %% nbgrader={{"grade": false, "grade_id": "double", "solution": true}}\n{BODY}'
    '# %% nbgrader={"grade": true, "grade_id": "test-double", "locked": true, "points": 10}\n'
    f"{GUARDED}"
)
JSON_HEADERS = (
    f'{FRONT}# %% [markdown] {{"nbgrader": {{"grade": true, "grade_id": "why", "locked": false, '
    '"points": 3, "schema_version": 1, "solution": true}}\n# Why?\n\n'
    f'# %% {{"nbgrader": {STUB}, "scrolled": true}}\n{BODY}'
    f'# %% {{"nbgrader": {TEST}}}\n{CHECK}'
)
BY_HAND = (
    f"# %%\n{IMPORTS}"
    "# %% nbgrader={'grade': False, 'grade_id': 'double', 'solution': True}\n"
    f"{BODY}# %% Tests nbgrader={{grade: true, grade_id: test-double, locked: true, points: 10}}\n"
    f"{CHECK}"
)


def write(folder: Path, text: str | bytes, name: str = "double_dev.py") -> Path:
    """A development file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def courses(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Metadata of nbgrader's by id."""
    found = [cell["metadata"].get("nbgrader") for cell in notebook["cells"]]
    return {course["grade_id"]: course for course in found if course}


@pytest.mark.parametrize(
    "text", [SUMMER, MIXED, SCRIPT, SHORT, JSON_HEADERS, BY_HAND],
    ids=["summer", "mixed", "script", "short", "json", "by-hand"],
)  # fmt: skip
def test_every_shape_is_read_without_work_by_hand(tmp_path: Path, text: str) -> None:
    """The solution is a solution, the test a code cell, and nbgrader can release what is made."""
    course = make_course(tmp_path / "course")
    done = course.run("grader", "import", write(tmp_path, text))
    assert done.returncode == 0, done.stderr
    made = json.loads((course.root / "source/double/double.ipynb").read_text())
    found = courses(made)
    assert found["double"]["solution"]
    assert {"grade", "grade_id", "locked", "schema_version", "solution", "task"} <= set(
        found["double"]
    )
    if "test-double" in text:
        assert found["test-double"]["points"] == 10
        assert found["test-double"]["locked"]
    sources = [cell["source"] for cell in made["cells"] if cell["cell_type"] == "code"]
    assert any(source.strip().startswith("def test_unit_double()") for source in sources)
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    released = course.run("grader", "release", "double", "--force")
    assert released.returncode == 0, released.stderr
    assert "x + x" not in course.released("double")
    assert "x + x" in (course.root / "source/double/double.ipynb").read_text()


NEXT = (
    "next: write a rubric, grader/rubrics/double/rubric.py (docs/tutorial.md shows how), then: "
    "grader cells double; then give it out: grader release double"
)


def test_what_was_made_and_what_comes_next_is_said(tmp_path: Path) -> None:
    """The path, cells, points, module; a rubric is next, and then the release."""
    course = make_course(tmp_path / "course")
    done = course.run("grader", "import", write(tmp_path, SUMMER, "03_double_dev.py"))
    assert done.stdout.splitlines() == [
        f"made: {course.root / 'source/double/double.ipynb'}",
        "  4 cells, 1 solutions, 1 graded (10 points), exported as tinytorch.core.double",
        NEXT,
    ]
    assert done.stderr == ""


def test_a_source_that_is_there_is_kept(tmp_path: Path) -> None:
    """Overwritten only with --force; --name says another assignment's name."""
    course, path = make_course(tmp_path / "course"), write(tmp_path, SUMMER)
    assert course.run("grader", "import", path).returncode == 0
    target = course.root / "source/double/double.ipynb"
    target.write_text("mine")
    done = course.run("grader", "import", path)
    assert (done.returncode, target.read_text()) == (2, "mine")
    assert "--force" in done.stderr
    assert course.run("grader", "import", path, "--force").returncode == 0
    assert json.loads(target.read_text())["nbformat"] == 4
    assert course.run("grader", "import", path, "--name", "twice").returncode == 0
    assert (course.root / "source/twice/twice.ipynb").is_file()


WRONG = '''\
# %% nbgrader={"grade": true, "grade_id": "a", "solution": false}
assert True
# %% nbgrader={"grade": true, "grade_id": "a", "points": "5"}
assert True
# %% nbgrader={"grade": true, "points": true}
def (:
# %% nbgrader={"grade": false, "grade_id": "b", "locked": true}
x = 1
### BEGIN SOLUTION
# %% nbgrader={"grade": false, "grade_id": "c", "solution": "yes"}
### END SOLUTION
### BEGIN HIDDEN TESTS
### END HIDDEN TESTS
# %% nbgrader={"grade": false, broken
#| default_exp core.class
#| export ../../etc
# %% [markdown] nbgrader={"grade": true, "grade_id": "d", "points": 1}
# Why?
# %% nbgrader={"grade": true, "grade_id": "../e", "points": -1}
#| default_exp core.double
# %% nbgrader=[1]
# %% nbgrader={"grade": true, "grade_id": "f", "points": NaN}
# %% [raw] nbgrader={"grade": false, "grade_id": "g", "solution": true}
# text
# %% nbgrader={"grade": true, "grade": false, "grade_id": "h"}
# %% [markdown]
"""
in `"""` it ends
# %%
'''


def test_a_broken_front_matter_is_named(tmp_path: Path) -> None:
    """Not taken for a cell."""
    imported = import_module(write(tmp_path, "# ---\n# jupyter: [\n# ---\n\n# %%\nx = 1\n"))
    assert imported.problems == [(1, "the header between the lines `# ---` is no YAML")]


def test_everything_wrong_is_named_by_its_line(tmp_path: Path) -> None:
    """All at once, not only the first; nothing is written, and it is wrong usage."""
    course = make_course(tmp_path / "course")
    path = write(tmp_path, WRONG)
    done = course.run("grader", "import", path)
    assert done.returncode == 2
    assert not (course.root / "source").exists()
    unreadable = "the metadata cannot be read: # %% nbgrader={}; write them as JSON, each once"
    found = re.findall(rf"^{re.escape(str(path))}:(\d+): (?!note)(.*)$", done.stderr, re.MULTILINE)
    assert [(int(line), said) for line, said in found] == [
        (1, 'a graded cell needs points, like "points": 5'),
        (3, "grade_id 'a' is that of line 1 too"),
        (3, "points is '5'; it must be a number, 0 or more, without quotes"),
        (5, "grade_id is missing; give the cell a name of its own"),
        (5, "points is True; it must be a number, 0 or more, without quotes"),
        (6, "this is no Python: invalid syntax"),
        (9, "BEGIN SOLUTION without END SOLUTION in this cell"),
        (9, "SOLUTION in a cell that is not a solution cell"),
        (10, "solution is 'yes'; it must be true or false"),
        (11, "END SOLUTION without BEGIN SOLUTION above"),
        (12, "HIDDEN TESTS in a cell that is not a graded cell"),
        (14, unreadable.format('{"grade": false, broken')),
        (15, "default_exp is 'core.class', no module's name like core.activations"),
        (16, "export is '../../etc', no module's name like core.activations"),
        (17, 'a text that is graded is an answer: it needs "solution": true'),
        (19, "grade_id is '../e'; it may have letters, digits, - and _"),
        (19, "points is -1; it must be a number, 0 or more, without quotes"),
        (20, "default_exp again; it stands in line 15 too"),
        (21, "nbgrader's metadata are [1], not {…}"),
        (22, "points is nan; it must be a number, 0 or more, without quotes"),
        (23, "a raw cell cannot be a solution, graded or locked; make it a text"),
        (25, unreadable.format('{"grade": true, "grade": false, "grade_id": "h"}')),
        (28, "this text in quotes has such quotes inside: where does it end?"),
    ]  # fmt: skip
    assert f"not imported: {len(found)} to be put right" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no cell"),
        (b"x = 1\n", "no line is `# %%`"),
        (b"# %%\nx = '\xff'\n", ":2: this is not UTF-8 text"),
        (b"# %%\n\n\0\n", ":3: there is a null byte"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not UTF-8"),
        (b"# %%\n" + b"x = 1\n" * 800_000, "more than 4 MB"),
        (b"# %%\n" + b"x = 1\n" * 30_000, "30001 lines"),
        (b"# %% [markdown]\n" + b"# ```a\n" * 3_000, "3000 times ```"),
        (b"# %% tags=" + b"[" * 100_000 + b"\n", "nested too deeply"),
        (f"{FRONT.replace('percent', 'light')}# %%\nx = 1\n".encode(), "format 'light'"),
    ],
)  # fmt: skip
def test_what_is_no_development_file_is_refused_in_a_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """Empty, binary, huge, nested, broken: a sentence, no traceback."""
    with pytest.raises(GraderError, match=re.escape(said)):
        import_module(write(tmp_path, content))


def test_names_come_from_the_file_or_from_the_option(tmp_path: Path) -> None:
    """Numbers and `_dev` go; what is no name for a folder is refused."""
    for file, name in (
        ("03_activations_dev.py", "activations"), ("activations_dev.py", "activations"),
        ("02_activations.py", "activations"), ("tensor.py", "tensor"),
    ):  # fmt: skip
        assert assignment_name(tmp_path / file) == name
    for name in ("../x", "a/b", ".hidden", "a b", "-x", "x\n"):
        with pytest.raises(GraderError, match="--name"):
            assignment_name(tmp_path / "a.py", name)


def test_hidden_ways_out_of_the_course_are_closed(tmp_path: Path) -> None:
    """A name with a path in it, or a folder instead of a file, writes nothing."""
    course = make_course(tmp_path / "course")
    done = course.run("grader", "import", write(tmp_path, SUMMER), "--name", "../../x")
    assert done.returncode == 2
    assert course.run("grader", "import", tmp_path).returncode == 2
    assert course.run("grader", "import", tmp_path / "gone_dev.py").returncode == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["course", "double_dev.py"]
    assert not (course.root / "source").exists()


# There and back --------------------------------------------------------------------------------


def plain(path: Path) -> dict[str, Any]:
    """A notebook, its sources joined."""
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    return made


def test_our_own_source_comes_back_from_its_percent_file(tmp_path: Path) -> None:
    """Written by its assignment's name, and imported: the same notebook."""
    to = tmp_path / "activations_dev.py"
    done = run_grader("import", "--to-py", "activations", "--to", to)
    assert done.returncode == 0, done.stderr
    assert run_grader("import", "--to-py", "activations", "--to", to).returncode == 2
    imported = import_module(to)
    assert (imported.problems, imported.notes) == ([], [])
    assert imported.notebook == plain(COURSE / "source/activations/activations.ipynb")
    assert "\nclass ReLU:" in to.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [SUMMER, MIXED, SHORT, JSON_HEADERS])
def test_what_was_imported_is_written_and_read_the_same(tmp_path: Path, text: str) -> None:
    """And the file that is written is canonical: written once more it has the same bytes."""
    notebook = import_module(write(tmp_path, text)).notebook
    written = write_percent(notebook)
    assert read_percent(written).notebook == notebook
    assert write_percent(read_percent(written).notebook) == written
    assert import_module(write(tmp_path, written)).notebook == notebook


ODD = st.sampled_from([
    "", " ", "  x = 1  ", "%matplotlib inline", "# %matplotlib inline", "!pip install x", "%%bash",
    "%%time", "# %%", "# %% [markdown]", "#%%", "# In[3]:", '"""', "'''", 'x = """', "# # %%", "\\",
    "```", "```python", "# +", "# -", "cat x", "x?", "?x", "def f():", "    return 1", "# escape",
    "%x # noescape", "é 🔬 ∞", "a\x0cb", "a\u2028b", "a\rb", "\ttab", "#| export", "---", "# ---",
    "### BEGIN SOLUTION", "jupyter:", '| "x"', '# | "x"', "[raw]", "\ufeff", "x\\", "a\x85b", "#",
])  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(ODD | st.text(CHARACTERS, max_size=8), max_size=6).map("\n".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(CHARACTERS, max_size=6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["a=1", "{}", "[", 'x={"y"}', '"', "'", 'k="']),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(alphabet="ab =.{", max_size=4), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
KEYS = st.sampled_from([
    "tags", "nbgrader", "slideshow", "collapsed", "scrolled", "trusted", "title", "active", "name",
    "language", "cell_type", "cell_id", "kept", "cell_marker", "lines_to_next_cell", "run_control",
    "incorrectly_encoded_metadata", "cell_depth", "magic_args", "id",
]) | st.text(alphabet="ab =.{}-é", max_size=5)  # fmt: skip
TAGS = st.lists(st.sampled_from(["display-only", "active-ipynb", "active-py", "hide-input", "a b"]))
METADATA = st.dictionaries(KEYS, VALUES, max_size=3) | st.fixed_dictionaries(
    {},
    optional={
        "tags": TAGS,
        "nbgrader": st.fixed_dictionaries({
            "grade": st.booleans(), "grade_id": st.sampled_from(["a", "b", "relu"]),
            "points": st.floats(0, 9),
        }),
    },
)  # fmt: skip
CELLS = st.lists(
    st.tuples(st.sampled_from(["code", "markdown", "raw"]), TEXTS, METADATA), max_size=5
)
KERNEL = {"display_name": "P", "language": "python", "name": "python3"}
WHOLES = st.sampled_from([
    {}, {"kernelspec": KERNEL}, {"kernelspec": KERNEL, "language_info": {"name": "python"}},
]) | st.dictionaries(st.sampled_from(["x", "title", "a b", "authors", "jupytext"]), VALUES,
                     max_size=2)  # fmt: skip
IDS = st.lists(
    st.text("abc-1", min_size=1, max_size=4) | st.sampled_from(["cell-1", "cell-2", "cell-3"]),
    min_size=5, max_size=5, unique=True,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(cells=CELLS, metadata=WHOLES, ids=IDS)
def test_any_notebook_comes_back_from_its_percent_file(
    cells: list[tuple[str, str, dict[str, Any]]], metadata: dict[str, Any], ids: list[str]
) -> None:
    """Its cells, texts, metadata and ids, whatever is in them; and the file is canonical."""
    made: list[dict[str, Any]] = [
        {"cell_type": kind, "metadata": own, "source": source, "id": name}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for (kind, source, own), name in zip(cells, ids, strict=False)
    ]
    notebook = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    written = write_percent(notebook)
    assert read_percent(written).notebook == notebook
    assert write_percent(read_percent(written).notebook) == written


def test_what_a_percent_file_cannot_hold_is_said(tmp_path: Path) -> None:
    """Outputs are left out, with a word; another language is refused, and so is a doubled id."""
    notebook = plain(COURSE / "source/activations/activations.ipynb")
    notebook["cells"][5]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook))
    done = run_grader("import", "--to-py", path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "outputs" in done.stderr
    assert (tmp_path / "a_dev.py").is_file()
    notebook["cells"][1]["id"] = notebook["cells"][0]["id"]
    with pytest.raises(GraderError, match="that of 2 cells"):
        write_percent(notebook)
    notebook["metadata"]["kernelspec"]["language"] = "julia"
    with pytest.raises(GraderError, match="julia"):
        write_percent(notebook)


def test_without_jupytext_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    """It is an extra; everything else of the grader works without."""
    course = make_course(tmp_path / "course")
    path = write(tmp_path, SUMMER)
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "jupytext.py").write_text("raise ImportError('no jupytext')")
    done = run_grader(
        "import", path, cwd=course.root, env={"PYTHONPATH": f"{tmp_path / 'blocked'}:{COURSE}"}
    )
    assert done.returncode == 2
    assert "pip install 'reference-grader[tinytorch]'" in done.stderr
    shutil.rmtree(tmp_path / "blocked")
