"""The command line. Heavy modules are imported where they are used: help must come at once."""

from __future__ import annotations

import math
import os
import signal
import sys
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

import grader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Assignment, Submission
    from grader.model import Limits, Result
    from grader.sandbox import Zygote

_FEW = 2  # submissions that one process grades as soon as several would
EXIT_BELOW, EXIT_USAGE, EXIT_INFRASTRUCTURE, EXIT_INTERRUPTED = 1, 2, 3, 130

_course = click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course directory, the one with nbgrader_config.py.  [default: the working directory "
    "or the nearest above it]",
)


def _finite(_: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number to go by", param=option)
    return value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(grader.__version__, prog_name="grader")
def main() -> None:
    """Judge numerical notebooks by hidden property tests."""


@main.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--assignment", required=True, help="What was set, for instance: activations.")
@_course
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Grade only this student; may be repeated.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the results to this file.",
)
@click.option(
    "--fail-under",
    callback=_finite,
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if any score is below.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 86400),
    callback=_finite,
    metavar="SECONDS",
    help="Time for one submission; a cell may take a sixth of it, a call a twelfth.  "
    "[default: 60, or what the course sets]",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to grade with.  [default: one a core]",
)
@click.option(
    "--allow-weak-isolation",
    is_flag=True,
    help="Grade although student code is not contained well enough here; see `grader doctor`.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def grade(
    paths: Sequence[Path],
    assignment: str,
    course: Path | None,
    students: Sequence[str],
    json_file: Path | None,
    fail_under: float | None,
    timeout: float | None,
    jobs: int | None,
    allow_weak_isolation: bool,
    quiet: bool,
) -> None:
    """Grade submissions: notebooks, or folders of them.

    PATH is a notebook, a folder of notebooks, or a folder laid out as nbgrader does it:
    <student>/<assignment>/<assignment>.ipynb.

    Exit codes: 0 everything was judged, whatever the marks; 1 some score is below --fail-under;
    2 wrong usage; 3 the grader itself could not work.
    """  # fmt: skip
    # Before numpy comes: small arrays need no threads, and forks are better off without.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from grader.course import find_course, find_submissions, hidden_files, load_assignment
    from grader.isolation import Policy
    from grader.model import GraderError, InfrastructureError, RubricError
    from grader.portable import workers
    from grader.settings import load_settings

    # Ended from outside, this program still removes what it has made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        place = find_course(Path.cwd(), course)
        settings = load_settings(place, timeout)
        found = find_submissions(paths, assignment)
        if students:
            found = _only(found, students)
        if json_file is not None and not json_file.absolute().parent.is_dir():
            raise GraderError(f"{json_file.parent} is no folder, so {json_file} cannot be written")
        alone = len(found) <= _FEW or not hasattr(os, "fork")
        jobs = 1 if alone else min(jobs or _cores(), len(found))
        policy = Policy(
            secrets=hidden_files(place, assignment),
            readable=settings.readable,
            allow_weak=allow_weak_isolation,
        )
        with workers(None, policy) as zygote:
            if jobs == 1:
                # While the rubric is loaded; where that fails, it fails again when it matters.
                with suppress(InfrastructureError):
                    zygote.start()
            loaded = load_assignment(place, assignment)
            results, broken = _grade(
                loaded, found, settings.limits, jobs, json_file, quiet=quiet, zygote=zygote
            )
    except (InfrastructureError, RubricError) as error:
        _fail(EXIT_INFRASTRUCTURE, error)
    except GraderError as error:
        _fail(EXIT_USAGE, error)
    if isinstance(broken, KeyboardInterrupt):
        _fail(EXIT_INTERRUPTED, "interrupted")
    if broken is not None:
        _fail(EXIT_INFRASTRUCTURE, broken)
    if fail_under is not None and any(100 * r.score < fail_under * r.max_score for r in results):
        sys.exit(EXIT_BELOW)


