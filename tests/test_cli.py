"""What all commands have in common: help with examples, and completion in a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.course import assignments
from tests.conftest import COURSE, run_grader

if TYPE_CHECKING:
    from pathlib import Path


def help_of(*names: str) -> list[str]:
    """The lines of a command's help."""
    done = CliRunner().invoke(main, [*names, "--help"], prog_name="grader")
    assert done.exit_code == 0
    return done.output.splitlines()


def examples_of(*names: str) -> list[str]:
    """The command lines below "Examples:"."""
    lines = [line.strip() for line in help_of(*names)]
    return [line for line in lines[lines.index("Examples:") + 1 :] if line]


@pytest.mark.parametrize("name", [None, *main.commands])
def test_every_help_has_examples_that_work(name: str | None) -> None:
    """One a line, each a command line that its command takes."""
    found = examples_of(*([name] if name else []))
    assert found
    for line in found:
        program, called, *arguments = shlex.split(line.partition(" > ")[0])
        assert program == "grader"
        assert name in {None, called}
        if "--help" not in arguments:
            context = main.commands[called].make_context(called, arguments)
            assert isinstance(context, click.Context)


@pytest.mark.parametrize("name", main.commands)
def test_every_option_says_what_it_is_for(name: str) -> None:
    """And no help shows how it was formatted."""
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    assert "\\b" not in "\n".join(help_of(name))


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment with a `grader` that is this one."""
    command = tmp_path / "bin" / "grader"
    command.parent.mkdir()
    command.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(COURSE))} exec {shlex.quote(sys.executable)} "
        '-m grader "$@"\n'
    )
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("grader rel", ["release"]),
        ("grader release ", assignments(COURSE)),
        ("grader audit act", ["activations"]),
        ("grader release x", []),
        ("grader grade submitted --assignment ", assignments(COURSE)),
        ("grader grade --jun", ["--junit"]),
        ("grader grade --disclose h", ["hint"]),
        ("grader completion z", ["zsh"]),
    ],
)
def test_bash_completes(shell: dict[str, str], typed: str, completed: list[str]) -> None:
    """Commands, options, choices, and the assignments of the course."""
    words = shlex.split(typed) + ([""] if typed.endswith(" ") else [])
    script = (
        'eval "$(grader completion bash)"\n'
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}\n"
        '_grader_completion grader\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "-c", script], env=shell, cwd=COURSE, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.split() == completed


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_completion_is_there_for_three_shells(kind: str) -> None:
    """A script that asks `grader` itself."""
    done = run_grader("completion", kind)
    assert done.returncode == 0
    assert f"_GRADER_COMPLETE={kind}_complete" in done.stdout


def test_assignments_are_those_of_the_course_that_is_named(
    shell: dict[str, str], tmp_path: Path
) -> None:
    """By their rubrics, or by their sources where there are none; nothing outside of a course."""
    course = tmp_path / "course"
    (course / "source" / "one").mkdir(parents=True)
    (course / "source" / "two").mkdir()
    (course / "nbgrader_config.py").touch()

    def completed(cwd: Path, *words: str) -> list[str]:
        asked = {
            "COMP_WORDS": shlex.join(["grader", *words]),
            "COMP_CWORD": str(len(words) + 1),
            "_GRADER_COMPLETE": "bash_complete",
        }
        done = subprocess.run(
            ["grader"], env=shell | asked, cwd=cwd, capture_output=True, text=True, check=False
        )
        return [line.removeprefix("plain,") for line in done.stdout.split()]

    assert completed(course / "source", "release") == ["one", "two"]
    assert completed(tmp_path, "release") == []
    assert completed(tmp_path, "release", "--course", str(COURSE)) == assignments(COURSE)
