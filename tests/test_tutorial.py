"""The tutorial does what it says: each block is written, each command typed, in an empty folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import COURSE
from tests.courses import environment
from tests.tutorial import steps

if TYPE_CHECKING:
    from pathlib import Path

TUTORIAL = COURSE / "docs" / "tutorial.md"


def follow(text: str, folder: Path) -> str:
    """Do all that a tutorial says; the first thing that is wrong, with its line, or nothing."""
    for step in steps(text):
        wrong = step.take(folder, environment({"NO_COLOR": "1", "COLUMNS": "100"}))
        if wrong:
            return f"line {step.line}: {wrong}"
    return ""


def test_a_newcomer_who_does_what_it_says_sees_what_it_shows(tmp_path: Path) -> None:
    """From an empty directory to grades and feedback, with real commands."""
    wrong = follow(TUTORIAL.read_text(encoding="utf-8"), tmp_path)
    assert not wrong, f"{TUTORIAL.name}, {wrong}"


def test_nothing_in_it_is_left_out_but_the_installation() -> None:
    """Blocks that are only looked at could say anything."""
    text = TUTORIAL.read_text(encoding="utf-8")
    (looked_at,) = re.findall(r"(?ms)^```text\n(.*?)^```$", text)
    assert "pip install" in looked_at
    assert {step.kind for step in steps(text)} == {
        "command", "file", "cell", "without", "in place", "end",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("```console\n$ echo one two three\none ... three\n```", ""),
        ("```console\n$ echo one\ntwo\n```", "line 2: `echo one` is to print\ntwo"),
        ("```console\n$ echo one\n```", "line 2: `echo one` is to print"),
        ("```console\n$ false\n```", "line 2: `false` ended with 1"),
        ("**`a/b.txt`**\n\n```python\nx = 1\n```\n```console\n$ cat a/b.txt\nx = 1\n```", ""),
        (
            "```console\n$ echo a > b\n```\n**`b`, in place of `c`**\n```python\nd\n```",
            "line 5: b has",
        ),
        ("**`a.txt`**\n```python\nx = 1\n```\n```console\n$ cat a.txt\nx = 2\n```", "line 6: "),
    ],
)
def test_what_is_not_as_shown_is_found(tmp_path: Path, text: str, wrong: str) -> None:
    """With its line: a test of a tutorial that cannot fail is worth nothing."""
    found = follow(text, tmp_path)
    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


@pytest.mark.parametrize(
    "text",
    ["```python\nx = 1\n```", "**`a.py`**\n\nSomething else.\n", "```console\nno command\n```"],
)
def test_a_block_that_nothing_is_said_about_is_a_mistake(text: str) -> None:
    """It would be shown, and never tried."""
    with pytest.raises(ValueError, match="line "):
        list(steps(text))
