"""A class at a glance: how it did, what it lost, who fails in the same way, who was slow.

Made from results alone, so that it can be made again whenever they have been written.
"""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.model import Result, Status, Verdict

BINS: Final = 10  # of the distribution; full marks have one of their own
_COMMONEST: Final = 3
_SLOWEST: Final = 10


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One criterion over the whole class.

    `statuses` count those who have not passed it, `commonest` the reasons most often given, each
    with its count.
    """

    id: str
    target: str
    title: str
    points: float
    statuses: dict[Status, int]
    commonest: list[tuple[str, int]]

    @property
    def lost(self) -> int:
        """How many have not passed it."""
        return sum(self.statuses.values())


@dataclass(frozen=True, kw_only=True)
class BugGroup:
    """Submissions that fail the same criteria in the same way.

    `reasons` are what is said of each criterion, `hint` the first that there is.
    """

    number: int
    criteria: list[str]
    statuses: list[Status]
    reasons: list[str]
    hint: str
    members: list[Result]

    @property
    def points(self) -> float:
        """What its members have lost on average, with what was skipped in consequence."""
        lost = [result.max_score - result.score for result in self.members]
        return statistics.fmean(lost)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A class at a glance. Results are in the order of student ids.

    `bins` count scores by tenths of the maximum, the last of them full marks.
    """

    assignment: str
    max_score: float
    results: list[Result]
    bins: list[int]
    losses: list[Loss]
    groups: list[BugGroup]

    @property
    def graded(self) -> list[Result]:
        """Those that could be graded."""
        return [result for result in self.results if result.status == "graded"]

    @property
    def refused(self) -> list[Result]:
        """Those that could not."""
        return [result for result in self.results if result.status == "refused"]

    @property
    def scores(self) -> list[float]:
        """The scores of those that were graded."""
        return [result.score for result in self.graded]

    @property
    def mean(self) -> float:
        """The mean score; 0 where nobody was graded."""
        return statistics.fmean(self.scores) if self.scores else 0.0

    @property
    def median(self) -> float:
        """The median score; 0 where nobody was graded."""
        return statistics.median(self.scores) if self.scores else 0.0

    @property
    def slowest(self) -> list[Result]:
        """Those that took the longest, the slowest first."""
        return sorted(self.results, key=lambda r: (-r.duration_s, r.student))[:_SLOWEST]

    def group_of(self) -> dict[tuple[str, str], int]:
        """The number of the bug group of each submission that is in one, by student and path."""
        return {(r.student, r.path): group.number for group in self.groups for r in group.members}


def overview(assignment: str, max_score: float, results: Collection[Result]) -> Overview:
    """Look at the results of a class."""
    ordered = sorted(_slim(results), key=lambda r: (r.student, r.path))
    graded = [result for result in ordered if result.status == "graded"]
    bins = [0] * (BINS + 1)
    for result in graded:
        share = result.score / result.max_score if result.max_score else 1.0
        bins[min(max(int(share * BINS), 0), BINS)] += 1
    return Overview(
        assignment=assignment,
        max_score=max_score,
        results=ordered,
        bins=bins,
        losses=_losses(graded),
        groups=_groups(graded),
    )


def _slim(results: Iterable[Result]) -> Iterator[Result]:
    """Results with what an overview needs of them, the verdicts that they share held once."""
    held: dict[Any, Any] = {}
    for result in results:
        shown = (replace(verdict, counterexample=None) for verdict in result.verdicts)
        verdicts = tuple(held.setdefault(verdict, verdict) for verdict in shown)
        yield replace(
            result, verdicts=held.setdefault(verdicts, verdicts), cells=(), remarks=(), traces=()
        )


def _losses(results: Sequence[Result]) -> list[Loss]:
    """Criteria in the order in which results have them."""
    by_id: dict[str, list[Verdict]] = {}
    for result in results:
        for verdict in result.verdicts:
            by_id.setdefault(verdict.id, []).append(verdict)
    losses = []
    for name, verdicts in by_id.items():
        lost = [verdict for verdict in verdicts if verdict.status != "passed"]
        reasons = Counter(v.message for v in lost if v.message and v.status != "skipped")
        first = verdicts[0]
        losses.append(
            Loss(
                id=name,
                target=first.target,
                title=first.title,
                points=first.max_points,
                statuses=dict(sorted(Counter(v.status for v in lost).items())),
                commonest=_most(reasons, _COMMONEST),
            )
        )
    return losses


def _most(counter: Counter[str], count: int) -> list[tuple[str, int]]:
    """The commonest; of those that are as common, in alphabetical order."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:count]


def _groups(results: Sequence[Result]) -> list[BugGroup]:
    """What was skipped follows from what was lost, and tells nothing apart."""
    groups: dict[tuple[tuple[str, str, str], ...], list[Result]] = {}
    for result in results:
        lost = [v for v in result.verdicts if v.status not in {"passed", "skipped"}]
        if lost:
            key = tuple((v.id, v.status, v.message or v.hint) for v in lost)
            groups.setdefault(key, []).append(result)
    ordered = sorted(groups.values(), key=lambda members: (-len(members), members[0].student))
    return [_group(number, members) for number, members in enumerate(ordered, start=1)]


def _group(number: int, members: list[Result]) -> BugGroup:
    lost = [v for v in members[0].verdicts if v.status not in {"passed", "skipped"}]
    return BugGroup(
        number=number,
        criteria=[verdict.id for verdict in lost],
        statuses=[verdict.status for verdict in lost],
        reasons=[verdict.message or verdict.hint for verdict in lost],
        hint=next((verdict.hint for verdict in lost if verdict.hint), ""),
        members=members,
    )
