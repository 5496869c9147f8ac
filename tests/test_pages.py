"""What people see: feedback pages and the class report, in a real browser."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from grader.cli.report import write_report
from grader.course import Submission
from grader.disclosure import LEVELS, disclosed
from grader.grading import Grader
from grader.model import CellRun, Counterexample, Limits, Remark, Result, Trace, Verdict
from grader.overview import overview
from grader.report.feedback import feedback_page, make_page
from grader.report.figure import Figures
from grader.report.overviewed import document, page_parts
from grader.report.pages import page_names
from grader.report.results import result_document, result_from, write
from tests.browser import browser, needs_browser
from tests.conftest import Run, grade, hand_in, run_grader
from tests.courses import TOY_RIGHT, grade_toys, toy_class
from tests.documented import undocumented
from tests.test_feedback import PAYLOAD, hostile

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize
    from syrupy.assertion import SnapshotAssertion

    from grader.course import Assignment
    from grader.model import Disclosure
    from grader.sample import Filler
    from tests.browser import Watched

CLASS = ("ada", "emeka", "goran", "kofi", "untouched", "not-a-notebook")
HOSTILE_NAME = "<img src=x onerror=alert(1)>"
pytestmark = pytest.mark.usefixtures("run")
SMALL: ViewportSize = {"width": 390, "height": 800}
WIDE: ViewportSize = {"width": 1200, "height": 1000}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where submissions, results and pages are."""
    return tmp_path_factory.mktemp("seen")


@pytest.fixture(scope="module")
def run(filler: Filler, root: Path) -> Run:
    """A small class with hostile members, graded, with all pages."""
    assert run_grader("sample", "activations", "--to", root / "all").returncode == 0
    folder = root / "class"
    folder.mkdir()
    for student in CLASS:
        (root / "all" / student).rename(folder / student)
    hand_in(folder, {"mallory": hostile(filler), HOSTILE_NAME: hostile(filler)})
    made = grade(folder, options=("--feedback", root / "pages", "--report", root / "class.html"))
    assert made.code == 0, made.stderr
    return made


def pages(root: Path) -> list[Path]:
    """All pages of students."""
    return sorted((root / "pages").iterdir())


def accessible(watched: Watched, path: Path) -> list[str]:
    """What axe-core has to say against a page, in light and dark, in serious matters."""
    found = []
    for scheme in ("light", "dark"):
        watched.page.emulate_media(color_scheme=scheme)
        watched.page.goto(path.as_uri())
        report = Axe().run(watched.page)
        found += [
            f"{path.name}, {scheme}: {v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}"
            for v in report.response["violations"]
            if v["impact"] in {"serious", "critical"}
        ]
    return found


# Students' pages -------------------------------------------------------------------------------


def test_everybody_has_a_page(run: Run, root: Path) -> None:
    """Also who was refused, and who has a name that no file can have."""
    assert len(pages(root)) == len(run.document["results"]) == len(CLASS) + 2
    assert {f"{student}.html" for student in (*CLASS, "mallory")} < {p.name for p in pages(root)}


