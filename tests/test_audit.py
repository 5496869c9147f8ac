"""A rubric is proven: what is wrong with it is found, and nothing that is not."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from grader.hollow import hollow
from grader.mutants import mutants, same_bytecode
from tests.browser import browser, needs_browser
from tests.courses import RUBRIC, TOY, Course, answer, make_course, scores
from tests.documented import undocumented

if TYPE_CHECKING:
    from pathlib import Path

WHEATS = {"twice": "def double(x):\n    return 2 * x\n"}
CHAFFS = {"square": "# loses: double\ndef double(x):\n    return x * x\n"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A released toy assignment with a rubric, a wheat and a chaff."""
    course = make_course(tmp_path_factory.mktemp("audit") / "course")
    folder = course.root / "grader/rubrics/toy"
    folder.mkdir(parents=True)
    (folder / "rubric.py").write_text(RUBRIC)
    for kind, known in (("wheats", WHEATS), ("chaffs", CHAFFS)):
        (folder / kind).mkdir()
        for name, code in known.items():
            (folder / kind / f"{name}.py").write_text(f'"""That is {name}."""\n{code}')
    course.source("toy", toy=TOY)
    done = course.run("grader", "release", "toy")
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    """A copy of it."""
    shutil.copytree(template.root, tmp_path / "course")
    return Course(tmp_path / "course")


def audit(course: Course, *options: object) -> tuple[int, str, dict[str, Any]]:
    """Exit code, output and findings."""
    path = course.root / "audit.json"
    done = course.run("grader", "audit", "toy", "--json", path, *options)
    found = json.loads(path.read_text()) if path.is_file() else {}
    return done.returncode, done.stdout + done.stderr, found


def add(course: Course, kind: str, name: str, code: str) -> None:
    """One more implementation."""
    (course.root / f"grader/rubrics/toy/{kind}/{name}.py").write_text(f'"""{name}."""\n{code}')


def test_a_sound_rubric(course: Course) -> None:
    """Everything that is known is right, with every seed, and every mutant is accounted for."""
    code, said, found = audit(course, "--fail-under", 100, "--html", course.root / "audit.html")
    assert code == 0, said
    rates = found["rates"]
    assert found["schema"] == "grader/audit/1"
    assert undocumented(found, "Audits") == set()
    assert (rates["wheats"], rates["chaffs"]) == (2, 1)
    assert rates["false_fails"] == rates["false_passes"] == rates["flakes"] == rates["alive"] == 0
    assert rates["kill_rate"] == 100
    assert rates["mutants"] == rates["killed"] + rates["equivalent"] > 20
    assert len(found["seeds"]) == 50
    equivalent = [m for m in found["mutants"] if m["outcome"] == "same values"]
    assert {m["after"] for m in equivalent} >= {"return y"}
    assert all("times as many inputs" in m["why"] for m in equivalent)
    assert "kill rate 100.00%" in " ".join(said.split())
    criteria = {c["id"]: c for c in found["criteria"]}
    assert "returns zeros" in criteria["shape"]["passes_alone"]
    assert criteria["values"]["only_mutants"] > 0


def test_a_reference_may_give_a_list(course: Course) -> None:
    """Mutants are tried on plain inputs all the same."""
    head, _, _ = RUBRIC.partition("target.keeps_shape(")
    for one, other in (
        ('call="double(x)"', 'call="[double(x), double(-x)]", gives="anything"'),
        ("return numerics.Truth(2 * x, np.zeros_like(x))", "return [2 * x, -2 * x]"),
    ):
        assert one in head
        head = head.replace(one, other)
    again = 'target.gives_right_values("shape", points=1, title="Both.", on="plain", in_shape=True)'
    (course.root / "grader/rubrics/toy/rubric.py").write_text(head + again)
    code, said, found = audit(course, "--seeds", 1)
    assert code == 0, said
    assert found["rates"]["kill_rate"] == 100
    assert any(mutant["outcome"] == "same values" for mutant in found["mutants"])


