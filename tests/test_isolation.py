"""The isolation level is what a worker could do, and below `standard` no hidden test is used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.bubblewrap import probe
from grader.isolation import GROUPS, Isolation, Policy, lowest, read_findings
from grader.model import NotContained
from grader.places import remove_tree, without
from grader.sandbox import Zygote
from grader.worker import landlock, seccomp
from tests.conftest import COURSE, run_grader
from tests.courses import TOY_RELEASED, TOY_RIGHT, grade_toys, toy, toy_class

RUBRIC = COURSE / "grader" / "rubrics" / "activations" / "rubric.py"

needs_linux = pytest.mark.skipif(
    not (landlock.kernel_abi() and seccomp.available()), reason="no Landlock and seccomp here"
)
# Which layers give which level. Landlock alone lets student code start processes, and so on.
LEVELS = {
    "landlock,seccomp,rlimits": "standard",
    "landlock,seccomp": "standard",
    "landlock:1,seccomp": "standard",
    "landlock:3,seccomp,rlimits": "standard",
    "landlock:5,seccomp,rlimits": "standard",
    "seccomp,rlimits": "weak",
    "landlock,rlimits": "weak",
    "rlimits": "none",
    "": "none",
}


def self_test(layers: str | None, monkeypatch: pytest.MonkeyPatch) -> Isolation:
    """What the self-test finds with some layers only."""
    if layers is not None:
        monkeypatch.setenv("GRADER_SANDBOX_LAYERS", layers)
    with Zygote(policy=Policy(secrets=(RUBRIC,), allow_weak=True)) as zygote:
        return zygote.check()


@needs_linux
@pytest.mark.parametrize("layers", LEVELS)
def test_the_level_is_what_is_stopped(layers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Layer by layer, each tried for real."""
    assert self_test(layers, monkeypatch).level == LEVELS[layers]


@needs_linux
@pytest.mark.skipif(not probe().program, reason="bubblewrap does not work here")
def test_with_bubblewrap_it_is_strong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and pids are hidden then; by itself it leaves shared folders open."""
    found = self_test(None, monkeypatch)
    assert found.level == "strong"
    assert all(attempt.stopped for attempt in found.attempts)
    assert self_test("bubblewrap,seccomp", monkeypatch).level == "weak"


@needs_linux
def test_everything_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt of each group, on the bait and on the course's own rubric."""
    found = self_test("landlock,seccomp", monkeypatch)
    names = [attempt.name for attempt in found.attempts]
    assert {name.partition(" #")[0] for name in names} == {n for g in GROUPS.values() for n in g}
    assert "read a secret file #1" in names


def findings(**changed: str | None) -> bytes:
    """What a self-test sends where everything is stopped, but for some."""
    stopped = {name: "denied" for names in GROUPS.values() for name in names}
    lines = {**stopped, **{name.replace("_", " "): why for name, why in changed.items()}}
    return b"\n".join(json.dumps(item).encode() for item in lines.items())


def test_what_was_not_tried_is_not_stopped() -> None:
    """No answer, half an answer, nonsense: none of it counts as contained."""
    whole = findings()
    assert read_findings(whole, set()).level == "strong"
    assert read_findings(b"", set()).level == "none"
    assert read_findings(b"nonsense\n[]\n[1, 2, 3]\n" + b'["x", null]', set()).level == "none"
    for cut in range(0, len(whole), 7):
        assert read_findings(whole[:cut], set()).level != "strong"


def test_confinement_that_fails_is_said() -> None:
    """With the reason, and nothing is taken for contained."""
    found = read_findings(b'["trouble", "OSError(24)"]', set())
    assert found.level == "none"
    assert "could not be confined: OSError(24)" in str(found.refusal())


