"""The rows of the table: what is held to a budget, each beside what peers take in the same run."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench import phases
from tests.bench.measure import GRADER, CommandFailed, Usage, best, run
from tests.bench.peers import otter, otter_program, otter_version, stock_nbgrader
from tests.bench.submissions import COURSE, NAME, ODD, RUBRIC, own_words, sample_class
from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.submissions import Authors, Courses
    from tests.courses import Course

UNCHANGED: Final = "regraded, nothing changed"
AUTOGRADE: Final = ("autograde", NAME)
GRADE: Final = ("grade", "submitted", "--assignment", NAME, "--feedback", "pages")
_CHANGE: Final = ('"sigmoid-range", 0, 1, points=1', '"sigmoid-range", 0, 1.5, points=1')


@dataclass(frozen=True)
class Sizes:
    """How much is measured: class sizes between which slopes are taken, and repetitions."""

    right: tuple[int, int] = (20, 120)
    others: tuple[int, int] = (10, 50)
    whole: int = 220
    rounds: int = 16  # of the sample class, between a smaller class and that
    stock_few: int = 2
    repeat: int = 3
    workers: int = 150
    peers: bool = True


FULL: Final = Sizes()
QUICK: Final = Sizes(
    right=(1, 2), others=(1, 2), whole=13, rounds=1, repeat=1, workers=5, peers=False
)


@dataclass
class Bench:
    """Measures what rows need, once each."""

    courses: Courses
    authors: Authors
    sizes: Sizes
    peers: str = "no otter"

    @cached_property
    def _members(self) -> list[str]:
        return sample_class(self.courses.folder / "sample", ODD)

    def _say(self, what: str) -> None:
        print(f"  ... {what}", file=sys.stderr)

    @cached_property
    def confinement(self) -> phases.Confinement:
        """What confinement costs."""
        self._say("confinement")
        return phases.confinement(self.sizes.workers)

    def _classes(self, make: Callable[[int], str], sizes: tuple[int, int]) -> list[Course]:
        return [self.courses.new([make(number) for number in range(size)]) for size in sizes]

    def _slope(
        self,
        what: str,
        classes: Sequence[Course],
        command: Sequence[object],
        sizes: tuple[int, int],
    ) -> float:
        """CPU milliseconds of one more submission."""
        self._say(what)
        few, many = (run([*GRADER, *command, "--jobs", "1", "--quiet"], c.root) for c in classes)
        return 1e3 * many.each(few, sizes[1] - sizes[0]).cpu

    def budgets(self) -> list[Row]:
        """All rows."""
        stock = self._stock()
        stock_cpu = 1e3 * stock[1].cpu if stock else None
        other = self._otter()
        other_cpu = 1e3 * other.cpu if other else None
        rows = [
            # Others skip what is unchanged, too.
            Row(name, ms, budget, *(() if name == UNCHANGED else (stock_cpu, other_cpu)))
            for name, ms, budget in self._in_a_class()
        ]
        wall = self._whole_class()
        cold = self._fastest([*GRADER, "grade", self._one(), "--assignment", NAME, "--quiet"]).wall
        stock_one = 1e3 * stock[0].wall if stock else None
        stock_each = 1e3 * stock[1].wall if stock else None
        other_wall = 1e3 * other.wall if other else None
        least = min(900.0, stock_one / 4) if stock_one else 900.0
        helped = self._fastest([*GRADER, "--help"]).cpu
        bare = self._fastest([sys.executable, "-c", "pass"]).cpu
        return [
            *rows,
            Row(
                f"each of a class of {self.sizes.whole} on all cores, wall", wall,
                stock_each / 50 if stock_each else None, stock_each, other_wall,
            ),
            Row("one notebook from a shell, cold, wall", 1e3 * cold, least, stock_one, other_wall),
            Row("confinement of one worker, wall", self.confinement.wall, 5),
            Row("grader --help, CPU", 1e3 * helped, 100),
            Row("(python -c pass, CPU)", 1e3 * bare),
        ]  # fmt: skip

    def _in_a_class(self) -> list[tuple[str, float, float | None]]:
        """Name, CPU and budget of one more submission, of several kinds."""
        sizes, others, slope = self.sizes.right, self.sizes.others, self._slope
        right, wrong, untouched = self.authors.right, self.authors.wrong, self.authors.untouched
        rounds = [self._classes(right, sizes) for _ in range(self.sizes.repeat)]
        graded = median(slope("right", classes, AUTOGRADE, sizes) for classes in rounds)
        classes = rounds[0]
        unchanged = slope("nothing changed", classes, AUTOGRADE, sizes)
        for course in classes:
            change_rubric(course)
        regraded = slope("rubric changed", classes, AUTOGRADE, sizes)
        forced = slope("--force", classes, (*AUTOGRADE, "--force"), sizes)
        any_formula = self._classes(partial(right, slow=True), others)
        return [
            ("a right submission, autograded", graded, 30),
            (
                "- with the formulas of the course's solution",
                slope("solved", self._classes(self.authors.as_solved, others), AUTOGRADE, others),
                None,
            ),
            ("- its answers never seen before", self._forgetful(others), None),
            (
                "- in any way, slow ones too",
                slope("any", any_formula, AUTOGRADE, others), None,
            ),
            (
                "four functions wrong, with feedback page",
                slope("wrong", self._classes(wrong, others), GRADE, others), 120,
            ),
            (
                "an untouched release, autograded",
                slope("untouched", self._classes(untouched, others), AUTOGRADE, others), None,
            ),
            ("regraded, a criterion of the rubric changed", regraded, graded),
            (UNCHANGED, unchanged, graded),
            ("regraded, nothing changed, --force", forced, None),
        ]  # fmt: skip

    def _forgetful(self, sizes: tuple[int, int]) -> float:
        """CPU milliseconds of a right submission by a grader that remembers nothing."""
        self._say("never seen before")
        few, many = (
            phases.traced(self.courses, texts, AUTOGRADE, forget=True)[1]
            for texts in ([self.authors.right(n) for n in range(size)] for size in sizes)
        )
        return 1e3 * many.each(few, sizes[1] - sizes[0]).cpu

    def _sampled(self, number: int) -> list[str]:
        """So many of the sample class, again and again, each in their own words."""
        members = self._members
        return [own_words(members[n % len(members)], n) for n in range(number)]

    def _whole_class(self) -> float:
        """Milliseconds of wall time for each of a class, on all cores."""
        self._say("a whole class")
        more = self.sizes.rounds * len(self._members)
        few, many = (
            run([*GRADER, *AUTOGRADE, "--quiet"], self.courses.new(self._sampled(size)).root)
            for size in (self.sizes.whole - more, self.sizes.whole)
        )
        return 1e3 * many.each(few, more).wall

    def _one(self) -> str:
        path = self.courses.folder / "one.ipynb"
        path.write_text(self.authors.right(0), encoding="utf-8")
        return str(path)

    def _fastest(self, command: Sequence[object]) -> Usage:
        self._say(" ".join(map(str, command[1:4])))
        return best([run(command, COURSE) for _ in range(self.sizes.repeat)])

    def _stock(self) -> tuple[Usage, Usage] | None:
        """Stock nbgrader on one student, and for each one more of the sample class."""
        if not self.sizes.peers:
            return None
        self._say("stock nbgrader")
        few, more = self.sizes.stock_few, len(self._members)
        one = stock_nbgrader(self.courses, [self.authors.right(0)])
        smaller = stock_nbgrader(self.courses, self._sampled(few))
        larger = stock_nbgrader(self.courses, self._sampled(few + more))
        return one, larger.each(smaller, more)

    def _otter(self) -> Usage | None:
        program = otter_program() if self.sizes.peers else None
        if program is None:
            return None
        self._say("otter")
        self.peers = otter_version(program)
        texts = [self.authors.right(number) for number in range(self.sizes.repeat)]
        try:
            return otter(program, self.courses.folder / "otter", texts)
        except CommandFailed as failed:
            self.peers = f"{self.peers}, which failed"
            print(failed, file=sys.stderr)
            return None

    def phases(self) -> list[phases.Phases]:
        """Where the time goes, of a right, a wrong and an untouched submission."""
        kinds = (
            ("right", self.authors.right, AUTOGRADE),
            ("wrong", self.authors.wrong, GRADE),
            ("untouched", self.authors.untouched, AUTOGRADE),
        )
        found = []
        for title, make, command in kinds:
            self._say(f"phases: {title}")
            found.append(
                phases.one_more(
                    title, self.courses, make, command, self.sizes.others, self.confinement
                )
            )
        return found


def change_rubric(course: Course) -> None:
    """Change what one criterion checks."""
    path = course.root / RUBRIC / "rubric.py"
    text = path.read_text(encoding="utf-8")
    if text.count(_CHANGE[0]) != 1:
        raise ValueError(f"{path} does not have {_CHANGE[0]!r} in it, once")
    path.write_text(text.replace(*_CHANGE), encoding="utf-8")
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