@needs_browser
def test_the_page_of_it(course: Course) -> None:
    """In a browser: the matrix leads to code and counterexamples, and nothing else is asked for."""
    path = course.root / "audit.html"
    add(
        course,
        "chaffs",
        "script",
        "# loses: double\ndef double(x):\n    '<script>alert(1)</script>'\n",
    )
    audit(course, "--html", path, "--seeds", 1)
    with browser() as watched:
        page = watched.page
        page.goto(path.as_uri())
        assert page.title() == "Audit of toy"
        page.click('.matrix a[href="#v-chaffs/square-values"]')
        shown = page.locator('[id="v-chaffs/square-values"]')
        assert "double(" in shown.inner_text()
        assert page.locator("script").count() == 0
        assert watched.dialogs == []
        assert {request.partition("#")[0] for request in watched.requests} == {path.as_uri()}


WRONG = {
    "a wheat that is wrong": (
        ("wheats", "wrong", "def double(x):\n    return 3 * x\n"),
        "wheats/wrong: a correct implementation loses values",
    ),
    "a wheat that is wrong for one seed in many": (
        (
            "wheats",
            "rare",
            "def double(x):\n    return 2 * x + (x.tolist() == [-0.75, -0.75])",
        ),
        "wheats/rare, with seed",
    ),
    "a chaff that keeps everything": (
        ("chaffs", "right", "# loses: values\ndef double(x):\n    return 2 * x\n"),
        "chaffs/right: a wrong implementation keeps values, which it has to lose",
    ),
    "a chaff that loses more": (
        ("chaffs", "more", "# loses: shape\ndef double(x):\n    return 3 * x\n"),
        "chaffs/more: a wrong implementation loses values as well",
    ),
    "a chaff that names nothing": (
        ("chaffs", "mute", "def double(x):\n    return 3 * x\n"),
        "chaffs/mute: says not what it loses",
    ),
    "a chaff that names what is not there": (
        ("chaffs", "lost", "# loses: treble\ndef double(x):\n    return 3 * x\n"),
        "chaffs/lost: loses treble, which is no criterion and no target",
    ),
}


