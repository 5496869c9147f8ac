"""Grading in CI: the action, its workflows, and the page about them, run as a runner would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from grader.cli import main
from tests.conftest import COURSE, hand_in
from tests.courses import TOY_RELEASED, TOY_RIGHT, toy_class
from tests.runner import commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACTION = yaml.safe_load((COURSE / "action.yml").read_text(encoding="utf-8"))
WORKFLOWS = {
    name: yaml.safe_load((COURSE / "docs" / "ci" / f"{name}.yml").read_text(encoding="utf-8"))
    for name in ("grade", "check")
}
PAGE = (COURSE / "docs" / "ci.md").read_text(encoding="utf-8")


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All steps of all jobs."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


# What they are ---------------------------------------------------------------------------------


def test_the_action_is_one() -> None:
    """With what GitHub asks of a composite action."""
    assert {"name", "description", "inputs", "runs"} <= set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    for name, given in ACTION["inputs"].items():
        assert given["description"], name
        assert given.get("required") or "default" in given, name
        assert f"`{name}`" in PAGE
    for step in ACTION["runs"]["steps"]:
        assert ("uses" in step) != (step.get("shell") == "bash")


def test_no_input_is_part_of_a_script() -> None:
    """What comes from outside is a variable; there is nothing to inject into."""
    for step in [*ACTION["runs"]["steps"], *steps(WORKFLOWS["grade"]), *steps(WORKFLOWS["check"])]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_gives_the_action_what_it_takes(name: str) -> None:
    """With few rights, a limit of time, and third-party actions of a fixed version."""
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    assert True in workflow  # YAML 1.1 reads `on` so
    for job in workflow["jobs"].values():
        assert job["runs-on"] == "ubuntu-latest"
        assert job["timeout-minutes"] <= 60
    modes = []
    for step in [*steps(workflow), *ACTION["runs"]["steps"]]:
        used = step.get("uses", "./")
        assert used == "./" or re.fullmatch(r"[\w-]+/[\w-]+@v\d+", used)
        if used == "./" or "reference-grader" in used:
            given = step.get("with", {})
            assert set(given) <= set(ACTION["inputs"])
            modes += [given["mode"]] if "mode" in given else []
    assert modes == [name]


def test_the_students_workflow_holds_nothing_hidden() -> None:
    """No secret, no token, no rubric, no course; and it is not started from elsewhere."""
    lines = (COURSE / "docs" / "ci" / "check.yml").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    for word in ("secrets", "token", "rubric", "course", "pull_request_target", "submitted"):
        assert word not in text


def test_command_lines_on_the_page_are_taken() -> None:
    """By the commands that they name."""
    text = PAGE.replace("\\\n", " ")
    found = re.findall(r"^    (grader .*)$", text, re.MULTILINE)
    assert len(found) >= 2
    for line in found:
        _, called, *arguments = shlex.split(line)
        main.commands[called].make_context(called, arguments)


# What they do ----------------------------------------------------------------------------------


class Runner:
    """A machine that runs the action's own steps, with a `grader` that is this one."""

    def __init__(self, home: Path, grader: str) -> None:
        self.home = home
        (home / "bin").mkdir(parents=True)
        stub = home / "bin" / "grader"
        stub.write_text(f"#!/bin/sh\n{grader}\n")
        stub.chmod(0o755)
        for name in ("output", "summary", "path"):
            (home / name).touch()

    def run(self, name: str, cwd: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step of that name with these inputs and the others' defaults."""
        (step,) = [s for s in ACTION["runs"]["steps"] if s.get("name") == name]
        values = {k: v.get("default", "") for k, v in ACTION["inputs"].items()}
        values |= {key.replace("_", "-"): value for key, value in inputs.items()}
        filled = {
            key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
            for key, text in step["env"].items()
        }
        assert not [text for text in filled.values() if "${{" in text]
        script = self.home / "script.sh"
        script.write_text(step["run"])
        # As the runner does it for `shell: bash`.
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=cwd,
            env={
                **os.environ, **filled, "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(self.home / "output"),
                "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
                "GITHUB_WORKSPACE": str(cwd),
                "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip


REAL = f'PYTHONPATH={shlex.quote(str(COURSE))} exec {shlex.quote(sys.executable)} -m grader "$@"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instructor's checkout, with two students who cannot be trusted with names."""
    toy_class(tmp_path / "course", {})
    handed = {"ada": TOY_RIGHT, "$(touch owned) `x` ; #": TOY_RELEASED}
    hand_in(tmp_path / "repository" / "sub mitted", handed, "toy")
    return tmp_path / "repository"


def test_the_action_grades_a_class(folder: Path, tmp_path: Path) -> None:
    """Files, a summary and annotations; scores fail nothing."""
    runner = Runner(tmp_path / "runner", REAL)
    done = runner.run(
        "Grade", folder, mode="grade", paths="sub mitted\n\n", assignment="toy",
        course=str(tmp_path / "course"), disclose="title",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = folder / "grading"
    assert sorted(path.name for path in results.iterdir()) == [
        "junit.xml", "results.json", "scores.csv",
    ]  # fmt: skip
    content = json.loads((results / "results.json").read_text())
    assert [r["score"] for r in content["results"]] == [0, 3]
    assert content["disclosure"] == "title"
    assert (runner.home / "output").read_text() == "results=grading\n"
    assert "1 with full marks" in (runner.home / "summary").read_text()
    (warned,) = commands(done.stdout)
    assert warned.properties["file"].startswith("sub mitted/$(touch owned)")
    assert sorted(path.name for path in folder.iterdir()) == ["grading", "sub mitted"]


def test_the_action_fails_where_a_score_is_below(folder: Path, tmp_path: Path) -> None:
    """And has written everything all the same."""
    runner = Runner(tmp_path / "runner", REAL)
    done = runner.run(
        "Grade", folder, mode="grade", paths="sub mitted", assignment="toy",
        course=str(tmp_path / "course"), fail_under="60", results="out/put",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert (folder / "out" / "put" / "scores.csv").is_file()


def test_the_action_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    """An assignment that is none, no paths, a mode that is none."""
    runner = Runner(tmp_path / "runner", REAL)
    done = runner.run("Grade", folder, paths="sub mitted", course=str(tmp_path / "course"))
    assert (done.returncode, "there is no assignment ''" in done.stderr) == (2, True)
    assert runner.run("Grade", folder, paths=" ", course=str(tmp_path / "course")).returncode == 2
    done = runner.run("Neither", folder, mode="guess")
    assert (done.returncode, "'guess'" in done.stderr) == (2, True)


@pytest.mark.parametrize(("codes", "worst"), [("0 0", 0), ("0 1", 1), ("1 0", 1), ("3 1", 3)])
def test_the_action_checks_every_notebook(tmp_path: Path, codes: str, worst: int) -> None:
    """One after the other, also behind one that fails; the worst outcome is that of the step."""
    log = tmp_path / "log"
    first, second = codes.split()
    runner = Runner(
        tmp_path / "runner",
        f'printf "%s|" "$@" >> {log}\nif [ "$3" = "a b.ipynb" ]; then exit {first}; fi\n'
        f"exit {second}",
    )
    done = runner.run("Check", tmp_path, paths="a b.ipynb\nc.ipynb\n")
    assert done.returncode == worst
    assert log.read_text() == "check|--|a b.ipynb|check|--|c.ipynb|"


@pytest.mark.skipif("check" not in main.commands, reason="there is no grader check yet")
def test_check_takes_what_the_action_gives_it() -> None:
    """The real command."""
    main.commands["check"].make_context("check", ["--", "activations.ipynb"])
