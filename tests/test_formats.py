"""Results as other tools read them: each file is looked at by a reader of its format."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import xmlschema
from junitparser import JUnitXml

from grader.cli.outputs import Outputs
from grader.disclosure import LEVELS, disclosed
from grader.model import (
    CellRun,
    Counterexample,
    InfrastructureError,
    Remark,
    Result,
    Verdict,
)
from grader.report.classroom50 import as_classroom50
from grader.report.files import write_texts
from grader.report.github import SUMMARY_BYTES, job_summary, literal
from grader.report.github import commands as annotate
from grader.report.gradescope import as_gradescope
from grader.report.junit import junit_parts
from grader.report.table import csv_lines
from grader.text import inert
from tests.conftest import COURSE, Run, run_grader
from tests.courses import TOY_RELEASED, TOY_RIGHT, grade_toys, toy, toy_class
from tests.runner import Page, commands

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from grader.course import Assignment
    from grader.model import Status

SCHEMAS = Path(__file__).parent / "schemas"
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)

# What a hostile student calls things. A folder's name holds anything but a slash.
NAMES = (
    "=HYPERLINK(0)<b>&]]>\"'",
    "::error file=x,title=y::owned",
    "##[add-mask]a|`b`@ada",
    "eve\n::warning::w\x1b[31m%0A\u202e",
    "a::b ![i](x) **c** #1",
)
SAID = (
    "]]> <script>alert(1)</script> &amp; ::error::x ##[set-output name=a]b | `c` "
    "[l](http://x) @ada https://evil.example www.evil.example =1+1 %0A::error::x"
)
RAISES = f"""def double(x):
    raise ValueError({SAID!r} + "\\n::error::y\\r\\n##[warning]z\\x1b[31m\\x00\\ud800")
"""


@dataclass(frozen=True)
class Everything:
    """A run, the class of students that was graded, and the text of each file by its option."""

    run: Run
    students: list[str]
    texts: dict[str, str]

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {r["student"]: r for r in self.run.document["results"]}
        return found


def read(path: Path) -> str:
    """The text of a file as it is, line ends included."""
    return path.read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class: right, untouched, no notebook at all, and hostile in names and messages."""
    handed: dict[str, str | bytes] = dict.fromkeys(NAMES, toy(RAISES))
    handed |= {"ada": TOY_RIGHT, "ben": TOY_RELEASED, "cem, jr.": b"{", "-2+3": b"\xff"}
    return toy_class(tmp_path_factory.mktemp("course"), handed)


