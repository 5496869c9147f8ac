"""The words of the domain: limits, verdicts, results. Plain frozen data, hardly any behaviour."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Status = Literal["passed", "failed", "error", "timeout", "missing", "skipped"]


Level = Literal["none", "weak", "standard", "strong"]  # of isolation, from the lowest


ResultStatus = Literal["graded", "refused"]

# How much of a result is shown, from the least.
Disclosure = Literal["score", "title", "hint", "counterexample"]


class GraderError(Exception):
    """Something the user can put right: the message says what, where, and how."""


class InfrastructureError(GraderError):
    """The grader itself could not work: no verdict about anybody's submission follows from it."""


class NotContained(InfrastructureError):
    """Student code could do too much on this machine for hidden tests to be used."""

    level: Level = "none"


class RubricError(GraderError):
    """The rubric is wrong, not the submission."""


class Refused(GraderError):
    """A submission that cannot be graded, with the reason that its author is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one submission may use. Times are wall seconds, sizes are bytes.

    `memory` is address space beyond what the libraries take, `file_size` that of one file, `disk`
    of all that is written, `output` of all that cells print and display.
    """

    submission_s: float = 60.0
    cell_s: float = 10.0
    call_s: float = 5.0
    memory: int = 2 << 30
    file_size: int = 32 << 20
    disk: int = 256 << 20
    output: int = 8 << 20

    @classmethod
    def within(cls, submission_s: float) -> Limits:
        """Limits for a whole submission of that many seconds, parts in proportion."""
        return cls(submission_s=submission_s, cell_s=submission_s / 6, call_s=submission_s / 12)

    def but(self, **changes: Any) -> Limits:
        """The same, but for some."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counterexample:
    """The smallest input found that shows why a criterion failed.

    `inputs` are the call's named values and `output` what came back (None where nothing did), in
    JSON and cut where they are long; `dtypes` those of inputs that are arrays; `expected` is what
    was promised, in words.
    """

    call: str
    inputs: dict[str, Any]
    dtypes: dict[str, str]
    output: Any
    expected: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How one criterion was judged."""

    id: str
    target: str
    area: str
    title: str
    points: float
    max_points: float
    status: Status
    message: str = ""
    counterexample: Counterexample | None = None
    review: bool = False  # a person has to look, since this could not be judged
    hint: str = ""  # the idea that may be missing


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something about a target that is worth saying and costs nothing.

    `text` is all of it, `hint` the part that names an idea.
    """

    id: str
    target: str
    good: bool
    text: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """What a target gave on the inputs of its picture, element by element, in JSON.

    None where it gave nothing that could be drawn.
    """

    target: str
    values: list[Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseCell:
    """A cell of the instructor's notebook that nbgrader knows by its name, its `grade_id`.

    `source` is the whole text, hidden tests included, but for solutions. `points` counts where it
    is graded: by its test (`grade`), or by a person (`grade` with `solution`, or `task`).
    """

    name: str
    kind: Literal["code", "markdown"]
    source: str
    checksum: str = ""
    locked: bool = False
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float = 0.0

    @property
    def is_test(self) -> bool:
        """Whether running it decides over its points."""
        return self.grade and not self.solution and self.kind == "code"


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseNotebook:
    """The instructor's version of a notebook: its name, its cells in order, and its kernel."""

    name: str
    cells: tuple[CourseCell, ...]
    kernel: dict[str, Any] = field(default_factory=dict)

    @property
    def max_score(self) -> float:
        """The points that its tests can give; what people give comes on top."""
        return math.fsum(cell.points for cell in self.cells if cell.is_test)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellRun:
    """What one cell did: outputs, its value as text, its error, or why it was left out."""

    index: int
    outputs: tuple[dict[str, Any], ...] = ()
    value: str = ""
    error: str = ""
    left_out: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How one submission was judged, or why it was refused.

    `isolation` is how well its code was contained; None where no code could have been run. `fault`
    says that the grader is to blame for a refusal, so that it is worth another try. `disclosure`
    is how much of it is still there. `settled` are criteria that were passed, whatever else would
    have been asked.
    """

    student: str
    path: str
    status: ResultStatus
    message: str = ""
    score: float = 0.0
    max_score: float
    duration_s: float = 0.0
    isolation: Level | None = None
    verdicts: tuple[Verdict, ...] = ()
    cells: tuple[CellRun, ...] = field(default=(), repr=False)
    fault: bool = False
    remarks: tuple[Remark, ...] = ()
    traces: tuple[Trace, ...] = field(default=(), repr=False)
    disclosure: Disclosure = "counterexample"
    settled: tuple[str, ...] = ()
