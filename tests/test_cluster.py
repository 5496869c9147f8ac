"""On many machines the results are those of one, whatever becomes of the machines."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from grader.elsewhere.cluster import grade_on
from tests.clusters import Cluster, cluster, until
from tests.conftest import COURSE, Run, hand_in, run_grader
from tests.courses import (
    TOY_RIGHT,
    Course,
    activations_course,
    answer,
    grade_toys,
    mini_course,
    rows,
    toy,
    toy_class,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.sample import Filler


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with two workers."""
    with cluster(tmp_path_factory.mktemp("dask") / "two") as made:
        yield made


def odd_ones(submitted: Path, assignment: str, right: str) -> None:
    """Folders with nothing in them, a notebook under another name, and links."""
    (submitted / "nothing" / assignment).mkdir(parents=True)
    (submitted / "no-folder").mkdir()
    (submitted / "misnamed" / assignment).mkdir(parents=True)
    (submitted / "misnamed" / assignment / "Copy (1).ipynb").write_text(right, "utf-8")
    for name, target in (("linked", f"../../ada/{assignment}/{assignment}.ipynb"), ("own", "../x")):
        (submitted / name / assignment).mkdir(parents=True)
        (submitted / name / assignment / f"{assignment}.ipynb").symlink_to(target)
    (submitted / "own" / "x").write_text(right, "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of right, wrong, broken and odd submissions."""
    folder = toy_class(
        tmp_path_factory.mktemp("course"),
        {
            "ada": TOY_RIGHT,
            "ben": toy("def double(x):\n    return (2 * x)[:1]"),
            "cem": toy("def double(x):\n    return x * x"),
            "dee": toy("from helper import double"),
            "empty": b"",
            "large": b"x" * (21 << 20),
            "ünï cödé": TOY_RIGHT,
        },
    )
    (folder / "dee" / "toy" / "helper.py").write_text("def double(x):\n    return x + x\n")
    odd_ones(folder, "toy", TOY_RIGHT)
    return folder


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that takes a while."""
    text = toy("def double(x):\n    return 2 * x", "import time\ntime.sleep(0.2)")
    students = dict.fromkeys((f"student{n:02}" for n in range(12)), text)
    return toy_class(tmp_path_factory.mktemp("course"), students)


def without_times(path: Path) -> str:
    """Results but for what may differ between runs."""
    return re.sub(r'"duration_s": [0-9.e-]+', "", path.read_text("ascii"))


def graded(folder: Path, to: Path, *options: object) -> tuple[Run, str]:
    """The run, and what it has written but for times."""
    run = grade_toys(folder, "--json", to, *options)
    return run, without_times(to) if to.is_file() else ""


def command(folder: Path, address: str, journal: Path) -> list[str]:
    """Grading with a journal on a cluster."""
    return [
        sys.executable, "-m", "grader", "grade", str(folder), "--assignment", "toy",
        "--timeout", "12", "--scheduler", address, "--journal", str(journal),
        "--json", str(journal.with_suffix(".r")),
    ]  # fmt: skip


def lines(journal: Path) -> int:
    """How many results are in it."""
    return journal.read_bytes().count(b"\n") - 1 if journal.is_file() else 0


@pytest.fixture(scope="module")
def here(folder: Path) -> str:
    """What becomes of that class on one machine, in one process, with pages."""
    run, found = graded(folder, folder.parent / "here.json", "--feedback", folder.parent / "here")
    assert run.code == 0, run.stderr
    return found


@pytest.fixture(scope="module")
def calm(slow: Path) -> str:
    """What becomes of the slow one where nothing is killed."""
    _, found = graded(slow, slow.parent / "calm.json")
    return found


@pytest.mark.parametrize("way", ["two processes", "sent", "shared"])
def test_results_are_the_same_on_one_machine_and_on_many(
    two: Cluster, folder: Path, here: str, tmp_path: Path, way: str
) -> None:
    """With one process, two, and a cluster; pages too."""
    options = {
        "two processes": ("--jobs", 2), "sent": ("--scheduler", two.address),
        "shared": ("--scheduler", two.address, "--shared"),
    }[way]  # fmt: skip
    pages = folder.parent / "here", tmp_path / "pages"
    run, found = graded(folder, tmp_path / "there.json", *options, "--feedback", pages[1])
    assert run.code == 0, run.stderr
    assert found == here
    assert run.stderr == ""
    for page in pages[0].iterdir():
        texts = {
            re.sub(r" *[0-9.]+ [µm]?s\b", "", (p / page.name).read_text("utf-8")) for p in pages
        }
        assert len(texts) == 1
    assert not list(two.place.glob("*/grader-*"))


def test_a_killed_worker_costs_only_time(
    two: Cluster, slow: Path, calm: str, tmp_path: Path
) -> None:
    """What it was doing is done by another, and nothing twice."""
    journal = tmp_path / "run.jsonl"
    lost = two.worker(name="lost")
    with subprocess.Popen(command(slow, two.address, journal), cwd=slow) as process:
        until(lambda: lines(journal) >= 4)
        lost.kill()
        assert lines(journal) < 12
    assert process.returncode == 0
    assert without_times(journal.with_suffix(".r")) == calm
    assert lines(journal) == 12


def test_a_killed_client_goes_on_where_it_was(
    two: Cluster, slow: Path, calm: str, tmp_path: Path
) -> None:
    """The cluster forgets what it wanted, and serves it again."""
    journal = tmp_path / "run.jsonl"
    with subprocess.Popen(command(slow, two.address, journal), cwd=slow) as process:
        until(lambda: lines(journal) >= 3)
        process.kill()
    there = lines(journal)
    done = subprocess.run(
        command(slow, two.address, journal), cwd=slow, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{there} judged before" in done.stderr
    assert lines(journal) == 12
    assert without_times(journal.with_suffix(".r")) == calm
    until(lambda: not list(two.place.glob("*/grader-*")))


def test_a_killed_scheduler_is_exit_3_and_nothing_is_lost(
    slow: Path, calm: str, tmp_path: Path
) -> None:
    """The journal holds what came; without a cluster the rest is done here."""
    journal = tmp_path / "run.jsonl"
    with (
        cluster(tmp_path / "dask") as made,
        subprocess.Popen(
            command(slow, made.address, journal), cwd=slow, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        until(lambda: lines(journal) >= 3)
        made.processes[0].kill()
        _, said = process.communicate(timeout=300)
        assert process.returncode == 3
    assert "is gone" in said
    assert "Traceback" not in said
    there = lines(journal)
    again, wild = graded(slow, tmp_path / "wild.json", "--journal", journal)
    assert f"{there} judged before" in again.stderr
    assert wild == calm


def test_a_worker_that_cannot_contain_student_code_is_left_out(
    folder: Path, here: str, tmp_path: Path
) -> None:
    """By name; the others do its share. Where none is left, nobody is graded."""
    with cluster(tmp_path / "dask", workers=0) as made:
        made.worker(name="open", env={"GRADER_SANDBOX_LAYERS": "rlimits"})
        alone, _ = graded(folder, tmp_path / "alone.json", "--scheduler", made.address)
        assert alone.code == 3
        assert "no worker" in alone.stderr
        assert "student code is not contained well enough" in alone.stderr
        document = json.loads((tmp_path / "alone.json").read_text("ascii"))
        assert {r["status"] for r in document["results"]} == {"refused"}
        made.worker(name="closed")
        made.joined(2)
        both, found = graded(folder, tmp_path / "both.json", "--scheduler", made.address)
        assert both.code == 0, both.stderr
        assert re.search("the worker open at tcp.* is left out: student code is", both.stderr)
    assert found == here


def test_where_nobody_answers_it_is_said(folder: Path) -> None:
    """With the address and a remedy."""
    run = grade_toys(folder, "--scheduler", "tcp://127.0.0.1:9")
    assert run.code == 3
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in run.stderr
    assert "dask scheduler" in run.stderr
    assert "Traceback" not in run.stderr


def test_who_answers_and_is_no_scheduler_is_not_waited_for(folder: Path) -> None:
    """Such as the port of its own dashboard."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        run = grade_toys(folder, "--scheduler", address)
    assert run.code == 3
    assert f"no Dask scheduler answers at '{address}'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://", "127.0.0.1:x", ""])