@pytest.fixture(scope="module")
def wrong(template: Course, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit code and output of an audit of all that."""
    course = Course(tmp_path_factory.mktemp("wrong") / "course")
    shutil.copytree(template.root, course.root)
    for implementation, _ in WRONG.values():
        add(course, *implementation)
    code, said, _ = audit(course, "--seeds", 20)
    return code, said


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(wrong: tuple[int, str], case: str) -> None:
    """And ends with 1."""
    code, said = wrong
    _, expected = WRONG[case]
    assert expected in said
    assert code == 1


def test_mutants_may_be_those_of_a_part() -> None:
    """Of a class, say, most of which is the source's and mutated there."""
    part = "class A:\n    def f(self, x):\n        return x + 1\n"
    code = f"{part}\n    def g(self, x):\n        return x * 2\n"
    every, own = list(mutants(code)), list(mutants(code, only=part))
    assert {mutant.before for mutant in own} == {"return x + 1"}
    assert {mutant.before for mutant in every} == {"return x + 1", "return x * 2"}


def test_a_weak_rubric_lets_mutants_live(course: Course) -> None:
    """The kill rate says so, and each is shown with what it changes."""
    path = course.root / "grader/rubrics/toy/rubric.py"
    weak = RUBRIC.replace("elements=NUMBERS", "elements=st.just(0.0)")
    weak = weak.replace("[np.array([1.0]), np.array([-2.0, 0.5])]", "[np.array([0.0])]")
    path.write_text(weak)
    (course.root / "grader/rubrics/toy/chaffs/square.py").unlink()
    code, said, found = audit(course, "--fail-under", 90, "--seeds", 5)
    assert code == 1, said
    assert found["rates"]["kill_rate"] < 90
    alive = [m for m in found["mutants"] if m["outcome"] == "alive"]
    assert any("differs on double(" in m["why"] for m in alive)
    assert "alive: " in said


BROKEN = {
    "twice": (RUBRIC + RUBRIC.partition("corpus=numbers)\n")[2].replace('"shape"', '"other"'),
              "criterion 'values' is there twice"),
    "no points": (RUBRIC.replace("points=2", "points=0"), "has 0.0 points; they must be positive"),
    "no number": (RUBRIC.replace("points=2", "points=float('nan')"), "they must be positive"),
    "never asks": (
        RUBRIC + '\n@target.criterion("idle", points=1, area="x", on="plain")\n'
        'def idle(f, x):\n    """Nothing."""\n',
        "criterion 'idle' never asks the student's code for anything",
    ),
    "raises": (
        RUBRIC + '\n@target.criterion("bug", points=1, area="x", on="plain")\n'
        'def bug(f, x):\n    """Nothing."""\n    f(x)\n    1 / 0\n',
        "criterion 'bug' itself raised ZeroDivisionError",
    ),
    "unknown inputs": (
        RUBRIC.replace('on="plain", needs', 'on="odd", needs'),
        "is on inputs 'odd'",
    ),
    "exits": ("import sys\nsys.exit(0)\n" + RUBRIC, "SystemExit"),
    "a seed that is none": (RUBRIC.replace("seed=1", "seed='x'"), "it has to be a whole number"),
    "points in words": (RUBRIC.replace("points=2", "points='2'"), "they must be a number"),
    "a hint on nothing": (RUBRIC + '\nrubric.hint("Think.", on="odd")\n', "a hint is on 'odd'"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rubric_is_its_own_fault(course: Course, case: str) -> None:
    """Named, and charged to nobody."""
    text, expected = BROKEN[case]
    (course.root / "grader/rubrics/toy/rubric.py").write_text(text)
    code, said, _ = audit(course)
    assert code == 3, said
    assert expected in said
    assert "rubric.py" in said or case == "raises"
    assert "Traceback" not in said


def test_a_reference_that_breaks_ends_autograde_with_an_error(course: Course) -> None:
    """When all is judged and written, and a person has been told."""
    text = RUBRIC.replace("return numerics.Truth", "assert x.size < 2; return numerics.Truth", 1)
    (course.root / "grader/rubrics/toy/rubric.py").write_text(text)
    right = answer(course.released("toy"), "def double(x):\n    return 2 * x")
    course.hand_in("toy", "ada", toy=right)
    for exits in (3, 0):  # the second time there is nothing to judge
        done = course.run("grader", "autograde", "toy")
        assert done.returncode == exits, done.stderr
        assert ("and the reference double (rubric.py, line " in done.stderr) == (exits == 3)
        assert "in need of a person (formgrader, Manual Grading): 1" in done.stdout
    assert scores(course.db_url, "toy", "ada") == {"values": 0, "shape": 0}


def test_a_criterion_that_breaks_on_an_odd_answer_costs_nobody_else_anything(
    course: Course,
) -> None:
    """All are judged and written, the criterion is named, and no platform gets a mark."""
    text = RUBRIC + (
        '\n@target.criterion("odd", points=1, on="plain")\n'
        'def odd(f, x):\n    """Nothing."""\n    f(x).tolist()[0]\n'
    )
    (course.root / "grader/rubrics/toy/rubric.py").write_text(text)
    release = course.released("toy")
    odd = "def double(x):\n    return 2.0"
    for student, code in (("ada", "def double(x):\n    return 2 * x"), ("odd", odd)):
        course.hand_in("toy", student, toy=answer(release, code))
    results, marks = course.root / "results.json", course.root / "marks.json"
    done = course.run(
        "grader", "grade", "submitted", "--assignment", "toy", "--json", results, "--jobs", 1
    )
    assert done.returncode == 3
    assert "odd: could not be judged: criterion 'odd' itself raised" in done.stderr
    by_student = {r["student"]: r for r in json.loads(results.read_text())["results"]}
    assert by_student["ada"]["score"] == 4
    statuses = {c["id"]: c["status"] for c in by_student["odd"]["criteria"]}
    assert statuses == {"values": "failed", "shape": "skipped", "odd": "error"}
    done = course.run(
        "grader", "grade", "submitted", "--assignment", "toy", "--student", "odd",
        "--gradescope", marks,
    )  # fmt: skip
    assert done.returncode == 3
    assert not marks.exists()


def test_a_quick_audit_mutates_the_source_alone(course: Course) -> None:
    """And says that there is more to be had."""
    code, said, content = audit(course, "--quick")
    assert code == 0, said
    assert {mutant["of"] for mutant in content["mutants"]} == {"source: double"}
    assert len(content["seeds"]) == 5
    assert "wheats were not mutated" in said


def test_an_implementation_that_is_no_python_is_named(course: Course) -> None:
    """With its file."""
    add(course, "wheats", "odd", "def double(:\n")
    code, said, _ = audit(course)
    assert code == 3
    assert "wheats/odd.py is no Python" in said


def test_nothing_tried_is_nothing_shown(course: Course) -> None:
    """A file that defines nothing proves nothing."""
    add(course, "wheats", "idle", "def treble(x):\n    return 3 * x\n")
    code, said, _ = audit(course, "--seeds", 1)
    assert code == 1
    assert "wheats/idle: defines nothing that the assignment asks for" in said
    assert "flakes" in said
    done = course.run("grader", "audit", "toy", "--json", course.root / "no/where.json")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_mutants_are_python_and_differ() -> None:
    """Array mistakes among them."""
    code = (
        "def f(x):\n    y = np.array(x.copy(), dtype=np.float64)\n    y = y - 0.5\n"
        "    return Tensor(np.exp(y) / np.sum(np.exp(y), axis=-1, keepdims=True))\n"
    )
    found = list(mutants(code))
    assert len({m.code for m in found}) == len(found) > 40
    changes = {m.operator for m in found}
    assert {"Axis", "Drop_axis", "Drop_keepdims", "DropCopy", "Float32Inside", "InPlace"} <= changes
    assert {"Drop_exp", "ResultDtype", "Constant", "DropStatement", "Function"} <= changes
    assert any(name.startswith("ReplaceBinaryOperator") for name in changes)
    assert all(m.before != m.after for m in found)


def test_the_same_instructions_are_the_same() -> None:
    """Whatever the lines; and no others are."""
    assert same_bytecode("def f(x):\n    return x + 1\n", "def f(x):\n\n\n    return (x + 1)\n")
    assert not same_bytecode("def f(x):\n    return x + 1\n", "def f(x):\n    return x + 1.0\n")


def test_hollow_implementations_keep_the_form() -> None:
    """Everything is there but what it is about."""
    made = hollow({"f": "def f(x):\n    return Tensor(x)\n", "g": "def g():\n    return 5\n"})
    assert made["returns its argument"]["f"] == "def f(x):\n    return x"
    assert made["returns zeros"]["f"] == "def f(x):\n    return Tensor(x) * 0.0"
    assert made["returns its argument"]["g"] == "def g():\n    return None"
    changed = hollow({"h": "def h(x):\n    x[:] = x / 2\n    x -= 1\n    x.sort()\n"})
    assert "x[:] = x\n    pass\n    pass" in changed["returns its argument"]["h"]
    assert "x[:] = x / 2 * 0.0" in changed["returns zeros"]["h"]
    kept = hollow(
        {"C": "class C:\n    def __init__(self, n):\n        k = n\n        self.k = k\n"}
    )
    assert kept["returns zeros"]["C"].endswith("k = n\n        self.k = k * 0.0")
