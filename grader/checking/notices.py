"""What a check of a student's notebook finds: tests, by what they are about, and notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Level

State = Literal["works", "fails", "untested"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something in a notebook that may cost its student marks, and what to do about it.

    `cells` are numbered from 1. A problem keeps the notebook from passing its check, a warning may
    cost something all the same, a note is only worth knowing.
    """

    kind: str
    level: Literal["problem", "warning", "note"]
    text: str
    remedy: str = ""
    cells: tuple[int, ...] = ()
    name: str = ""  # what it is about in its cell, if not all of it
    where: tuple[int, int, str] | None = None  # cell, line and its text
    blames: tuple[int, ...] = ()  # cells that seem to fail because of it


@dataclass(frozen=True, kw_only=True, slots=True)
class TestRun:
    """How one visible test came out, and why and where (cell, line, text) it fails.

    `cell` is its number from 1, `printed` the lines that it has printed.
    """

    __test__ = False  # for pytest

    cell: int
    name: str
    passed: bool
    why: str = ""
    where: tuple[int, int, str] | None = None
    printed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Something that the student writes, by the names it defines, with its visible tests.

    `cell` is the solution's number, or None for tests that belong to several, or to none. `remark`
    says of one that is untested what is to be said of that.
    """

    names: tuple[str, ...]
    cell: int | None
    tests: tuple[TestRun, ...]
    state: State
    remark: str = ""

    @property
    def name(self) -> str:
        """What to call it."""
        return " + ".join(self.names) or "the notebook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """All that was found; `hidden` test cells are only run when graded, for `hidden_points`.

    `isolation` is how well the notebook's code was contained; None where there was none to run.
    """

    path: Path
    parts: tuple[Part, ...]
    notices: tuple[Notice, ...]
    hidden: int
    hidden_points: float
    isolation: Level | None

    @property
    def passed(self) -> bool:
        """Whether all visible tests pass, and can be trusted."""
        return all(part.state != "fails" for part in self.parts) and not any(
            notice.level == "problem" for notice in self.notices
        )
