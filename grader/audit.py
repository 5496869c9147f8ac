"""The rubric, proven: held to implementations of which it is known what they deserve.

Wheats are correct and must keep everything; a chaff has one bug and must lose what it names, and
nothing else (but what joins several targets). Hollow ones compute nothing and must not earn a
point. The same is to be so with any other seed, and no mutant may pass unless it is equivalent.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.corpus import Sitting
from grader.course import Submission
from grader.findings import Audit, Flake, Kind, Row, Tally
from grader.grading import Grading, broken_criterion
from grader.hollow import CHANGES, hollow
from grader.model import RubricError
from grader.proof import Candidate, Proving, other_sittings, prepare
from grader.sample import Filler, Implementation, implementations
from grader.scale import grade_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.course import Assignment
    from grader.findings import Fate
    from grader.model import Limits, Result
    from grader.proof import Proof
    from grader.rubric import Rubric
    from grader.sandbox import Zygote

_PATIENCE: Final = 2.0  # seconds that a cell or call may take: what is known hangs or comes at once
_SOURCE: Final = "source"


def audit(
    course: Path,
    assignment: Assignment,
    limits: Limits,
    jobs: int,
    zygote: Zygote,
    seeds: Sequence[int],
    advance: Callable[[], None] = lambda: None,
    *,
    quick: bool = False,
) -> Audit:
    """Prove a rubric by all that is known about it, by other seeds, and by mutants.

    With `quick`, these are mutants of the source's own solution alone.
    Raises `RubricError` where the rubric itself is at fault.
    """
    begun = time.perf_counter()
    limits = limits.but(cell_s=min(limits.cell_s, _PATIENCE), call_s=min(limits.call_s, _PATIENCE))
    rubric, filler = assignment.rubric, Filler(course, assignment.name, assignment.release)
    solutions = filler.by_name
    texts = _known_texts(course, assignment.name, filler) | _own_texts(filler)
    rows = _graded_rows(filler, texts, assignment, limits, jobs, zygote, advance)
    tries = list(_candidates(course, assignment, filler, quick=quick))
    prepare(rubric, other_sittings(rubric, seeds), jobs)
    patient = limits.but(submission_s=300.0)
    proofs = {}
    for proof in grade_all(Proving(assignment, solutions, patient, seeds), tries, jobs, zygote):
        advance()
        if proof.trouble:
            raise RubricError(f"{proof.name} cannot be tried: {proof.trouble}")
        proofs[proof.name] = proof
    fates = tuple(fate for one in tries for fate in proofs[one.name].fates)
    return Audit(
        assignment=assignment.name,
        rubric=rubric,
        rows=tuple(rows),
        seeds=tuple(seeds),
        flakes=tuple(_flakes(course, assignment, filler, limits, zygote, rows, proofs)),
        fates=fates,
        tallies={c.id: _tally(c.id, rows, fates, proofs) for c in rubric.criteria},
        duration_s=round(time.perf_counter() - begun, 1),
    )


def other_seeds(rubric: Rubric, number: int) -> list[int]:
    """So many seeds that are not the rubric's own."""
    return [rubric.seed + step for step in range(1, number + 1)]


def steps(course: Path, name: str) -> int:
    """How often `audit` calls `advance`."""
    return 2 * (count(course, name) + 1 + len(CHANGES)) + 1


def count(course: Path, name: str) -> int:
    """How many wheats and chaffs there are."""
    folder = course / "grader" / "rubrics" / name
    return sum(len(list((folder / kind).glob("*.py"))) for kind in ("wheats", "chaffs"))


# What is known -----------------------------------------------------------------------------------


def known_problems(
    course: Path,
    assignment: Assignment,
    limits: Limits,
    jobs: int,
    zygote: Zygote,
    advance: Callable[[], None] = lambda: None,
) -> list[str]:
    """What is wrong with a rubric, a line each, by its wheats and chaffs.

    Enough for a release; `audit` finds out more.
    """
    folder = course / "grader" / "rubrics" / assignment.name
    filler = Filler(course, assignment.name, assignment.release)
    texts = _known_texts(course, assignment.name, filler)
    rows = _graded_rows(filler, texts, assignment, limits, jobs, zygote, advance)
    return [f"{folder / row.name}.py, line 1: {row.problem}" for row in rows if row.problem]


_Texts = dict[str, tuple[Kind, Implementation, str]]


def _known_texts(course: Path, name: str, filler: Filler) -> _Texts:
    return {
        key: (kind, found, filler.fill(found.parts(filler.by_name)))
        for key, kind, found in _known(course, name)
    }


def _own_texts(filler: Filler) -> _Texts:
    """What follows from the source: its solution, the release, and hollow implementations."""
    own = Implementation(name=_SOURCE, title="The source's own solution.", code="")
    release = Implementation(name="release", title="The untouched release.", code="")
    texts: _Texts = {
        _SOURCE: ("wheat", own, filler.fill({})),
        "is the untouched release": ("hollow", release, filler.release),
    }
    for name, parts in hollow(filler.by_name).items():
        code = "\n\n".join(parts.values())
        made = Implementation(name=name, title=f"Everything {name}.", code=code)
        texts[name] = ("hollow", made, filler.fill(parts))
    return texts