def _grade(
    assignment: Assignment,
    submissions: Sequence[Submission],
    limits: Limits,
    jobs: int,
    json_file: Path | None,
    *,
    quiet: bool,
    zygote: Zygote,
) -> tuple[list[Result], BaseException | None]:
    """Grade, print and write; what was graded is kept even where the grader then fails."""
    from grader.model import GraderError, NotContained, Result
    from grader.report import results as report
    from grader.report.terminal import ResultsConsole, print_results, progress, summary
    from grader.scale import grade_all

    results: list[Result] = []
    reached = len(submissions)
    broken: BaseException | None = None
    try:
        with progress(len(submissions), quiet=quiet) as advance:
            for result in grade_all(assignment, submissions, limits, jobs, zygote):
                results.append(result)
                advance()
    except (GraderError, KeyboardInterrupt) as error:
        broken = error
        reached = len(results)
        why = "it was interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        done = {(r.student, r.path) for r in results}
        level = error.level if isinstance(error, NotContained) else None
        results += [
            Result(
                student=s.student, path=str(s.path), status="refused",
                message=f"not judged, because the grader did not come to it: {why}",
                max_score=assignment.rubric.max_score, isolation=level,
            )
            for s in submissions
            if (s.student, str(s.path)) not in done
        ]  # fmt: skip
    if json_file is not None:
        content = report.document(assignment.rubric, assignment.rubric_sha256, results)
        try:
            report.write(json_file, content)
        except OSError as error:
            broken = GraderError(f"{json_file} cannot be written: {error.strerror}")
    if not quiet:
        console = ResultsConsole(highlight=False, soft_wrap=not sys.stdout.isatty())
        if reached:
            print_results(console, results[:reached])
        console.print(f"\n{summary(results)}")
        if json_file is not None and broken is None:
            console.print(f"machine-readable results: {json_file}")
    return results, broken


@main.command()
@_course
def doctor(course: Path | None) -> None:
    """Show how well student code is contained on this machine, and the limits in force.

    It tries, from inside a worker, all that student code must not be able to do. In a course
    directory this is about its settings and its hidden files, elsewhere about a file made for it.

    Exit codes: 0 hidden tests are used here; 1 `grader grade` would refuse to use them; 2 wrong
    usage.
    """
    from grader.course import assignments, find_course, hidden_files
    from grader.doctor import as_text, examine
    from grader.isolation import Policy
    from grader.model import GraderError
    from grader.settings import Settings, load_settings

    place = None
    try:
        with suppress(GraderError) if course is None else nullcontext():
            place = find_course(Path.cwd(), course)
        settings = load_settings(place) if place else Settings()
        hidden = [hidden_files(place, name) for name in assignments(place)] if place else []
        report = examine(settings, Policy(tuple(chain(*hidden)), settings.readable))
    except GraderError as error:
        _fail(EXIT_USAGE, error)
    click.echo(f"course: {place or 'none here; run this in a course directory to test it too'}")
    for line in as_text(report):
        click.echo(line)
    if not report.enough:
        sys.exit(EXIT_BELOW)


@main.command()
@click.argument("assignment")
@_course
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default="submitted",
    show_default=True,
    help="The folder to write the submissions to.",
)
def sample(assignment: str, course: Path | None, to: Path) -> None:
    """Write a sample class to try grading on, made of the rubric's wheats and chaffs."""
    from grader.course import assignments, find_course
    from grader.model import GraderError
    from grader.sample import write_class

    try:
        place = find_course(Path.cwd(), course)
        if assignment not in assignments(place):
            raise GraderError(f"there is no assignment {assignment!r} with a rubric in {place}")
        students = write_class(place, assignment, to)
    except GraderError as error:
        _fail(EXIT_USAGE, error)
    except OSError as error:
        _fail(EXIT_USAGE, f"{to} cannot be written: {error}")
    click.echo(f"a sample class of {len(students)} is in {to}")


def _only(found: Sequence[Submission], students: Sequence[str]) -> list[Submission]:
    from grader.model import GraderError

    known = {submission.student for submission in found}
    unknown = [student for student in students if student not in known]
    if unknown:
        raise GraderError(
            f"no submission by {', '.join(map(repr, unknown))}; there are {len(known)}, for "
            f"instance {min(known)!r}"
        )
    return [submission for submission in found if submission.student in students]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fail(code: int, error: object) -> NoReturn:
    click.echo(f"grader: {error}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
