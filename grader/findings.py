"""What an audit finds out about a rubric: plain data, for reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.model import Verdict
    from grader.rubric import Rubric

Kind = Literal["wheat", "chaff", "hollow"]
Outcome = Literal["killed", "same bytecode", "same values", "alive"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What became of a mutant.

    `by` are the criteria that it fails: in the exam, or on other inputs where it is alive.
    """

    of: str
    operator: str
    before: str
    after: str
    outcome: Outcome
    by: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One implementation, graded as students' are, and what is wrong with its verdicts."""

    name: str
    kind: Kind
    title: str
    code: str
    verdicts: tuple[Verdict, ...] = ()
    problem: str = ""
    kept: bool = False  # something that had to be lost

    @property
    def lost(self) -> dict[str, Verdict]:
        """What is not passed, by criterion."""
        return {v.id: v for v in self.verdicts if v.status != "passed"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Flake:
    """A verdict that depends on the seed."""

    name: str
    kind: Kind
    seed: int
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What a criterion is good for.

    How many chaffs and mutants fail it, how many fail nothing else, and on which hollow
    implementations it would pass if it needed no other criterion.
    """

    chaffs: int
    only_chaffs: int
    mutants: int
    only_mutants: int
    vacuous: tuple[str, ...] = ()

    @property
    def redundant(self) -> bool:
        """Whether everything that it catches is caught by others as well."""
        return not self.only_chaffs + self.only_mutants


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All that was found out about a rubric."""

    assignment: str
    rubric: Rubric
    rows: tuple[Row, ...]
    seeds: tuple[int, ...]
    flakes: tuple[Flake, ...]
    fates: tuple[Fate, ...]
    tallies: Mapping[str, Tally]
    duration_s: float

    def count(self, kind: Kind) -> int:
        """How many implementations of a kind there are."""
        return sum(row.kind == kind for row in self.rows)

    def wrong(self, kind: Kind) -> list[Row]:
        """Those of a kind about which the rubric is wrong."""
        return [row for row in self.rows if row.kind == kind and row.problem]

    def became(self, *outcomes: str) -> list[Fate]:
        """The mutants that came to such an end."""
        return [fate for fate in self.fates if fate.outcome in outcomes]

    @property
    def false_passes(self) -> list[Row]:
        """Chaffs that keep what they have to lose."""
        return [row for row in self.wrong("chaff") if row.kept]

    @property
    def kill_rate(self) -> float:
        """The part of the mutants that are not equivalent which is killed, in percent.

        0 where there are none: nothing has been shown.
        """
        killed, alive = len(self.became("killed")), len(self.became("alive"))
        return 100 * killed / (killed + alive) if killed + alive else 0.0

    @property
    def sound(self) -> bool:
        """Whether the rubric is right about all wheats and chaffs, with every seed."""
        return not (self.flakes or self.wrong("wheat") or self.wrong("chaff"))
