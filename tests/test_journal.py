"""A run that is killed goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Submission, load_assignment
from grader.grading import Grading
from grader.isolation import Policy
from grader.journal import Journal
from grader.model import GraderError, Limits, Result
from grader.resume import Judged
from tests.clusters import until
from tests.conftest import COURSE, Run, hand_in, run_grader
from tests.courses import TOY_RELEASED, TOY_RIGHT, grade_toys, toy, toy_class

HOLD = """
import sys
from pathlib import Path
from grader.journal import Journal

held = Journal.open(Path(sys.argv[1]))
print(flush=True)
input()
"""
WRONG = {
    "square": "return x * x",
    "flattens": "return (2 * x)[:1]",
    "raises": "raise ValueError(x)",
    "noise": "return 2 * x + np.random.normal()",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of right, wrong and broken submissions."""
    texts: dict[str, str | bytes] = {
        f"wrong{n}-{name}": toy(f"import numpy as np\ndef double(x):\n    {WRONG[name]}")
        for n, name in enumerate([*WRONG] * 2)
    }
    texts |= {f"right{n}": TOY_RIGHT for n in range(8)}
    texts |= {f"empty{n}": b"" for n in range(8)}
    return toy_class(tmp_path_factory.mktemp("course"), texts)


def judge(folder: Path, journal: Path, *options: object) -> Run:
    """Grade with a journal."""
    return grade_toys(folder, "--journal", journal, *options)


def lines(journal: Path) -> int:
    """How many results are in it, whole."""
    return max(0, journal.read_bytes().count(b"\n") - 1) if journal.is_file() else 0


def taken(run: Run) -> int:
    """How many results came from the journal."""
    found = re.search(r"grader: (\d+) judged before", run.stderr)
    return int(found[1]) if found else 0


def without_times(path: Path) -> str:
    """A file of results but for what may differ between runs."""
    return re.sub(r'"duration_s": [0-9.e-]+|(time|timestamp)="[^"]*"', "", path.read_text("utf-8"))


def left_running(tmp: Path) -> list[str]:
    """The processes that know of a temporary folder."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and process.name != str(os.getpid()):
            try:
                if os.fsencode(tmp) in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().decode())
            except OSError:
                continue
    return found


def test_killed_at_20_moments_it_ends_as_if_nothing_had_happened(
    folder: Path, tmp_path: Path
) -> None:
    """Byte for byte, times aside; no process is left; nothing is judged twice."""
    dice = random.Random(20250924)
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    journal = tmp_path / "run.jsonl"

    def command(name: str, journal: Path) -> list[str]:
        files = {kind: tmp_path / f"{name}.{kind}" for kind in ("json", "csv", "junit")}
        return [
            sys.executable, "-m", "grader", "grade", str(folder), "--assignment", "toy",
            "--journal", str(journal), "--jobs", "2",
            *(str(part) for kind, path in files.items() for part in (f"--{kind}", path)),
        ]  # fmt: skip

    for moment in range(20):
        there = lines(journal)
        wanted = min(there + dice.randrange(3), len(list(folder.iterdir())) - 1)
        with subprocess.Popen(
            command("wild", journal), cwd=folder, env={**os.environ, "TMPDIR": str(tmp)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as process:  # fmt: skip
            until(lambda wanted=wanted: journal.is_file() and lines(journal) >= wanted)  # type: ignore[misc]
            os.killpg(process.pid, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        if moment % 4 == 3:  # in the middle of a line
            size = journal.stat().st_size
            os.truncate(journal, size - dice.randrange(1, min(size, 3000)))
    until(lambda: not left_running(tmp))
    assert lines(journal) >= 5
    for name, file in (("wild", journal), ("calm", tmp_path / "calm.jsonl")):
        done = subprocess.run(
            command(name, file), cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    for kind in ("json", "csv", "junit"):
        wild, calm = (without_times(tmp_path / f"{name}.{kind}") for name in ("wild", "calm"))
        assert wild == calm
    keys = [json.loads(line).get("key") for line in journal.read_bytes().splitlines()]
    assert len(keys) == len(set(keys)) == 1 + len(list(folder.iterdir()))


def test_what_is_in_the_journal_is_not_judged_again(folder: Path, tmp_path: Path) -> None:
    """Not even its time is another; by --force it is."""
    journal = tmp_path / "run.jsonl"
    first = judge(folder, journal)
    again = judge(folder, journal)
    assert taken(first) == 0
    assert taken(again) == len(first.document["results"])
    assert again.document == first.document
    assert again.stdout == first.stdout
    assert taken(judge(folder, journal, "--force")) == 0


def test_only_what_has_changed_is_judged_again(tmp_path: Path) -> None:
    """A notebook, a student's other file, and a new student."""
    folder = toy_class(tmp_path, dict.fromkeys(("ada", "ben", "cem", "dee"), TOY_RIGHT))
    journal = tmp_path / "run.jsonl"
    judge(folder, journal)
    hand_in(folder, {"ada": TOY_RELEASED, "eve": TOY_RIGHT}, "toy")
    (folder / "ben" / "toy" / "helper.py").write_text("")
    (folder / "cem" / "toy" / "toy.ipynb").unlink()
    run = judge(folder, journal)
    assert taken(run) == 1
    scores = {r["student"]: (r["status"], r["score"]) for r in run.document["results"]}
    assert scores == {
        "ada": ("graded", 0), "ben": ("graded", 3), "cem": ("refused", 0),
        "dee": ("graded", 3), "eve": ("graded", 3),
    }  # fmt: skip