def test_a_page_teaches(root: Path) -> None:
    """The sentence, the counterexample as a table, the hint, pictures, what cells printed."""
    text = (root / "pages" / "goran.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))
    assert "95 of 100 points" in plain
    assert "✗ failed, −2: Keeps NaN, turns -inf into 0 and keeps inf." in plain
    assert "relu([-np.inf]) gave [nan]; expected [0]" in plain
    assert "input [-inf] your output [nan] expected [0]" in plain
    assert "0 times infinity is NaN" in plain
    assert text.count("<svg") == 4
    assert "for -inf it gave nan; right is 0" in plain
    assert "Unit Test: ReLU activation..." in plain


def test_a_page_is_one_file_without_scripts(root: Path) -> None:
    """Nothing is loaded, nothing runs, and no path of the machine is in it."""
    for path in pages(root):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search(r"(?:src|href)=[\"'](?!#)", text)
        assert str(path.parent) not in text
        assert len(text) < 200_000


@needs_browser
def test_hostile_pages_do_nothing(root: Path) -> None:
    """The title stays, nothing runs, no request leaves, what they print is text."""
    hostile_ones = [p for p in pages(root) if p.stem not in CLASS]
    assert len(hostile_ones) == 2
    with browser() as watched:
        for path in [*hostile_ones, root / "class.html"]:
            watched.page.goto(path.as_uri())
            watched.page.wait_for_load_state("load")
            assert watched.page.title().startswith("activations: ")
            assert watched.page.locator("img, iframe, object, embed, form").count() == 0
            assert watched.page.locator("h1").is_visible()
        assert watched.dialogs == []
        assert [u for u in watched.requests if not u.startswith("file:")] == []
        assert len(watched.requests) == 3
    text = (root / "pages" / "mallory.html").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert PAYLOAD not in text


@needs_browser
def test_pages_are_accessible_and_fit_a_phone(root: Path) -> None:
    """axe-core finds nothing serious, light or dark; nothing is wider than a small screen.

    It looks at one of each kind: points lost, all lost, refused, hostile, and the class.
    """
    kinds = {"goran.html", "untouched.html", "not-a-notebook.html", "mallory.html", "class.html"}
    with browser() as watched:
        for path in [*pages(root), root / "class.html"]:
            if path.name in kinds:
                kinds.remove(path.name)
                assert accessible(watched, path) == []
            watched.page.set_viewport_size(SMALL)
            watched.page.goto(path.as_uri())
            width = watched.page.evaluate("document.documentElement.scrollWidth")
            assert width <= SMALL["width"], path.name
            watched.page.set_viewport_size(WIDE)
    assert kinds == set()


@needs_browser
def test_a_page_prints(root: Path, tmp_path: Path) -> None:
    """To PDF, with what cells printed on it whole."""
    with browser() as watched:
        for name in ("pages/goran.html", "class.html"):
            watched.page.goto((root / name).as_uri())
            watched.page.pdf(path=tmp_path / "page.pdf")
            assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
            assert (tmp_path / "page.pdf").stat().st_size > 20_000


def test_the_same_values_give_the_same_picture(assignment: Assignment) -> None:
    """To the byte."""
    values = [0.5] * 97
    one, two = (Figures(assignment.rubric.pictures).of("Sigmoid", values) for _ in range(2))
    assert one == two


def test_pictures_mark_counterexamples_and_leave_gaps(assignment: Assignment) -> None:
    """A visible difference is circled, NaN is a gap, what is far away is said."""
    figures = Figures(assignment.rubric.pictures)
    wrong = Verdict(
        id="tanh-vector", target="Tanh", area="", title="", points=0, max_points=1, status="failed",
        counterexample=Counterexample(
            call="Tanh()(Tensor(x)).data", inputs={"x": [1.0, 1000.0]}, dtypes={},
            output=[0.1, "nan"], expected="",
        ),
    )  # fmt: skip
    (drawing,) = figures.of("Tanh", ["nan"] * 10 + [0.0] * 87, [wrong])
    assert drawing.svg.count('class="mark"') == 1
    assert drawing.svg.count("<polyline") == 1
    assert drawing.notes == (
        "It gave nan in 10 of 97 places.",
        "Not in the picture: for 1000 it gave nan; right is 1.",
    )
    (nothing,) = figures.of("Tanh", None)
    assert "gave no numbers" in nothing.notes[0]
    assert wrong.counterexample is not None
    other = replace(wrong.counterexample, call="Softmax()(Tensor(x)).data")
    bars = replace(wrong, counterexample=other)
    assert len(figures.of("Softmax", [0, 0, "nan", "inf"], [bars])) == 2
    assert 'nan"' not in figures.of("Softmax", None)[0].svg
    # What another call gave, such as an input that was changed, is no answer.
    assert len(figures.of("Softmax", [0, 0, 0, 1], [wrong])) == 1
    assert figures.of("integration", None) == []


def example() -> list[Result]:
    """Results with everything in them that a page can show, and a refused one."""
    shown = secret_result()
    first, second = shown.verdicts
    passed = replace(
        first, id="f-right", status="passed", points=1, max_points=1, message="", hint="",
        counterexample=None,
    )  # fmt: skip
    skipped = replace(second, id="f-late", status="skipped", message="needs f-one", hint="")
    cells = (
        CellRun(index=0, outputs=({"output_type": "stream", "name": "stdout", "text": "a < b\n"},)),
        CellRun(index=3, error="ValueError: <b>bold</b>"),
        CellRun(index=5, left_out="the cell took longer than 2 s"),
    )
    verdicts = (first, second, passed, replace(skipped, counterexample=None))
    full = replace(shown, verdicts=verdicts, cells=cells, traces=())
    refused = replace(
        shown, student="bob", path="bob.ipynb", status="refused", message="no JSON", score=0,
        verdicts=(), remarks=(), traces=(),
    )  # fmt: skip
    return [full, refused]


@pytest.mark.parametrize("level", LEVELS)
def test_a_students_page_is_as_it_was(level: Disclosure, snapshot: SnapshotAssertion) -> None:
    """At each level of disclosure."""
    full, _ = example()
    assert without_style(feedback_page(make_page("demo", disclosed(full, level), None))) == snapshot


def test_a_refused_students_page_is_as_it_was(snapshot: SnapshotAssertion) -> None:
    """It says why, and that it is not a zero."""
    _, refused = example()
    assert without_style(feedback_page(make_page("demo", refused, None))) == snapshot


def test_the_class_report_is_as_it_was(snapshot: SnapshotAssertion) -> None:
    """As a page."""
    page = "".join(page_parts(overview("demo", 3, example()), {"ann.ipynb": "pages/ann.html"}))
    assert without_style(page) == snapshot


def without_style(page: str) -> str:
    """A page without what only gives it its looks, and without empty lines."""
    page = re.sub(r"<(style|script)>.*?</\1>|sha256-[^']*", "", page, flags=re.DOTALL)
    return "\n".join(line for line in page.splitlines() if line.strip())


# Disclosure ------------------------------------------------------------------------------------


def secret_result() -> Result:
    """A result in which everything is there."""
    found = Counterexample(
        call="F(TYPED)",
        inputs={"x": ["INPUT"]},
        dtypes={"x": "d"},
        output="OUTPUT",
        expected="WANT",
    )
    verdict = Verdict(
        id="f-one", target="F", area="range", title="TITLE", points=0, max_points=2,
        status="error", message="raised ValueError: MESSAGE", hint="HINT", counterexample=found,
    )  # fmt: skip
    return Result(
        student="ann", path="ann.ipynb", status="graded", max_score=3, score=1,
        verdicts=(verdict, replace(verdict, id="f-two")),
        remarks=(Remark(id="r", target="F", good=False, text="REMARK MESSAGE", hint="REMARKED"),),
        traces=(Trace(target="F", values=[1.5]),),
    )  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_beyond_a_level_is_left(level: Disclosure) -> None:
    """Whatever reads the result cannot show it."""
    words: dict[str, Disclosure] = {
        "TITLE": "title", "HINT": "hint", "REMARKED": "hint", "MESSAGE": "counterexample",
        "INPUT": "counterexample", "OUTPUT": "counterexample", "WANT": "counterexample",
        "TYPED": "counterexample",
    }  # fmt: skip
    text = repr(disclosed(secret_result(), level))
    for word, least in words.items():
        assert (word in text) == (LEVELS.index(level) >= LEVELS.index(least)), word


def test_a_criterion_may_be_shown_less() -> None:
    """By the rubric, whatever the command says."""
    first, second = disclosed(secret_result(), "counterexample", {"f-two": "title"}).verdicts
    assert first.hint == "HINT"
    assert (second.title, second.hint, second.message) == ("TITLE", "", "")


@pytest.mark.parametrize("level", ["score", "title", "hint"])
def test_disclosure_holds_on_every_output(root: Path, tmp_path: Path, level: str) -> None:
    """Terminal, JSON, pages, report: no input, no output, no text of an exception."""
    done = grade(
        root / "class",
        options=(
            "--student", "goran", "--student", "mallory", "--disclose", level,
            "--feedback", tmp_path / "pages", "--report", tmp_path / "class.html",
        ),
    )  # fmt: skip
    assert done.code == 0, done.stderr
    printed = (tmp_path / "pages" / "goran.html").read_text(encoding="utf-8")
    outputs = [done.stdout, json.dumps(done.document), (tmp_path / "class.html").read_text("utf-8")]
    for text in [*outputs, printed]:
        assert "relu([-np.inf])" not in text
        assert "-inf]" not in text
        assert ("0 times infinity" in text) == (level == "hint")
    assert "onerror" not in "".join(outputs)  # in the text of mallory's exceptions
    assert ("Keeps NaN, turns" in printed) == (level != "score")
    assert done.document["disclosure"] == level


# Results, read again ---------------------------------------------------------------------------


def test_results_are_read_as_they_were_written(run: Run) -> None:
    """To the last field."""
    for result in run.document["results"]:
        assert result_document(result_from(result)) == result


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "JSON"),
        (b"[]", "schema"),
        (b'{"schema": "x"}', "'x'"),
        (b'{"schema": "grader/results/1"}', "KeyError"),
        (
            b'{"schema": "grader/results/1", "assignment": "a", "max_score": 1, "results": [1]}',
            "read",
        ),
        (b"\xff", "read"),
        (b"[" * 100_000, "read"),
    ],
)
def test_what_is_no_results_is_an_error(tmp_path: Path, content: bytes, said: str) -> None:
    """That names the file and the remedy."""
    file = tmp_path / "results.json"
    file.write_bytes(content)
    done = run_grader("report", file)
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


# The class report ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a thousand students, made of a few."""
    few = [result_from(item) for item in run.document["results"]]
    results = [
        replace(few[n % len(few)], student=f"student-{n:04}", path=f"{n:04}.ipynb")
        for n in range(1000)
    ]
    content = dict(run.document) | {"results": [result_document(r) for r in results]}
    file = tmp_path_factory.mktemp("many") / "results.json"
    write(file, content)
    return file


def test_a_thousand_students_fit_into_a_page(many: Path, tmp_path: Path) -> None:
    """Under 5 MB, by the command for results that were written earlier."""
    page, data = tmp_path / "class.html", tmp_path / "class.json"
    done = run_grader("report", many, "--html", page, "--json", data)
    assert done.returncode == 0, done.stderr
    assert page.stat().st_size < 5_000_000
    content = json.loads(data.read_bytes())
    assert content["schema"] == "grader/report/1"
    assert undocumented(content, "Reports") == set()
    assert content["students"] == 1000
    assert content["graded"] + len(content["refused"]) == 1000
    assert sum(b["count"] for b in content["distribution"]) == content["graded"]
    assert content["groups"][0]["count"] >= 250  # both hostile ones
    assert len(content["slowest"]) == 10


def test_submissions_that_fail_alike_are_a_group(run: Run) -> None:
    """The same criteria in the same way; the largest first; full marks are in none."""
    seen = overview("activations", 100, [result_from(r) for r in run.document["results"]])
    first = seen.groups[0]
    assert {r.student for r in first.members} == {"mallory", HOSTILE_NAME}
    assert "ada" not in {r.student for group in seen.groups for r in group.members}
    emeka = next(g for g in seen.groups if g.members[0].student == "emeka")
    assert emeka.criteria == ["softmax-extreme"]
    assert emeka.hint.startswith("Subtract the maximum")
    losses = {loss["id"]: loss for loss in document(seen)["criteria"]}
    assert (
        losses["softmax-extreme"]["commonest"][0]["message"]
        == "softmax([1000]) gave [nan]; expected [1]"
    )
    assert losses["relu-special"]["lost"] == 4


@needs_browser
def test_the_report_is_sorted_filtered_and_followed(root: Path, many: Path, tmp_path: Path) -> None:
    """By mouse and by keyboard."""
    with browser() as watched:
        page = watched.page
        page.goto((root / "class.html").as_uri())
        score = page.get_by_role("button", name="score", exact=True)
        score.click()
        column = page.locator("#students tbody tr td:nth-child(2)")
        assert column.all_text_contents()[0] == "refused"
        score.focus()
        page.keyboard.press("Enter")
        assert column.all_text_contents()[0] == "100"
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.get_by_label("result").select_option("refused")
        assert page.locator("#students tbody tr:visible").count() == 1
        assert page.locator("#shown").text_content() == f"1 of {len(CLASS) + 2} submissions"
        page.get_by_role("button", name="show all").click()
        page.get_by_label("has lost").select_option(label="softmax-extreme")
        assert (
            "emeka" in page.locator("#students tbody tr:visible").all_text_contents()[0:9].__str__()
        )
        page.get_by_role("button", name="show them").first.click()
        assert page.locator("#students tbody tr:visible").count() == 2
        page.get_by_role("button", name="show all").click()
        page.get_by_label("student, or any text").fill("goran")
        page.get_by_role("link", name="goran").click()
        assert page.title() == "activations: goran"
        # A thousand at once.
        done = run_grader("report", many, "--html", tmp_path / "class.html")
        assert done.returncode == 0
        page.goto((tmp_path / "class.html").as_uri())
        page.get_by_role("button", name="score", exact=True).click()
        assert page.locator("#students tbody tr").count() == 1000


SPY = """class ReLU:
    seen = before = 0
    def forward(self, x):
        if x.data.shape == (101,):
            return Tensor(np.full(101, ReLU.seen - ReLU.before))
        ReLU.seen += 1
        return Tensor(np.maximum(x.data, 0))
    def __call__(self, x):
        return self.forward(x)
"""


def test_a_picture_is_not_of_code_that_has_seen_hidden_inputs(
    filler: Filler, assignment: Assignment, tmp_path: Path
) -> None:
    """What it shows cannot be what the judge has asked for: it has asked for nothing yet."""
    path = tmp_path / "spy.ipynb"
    path.write_text(filler.fill({"ReLU": SPY}, extra=["ReLU.before = ReLU.seen"]), "utf-8")
    with closing(Grader(assignment, Limits())) as grader:
        result = grader.examine(Submission("spy", path))
    assert result.score == 100
    shown = next(trace.values for trace in result.traces if trace.target == "ReLU")
    assert shown == [0.0] * 101


@pytest.mark.parametrize(
    "trouble", ["while True: pass", "import os; os._exit(0)", "raise KeyError"]
)
def test_a_picture_costs_nothing(
    filler: Filler, assignment: Assignment, tmp_path: Path, trouble: str
) -> None:
    """Whatever happens on its input, which is none of the judge's."""
    path = tmp_path / "odd.ipynb"
    trap = f"        if x.data.shape == (101,) and x.data[0] == -5:\n            {trouble}\n"
    code = SPY.partition("        if x")[0] + trap + SPY[SPY.index("        ReLU.seen") :]
    path.write_text(filler.fill({"ReLU": code}), "utf-8")
    with closing(Grader(assignment, Limits())) as grader:
        result = grader.examine(Submission("odd", path))
    assert result.score == 100
    assert next(t.values for t in result.traces if t.target == "ReLU") is None


def test_pictures_that_were_drawn_stay(
    filler: Filler, assignment: Assignment, tmp_path: Path
) -> None:
    """Though the last function ends the process, and however soon it does."""
    path = tmp_path / "ends.ipynb"
    ends = "class Softmax:\n    def __call__(self, x):\n        import os; os._exit(0)\n"
    path.write_text(filler.fill({"Softmax": ends}), "utf-8")
    with closing(Grader(assignment, Limits())) as grader:
        result = grader.examine(Submission("ends", path))
    drawn = {trace.target: trace.values is not None for trace in result.traces}
    assert drawn == {"ReLU": True, "Sigmoid": True, "Tanh": True, "Softmax": False}


