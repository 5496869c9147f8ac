"""A big course: many submissions drawn from the sample class, graded as one class."""

from __future__ import annotations

import json
import random
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.bench.measure import GRADER, Usage, Watch, run, size
from tests.bench.submissions import HANG, NAME, own_words, sample_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.bench.submissions import Authors, Courses
    from tests.courses import Course

_SEED: Final = 20250924
_MB: Final = 1 << 20
_COURSE: Final = 100_000  # submissions to extrapolate to


@dataclass(frozen=True)
class Graded:
    """A course that was graded: what it took, what was seen, what it left on disk."""

    number: int
    usage: Usage
    watch: Watch
    disk: dict[str, int]

    @property
    def start(self) -> float:
        """Seconds until the first is there."""
        return self.watch.when(1)

    def rate(self, first: int, last: int) -> float:
        """Submissions a second, between two of them."""
        return (last - first) / max(1e-9, self.watch.when(last) - self.watch.when(first))

    @property
    def ends(self) -> tuple[float, float]:
        """The rates of the first and the last thousand, or tenth where there are fewer."""
        part = min(1000, self.number // 2, max(1, self.number // 10))
        return self.rate(1, 1 + part), self.rate(self.number - part, self.number)

    @property
    def steady(self) -> float:
        """The rate without the start."""
        return self.rate(1, self.number)


def drawn(members: Sequence[str], number: int) -> Iterator[str]:
    """So many submissions, drawn from a class with a seed, each in its own words."""
    chosen = random.Random(_SEED)
    return (own_words(chosen.choice(members), one) for one in range(number))


def _autograded(course: Course, number: int, jobs: int) -> Graded:
    """`grader autograde`: progress is how many students have a graded notebook."""
    root = course.root / "autograded"
    watch = Watch(lambda: _entries(root))
    usage = run(
        [*GRADER, "autograde", NAME, "--jobs", jobs, "--quiet"], course.root, watch=watch
    )  # fmt: skip
    parts = ("submitted", "autograded", "gradebook.db")
    return Graded(number, usage, watch, {part: size(course.root / part) for part in parts})


def _graded(course: Course, number: int, jobs: int) -> Graded:
    """`grader grade` with pages and results: progress is how many pages there are."""
    pages = course.root / "pages"
    watch = Watch(lambda: _entries(pages))
    command = ("grade", "submitted", "--assignment", NAME, "--feedback", "pages")
    more = ("--json", "results.json", "--jobs", jobs, "--quiet")
    usage = run([*GRADER, *command, *more], course.root, watch=watch)
    disk = {part: size(course.root / part) for part in ("pages", "results.json")}
    return Graded(number, usage, watch, disk)


def _entries(folder: Path) -> int:
    """How many files or folders are in a folder, but for hidden ones."""
    if not folder.is_dir():
        return 0
    return sum(not path.name.startswith(".") for path in folder.iterdir())


def simulate(courses: Courses, authors: Authors, number: int) -> list[list[str]]:
    """Grade a course of that size, and a slice of it first; as a table."""
    few = max(4, number // 20)
    # Those that hang would take all the time.
    members = sample_class(courses.folder / "sample-of-all", HANG)
    slices = []
    for grade, jobs in ((_autograded, 1), (_autograded, 2), (_graded, 2)):
        _say(f"a slice of {few} by {jobs}")
        course = courses.new(drawn(members, few))
        slices.append(grade(course, few, jobs))
        shutil.rmtree(course.root)
    one, *both = slices
    course = courses.new(drawn(members, number))
    _say(f"{number} by grade")
    graded = _graded(course, number, 2)
    _say(f"{number} by autograde")
    whole = _autograded(course, number, 2)
    shutil.rmtree(course.root)
    _say("one that loops for ever")
    return _table((whole, graded), both, one, _seconds_of(courses.new([authors.looping(0)])))


def _seconds_of(course: Course) -> float:
    """Seconds that grading the only submission of a course takes, as its result says."""
    options = ("--assignment", NAME, "--json", "results.json", "--quiet")
    run([*GRADER, "grade", "submitted", *options], course.root)
    document = json.loads((course.root / "results.json").read_text(encoding="utf-8"))
    return float(document["results"][0]["duration_s"])


def _say(what: str) -> None:
    print(f"  ... {what}", file=sys.stderr)


def _table(
    both: Sequence[Graded], slices: Sequence[Graded], one: Graded, looping: float
) -> list[list[str]]:
    """What was measured by autograde and by grade, and what follows for a much bigger course."""
    names = sorted({name for g in both for name in g.watch.peaks})
    parts = sorted({name for g in both for name in g.disk})
    number, few = both[0].number, one.number
    # Without what it takes to start.
    more = number - few
    cpu = [g.usage.each(s.usage, more).cpu for g, s in zip(both, slices, strict=True)]
    own = [(g.watch.own_cpu - s.watch.own_cpu) / more for g, s in zip(both, slices, strict=True)]
    return [
        [f"{number:,} submissions, 2 processes", "autograde", "grade"],
        ["wall time, s", *(f"{g.usage.wall:,.0f}" for g in both)],
        ["until the first is there, s", *(f"{g.start:.1f}" for g in both)],
        [f"the same for {few:,}, s", *(f"{g.start:.1f}" for g in slices)],
        ["first thousand (or tenth), a second", *(f"{g.ends[0]:.1f}" for g in both)],
        ["last thousand (or tenth), a second", *(f"{g.ends[1]:.1f}" for g in both)],
        ["core-seconds per 1,000", *(f"{1e3 * c:.1f}" for c in cpu)],
        ["of these by the process that writes", *(f"{1e3 * c:.1f}" for c in own)],
        *(
            [f"peak memory, {name}, MB", *(_in_mb(g.watch.peaks, name) for g in both)]
            for name in names
        ),
        *(
            [f"the same for {few:,}: {name}, MB", *(_in_mb(g.watch.peaks, name) for g in slices)]
            for name in names
        ),
        *(
            [f"{part}, KB a submission", *(_in_kb(g.disk, part, number) for g in both)]
            for part in parts
        ),
        [f"a slice of {few:,} by 1 process, a second", f"{one.steady:.1f}", "-"],
        [f"a slice of {few:,} by 2 processes, a second", f"{slices[0].steady:.1f}", "-"],
        ["2 processes against 1", f"{slices[0].steady / one.steady:.2f}x", "-"],
        [
            "processes until the one that writes is busy",
            *(f"{(c - o) / max(o, 1e-6):.0f}" for c, o in zip(cpu, own, strict=True)),
        ],
        [f"{_COURSE:,}, extrapolated: hours", *(_hours(g) for g in both)],
        [f"{_COURSE:,}, extrapolated: core-hours", *(f"{c * _COURSE / 3600:.1f}" for c in cpu)],
        [
            f"{_COURSE:,}, extrapolated: disk, GB",
            *(f"{sum(g.disk.values()) * _COURSE / number / 2**30:.1f}" for g in both),
        ],
        ["one that loops for ever, s", "-", f"{looping:.1f}"],
    ]


def _in_mb(peaks: dict[str, int], name: str) -> str:
    return f"{peaks[name] / _MB:.0f}" if name in peaks else "-"


def _in_kb(disk: dict[str, int], part: str, number: int) -> str:
    return f"{disk[part] / number / 1024:.1f}" if part in disk else "-"


def _hours(graded: Graded) -> str:
    """At the rate of the last part, which is the one that would go on."""
    return f"{_COURSE / graded.ends[1] / 3600:.1f}"