def _graded_rows(
    filler: Filler,
    texts: _Texts,
    assignment: Assignment,
    limits: Limits,
    jobs: int,
    zygote: Zygote,
    advance: Callable[[], None],
) -> list[Row]:
    """Implementations, graded as students' submissions are."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="audit-") as temporary:
        submissions = []
        for number, (name, (_, _, text)) in enumerate(texts.items()):
            path = Path(temporary, f"{number}.ipynb")
            path.write_text(text, encoding="utf-8")
            submissions.append(Submission(name, path))
        for result in grade_all(Grading(assignment, limits), submissions, jobs, zygote):
            advance()
            kind, found, _ = texts[result.student]
            defined = kind == "hollow" or bool(found.parts(filler.by_name))
            rows.append(_row(result, kind, found, assignment.rubric, defined=defined))
    order = list(texts)
    return sorted(rows, key=lambda row: order.index(row.name))


def _known(course: Path, name: str) -> Iterator[tuple[str, Kind, Implementation]]:
    folder = course / "grader" / "rubrics" / name
    kinds: dict[str, Kind] = {"wheats": "wheat", "chaffs": "chaff"}
    for place, kind in kinds.items():
        for found in implementations(folder / place):
            yield f"{place}/{found.name}", kind, found


def _row(
    result: Result, kind: Kind, found: Implementation, rubric: Rubric, *, defined: bool = True
) -> Row:
    if broken := broken_criterion(result):
        raise broken
    lost = {v.id: v.message for v in result.verdicts if v.status != "passed"}
    if result.status == "refused":
        problem = f"cannot be graded: {result.message}"
    elif kind == "hollow":
        earned = [v.id for v in result.verdicts if v.points]
        problem = f"earns points for {', '.join(earned)}" if earned else ""
    else:
        problem = problem_of(lost, kind, found.loses, rubric)
    if found.code and kind != "hollow" and not defined:
        problem = "defines nothing that the assignment asks for"
    return Row(
        name=result.student, kind=kind, title=found.title, code=found.code,
        verdicts=result.verdicts, problem=problem, kept="keeps" in problem,
    )  # fmt: skip


def problem_of(lost: Mapping[str, str], kind: Kind, loses: Sequence[str], rubric: Rubric) -> str:
    """What is wrong with what a wheat or a chaff loses (with a word on why), or nothing."""
    targets = {criterion.id: criterion.target for criterion in rubric.criteria}
    if kind == "wheat":
        first = next(iter(lost.values()), "")
        return f"a correct implementation loses {', '.join(lost)}: {first}" if lost else ""
    if not loses:
        return "says not what it loses; add a line like: # loses: criterion-or-target"
    named = set(loses)
    unknown = named - {*targets, *targets.values()}
    if unknown:
        return f"loses {', '.join(sorted(unknown))}, which is no criterion and no target"
    joining = {target.name for target in rubric.targets if not target.call}
    kept = named - {*lost, *(targets[name] for name in lost)}
    if kept:
        return f"a wrong implementation keeps {', '.join(sorted(kept))}, which it has to lose"
    more = [name for name in lost if not {name, targets[name]} & (named | joining)]
    if more:
        return f"a wrong implementation loses {', '.join(more)} as well: {lost[more[0]]}"
    return ""


# What is tried -----------------------------------------------------------------------------------


def _candidates(
    course: Path, assignment: Assignment, filler: Filler, *, quick: bool
) -> Iterator[Candidate]:
    yield Candidate(name=_SOURCE, parts=filler.by_name, mutate=True)
    for name, kind, found in _known(course, assignment.name):
        yield Candidate(
            name=name, parts=found.parts(filler.by_name), mutate=kind == "wheat" and not quick,
            own=found.code if found.rest else "",
        )  # fmt: skip
    for name, parts in hollow(filler.by_name).items():
        yield Candidate(name=name, parts=parts, alone=True)


def _flakes(
    course: Path,
    assignment: Assignment,
    filler: Filler,
    limits: Limits,
    zygote: Zygote,
    rows: Sequence[Row],
    proofs: Mapping[str, Proof],
) -> Iterator[Flake]:
    """What is not as it should be with some seed; each is graded with it once more, as proof."""
    own = Implementation(name=_SOURCE, title="", code="")
    known: list[tuple[str, Kind, Implementation]] = [(_SOURCE, "wheat", own)]
    wrong = {row.name for row in rows if row.problem}  # whatever the seed
    for name, kind, found in (*known, *_known(course, assignment.name)):
        if name in wrong:
            continue
        for seed, lost in proofs[name].losses.items():
            if not problem_of(lost, kind, found.loses, assignment.rubric):
                continue
            other = replace(assignment, rubric=assignment.rubric.sat(Sitting(seed)))
            with tempfile.TemporaryDirectory(prefix="audit-") as temporary:
                path = Path(temporary, "again.ipynb")
                path.write_text(filler.fill(found.parts(filler.by_name)), encoding="utf-8")
                work = Grading(other, limits)
                (result,) = grade_all(work, [Submission(name, path)], 1, zygote)
            problem = _row(result, kind, found, assignment.rubric).problem
            if problem:
                yield Flake(name=name, kind=kind, seed=seed, problem=problem)
                break


def _tally(
    name: str, rows: Sequence[Row], fates: Sequence[Fate], proofs: Mapping[str, Proof]
) -> Tally:
    chaffs = [
        [i for i, v in row.lost.items() if v.status != "skipped"]
        for row in rows
        if row.kind == "chaff"
    ]
    mutants = [fate.by for fate in fates if fate.outcome == "killed"]
    return Tally(
        chaffs=sum(name in lost for lost in chaffs),
        only_chaffs=sum(lost == [name] for lost in chaffs),
        mutants=sum(name in by for by in mutants),
        only_mutants=sum(by == (name,) for by in mutants),
        vacuous=tuple(key for key, proof in proofs.items() if name in proof.alone),
    )
