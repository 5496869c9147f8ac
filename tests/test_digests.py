"""Criteria are known by what they are made of, and only those that have changed are judged."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from grader import digests
from grader.course import Submission, load_rubric
from grader.grading import Grader
from grader.model import Limits
from tests.conftest import COURSE
from tests.courses import answer, cell, make_course, notebook, rows

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course import Assignment
    from grader.sample import Filler

RUBRIC = '''"""A rubric of two targets."""

import functools
import math

import numpy as np

from grader import numerics
from grader.checks import check_close
from grader.corpus import Corpus, Group
from grader.rubric import Rubric

rubric = Rubric("pairs", seed=3, setup="import numpy as np")
LIMITS = {"low": -1.0, "high": 1.0}


class Pair(tuple):
    """A container of the rubric's own."""

    def most(self):
        return 9 * self[1]


pair = Pair((0, 1))


class Ruler:
    """What lengths are measured by."""

    unit = 1.0

    def __init__(self, start):
        self.start = start

    def length(self, x):
        return self.unit * float(np.sum(x)) - self.start


ruler = Ruler(0.0)


def helper(x):
    return helper.scale * x


helper.scale = 2


@functools.cache
def doubled(n):
    return helper(n)


vectors = Corpus(plain=Group(corners=[np.array([1.0, 2.0]), np.array([0.5, -3.0])]))
numbers = Corpus(one=Group(corners=[{"n": 3}, {"n": 5}]))
double = rubric.target(
    "double", call="double(x)", reference=lambda x: helper(x), bound=numerics.relative(2),
    corpus=vectors,
)
double.gives_right_values("values", points=1, title="Is twice the input.", on="plain")
double.leaves_input("input", points=1, title="Leaves its input.", on="plain")


@double.criterion("length", points=1, title="Is twice as long.", on="plain", needs="values")
def is_twice_as_long(f, x):
    check_close(ruler.length(f(x)), 2 * ruler.length(x), 1e-6, "twice as long")


@double.criterion("bounded", points=1, title="Stays small.", on="plain")
def stays_small(f, x):
    assert LIMITS["low"] - 9 <= f(x).max() <= LIMITS["high"] + pair.most()


@double.criterion("quiet", points=1, title="Changes nothing.", on="plain")
def changes_nothing(f, x):
    f(x)
    assert not f.changed()


triple = rubric.target("triple", call="triple(n)", gives="anything", corpus=numbers)


@triple.criterion("third", points=1, title="Is three times the input.", on="one")
def is_three_times(f, n):
    assert f(n) == doubled(n) + n, math.inf
'''
ALL = {"values", "input", "length", "bounded", "third"}


def digests_of(folder: Path, text: str) -> dict[str, str]:
    """The digests of a rubric with this text."""
    folder.mkdir(exist_ok=True)
    (folder / "rubric.py").write_text(text, encoding="utf-8")
    return dict(digests.of_criteria(load_rubric(folder, "pairs")))


def changed(tmp_path: Path, old: str, new: str) -> set[str]:
    """The criteria that are others where the rubric has `new` in the place of `old`."""
    assert old in RUBRIC
    before = digests_of(tmp_path / "before", RUBRIC)
    after = digests_of(tmp_path / "after", RUBRIC.replace(old, new))
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""A rubric of two targets."""', '"""A rubric."""\n# with a comment\n\n'),
        ("points=1", "points=2.5"),
        ("Is twice the input.", "Is the double."),
        ("def helper(x):\n", "def helper(x):\n    # a comment\n"),
    ],
)
def test_what_no_verdict_depends_on_changes_no_criterion(
    tmp_path: Path, old: str, new: str
) -> None:
    """Comments, places, points, titles."""
    assert not changed(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "which"),
    [
        ("return helper.scale * x\n", "return 2 * x\n", {"values", "input", "third"}),
        ("helper.scale = 2", "helper.scale = 3", {"values", "input", "third"}),
        ("numerics.relative(2)", "numerics.relative(3)", {"values", "input"}),
        ("[1.0, 2.0]", "[1.0, 2.5]", {"values", "input", "length", "bounded"}),
        ('"double(x)"', '"double(+x)"', {"values", "input", "length", "bounded"}),
        ("1e-6", "1e-5", {"length"}),
        ('needs="values"', 'needs="input"', {"length"}),
        ('"low": -1.0', '"low": -1.5', {"bounded"}),
        ("unit = 1.0", "unit = 1.5", {"length"}),
        ("return 9 * self[1]", "return 8 * self[1]", {"bounded"}),
        ("Ruler(0.0)", "Ruler(0.5)", {"length"}),
        ("- self.start", "+ self.start", {"length"}),
        ('{"n": 5}', '{"n": 6}', {"third"}),
        ("math.inf", "math.pi", {"third"}),
        ('gives="anything"', 'gives="array"', {"third"}),
        ('import numpy as np"', 'import numpy as np; import math"', ALL),
        ("lambda x: helper(x)", "helper", {"values", "input"}),
    ],
)  # fmt: skip
def test_whatever_a_verdict_depends_on_changes_its_criterion(
    tmp_path: Path, old: str, new: str, which: set[str]
) -> None:
    """Helpers, bounds, inputs, calls, constants, classes, objects, what it needs; no others."""
    assert changed(tmp_path, old, new) & ALL >= which - {"input"}
    assert changed(tmp_path, old, new) <= which


@pytest.mark.parametrize(
    "odd",
    [
        "np.random.default_rng(1)", "object()", "np.array([object()])", "iter([])",
        "np.poly1d([1])",
    ],
)  # fmt: skip
def test_what_cannot_be_looked_into_is_judged_again(tmp_path: Path, odd: str) -> None:
    """Only the criterion that uses it."""
    text = RUBRIC.replace("LIMITS = ", f"ODD = {odd}\nLIMITS = ")
    text = text.replace('LIMITS["low"] - 9', "ODD is None or -9")
    assert digests_of(tmp_path / "odd", text).keys() == ALL - {"bounded"}


def test_who_asks_what_others_changed_is_judged_again(tmp_path: Path) -> None:
    """Calls of other criteria count for it."""
    assert digests_of(tmp_path / "rubric", RUBRIC).keys() == ALL


def test_what_is_needed_has_to_be_the_same_as_well(tmp_path: Path) -> None:
    """A criterion that needs one which has changed is judged again."""
    before = digests_of(tmp_path / "rubric", RUBRIC)
    (tmp_path / "rubric/rubric.py").write_text(RUBRIC.replace("relative(2)", "relative(3)"))
    now = load_rubric(tmp_path / "rubric", "pairs")
    assert digests.still_passed(now, before) == {"bounded", "input", "third"}
    assert not digests.still_passed(now, {"gone": "0"})


@pytest.mark.parametrize("name", ["activations", "layers", "tensor"])
def test_they_are_the_same_in_every_process(name: str) -> None:
    """Whatever the hash seed; of hardly any criterion it is not known what it is made of."""
    code = (
        "import sys, pathlib, json\n"
        "from grader.course import load_rubric\n"
        "from grader import digests\n"
        f"rubric = load_rubric(pathlib.Path('grader/rubrics/{name}'), {name!r})\n"
        "json.dump(dict(digests.of_criteria(rubric)), sys.stdout)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=COURSE, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    rubric = load_rubric(COURSE / "grader/rubrics" / name, name)
    found = dict(digests.of_criteria(rubric))
    assert found == json.loads(process.stdout)
    assert len(found) > 0.9 * len(rubric.criteria)


def test_they_are_the_same_after_use(
    assignment: Assignment, filler: Filler, tmp_path: Path
) -> None:
    """What is remembered of right answers is not part of them."""
    before = dict(digests.of_criteria(assignment.rubric))
    path = tmp_path / "activations.ipynb"
    path.write_text(filler.fill({}), encoding="utf-8")
    with closing(Grader(assignment, Limits())) as grader:
        result = grader.examine(Submission("ada", path, None))
        assert result.score == result.max_score
        assert len(result.settled) == len(assignment.rubric.criteria)
    digests.of_criteria.cache_clear()
    assert dict(digests.of_criteria(assignment.rubric)) == before


# A class, regraded -----------------------------------------------------------------------------

NAMES = {"is_twice_as_long": "length", "stays_small": "bounded", "changes_nothing": "quiet",
         "is_three_times": "third"}  # fmt: skip
RIGHT = "def double(x):\n    return x + x\ndef triple(n):\n    return 3 * n"
WRONG = "def double(x):\n    return x + x + 1\ndef triple(n):\n    return 3 + n"
SPOILS = (
    "import numpy as np\ndef double(x):\n    np.exp = np.sin\n    return x + x\n"
    "def triple(n):\n    return 3 * n"
)


class Regraded:
    """A course whose criteria leave their names where they are judged."""

    def __init__(self, root: Path) -> None:
        self.course = make_course(root)
        self.log = root / "judged.txt"
        self.text = re.sub(
            r"def (\w+)\(f, (\w)\):\n",
            lambda found: (
                f"{found[0]}    f({found[2]})  # once there are answers\n"
                f"    with open({str(self.log)!r}, 'a') as log:\n"
                f"        log.write({NAMES[found[1]]!r} + '\\n')\n"
            ),
            RUBRIC,
        )
        self.release(self.text, sorted(ALL))
        for student, code in {"ada": RIGHT, "ben": WRONG, "eve": SPOILS}.items():
            self.course.hand_in("pairs", student, pairs=answer(self.course.released("pairs"), code))

    def release(self, text: str, names: list[str], **points: int) -> None:
        """Release the notebook with a cell for each criterion of this rubric."""
        own = cell("# YOUR CODE HERE", "double", solution=True)
        worth = {name: points.get(name, 1) for name in (*names, "quiet")}
        tests = [cell(f"# {name} · {n} points", name, points=n) for name, n in worth.items()]
        self.course.source("pairs", pairs=notebook(own, *tests))
        self.write(text)
        done = self.course.run("grader", "release", "pairs", "--force")
        assert "released" in done.stdout + done.stderr

    def write(self, text: str) -> None:
        """Put another rubric in its place."""
        folder = self.course.root / "grader/rubrics/pairs"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rubric.py").write_text(text, encoding="utf-8")

    def grade(self, *options: str) -> set[str]:
        """Grade the class; the criteria that were judged, of those that say so."""
        self.log.write_text("")
        done = self.course.run("grader", "autograde", "pairs", "--jobs", "1", *options)
        assert done.returncode == 0, done.stderr
        return {*self.log.read_text().split()}

    def outcome(self) -> tuple[object, list[bytes]]:
        """The gradebook and the graded notebooks."""
        notebooks = sorted((self.course.root / "autograded").rglob("*.ipynb"))
        return rows(self.course.db_url, "pairs"), [path.read_bytes() for path in notebooks]


def test_only_criteria_that_have_changed_are_judged_again(tmp_path: Path) -> None:
    """What comes of it is what judging all of them gives, to the byte."""
    regraded = Regraded(tmp_path / "course")
    assert regraded.grade() == {*NAMES.values()}
    assert regraded.grade() == set()
    regraded.write(regraded.text.replace("1e-6", "3.5"))
    assert regraded.grade("--student", "ada") == {"length", "quiet"}
    # What is lost is looked at again, for what is to be said of it.
    assert regraded.grade("--student", "ben") == {"quiet", "third"}
    # Who changes what others build on is judged as a whole: that may show anywhere.
    assert regraded.grade("--student", "eve") == {*NAMES.values()}
    after = regraded.outcome()
    assert regraded.grade("--force") == {*NAMES.values()}
    assert regraded.outcome() == after


def test_a_stricter_criterion_costs_who_does_not_keep_it(tmp_path: Path) -> None:
    """And a more lenient one gives the points back."""
    regraded = Regraded(tmp_path / "course")
    regraded.grade()
    regraded.write(regraded.text.replace("assert LIMITS", "assert x[0] != 1 and LIMITS"))
    assert regraded.grade("--student", "ada") == {"bounded", "quiet"}
    assert rows(regraded.course.db_url, "pairs")["ada", "pairs", "bounded"][0] == 0
    regraded.write(regraded.text)
    assert regraded.grade("--student", "ada") == {"bounded", "quiet"}
    assert rows(regraded.course.db_url, "pairs")["ada", "pairs", "bounded"][0] == 1


def test_other_points_have_nothing_judged_again(tmp_path: Path) -> None:
    """A criterion's cell is a comment with its points; only they are changed."""
    regraded = Regraded(tmp_path / "course")
    regraded.grade()
    text = regraded.text.replace('"third", points=1', '"third", points=7')
    regraded.release(text, sorted(ALL), third=7)
    assert regraded.grade("--student", "ada") == {"quiet"}
    assert rows(regraded.course.db_url, "pairs")["ada", "pairs", "third"][0] == 7


@pytest.mark.parametrize("path", ["release/pairs/data.txt", "grader/rubrics/pairs/helpers.py"])
def test_what_else_has_changed_has_all_of_them_judged_again(tmp_path: Path, path: str) -> None:
    """Files that students get, modules beside the rubric; and what is handed in."""
    regraded = Regraded(tmp_path / "course")
    regraded.grade()
    (regraded.course.root / path).write_text("# new")
    assert regraded.grade("--student", "ada") == {*NAMES.values()}
    handed = regraded.course.root / "submitted/ada/pairs/pairs.ipynb"
    handed.write_text(handed.read_text().replace("x + x", "x * 2"))
    assert regraded.grade("--student", "ada") == {*NAMES.values()}