def test_whatever_a_result_depends_on_has_it_judged_again(tmp_path: Path) -> None:
    """Rubric, release, limits, disclosure; and what was judged by the old ones is still there."""
    folder = toy_class(tmp_path, {"ada": TOY_RIGHT})
    journal = tmp_path / "run.jsonl"

    def again(*options: object) -> int:
        return taken(judge(folder, journal, *options))

    assert (again(), again()) == (0, 1)
    assert again("--timeout", 13) == 0
    assert again("--disclose", "hint") == 0
    assert again() == 1
    rubric = tmp_path / "grader/rubrics/toy/rubric.py"
    text = rubric.read_text("utf-8")
    rubric.write_text(f"{text}\n# changed\n", "utf-8")
    assert again() == 0
    rubric.write_text(text, "utf-8")
    assert again() == 1
    (tmp_path / "release/toy/more.py").touch()
    assert again() == 0


def test_with_pages_a_result_is_taken_only_with_its_page(tmp_path: Path) -> None:
    """One that lacks, or was changed, is made again."""
    names = ("ada", "ben", "cem", "dee")
    folder = toy_class(tmp_path, dict.fromkeys(names, TOY_RIGHT))
    journal, pages = tmp_path / "run.jsonl", tmp_path / "pages"
    options = ("--feedback", pages)
    judge(folder, journal)
    assert taken(judge(folder, journal, *options)) == 0
    assert taken(judge(folder, journal, *options)) == 4
    (pages / "ben.html").unlink()
    (pages / "cem.html").write_text("another")
    assert taken(judge(folder, journal, *options)) == 2
    assert all("Keeps the shape." in (pages / f"{name}.html").read_text("utf-8") for name in names)
    assert taken(judge(folder, journal)) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 my thesis", "is not a journal"),
        (b'{"schema": "grader/results/1"}\n', "is not a journal"),
        (b'{"schema": "grader/journal/1"}\n{"key": \n{}\n', "line 2, is damaged"),
        (b'{"schema": "grader/journal/1"}\n{"key": "x", "page": "", "result": {}}\n', "line 2"),
        (b'{"schema": "grader/journal/1"}\n{"result": 1}\n', "line 2, is damaged"),
        (b'{"schema": "grader/journal/1"}\n' + b"[" * 100_000 + b"\n", "line 2, is damaged"),
    ],
)
def test_what_is_no_journal_is_refused_and_stays_as_it_is(
    folder: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    """With the file, the line and a remedy."""
    journal = tmp_path / "run.jsonl"
    journal.write_bytes(content)
    done = run_grader("grade", folder, "--assignment", "toy", "--journal", journal, cwd=folder)
    assert done.returncode == 2
    assert str(journal) in done.stderr
    assert said in done.stderr
    assert "name another file" in done.stderr
    assert journal.read_bytes() == content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", "x"), ("score", None), ("score", float("nan")), ("student", ["q"]),
        ("path", 7), ("isolation", "wonderful"), ("status", "perfect"), ("max_score", True),
        ("verdicts", [{}]), ("cells", 3),
    ],
)  # fmt: skip
def test_a_damaged_result_is_named_and_breaks_nothing(
    tmp_path: Path, field: str, value: object
) -> None:
    """One bad byte on a disk is enough for that."""
    path = tmp_path / "run.jsonl"
    with Journal.open(path) as journal:
        assert list(journal.begin({})) == []
        journal.add(Result(student="ada", path="ada.ipynb", status="graded", max_score=1), "key")
    head, line = path.read_text().splitlines()
    content = json.loads(line)
    content["result"][field] = value
    path.write_text(f"{head}\n{json.dumps(content)}\n")
    with (
        Journal.open(path) as journal,
        pytest.raises(GraderError, match=r"line 2, is damaged .* name another file"),
    ):
        list(journal.begin({}))


