"""Classes with odd members: nothing behind links, nothing stuck, nothing that stops the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from grader.autograde import Autograding, recorded
from grader.gradebook.book import Book
from grader.gradebook.classroom import plan_class
from grader.gradebook.setting import open_setting
from grader.handed import handed_in
from grader.settings import load_settings
from tests.courses import Course, answer, environment, mini_course, rows, scores

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "def double(x):\n    return 2 * x"
BAD = "def double(x):\n    return x"
SECRET = "the sum of two"  # in the source's own solution


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with one small assignment, released."""
    return mini_course(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    """A copy of it, with one submission."""
    shutil.copytree(template.root, tmp_path / "course")
    course = Course(tmp_path / "course")
    hand_in(course, "ada")
    return course


def hand_in(course: Course, student: str, code: str = GOOD, essay: str = "Because.") -> Path:
    """Write a submission; gives its folder."""
    return course.hand_in("mini", student, mini=answer(course.released("mini"), code, essay))


def run(course: Course, *command: object) -> str:
    """What a command prints; it has to work."""
    done = course.run(*command)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def everything(folder: Path) -> str:
    """The text of all files below a folder."""
    texts = [p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()]
    return b"\n".join(texts).decode("utf-8", "replace")


@pytest.mark.parametrize("command", ["grader", "nbgrader"])
def test_nothing_behind_a_link_goes_anywhere(course: Course, tmp_path: Path, command: str) -> None:
    """Solutions, another's notebook, files and folders elsewhere: not in pages, not in folders."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private/key.txt").write_text("a private key")
    (tmp_path / "private/mini.ipynb").write_text(course.released("mini"))
    submitted = course.root / "submitted"
    hand_in(course, "bob", essay="what Bob thinks")
    links = {
        "thief": course.root / "source/mini/mini.ipynb",
        "copycat": submitted / "bob/mini/mini.ipynb",
    }
    for student, target in links.items():
        (course.hand_in("mini", student) / "mini.ipynb").symlink_to(target)
    (hand_in(course, "reader") / "key.txt").symlink_to(tmp_path / "private/key.txt")
    (submitted / "folder").mkdir()
    (submitted / "folder/mini").symlink_to(tmp_path / "private")
    (submitted / "twin").symlink_to(submitted / "bob")
    course.run(command, "autograde", "mini")
    course.run(command, "feedback" if command == "grader" else "generate_feedback", "mini")
    for student in ("thief", "copycat", "reader", "folder", "twin"):
        for step in ("autograded", "feedback"):
            text = everything(course.root / step / student)
            for hidden in (SECRET, "what Bob thinks", "a private key"):
                assert hidden not in text, (student, step)
    found = rows(course.db_url, "mini")
    assert found["reader", "mini", "hidden"] == (2, None, False)
    for student in ("thief", "copycat", "folder", "twin"):
        assert found[student, "mini", "hidden"] == (0, None, True), student


def test_a_fault_of_the_graders_own_is_tried_again(course: Course) -> None:
    """What ended a process may have been no submission's doing: it is no record for good."""
    setting, settings = open_setting(course.root), load_settings(course.root)
    with Book(setting) as book:
        plan = plan_class(setting, book, "mini", settings)
    handed = handed_in(plan, plan.fingerprint(), "ada")
    Autograding(plan).refuse(handed, "the grader's own process was killed by it")
    assert recorded(plan, "ada")[0].key != handed.key
    assert "ada" in run(course, "grader", "autograde", "mini")
    assert scores(course.db_url, "mini", "ada")["hidden"] == 2
    assert "1 unchanged" in run(course, "grader", "autograde", "mini")


def test_links_in_the_course_are_followed_and_may_dangle(course: Course, tmp_path: Path) -> None:
    """The course's own files are trusted."""
    (tmp_path / "data.csv").write_text("1,2")
    (course.root / "source/mini/data.csv").symlink_to(tmp_path / "data.csv")
    (course.root / "source/mini/gone.csv").symlink_to(tmp_path / "gone.csv")
    for name in ("a", "b"):  # round in circles
        (course.root / "source/mini" / name).symlink_to(".")
    hand_in(course, "bob", GOOD + "\nassert open('data.csv').read() == '1,2'")
    hand_in(course, "cyd", GOOD)
    run(course, "grader", "autograde", "mini", "--jobs", 2)
    assert {scores(course.db_url, "mini", s)["hidden"] for s in ("ada", "bob", "cyd")} == {2}
    assert (course.root / "autograded/bob/mini/data.csv").read_text() == "1,2"


def changed_notebook(course: Course) -> None:
    """Ada hands in another notebook, beside more files than are copied."""
    os.truncate(make(course.root / "submitted/ada/mini/A.csv"), 52 << 20)
    for number in range(501):
        make(course.root / f"submitted/ada/mini/B{number}.txt")
    run(course, "grader", "autograde", "mini")
    hand_in(course, "ada", BAD)


def changed_time(course: Course) -> None:
    """A later time of submission."""
    make(course.root / "submitted/ada/mini/timestamp.txt").write_text("2026-01-31 23:59:00 UTC")


def changed_place(course: Course) -> None:
    """A file of the course in another folder."""
    make(course.root / "source/mini/a/h.py")
    run(course, "grader", "autograde", "mini")
    (course.root / "source/mini/a").rename(course.root / "source/mini/b")


def make(path: Path) -> Path:
    """An empty file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize("change", [changed_notebook, changed_time, changed_place])
def test_every_change_is_noticed(course: Course, change: Any) -> None:
    """Beyond the largest file, in the time stamp, in the place of a file."""
    run(course, "grader", "autograde", "mini")
    assert "1 unchanged" in run(course, "grader", "autograde", "mini")
    change(course)
    assert "unchanged" not in run(course, "grader", "autograde", "mini")
    assert "1 unchanged" in run(course, "grader", "autograde", "mini")


def test_a_file_of_any_size_is_refused_and_hardly_read(course: Course) -> None:
    """A sparse file of 10 GB where a notebook should be, or beside one."""
    os.truncate(make(course.root / "submitted/big/mini/mini.ipynb"), 10 << 30)
    os.truncate(hand_in(course, "beside") / "mini.ipynb", 0)
    hand_in(course, "beside")
    os.truncate(make(course.root / "submitted/beside/mini/other.ipynb"), 10 << 30)
    said = run(course, "grader", "autograde", "mini")
    assert "at most 21 MB are read" in said
    assert scores(course.db_url, "mini", "beside")["hidden"] == 2


@pytest.mark.parametrize("text", ["0:44444444444444444444444444444:0", "garbage", "9999999999"])
def test_a_timestamp_that_is_none_is_for_a_person_once(course: Course, text: str) -> None:
    """A person who has looked is not asked again."""
    (hand_in(course, "bob") / "timestamp.txt").write_text(text)
    said = run(course, "grader", "autograde", "mini")
    assert "which is no time" in said
    assert rows(course.db_url, "mini")["bob", "mini", "hidden"] == (0, None, True)
    assert "2 unchanged" in run(course, "grader", "autograde", "mini")


def test_pictures_that_are_not_there_or_of_another_kind(course: Course) -> None:
    """A page is made all the same."""
    content = json.loads(answer(course.released("mini"), GOOD, "![a](attachment:a.png) text"))
    svg = {"a.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}}
    more = {"cell_type": "markdown", "metadata": {}, "source": "![b](attachment:a.svg) more"}
    content["cells"].append(more | {"attachments": svg})
    course.hand_in("mini", "bob", mini=json.dumps(content))
    run(course, "grader", "autograde", "mini")
    run(course, "grader", "feedback", "mini")
    page = (course.root / "feedback/bob/mini/mini.html").read_text()
    assert "text" in page
    assert "alert(1)" not in page


def test_names_mean_nothing_but_themselves(course: Course) -> None:
    """Patterns as students' ids, files in the places of pages, the same student twice."""
    for student in ("br[a]ck*et?", "[!a]"):
        hand_in(course, student)
        make(course.root / "submitted" / student / "mini/mini.html/x.txt")
    run(course, "grader", "autograde", "mini", "--student", "[!a]", "--student", "[!a]")
    run(course, "grader", "autograde", "mini")
    run(course, "grader", "feedback", "mini")
    for student in ("br[a]ck*et?", "[!a]", "ada"):
        assert "double" in (course.root / "feedback" / student / "mini/mini.html").read_text()


def test_a_name_that_no_gradebook_takes_is_told_even_quietly(course: Course) -> None:
    """It leaves no other trace."""
    hand_in(course, "two  spaces")
    done = course.run("grader", "autograde", "mini", "--quiet")
    assert done.returncode == 0
    assert done.stdout == ""
    assert "two  spaces" in done.stderr
    assert "rename it" in done.stderr


def test_a_folder_that_cannot_be_entered_is_refused(course: Course) -> None:
    """Not left out, whoever grades."""
    folder = hand_in(course, "bob").parent
    folder.chmod(0)
    command = course.command("grader", "autograde", "mini")
    if os.geteuid() == 0:
        without = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}", *command]
    done = subprocess.run(
        command, cwd=course.root, env=environment(), capture_output=True, text=True, check=False
    )
    folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "bob" in done.stdout
    assert "cannot be read" in done.stdout