def write_all(folder: Path, to: Path, *options: object) -> Everything:
    """Grade a class and write all files that are for classes."""
    to.mkdir()
    summary = to / "summary.md"
    summary.write_text("What an earlier command wrote.\n\n")
    files = {name: to / name for name in ("junit", "csv")}
    run = grade_toys(
        folder,
        *[text for n, p in files.items() for text in (f"--{n}", p)],
        "--github",
        *options,
        env={"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(folder.parent)},
    )
    texts = {name: read(path) for name, path in (files | {"summary": summary}).items()}
    students = [result["student"] for result in run.document["results"]]
    return Everything(run, students, texts)


@pytest.fixture(scope="module")
def everything(folder: Path) -> Everything:
    """That class, graded once."""
    return write_all(folder, folder.parent / "out", "--jobs", 2)


def test_all_is_written_in_one_run(everything: Everything, folder: Path) -> None:
    """With everybody in it, once."""
    assert everything.run.code == 0, everything.run.stderr
    assert len(everything.students) == len(list(folder.iterdir()))
    for name in ("junit", "csv"):
        assert f"{folder.parent / 'out' / name}" in everything.run.stdout


def test_no_control_character_passes(everything: Everything) -> None:
    """In no format, printed or written; nor what turns text around."""
    texts = {**everything.texts, "stdout": everything.run.stdout}
    for name, text in texts.items():
        odd = {c for c in text if not c.isprintable()} - {"\n", "\r" if name == "csv" else "\n"}
        assert odd == set(), name


def test_two_runs_write_the_same_bytes(everything: Everything, folder: Path) -> None:
    """Times aside."""

    def timeless(text: str) -> str:
        text = text.replace(str(folder.parent / "again"), str(folder.parent / "out"))
        return re.sub(r'(timestamp|time)="[^"]*"', "", text)

    again = write_all(folder, folder.parent / "again")
    for name, text in everything.texts.items():
        assert timeless(again.texts[name]) == timeless(text), name
    assert timeless(again.run.stdout) == timeless(everything.run.stdout)


# JUnit -----------------------------------------------------------------------------------------


def test_junit_is_valid_and_read_by_a_reader(everything: Everything) -> None:
    """By what the published schemas allow, and with all that is in the results."""
    text = everything.texts["junit"]
    xmlschema.XMLSchema(str(SCHEMAS / "junit.xsd")).validate(text)
    suites = {}
    for suite in JUnitXml.fromstring(text.encode()):
        properties = {p.name: p.value for p in suite.properties()}
        suites[properties["student"]] = (suite, properties)
    assert list(suites) == everything.students
    expected = {"failed": "failure", "missing": "failure", "error": "error", "timeout": "error"}
    for student, (suite, properties) in suites.items():
        result = everything.results[student]
        cases = list(suite)
        kinds = [outcome.type for case in cases for outcome in case.result]
        tags = [outcome._tag for case in cases for outcome in case.result]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(cases), *(tags.count(tag) for tag in ("failure", "error", "skipped")),
        )  # fmt: skip
        assert properties["max_score"] == "3"
        if result["status"] == "refused":
            assert (tags, kinds) == (["error"], ["refused"])
            assert "score" not in properties
            continue
        assert float(properties["score"]) == result["score"]
        for case, criterion in zip(cases, result["criteria"], strict=True):
            assert (case.name, case.classname) == (criterion["id"], criterion["target"])
            status = criterion["status"]
            found = [outcome._tag for outcome in case.result]
            assert found == ([] if status == "passed" else [expected.get(status, status)])
            for key, points in (("points", "points"), ("max_points", "max_points")):
                assert float(properties[f"{key}.{case.name}"]) == criterion[points]


def test_junit_says_what_a_student_said(everything: Everything) -> None:
    """Escaped, so that it is text again for who reads it."""
    (suite,) = [s for s in JUnitXml.fromstring(everything.texts["junit"]) if s.name == NAMES[0]]
    (said,) = [case.result[0].message for case in suite if case.name == "values"]
    assert "]]> <script>alert(1)</script> &amp; ::error::x" in said


# CSV -------------------------------------------------------------------------------------------


def test_csv_has_a_line_for_each_student_and_a_column_for_each_criterion(
    everything: Everything,
) -> None:
    """Numbers are numbers; who was refused has none."""
    lines = list(csv.DictReader(io.StringIO(everything.texts["csv"], newline="")))
    assert [line["student"].removeprefix("'") for line in lines] == everything.students
    for line in lines:
        result = everything.results[line["student"].removeprefix("'")]
        assert line["status"] == result["status"]
        assert line["max_score"] == "3"
        if result["status"] == "refused":
            assert line["score"] == line["values"] == ""
            assert line["message"] == result["message"]
        else:
            assert float(line["score"]) == result["score"]
            points = {c["id"]: c["points"] for c in result["criteria"]}
            assert {name: float(line[name]) for name in points} == points