def test_what_changes_while_it_is_judged_is_judged_again(folder: Path, tmp_path: Path) -> None:
    """Nobody knows which of its versions the result is about: a sync may have been under way."""
    notebooks = [tmp_path / "ada.ipynb", tmp_path / "ben.ipynb"]
    for path in notebooks:
        path.write_text("right")
    submissions = [Submission(path.stem, path) for path in notebooks]
    grading = Grading(load_assignment(folder.parent, "toy"), Limits())

    def known() -> set[str]:
        with Journal.open(tmp_path / "run.jsonl") as journal:
            judged = Judged(journal, grading)
            judged.resume(submissions, Policy(), force=False)
            found = {path.stem for path in notebooks if str(path) in journal}
            notebooks[1].write_text("half of it")
            for path in notebooks:
                if path.stem not in found:
                    result = Result(
                        student=path.stem, path=str(path), status="graded", max_score=100,
                        isolation="strong",
                    )  # fmt: skip
                    judged.add(result)
            notebooks[1].write_text("right")
        return found

    assert [known(), known(), known()] == [set(), {"ada"}, {"ada"}]


@pytest.mark.parametrize("content", [b"", b'{"sch', b'{"schema": "grader/journal/1", "assi'])
def test_one_that_was_just_being_made_is_begun_again(tmp_path: Path, content: bytes) -> None:
    """A grader may be killed before the first line is whole."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with Journal.open(path) as journal:
        assert list(journal.begin({"assignment": "x"})) == []
    assert path.read_text() == '{"schema": "grader/journal/1", "assignment": "x"}\n'


def test_two_graders_at_once_on_one_journal_are_refused(folder: Path, tmp_path: Path) -> None:
    """The second, with a word why; it is free again when the first is dead."""
    path = tmp_path / "run.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=COURSE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        done = run_grader("grade", folder, "--assignment", "toy", "--journal", path, cwd=folder)
        assert done.returncode == 2
        assert "is being written by another grader" in done.stderr
        process.kill()
    Journal.open(path).close()


def test_a_folder_or_a_device_is_no_journal(tmp_path: Path) -> None:
    """Nothing is written to it."""
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(GraderError, match="no file that a journal"):
            Journal.open(path)


def test_the_journal_overwrites_no_submission(folder: Path) -> None:
    """Nor what another option writes."""
    notebook = folder / "right1" / "toy" / "toy.ipynb"
    done = run_grader("grade", folder, "--assignment", "toy", "--journal", notebook, cwd=folder)
    assert done.returncode == 2
    assert "would overwrite a submission" in done.stderr