@needs_linux
def test_there_may_be_more_places_than_descriptors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grader that is installed among hundreds of packages names each of them."""
    places = [tmp_path / str(number) for number in range(300)]
    for place in places:
        place.mkdir()
    monkeypatch.setenv("GRADER_SANDBOX_LAYERS", "landlock,seccomp,rlimits")
    with Zygote(policy=Policy(readable=tuple(places))) as zygote:
        assert zygote.check().level == "standard"


def test_one_thing_that_goes_through_is_enough() -> None:
    """To lose `standard`."""
    assert read_findings(findings(fork_a_process=None), set()).level == "weak"
    assert not read_findings(findings(read_a_secret_file=None), set()).enough
    assert read_findings(findings(see_its_name=None), set()).level == "standard"


def test_what_arrives_has_gone_through() -> None:
    """Whatever the worker says about it."""
    found = read_findings(findings(), {"send by UDP"})
    assert (found.level, found.open) == ("weak", ("send by UDP",))


def test_the_lowest_level_counts() -> None:
    """Of several processes."""
    assert lowest(["strong", "weak", "standard"]) == "weak"
    assert lowest([]) == "none"


@needs_linux
def test_below_standard_nothing_is_graded(tmp_path: Path) -> None:
    """The command fails, says why and what to do, and records the level."""
    folder = toy_class(tmp_path, dict.fromkeys("abcd", TOY_RIGHT))
    run = grade_toys(folder, "--jobs", 2, env={"GRADER_SANDBOX_LAYERS": "seccomp"})
    assert run.code == 3
    assert "--allow-weak-isolation" in run.stderr
    assert "read a secret file" in run.stderr
    assert run.document["isolation"] == "weak"
    assert {(r["status"], r["score"]) for r in run.document["results"]} == {("refused", 0)}
    assert "0 graded, 4 refused" in run.stdout


@pytest.mark.parametrize(("jobs", "layers"), [(1, ""), (2, ""), (1, "separate"), (2, "separate")])
def test_process_separation_alone_grades_where_it_is_allowed(
    tmp_path: Path, jobs: int, layers: str
) -> None:
    """As on macOS and Windows: limits of time hold, verdicts are the same."""
    hang = toy("def double(x):\n    return 2 * x", "while True:\n    pass")
    ends = toy("def double(x):\n    exit(0)")
    texts = {"right": TOY_RIGHT, "hangs": hang, "ends": ends, "empty": TOY_RELEASED}
    run = grade_toys(
        toy_class(tmp_path, texts), "--allow-weak-isolation", "--jobs", jobs,
        env={"GRADER_SANDBOX_LAYERS": layers},
    )  # fmt: skip
    assert run.code == 0, run.stderr
    assert run.document["isolation"] == "none"
    assert {r["isolation"] for r in run.document["results"]} == {"none"}
    assert "isolation of student code: none" in run.stdout
    assert run["right"]["score"] == run["hangs"]["score"] == 3
    assert run["ends"]["score"] < 3
    assert run["empty"]["score"] == 0


@needs_linux
def test_the_level_is_printed_and_recorded(tmp_path: Path) -> None:
    """In the results, for all and for each."""
    folder = toy_class(tmp_path, {"ada": TOY_RIGHT})
    run = grade_toys(folder, env={"GRADER_SANDBOX_LAYERS": "landlock,seccomp,rlimits"})
    assert run.document["isolation"] == run["ada"]["isolation"] == "standard"
    assert "isolation of student code: standard" in run.stdout


def test_a_course_among_the_libraries_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rubric in a folder that workers may read is not hidden, so hidden tests are refused."""
    rubric = tmp_path / "rubric.py"
    rubric.write_text("secret")
    monkeypatch.setenv("GRADER_SANDBOX_LAYERS", "landlock,seccomp,rlimits")
    with (
        Zygote(policy=Policy(secrets=(rubric,), readable=(tmp_path,))) as zygote,
        pytest.raises(NotContained, match="read a secret file"),
    ):
        zygote.check()


def test_an_installed_grader_is_not_among_the_libraries(tmp_path: Path) -> None:
    """Its references are solutions: everything around it can be read, and it cannot."""
    packages = tmp_path / "lib" / "python3" / "site-packages"
    for name in ("grader", "numpy", "six"):
        (packages / name).mkdir(parents=True)
    (tmp_path / "lib" / "python3" / "os.py").touch()
    (tmp_path / "link").symlink_to(packages)
    asked = [str(packages), str(tmp_path / "lib"), str(tmp_path / "link"), "/usr/lib"]
    places, listed = without(asked, packages / "grader")
    seen = {Path(place).resolve() for place in places}
    assert seen == {
        packages / "numpy", packages / "six", tmp_path / "lib" / "python3" / "os.py",
        Path("/usr/lib"),
    }  # fmt: skip
    assert set(asked) - set(listed) == {"/usr/lib"}


@needs_linux
@pytest.mark.parametrize(
    ("layers", "earned"), [("landlock,seccomp,rlimits", False), (None, False), ("", True)]
)
def test_an_installed_grader_cannot_be_imported(
    tmp_path: Path, layers: str | None, *, earned: bool
) -> None:
    """Where pip has put it beside numpy, a function that imports it gets nowhere."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    for package in Path(np.__file__).parents[1].iterdir():
        (packages / package.name).symlink_to(package)
    (packages / "grader").unlink(missing_ok=True)
    shutil.copytree(COURSE / "grader", packages / "grader", ignore=lambda *_: ["rubrics"])
    imports = toy("def double(x):\n    import grader.numerics\n    return 2 * x")
    folder = toy_class(tmp_path / "course", {"ada": imports})
    env = {"PYTHONPATH": str(packages)}
    options = ["--allow-weak-isolation"] if earned else []
    done = run_grader(
        "grade", folder, "--assignment", "toy", "--course", folder.parent,
        "--json", tmp_path / "results.json", *options, cwd=tmp_path,
        env=env if layers is None else {**env, "GRADER_SANDBOX_LAYERS": layers},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (result,) = json.loads((tmp_path / "results.json").read_text())["results"]
    passed = {c["id"] for c in result["criteria"] if c["status"] == "passed"}
    assert ("values" in passed) is earned


def test_nonsense_in_the_layers_is_refused(tmp_path: Path) -> None:
    """Rather than grading with nothing."""
    done = run_grader("doctor", cwd=tmp_path, env={"GRADER_SANDBOX_LAYERS": "landlok"})
    assert done.returncode == 2
    assert "'landlok'; known are" in done.stderr


@needs_linux
def test_the_doctor_says_that_all_is_well() -> None:
    """Line by line, for the course that it is in."""
    done = run_grader("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("kernel", "Landlock", "seccomp", "bubblewrap", "memory_mb", "numpy", str(RUBRIC)):
        assert part in done.stdout
    assert "WENT THROUGH" not in done.stdout
    for names in GROUPS.values():
        for name in names:
            assert name in done.stdout


@needs_linux
def test_the_doctor_says_what_is_missing(tmp_path: Path) -> None:
    """With exit code 1, also where there is no course."""
    done = run_grader("doctor", cwd=tmp_path, env={"GRADER_SANDBOX_LAYERS": "seccomp"})
    assert done.returncode == 1
    assert "WENT THROUGH" in done.stdout
    assert "weak" in done.stdout
    assert "refused" in done.stdout


@needs_linux
@pytest.mark.parametrize("works_for", ["nothing", "true"])
def test_a_broken_bubblewrap_is_done_without(tmp_path: Path, works_for: str) -> None:
    """As where user namespaces are restricted; also where it only fails when it matters."""
    fake = tmp_path / "bwrap"
    fake.write_text(
        f'#!/bin/sh\ncase "$*" in *" {works_for}") exit 0;; esac\n'
        "echo 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    done = run_grader("doctor", env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout
    assert "ok  standard" in done.stdout
    if works_for == "nothing":
        assert "setting up uid map: Permission denied" in done.stdout


def test_what_student_code_locks_away_is_removed(tmp_path: Path) -> None:
    """Folders a thousand deep, and folders that nobody may enter."""
    program = (
        "import os\n"
        "for _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n"
        f"os.chdir({str(tmp_path / 'gone')!r})\nos.makedirs('locked/in')\nos.chmod('locked', 0)\n"
    )
    (tmp_path / "gone").mkdir()
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "gone", check=True)
    remove_tree(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