def test_what_is_no_address_is_wrong_usage(folder: Path, address: str) -> None:
    """With the value."""
    run = grade_toys(folder, "--scheduler", address)
    assert run.code == 2
    assert repr(address) in run.stderr
    assert "Traceback" not in run.stderr


def test_without_dask_it_is_said_how_to_get_it(folder: Path, tmp_path: Path) -> None:
    """Only where it is asked for."""
    (tmp_path / "distributed.py").write_text("raise ImportError('no distributed today')")
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{COURSE}"}
    run = grade_toys(folder, "--scheduler", "tcp://127.0.0.1:9", env=env)
    assert run.code == 2
    assert "pip install 'reference-grader[dask]'" in run.stderr
    assert grade_toys(folder, "--student", "ada", env=env).code == 0


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("__init__.py", ('__version__ = "', '__version__ = "9'), "has grader 9"),
        ("text.py", ('"""', '"""It is another. '), "the results are to be those of grader"),
    ],
)
def test_another_version_is_refused(
    folder: Path, tmp_path: Path, file: str, change: tuple[str, str], said: str
) -> None:
    """Its results would differ."""
    ignored = shutil.ignore_patterns("__pycache__", "rubrics")
    shutil.copytree(COURSE / "grader", tmp_path / "site" / "grader", ignore=ignored)
    changed = tmp_path / "site" / "grader" / file
    changed.write_text(changed.read_text("utf-8").replace(*change, 1), "utf-8")
    with cluster(tmp_path / "dask", workers=0) as made:
        made.worker(env={"PYTHONPATH": str(tmp_path / "site")})
        run = grade_toys(folder, "--scheduler", made.address)
    assert run.code == 3
    assert said in run.stderr