def test_csv_holds_no_formula(everything: Everything) -> None:
    """In no field."""
    rows = list(csv.reader(io.StringIO(everything.texts["csv"], newline="")))
    assert any(field.startswith("'=") for row in rows for field in row)
    assert any(field.startswith("'-2+3") for row in rows for field in row)
    for row in rows:
        assert len(row) == len(rows[0])
        assert not [f for f in row if f.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


# GitHub ----------------------------------------------------------------------------------------


def test_the_runner_finds_our_annotations_and_no_others(everything: Everything) -> None:
    """An error for each refused submission, a warning for each that lost points."""
    found = commands(everything.run.stdout)
    assert {command.name for command in found} == {"error", "warning"}
    lost = [s for s, r in everything.results.items() if r["status"] == "graded" and r["score"] < 3]
    refused = [s for s, r in everything.results.items() if r["status"] == "refused"]
    titles = [command.properties["title"] for command in found]
    assert titles[: len(refused)] == [f"{s}: not graded" for s in refused]
    assert [t.rpartition(": ")[0] for t in titles[len(refused) :]] == [inert(s) for s in lost]
    ben = next(c for c in found if c.properties["title"].startswith("ben: "))
    assert ben.properties["file"] == "submitted/ben/toy/toy.ipynb"
    assert "double is not written yet" in ben.data
    hostile = next(c for c in found if c.properties["title"].startswith("=HYPERLINK"))
    assert inert(SAID) in hostile.data
    assert commands(everything.run.stderr) == []


def test_a_table_holds_no_command_without_the_option_either(folder: Path) -> None:
    """Whoever grades in CI prints students' text."""
    done = grade_toys(folder, env={"GITHUB_ACTIONS": "true", "FORCE_COLOR": "1"})
    assert done.code == 0
    assert "y::owned" in done.stdout
    assert commands(done.stdout) == commands(done.stderr) == []


def test_a_summary_is_added_and_holds_no_markup_of_students(everything: Everything) -> None:
    """What they wrote is text, all of it, and one line of a table."""
    text = everything.texts["summary"]
    assert text.startswith("What an earlier command wrote.\n\n## ")
    page = Page(text)
    tags = {"p", "h2", "br", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert page.tags == tags
    assert {name for name, _ in page.attributes} <= {"style"}  # of columns
    rows = [page.cells[i : i + 3] for i in range(0, len(page.cells), 3)]
    students = [student.replace("\u200b", "") for student, _, _ in rows[1:]]
    assert students == everything.students
    hostile = next(cells for cells in rows if cells[0].startswith("=HYPERLINK"))
    assert "<script>alert(1)</script> &amp; ::error::x" in hostile[2].replace("\u200b", "")
    assert hostile[1] == "0/3"


@pytest.mark.parametrize(
    "text", [*NAMES, SAID, "`", "``` x", "\\|", "a|b", "[x]: y", "<!-- x -->", "a@b.c", "~~x~~"]
)
def test_no_text_is_markup_in_a_summary(text: str) -> None:
    """Whatever stands around it."""
    page = Page(f"| a | b |\n|---|---|\n| {literal(text)} | {literal(text)} |\n")
    assert page.tags == {"table", "thead", "tbody", "tr", "th", "td", "code"}
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    assert page.cells[2].replace("\u200b", "") == page.cells[3].replace("\u200b", "") == shown


def test_a_summary_has_at_most_1_mib_and_says_what_it_leaves_out() -> None:
    """GitHub shows nothing of one that is larger."""
    many = [replace(LOST, student=f"student-{n}", path=f"{n}.ipynb") for n in range(4000)]
    text = job_summary("activations", many)
    assert len(text.encode()) <= SUMMARY_BYTES
    (left,) = re.findall(r"\n(\d+) more do not fit in here\.", text)
    assert text.count("student&#45;") + int(left) == 4000
    assert "4000 more do not fit in here." in job_summary("activations", many, 100)


def test_of_each_kind_ten_annotations_are_shown_and_the_rest_is_counted() -> None:
    """GitHub would drop them silently."""
    many = [replace(LOST, student=f"s{n:02}", path=f"{n}.ipynb") for n in range(30)]
    found = commands("\n".join(annotate(many)))
    assert [command.name for command in found] == ["warning"] * 10
    assert found[-1].data.startswith("21 more are not shown")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("  ::error::x", "  : :error::x"),
        ("a\n::error::x", "a\n: :error::x"),
        ("a ##[error]x", "a # #[error]x"),
        ("####[error]x", "### #[error]x"),
        ("##vso[task.x]", "# #vso[task.x]"),
        ("x[::-1] ## [a]", "x[::-1] ## [a]"),
    ],
)
def test_text_is_made_inert_and_no_more(text: str, shown: str) -> None:
    """Ordinary text, slices of Python among it, stays as it is."""
    assert inert(text) == shown
    assert commands(inert(text)) == []


# One submission --------------------------------------------------------------------------------


def one(folder: Path, student: str, *options: object, **env: str) -> tuple[Run, dict[str, Any]]:
    """Grade one student for both platforms; what they got."""
    to = folder.parent
    files = {name: to / f"{name}.json" for name in ("gradescope", "classroom50")}
    run = grade_toys(
        folder, *[text for name, path in files.items() for text in (f"--{name}", path)],
        "--student", student, *options, env=env,
    )  # fmt: skip
    return run, {name: json.loads(read(path)) for name, path in files.items() if path.is_file()}


def check_schema(name: str, content: Any) -> None:
    """Validate a document."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.validate(content, schema, jsonschema.Draft202012Validator)


@pytest.fixture(scope="module", params=["ada", "ben", "cem, jr.", NAMES[0]])
def platforms(folder: Path, request: pytest.FixtureRequest) -> tuple[Run, dict[str, Any]]:
    """One student after the other, for the platforms."""
    return one(
        folder, request.param, CLASSROOM="numerics", OWNER="octocat", SUBMISSION_TAG="submit/1",
        ASSIGNMENT="week-3", COMMIT_URL="https://example.org/c", ASSIGNMENT_TYPE="group",
    )  # fmt: skip


def test_platforms_get_what_their_formats_say(platforms: tuple[Run, dict[str, Any]]) -> None:
    """By their schemas, with totals that agree."""
    run, texts = platforms
    assert run.code == 0, run.stderr
    for name, content in texts.items():
        check_schema(name, content)
    (result,) = run.document["results"]
    gradescope, classroom50 = texts["gradescope"], texts["classroom50"]
    assert gradescope["score"] == classroom50["score"] == result["score"]
    assert sum(test["score"] for test in gradescope["tests"]) == result["score"]
    assert sum(test["score"] for test in classroom50["tests"]) == result["score"]
    assert classroom50["max-score"] == sum(t["max-score"] for t in classroom50["tests"]) == 3
    assert {test["visibility"] for test in gradescope["tests"]} == {"visible"}
    wanted = {
        "classroom": "numerics", "assignment": "week-3", "owner": "octocat",
        "assignment_type": "group", "submission": "submit/1", "commit": "https://example.org/c",
        "review": "https://example.org/c",
    }  # fmt: skip
    assert {name: classroom50[name] for name in wanted} == wanted


def test_a_refused_submission_is_no_silent_zero(platforms: tuple[Run, dict[str, Any]]) -> None:
    """Nor is it a success."""
    run, texts = platforms
    (result,) = run.document["results"]
    if result["status"] == "graded":
        assert texts["gradescope"]["output"].startswith(f"{result['score']:g} of 3 points.")
        return
    assert texts["gradescope"]["output"].startswith("This submission was not graded: the file")
    assert [test["status"] for test in texts["gradescope"]["tests"]] == ["failed"]
    (test,) = texts["classroom50"]["tests"]
    assert (test["passed"], test["message"]) == (False, result["message"])


def test_names_of_tests_hold_nothing_that_a_student_wrote(
    platforms: tuple[Run, dict[str, Any]],
) -> None:
    """Classroom 50 puts them into Markdown as they are."""
    _, texts = platforms
    for test in texts["classroom50"]["tests"]:
        assert "script" not in test["test-name"]


def test_outside_of_its_runner_classroom_50_gets_placeholders(folder: Path) -> None:
    """To try it; valid all the same."""
    _, texts = one(folder, "ada")
    check_schema("classroom50", texts["classroom50"])
    assert texts["classroom50"]["assignment"] == "toy"
    assert texts["classroom50"]["owner"] == "ada"


# What is disclosed -----------------------------------------------------------------------------


def verdict(status: Status, **changes: Any) -> Verdict:
    """A verdict with everything in it."""
    given: dict[str, Any] = {
        "id": f"softmax-{status}",
        "target": "Softmax",
        "area": "stability",
        "title": "Stays right for large inputs.",
        "points": 3.0 if status == "passed" else 0.0,
        "max_points": 3.0,
        "status": status,
    }
    if status != "passed":
        given |= {
            "message": "softmax([1000]) gave [nan]; expected [1]",
            "hint": "Subtract the max.",
        }
        given["counterexample"] = Counterexample(
            call="Softmax()(Tensor(x)).data", inputs={"x": [1000.0]}, dtypes={"x": "float32"},
            output=["nan"], expected="[1]",
        )  # fmt: skip
    return Verdict(**(given | changes))


LOST = Result(
    student="ben",
    path="submitted/ben/activations/activations.ipynb",
    status="graded",
    score=3.0,
    max_score=12.0,
    duration_s=0.25,
    isolation="standard",
    verdicts=(
        verdict("passed"),
        verdict("failed"),
        verdict("error", message="softmax([1]) raised ValueError: <b>]]>"),
        verdict("skipped", message="needs softmax-error, which is not passed", hint="",
                counterexample=None),
    ),
    cells=(CellRun(index=9, left_out="the cell took longer than 2 s"),),
    remarks=(Remark(id="tails", target="Softmax", good=True, text="Accurate in the tails."),),
)  # fmt: skip
RIGHT = replace(
    LOST, student="ada", path="ada.ipynb", score=3.0, max_score=3.0, cells=(),
    verdicts=(verdict("passed"),),
)  # fmt: skip
REFUSED = Result(
    student="@cem", path="cem.ipynb", status="refused", message="the file is empty", max_score=12.0
)


def rendered(results: list[Result]) -> dict[str, str]:
    """All formats of some results, those for one submission of the last."""
    criteria = [v.id for v in LOST.verdicts]
    return {
        "junit": "".join(junit_parts("activations", results, NOON)),
        "csv": "".join(csv_lines(criteria, results)),
        "annotations": "\n".join(annotate(results)),
        "summary": job_summary("activations", results),
        "gradescope": as_gradescope(results[-1]),
        "classroom50": as_classroom50("activations", results[-1], {}, NOON),
    }


@pytest.mark.parametrize(
    "name", ["junit", "csv", "annotations", "summary", "gradescope", "classroom50"]
)
def test_each_format_reads_as_before(name: str, snapshot: SnapshotAssertion) -> None:
    """A class of three: right, refused, and one who lost in every way."""
    assert rendered([RIGHT, REFUSED, LOST])[name] == snapshot
    if name in {"gradescope", "classroom50"}:
        assert rendered([REFUSED])[name] == snapshot(name="refused")


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_shown_beyond_what_is_disclosed(level: str) -> None:
    """In no format."""
    shown = {
        "title": "Stays right for large inputs.",
        "hint": "Subtract the max.",
        "counterexample": "softmax([1000]) gave [nan]",
    }
    texts = rendered([disclosed(LOST, level)])  # type: ignore[arg-type]
    texts["summary"] = Page(texts["summary"]).text
    for part, said in shown.items():
        if LEVELS.index(part) > LEVELS.index(level):
            assert [name for name, text in texts.items() if said in text] == []
        else:
            assert said in texts["gradescope"]


def test_where_only_the_score_is_disclosed_gradescopes_tests_are_for_instructors() -> None:
    """The total is in the text, since Gradescope shows none where tests are hidden."""
    content = json.loads(as_gradescope(disclosed(LOST, "score")))
    check_schema("gradescope", content)
    assert {test["visibility"] for test in content["tests"]} == {"hidden"}
    assert content["visibility"] == "visible"
    assert content["output"].startswith("3 of 12 points.")


@pytest.mark.parametrize(
    ("points", "score", "most"),
    [
        ((4.0, 3.0), 7, 7),
        ((0.5, 2.0), 5, 5),
        ((1 / 3, 2 / 3), 3, 3),
        ((0.25, 0.1), 7, 7),
        ((1 / 997, 1 / 991), 2, 2),
    ],
)
def test_classroom_50_gets_whole_points(points: tuple[float, ...], score: int, most: int) -> None:
    """Multiplied by as little as makes them whole; totals are sums."""
    verdicts = tuple(verdict("passed", id=f"v{p}", points=p, max_points=p) for p in points)
    lost = verdict("failed", id="none", max_points=float(sum(map(Fraction, points))))
    right = replace(LOST, verdicts=verdicts, score=sum(points), max_score=sum(points))
    content = json.loads(as_classroom50("activations", right, {}, NOON))
    check_schema("classroom50", content)
    assert (content["score"], content["max-score"]) == (score, most)
    half = json.loads(
        as_classroom50("activations", replace(right, verdicts=(*verdicts, lost)), {}, NOON)
    )
    assert half["score"] == sum(test["score"] for test in half["tests"])
    assert half["max-score"] == sum(test["max-score"] for test in half["tests"])


# Usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--junit", "{to}/no/x.xml"), "no folder"),
        (("--csv", "{to}"), "is a directory"),
        (("--csv", "{to}/x", "--junit", "{to}/./x"), "what --junit writes"),
        (("--json", "{to}/x", "--csv", "{to}/x"), "name another file"),
        (("--csv", "{folder}/ada/toy/toy.ipynb"), "overwrite a submission"),
        (("--gradescope", "{to}/x.json"), "name one of them with --student"),
        (("--classroom50", "{to}/x.json"), "name one of them with --student"),
    ],
)
def test_what_could_not_be_written_is_wrong_usage(
    folder: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """Found before anything is graded; nothing is written."""
    filled = [text.format(to=tmp_path, folder=folder) for text in options]
    done = run_grader("grade", folder, "--assignment", "toy", *filled, cwd=folder)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_where_grading_breaks_off_no_platform_gets_a_mark(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no old file is left that would pass for one; all other files are written."""
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import subprocess\n"
        "def refuse(*a, **k): raise OSError('no processes today')\n"
        "subprocess.Popen = refuse\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{COURSE}")
    old = folder.parent / "gradescope.json"
    old.write_text("{}")
    table = tmp_path / "scores.csv"
    run, texts = one(folder, "ada", "--csv", table)
    assert run.code == 3
    assert "no processes today" in run.stderr
    assert texts == {}
    (line,) = csv.DictReader(io.StringIO(read(table), newline=""))
    assert (line["status"], line["score"]) == ("refused", "")


def test_a_fault_of_the_grader_is_no_mark_on_a_platform(
    tmp_path: Path, assignment: Assignment
) -> None:
    """It is an error of the infrastructure, which platforms show as one."""
    files = {name: tmp_path / name for name in ("gradescope", "csv")}
    files["gradescope"].write_text("{}")
    outputs = Outputs(files=files, github=False)
    result = replace(REFUSED, message="not judged, by a fault of the grader", fault=True)
    with pytest.raises(InfrastructureError, match="gradescope is not written: not judged"):
        outputs.write(assignment.rubric, assignment.rubric_sha256, [result], {}, whole=True)
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    """Where one cannot be, the others are as they were."""
    (tmp_path / "a").write_text("old")
    with pytest.raises(OSError, match="gone"):
        write_texts({tmp_path / "a": "new", tmp_path / "gone" / "b": "new"})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"