@pytest.mark.parametrize("place", ["submitted", "autograded", "feedback"])
def test_a_file_in_a_folders_place_is_named(course: Course, place: str) -> None:
    """No traceback, and what to do."""
    run(course, "grader", "autograde", "mini")
    shutil.rmtree(course.root / place, ignore_errors=True)
    (course.root / place).write_text("")
    command = "feedback" if place == "feedback" else "autograde"
    done = course.run("grader", command, "mini")
    assert done.returncode == 3
    assert str(course.root / place) in done.stderr


def test_feedback_says_what_is_to_be_done(course: Course) -> None:
    """A damaged graded notebook, one that the gradebook does not know, an older gradebook."""
    hand_in(course, "bob")
    run(course, "grader", "autograde", "mini")
    (course.root / "autograded/bob/mini/mini.ipynb").chmod(0o644)
    (course.root / "autograded/bob/mini/mini.ipynb").write_text("{")
    shutil.copytree(course.root / "autograded/ada", course.root / "autograded/cyd")
    done = course.run("grader", "feedback", "mini")
    assert done.returncode == 3
    assert "bob: its graded notebook is damaged" in done.stderr
    assert "cyd: the gradebook does not know it" in done.stderr
    assert "grader autograde mini" in done.stderr
    assert (course.root / "feedback/ada/mini/mini.html").is_file()


def test_a_changed_file_of_the_rubric_changes_the_plan(course: Course) -> None:
    """Whatever file it is, and wherever it lies beside the rubric."""
    folder = course.root / "grader/rubrics/mini"
    make(folder / "rubric.py")
    from grader.course import fingerprint

    seen = {fingerprint(course.root, "mini")}
    make(folder / "parts/__init__.py").write_text("a = 1")
    seen.add(fingerprint(course.root, "mini"))
    make(folder / "data/table.csv").write_text("1")
    seen.add(fingerprint(course.root, "mini"))
    make(folder / "wheats/one.py").write_text("1")
    assert len({*seen, fingerprint(course.root, "mini")}) == 3
