"""Feedback and formgrader: what students and graders see, and what hostile notebooks do to it."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook

from grader.gradebook.display import clean_html
from tests.browser import browser, needs_browser
from tests.conftest import COURSE
from tests.courses import MINI, Course, activations_course, answer, environment, make_course, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.sample import Filler

PAYLOAD = "<script>alert('ran')</script><img src=x onerror=\"alert('ran')\">"
OUTSIDE = "<img src='https://example.org/spy.png'><iframe src='https://example.org/'></iframe>"
HOSTILE_CELLS = [
    (
        "from IPython.display import HTML, Javascript, Markdown, SVG, display\n"
        f"display(HTML({PAYLOAD + OUTSIDE!r}))"
    ),
    "display(Javascript(\"alert('ran')\"))",
    f"display(Markdown({PAYLOAD!r} + '[x](javascript:alert(1))'))",
    "display(SVG(data=\"<svg xmlns='http://www.w3.org/2000/svg' onload=alert('ran')></svg>\"))",
    "display({'image/png': '\"><script>alert(1)</script>', 'text/plain': 'x'}, raw=True)",
    f"display({{'text/latex': {PAYLOAD!r}, 'application/json': '{{}}'}}, raw=True)",
    f"print({PAYLOAD!r}, '\\x1b]0;title\\x07\\x1b[31mred')",
    f"raise ValueError({PAYLOAD!r})",
    f"raise type({PAYLOAD!r}, (Exception,), {{}})('x')",
]
HOSTILE_RELU = f"""class ReLU:
    def forward(self, x):
        raise ValueError({PAYLOAD!r} + "\\n\\n</pre></div>" + {PAYLOAD!r})
    def __call__(self, x):
        return self.forward(x)
"""


def hostile(filler: Filler) -> str:
    """A submission whose every part tries to run in a page."""
    return hostile_cells(json.loads(filler.fill({"ReLU": HOSTILE_RELU}, extra=[])))


def hostile_cells(content: dict[str, Any]) -> str:
    """A notebook with cells that try to run in a page."""
    content["cells"] += [
        {
            "cell_type": "code", "id": f"h{number}", "metadata": {}, "source": source,
            "outputs": [], "execution_count": None,
        }
        for number, source in enumerate(HOSTILE_CELLS)
    ]  # fmt: skip
    markdown = {"cell_type": "markdown", "id": "m", "metadata": {}}
    content["cells"][:0] = [
        markdown | {"source": PAYLOAD + OUTSIDE + "\n\n[click](javascript:alert('ran'))"},
        markdown | {"id": "s", "source": "<style>body { display: none }</style>"},
        {"cell_type": "raw", "id": "r", "metadata": {"format": "text/html"}, "source": PAYLOAD},
    ]
    content["metadata"]["title"] = "</title>" + PAYLOAD
    content["metadata"]["language_info"] = {"name": PAYLOAD, "pygments_lexer": PAYLOAD}
    return json.dumps(content)


@pytest.fixture(scope="module")
def course(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A small class with a hostile member, graded, with feedback."""
    made = activations_course(tmp_path_factory.mktemp("feedback") / "course")
    assert made.run("nbgrader", "generate_assignment", "activations", "--force").returncode == 0
    assert made.run("grader", "sample", "activations", "--to", "sample").returncode == 0
    for student in ("ada", "goran", "not-a-notebook"):
        shutil.copytree(made.root / "sample" / student, made.root / "submitted" / student)
    made.hand_in("activations", "mallory", activations=hostile(filler))
    # And an assignment without a rubric, whose pages are nbgrader's.
    made.source("mini", mini=MINI)
    assert made.run("grader", "release", "mini").returncode == 0
    made.hand_in("mini", "mallory", mini=hostile_cells(json.loads(made.released("mini"))))
    for assignment in ("activations", "mini"):
        for command in ("autograde", "feedback"):
            done = made.run("grader", command, assignment, "--jobs", 1)
            assert done.returncode == 0, done.stderr
    return made


def page(course: Course, student: str, assignment: str = "activations") -> Path:
    """A student's page."""
    return course.root / "feedback" / student / assignment / f"{assignment}.html"


def test_pages_are_where_nbgrader_has_them_and_give_nothing_away(course: Course) -> None:
    """For every student; no line of a hidden test, of the rubric or of a solution is in them."""
    source = json.loads((COURSE / "source/activations/activations.ipynb").read_bytes())
    hidden = [
        line.strip()
        for one in source["cells"]
        for line in "".join(one["source"]).partition("BEGIN HIDDEN TESTS")[2].splitlines()
        if len(line.strip()) > 12
    ]
    assert len(hidden) > 60
    for student in ("ada", "goran", "mallory", "not-a-notebook"):
        text = re.sub(r"<[^>]*>", "", page(course, student).read_text(encoding="utf-8"))
        assert [line for line in hidden if line in text] == []
        assert "HIDDEN TESTS" not in text
        assert str(COURSE) not in text
    goran = page(course, "goran").read_text(encoding="utf-8")
    assert "failed, −2" in goran
    assert "relu([-np.inf]) gave [nan]; expected [0]" in goran
    assert "not JSON" in page(course, "not-a-notebook").read_text(encoding="utf-8")


def test_nbgraders_own_command_makes_the_same_pages(course: Course, tmp_path: Path) -> None:
    """`nbgrader generate_feedback`, in a course that is plugged in."""
    other = Course(tmp_path / "course")
    shutil.copytree(course.root, other.root)
    done = other.run("nbgrader", "generate_feedback", "activations", "--force")
    assert done.returncode == 0, done.stderr
    for student in ("goran", "mallory"):
        assert page(other, student).read_bytes() == page(course, student).read_bytes()


def test_hidden_plain_tests_leave_no_trace(tmp_path: Path) -> None:
    """Where tests run in the notebook, neither traceback nor print shows them on the page."""
    course = make_course(tmp_path / "course")
    course.source("mini", mini=MINI)
    assert course.run("grader", "release", "mini").returncode == 0
    spy = "import inspect\ndef double(x):\n    print('spied', inspect.stack()[1])\n    return 0"
    course.hand_in("mini", "spy", mini=answer(course.released("mini"), spy))
    assert course.run("grader", "autograde", "mini").returncode == 0
    assert "double(-4)" in course.outputs("mini", "spy", "hidden")
    assert course.run("grader", "feedback", "mini").returncode == 0
    text = (course.root / "feedback/spy/mini/mini.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>", "", text)
    assert "minus four" in text
    assert "double(-4)" not in text


@pytest.mark.parametrize(
    ("markup", "gone"),
    [
        (PAYLOAD, "<script"),
        (PAYLOAD, "onerror"),
        ("<a href='javascript:alert(1)'>x</a>", "javascript"),
        ("<a href=' data:text/html,x'>x</a>", "data:text"),
        ("<img src='https://example.org/x.png'>", "example.org"),
        ("<p style='background: url(https://example.org/x)'>x</p>", "example.org"),
        ("<form action='https://example.org'><input></form>", "<form"),
        ("<svg onload=alert(1)>", "<svg"),
    ],
)
def test_markup_is_cleaned(markup: str, gone: str) -> None:
    """What runs or asks another server goes."""
    assert gone not in clean_html(markup)


def test_markup_that_shows_something_stays() -> None:
    """Tables of pandas, pictures in the page, headings."""
    table = '<table border="1" class="dataframe"><thead><tr><th>a</th></tr></thead></table>'
    assert "<th>a</th>" in clean_html(table)
    picture = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    assert clean_html(picture) == picture


@needs_browser
def test_a_hostile_page_does_nothing_in_a_browser(course: Course) -> None:
    """The title stays and nothing runs; no server is asked, but MathJax's by nbgrader's pages."""
    with browser() as watched:
        watched.page.goto(page(course, "mallory").as_uri())
        watched.page.wait_for_load_state("load")
        assert watched.page.title() == "activations: mallory"
        assert watched.page.locator("script").count() == 0
        assert len(watched.requests) == 1
        watched.page.goto(page(course, "mallory", "mini").as_uri())
        watched.page.wait_for_load_state("load")
        assert watched.page.title() == "mini"
        assert watched.page.locator("text=Student's answer").first.is_visible()
        assert watched.page.locator("#notebook script").count() == 0
        assert watched.dialogs == []
        assert [u for u in watched.requests if "example.org" in u] == []


def test_a_page_shows_what_people_have_given_and_said(course: Course, tmp_path: Path) -> None:
    """Scores and comments of formgrader; disclosure by command, and by the course for nbgrader."""
    other = Course(tmp_path / "course")
    shutil.copytree(course.root, other.root)
    with Gradebook(other.db_url, "trial") as book:
        where = ("activations", "activations", "goran")
        book.find_grade("relu-special", *where).manual_score = 1.5
        book.find_comment("relu", *where).manual_comment = "Nearly!\n<b>Ask</b> me."
        book.db.commit()
    done = other.run(
        "grader", "feedback", "activations", "--student", "goran", "--disclose", "hint"
    )
    assert done.returncode == 0, done.stderr
    text = page(other, "goran").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))
    assert "96.5 of 100 points" in plain
    assert "relu-special: 1.5 of 2 points (judged: 0)" in plain
    assert "Nearly!\n&lt;b&gt;Ask&lt;/b&gt; me." in text
    assert "0 times infinity" in text
    assert "relu([-np.inf])" not in text
    config = other.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.Grader.disclose = 'title'\n")
    nbgraders = ("nbgrader", "generate_feedback", "activations", "--force", "--student", "goran")
    done = other.run(*nbgraders)
    assert done.returncode == 0, done.stderr
    text = page(other, "goran").read_text(encoding="utf-8")
    assert "Keeps NaN, turns -inf" in text
    assert "0 times infinity" not in text


def test_what_cannot_be_disclosed_in_part_has_no_page(course: Course, tmp_path: Path) -> None:
    """A gradebook that is behind, and grades of an earlier version: errors that name the remedy."""
    other = Course(tmp_path / "course")
    shutil.copytree(course.root, other.root)
    with Gradebook(other.db_url, "trial") as book:
        book.find_grade("relu-special", "activations", "activations", "goran").auto_score = 2.0
        book.db.commit()
    path = other.root / "autograded/mallory/activations/activations.ipynb"
    content = json.loads(path.read_bytes())
    del content["metadata"]["grader"]["result"]
    path.chmod(0o644)
    path.write_text(json.dumps(content))
    done = other.run("grader", "feedback", "activations", "--disclose", "score")
    assert done.returncode == 3
    assert "the gradebook has 2.0 for relu-special, judged was 0.0" in done.stderr
    assert "mallory: it was graded by an earlier version" in done.stderr
    assert "grader autograde activations --force" in done.stderr


def test_comments_in_the_gradebook_disclose_no_more_than_the_course(
    course: Course, tmp_path: Path
) -> None:
    """They come to students by other ways than our pages; a change of the level grades again."""
    other = Course(tmp_path / "course")
    shutil.copytree(course.root, other.root)
    config = other.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.Grader.disclose = 'hint'\n")
    assert other.run("grader", "autograde", "activations").returncode == 0
    table = tmp_path / "moodle.csv"
    exporter = "--exporter=grader.gradebook.export.MoodleCsv"
    assert other.run("nbgrader", "export", exporter, "--to", str(table)).returncode == 0
    text = table.read_text(encoding="utf-8")
    assert "0 times infinity" in text
    assert "relu([-np.inf])" not in text
    assert "relu([-np.inf])" in other.outputs("activations", "goran", "relu-special")


# formgrader ------------------------------------------------------------------------------------


@pytest.fixture
def lab(course: Course) -> Iterator[str]:
    """JupyterLab, with formgrader, in the course; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    home = course.root / "home"
    home.mkdir(exist_ok=True)
    env = environment({"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "jupyter")})
    command = course.command(
        "jupyter", "lab", "--allow-root", "--no-browser", f"--port={port}",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={course.root}",
    )  # fmt: skip
    log = (home / "lab.log").open("w")
    process = subprocess.Popen(
        command, cwd=course.root, env=env, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{base}/api/status?token={token}", timeout=5)
                break
            except OSError:
                time.sleep(0.25)  # until the server listens
        yield f"{base}/lab?token={token}"
    finally:
        process.terminate()
        process.wait(timeout=300)
        log.close()


@needs_browser
def test_formgrader_lists_the_class_and_keeps_what_people_write(
    course: Course, lab: str, tmp_path: Path
) -> None:
    """Partial credits and messages are there; a comment and a score survive a regrade by button."""
    base = lab.partition("/lab")[0] + "/formgrader"
    with Gradebook(course.db_url, "trial") as book:
        ids = {
            student: book.find_submission_notebook("activations", "activations", student).id
            for student in ("goran", "mallory")
        }
    with browser() as watched:
        view = watched.page
        view.goto(lab)
        view.goto(f"{base}/manage_submissions/activations")
        for student in ("ada", "goran", "mallory", "not-a-notebook"):
            view.locator(f"td.student-id:text-is('{student}')").wait_for()
        view.goto(f"{base}/gradebook/activations/activations")
        view.locator("td.score:text-is('95 / 100')").wait_for()
        view.screenshot(path=tmp_path / "class.png")

        view.goto(f"{base}/submissions/{ids['goran']}/")
        view.get_by_text("0 of 2 points").first.wait_for()
        assert view.get_by_text("Keeps NaN").count() >= 1
        view.screenshot(path=tmp_path / "submission.png", full_page=True)
        box = view.locator("textarea.comment").first
        box.fill("Mind the infinities!")
        box.blur()
        score = view.locator("input.score").first
        score.fill("3")
        score.blur()
        view.wait_for_load_state("networkidle")

        view.goto(f"{base}/submissions/{ids['mallory']}/")
        view.get_by_text("Student's answer").first.wait_for()
        assert watched.dialogs == []
        assert [u for u in watched.requests if "example.org" in u] == []

        before = rows(course.db_url, "activations")
        view.goto(f"{base}/manage_submissions/activations")
        row = view.locator("tr", has=view.locator("td.student-id:text-is('goran')"))
        row.locator("td.autograde a").click()
        view.get_by_text("Successfully autograded").first.wait_for(timeout=300000)
    with Gradebook(course.db_url, "trial") as book:
        where = ("activations", "activations", "goran")
        assert book.find_comment("relu", *where).comment == "Mind the infinities!"
        grade = book.find_grade("relu-vector", *where)
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (4, 3, True)
    after = rows(course.db_url, "activations")
    assert {k: v[0] for k, v in after.items()} == {k: v[0] for k, v in before.items()}