def test_files_do_not_overwrite_each_other(run: Run, root: Path, tmp_path: Path) -> None:
    """Neither results by their report, nor pages by results."""
    results = tmp_path / "results.json"
    results.write_text(json.dumps(run.document))
    for options in (["--html", results], ["--json", results], ["--html", "x", "--json", "x"]):
        done = run_grader("report", results, *options, cwd=tmp_path)
        assert done.returncode == 2
        assert "would overwrite" in done.stderr
    assert json.loads(results.read_text()) == run.document
    notebook = root / "class" / "ada"
    pages = tmp_path / "pages"
    arguments = ("grade", notebook.parent, "--assignment", "activations", "--feedback", pages)
    done = run_grader(*arguments, "--report", pages / "ada.html")
    assert done.returncode == 2
    assert "would overwrite a student's page" in done.stderr
    (pages / "emeka.html").mkdir()
    done = run_grader(*arguments)
    assert done.returncode == 2
    assert "is a folder, where a page is to be" in done.stderr
    done = run_grader("report", tmp_path)
    assert done.returncode == 2
    assert "is a folder" in done.stderr
    done = run_grader("report", results, "--html", tmp_path / "gone" / "x.html")
    assert done.returncode == 2
    assert "no folder" in done.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"max_score": "nan"}, {"max_score": 10**400}, {"max_score": float("inf")},
        {"assignment": "a\0b"}, {"assignment": "../../x"},
        {"score": 10**400}, {"score": 1.7e308}, {"score": -1e308, "max_score": 1e-300},
        {"left_out": [{"cell": float("inf"), "reason": ""}]}, {"student": None}, {"criteria": {}},
        {"criteria": [1]}, {"remarks": 5}, {"disclosure": "all"}, {"status": []},
    ],
)  # fmt: skip
def test_odd_results_are_read_or_refused(run: Run, tmp_path: Path, change: dict[str, Any]) -> None:
    """By hand or by accident: a report, or an error with exit code 2; never a traceback."""
    content = json.loads(json.dumps(run.document))
    place = content if {"assignment", "max_score"} & set(change) else content["results"][0]
    place.update(change)
    file = tmp_path / "results.json"
    file.write_text(json.dumps(content))
    done = run_grader("report", file, "--json", tmp_path / "out.json", cwd=tmp_path)
    assert done.returncode in {0, 2}
    assert "Traceback" not in done.stderr
    assert {p.parent for p in tmp_path.rglob("*.html")} <= {tmp_path}


def test_links_lead_to_pages_whatever_folders_are_called(tmp_path: Path) -> None:
    """Also where a name is no UTF-8."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a b#\xff"))
    submitted = toy_class(tmp_path, {"ada": TOY_RIGHT})
    done = grade_toys(submitted, "--feedback", folder, "--report", tmp_path / "class.html")
    assert done.code == 0, done.stderr
    assert 'href="a%20b%23%FF/ada.html"' in (tmp_path / "class.html").read_text(encoding="utf-8")


def test_names_of_pages_are_names_of_files() -> None:
    """Each its own, whatever students are called, on any file system."""
    names = [
        "ann", "Ann", "../../etc/passwd", "a/b", ".", "..", "", "x" * 500, "con\n", "ünï", "a b",
        "\udcff", "\udcfe",
    ]  # fmt: skip
    # One whose name is what the page of another would be called.
    names.append("zo_-" + hashlib.sha256("zoé\0n.ipynb".encode()).hexdigest()[:10])
    names.append("zoé")
    results = [replace(secret_result(), student=n, path=f"{p}.ipynb") for p, n in enumerate(names)]
    results[-1] = replace(results[-1], path="n.ipynb")
    made = page_names(results)
    assert len({name.lower() for name in made.values()}) == len(names)
    assert made["10.ipynb"] == "a b.html"
    for name in made.values():
        assert re.fullmatch(r"[\w@+-][\w.@+ -]*\.html", name, re.ASCII)
        assert len(name) < 130


def test_a_class_of_nobody_has_a_report(tmp_path: Path) -> None:
    """And one in which nobody was graded."""
    write_report(tmp_path / "none.html", "activations", 100, [], {})
    refused = replace(secret_result(), status="refused", verdicts=(), message="no <b>notebook</b>")
    write_report(tmp_path / "one.html", "activations", 100, [refused], {}, tmp_path / "one.json")
    assert "no &lt;b&gt;notebook" in (tmp_path / "one.html").read_text(encoding="utf-8")