@pytest.mark.parametrize("name", ["activations", "mini"])
def test_autograde_gives_the_same_gradebook_and_files(
    two: Cluster, filler: Filler, tmp_path: Path, name: str
) -> None:
    """For an assignment with a rubric, and for one with tests in its cells."""
    made = activations_course if name == "activations" else mini_course
    here = made(tmp_path / "here")
    if name == "activations":
        here.run("nbgrader", "generate_assignment", name, "--force")
        whole, no_tanh = filler.fill({}), filler.fill({"Tanh": "from helper import ReLU as Tanh"})
        handed: dict[str, str | bytes] = {"ada": whole, "ben": no_tanh, "empty": b""}
        hand_in(here.root / "submitted", handed)
        helper = here.root / "submitted" / "ben" / name / "helper.py"
        helper.write_text("class ReLU:\n    pass\n")
        odd_ones(here.root / "submitted", name, whole)
    else:
        text = here.released(name)
        for student, code in (("ada", "def double(x):\n    return 2 * x"), ("ben", "1 / 0")):
            here.hand_in(name, student, mini=answer(text, code))
        here.hand_in(name, "cem", mini="no notebook")
        here.hand_in(name, "dee")
        (here.root / "submitted" / "ada" / name / "notes.txt").write_text("mine")
    there = Course(tmp_path / "there")
    shutil.copytree(here.root, there.root, symlinks=True)
    for course, options in ((here, ()), (there, ("--scheduler", two.address))):
        done = course.run("grader", "autograde", name, *options)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert rows(here.db_url, name) == rows(there.db_url, name)
    assert len(rows(here.db_url, name)) > 0
    assert files(here) == files(there)


def files(course: Course) -> dict[str, str]:
    """All graded files, without the cell that says how fast things are."""
    found = {}
    root = course.root / "autograded"
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            content = json.loads(text)
            cells = [c for c in content["cells"] if "analyze-speed" not in str(c["metadata"])]
            text = json.dumps(content | {"cells": cells})
        text = re.sub(r"/[^ \"]*/work/tmp\w+/", "", text)  # in tracebacks
        found[str(path.relative_to(root))] = text.replace(str(course.root), "")
    return found


@dataclass(frozen=True)
class Deadly:
    """Work, luggage and bench in one, at which some items kill their worker."""

    deadly: frozenset[int] = frozenset()

    def luggage(self) -> Deadly:
        return self

    def bench(self, _: Path) -> Deadly:
        return self

    def parcel(self, item: int) -> int:
        return item

    def grade(self, item: int) -> int:
        if item in self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    def unpacked(self, item: int, outcome: Any) -> tuple[int, str]:
        assert item == outcome
        return item, ""

    def refuse(self, item: int, why: str) -> tuple[int, str]:
        return item, why

    def close(self) -> None:
        pass


def test_who_kills_every_worker_is_found_and_nobody_else_suffers(tmp_path: Path) -> None:
    """One outcome for each; only the deadly one is refused."""
    env = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with cluster(tmp_path / "dask", workers=0, env=env) as made:
        made.worker("--nanny")
        work = Deadly(frozenset([5]))
        said: list[str] = []
        found = list(grade_on(made.address, work, range(12), said.append))
    assert Counter(item for item, _ in found) == Counter(range(12))
    assert [item for item, why in found if why] == [5]


def test_shared_is_for_clusters(folder: Path) -> None:
    """It says what files are not sent."""
    done = run_grader("grade", folder, "--assignment", "toy", "--shared", cwd=folder)
    assert done.returncode == 2
    assert "--shared goes with --scheduler" in done.stderr


def test_help_and_grading_do_without_dask() -> None:
    """It takes half a second to import."""
    code = (
        "import sys\nimport grader.cli.grade, grader.scale, grader.grading\n"
        "print(json.dumps([m for m in sys.modules if 'dask' in m or 'distributed' in m]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import json\n{code}"], cwd=COURSE, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == []
