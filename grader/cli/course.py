"""`grader release`, `autograde` and `feedback`: nbgrader's own steps, with our judging inside."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import (
    EXIT_BELOW,
    cores,
    course_option,
    disclose_option,
    errors,
    examples,
    graceful,
    jobs_option,
    policy_of,
    quiet_option,
    students_option,
    warn,
    weak_option,
)
from grader.cli.completion import assignment_argument
from grader.cli.hands import check_cluster, grade_by, scheduler_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.isolation import Policy
    from grader.model import Disclosure, Result
    from grader.sandbox import Zygote
    from grader.settings import Settings

_FEW = 2  # submissions that one process grades as soon as several would


def course_setting(course: Path | None) -> tuple[Any, Settings]:
    """The course directory as nbgrader has it, and as the grader has it."""
    place, settings = _own(course)
    return _nbgraders(place), settings


def _own(course: Path | None) -> tuple[Path, Settings]:
    from grader.course import find_course
    from grader.settings import load_settings

    place = find_course(Path.cwd(), course)
    return place, load_settings(place)


def _nbgraders(place: Path) -> Any:
    from grader.model import GraderError

    try:
        from grader.gradebook.setting import open_setting
    except ImportError as error:
        raise GraderError(
            f"nbgrader is not installed beside the grader ({error}); "
            "install it with: pip install 'reference-grader[nbgrader]'"
        ) from None
    return open_setting(place)


@click.command(
    epilog=examples(
        "grader autograde activations",
        "grader autograde activations --student ada --student ben --force",
    )
)
@assignment_argument
@course_option
@students_option
@click.option("--force", is_flag=True, help="Grade again what is unchanged since it was graded.")
@jobs_option
@scheduler_option
@weak_option
@quiet_option
def autograde(
    assignment: str,
    course: Path | None,
    students: Sequence[str],
    force: bool,
    jobs: int | None,
    scheduler: str | None,
    allow_weak_isolation: bool,
    quiet: bool,
) -> None:
    """Grade a class: submitted/ to autograded/ and the gradebook.

    What is unchanged since it was graded is skipped. Interrupted, it goes on where it was when it
    is run again. Scores and comments that people have given in formgrader stay.

    Exit codes: 0 everything was judged, whatever the marks; 2 wrong usage; 3 the grader, the
    gradebook or a criterion of the rubric could not work.
    """
    graceful()
    with errors():
        from grader.model import InfrastructureError
        from grader.portable import workers

        check_cluster(scheduler)
        place, settings = _own(course)
        policy = policy_of(place, assignment, settings, weak=allow_weak_isolation)
        with workers(None, policy) as zygote:
            if scheduler is None and (not jobs or jobs == 1):
                # While nbgrader is imported; if it fails, it fails again when it matters.
                with suppress(InfrastructureError):
                    zygote.start()
            _autograde(
                _nbgraders(place), settings, policy, zygote, assignment, students,
                force=force, jobs=jobs, scheduler=scheduler, quiet=quiet,
            )  # fmt: skip


def _autograde(
    setting: Any, settings: Settings, policy: Policy, zygote: Zygote, assignment: str,
    students: Sequence[str], *, force: bool, jobs: int | None, scheduler: str | None, quiet: bool,
) -> None:  # fmt: skip
    from grader.autograde import Autograding, Results
    from grader.elsewhere.classes import TravellingClass
    from grader.gradebook.book import Book
    from grader.gradebook.classroom import call_roll, grade_class, plan_class
    from grader.model import InfrastructureError
    from grader.report.terminal import ResultsConsole, print_results, progress, summary
    from grader.text import inert

    results, troubles = Results(), []
    with Book(setting) as book:
        plan = plan_class(setting, book, assignment, settings)
        roll = call_roll(plan, book, students, force=force)
        few = len(roll.to_grade) <= _FEW or not hasattr(os, "fork")
        grade = partial(
            grade_by, scheduler, Autograding(plan),
            partial(TravellingClass, plan, setting.root, policy),
            jobs=1 if few else jobs or cores(), zygote=zygote,
        )  # fmt: skip
        try:
            with progress(len(roll.to_grade), quiet=quiet) as advance:
                for one in grade_class(plan, book, roll, grade):
                    results.add(one)
                    if not one.records:
                        troubles.append(f"{str(one.handed.folder)!r}: {one.handed.trouble}")
                    advance()
        finally:
            for trouble in troubles:
                warn(trouble)
            if not quiet:
                console = ResultsConsole(highlight=False, soft_wrap=not sys.stdout.isatty())
                if results.all:
                    print_results(console, results.all)
                    console.print(f"\n{summary(results.all)}")
                if roll.unchanged or roll.to_write:
                    console.print(_skipped(roll.unchanged, len(roll.to_write)))
                if roll.strangers:
                    console.print(
                        f"not graded, since the gradebook does not know them and "
                        f"c.Autograde.create_student is False: {inert(', '.join(roll.strangers))}",
                        markup=False,
                    )
                with suppress(InfrastructureError):  # that is said already
                    waiting = book.waiting(assignment)
                    if waiting:
                        console.print(
                            f"in need of a person (formgrader, Manual Grading): {waiting}, for "
                            "written answers, tasks, or what could not be graded"
                        )
                console.print(f"gradebook: {book.shown}", markup=False)
    _insist(results.all if plan.rubric else ())  # all others are judged, and written


def _insist(results: Sequence[Result]) -> None:
    """Raise the first fault of the rubric that has left something unjudged."""
    from grader.grading import broken_criterion

    for broken in map(broken_criterion, results):
        if broken is not None:
            raise broken


def _skipped(unchanged: int, written: int) -> str:
    parts = []
    if unchanged:
        parts.append(f"{unchanged} unchanged since they were graded (--force grades them again)")
    if written:
        parts.append(f"{written} graded before, now written to the gradebook")
    return "\n".join(parts)


@click.command(
    epilog=examples(
        "grader release activations",
        "grader release activations --course ~/courses/numerics --force",
    )
)
@assignment_argument
@course_option
@click.option(
    "--force", is_flag=True, help="Release although something speaks against it; that is printed."
)
@jobs_option
@weak_option
@quiet_option
def release(
    assignment: str,
    course: Path | None,
    force: bool,
    jobs: int | None,
    allow_weak_isolation: bool,
    quiet: bool,
) -> None:
    """Make the version for students: source/ to release/, and note it in the gradebook.

    It is checked first, and nothing is changed where something speaks against it: the solution must
    get full marks and the untouched release none; no line of a solution or hidden test and no
    secret file may be in it; rubric and cells must agree; and the rubric must be right about all
    its wheats and chaffs.

    Exit codes: 0 released; 1 something speaks against it; 2 wrong usage; 3 the grader or the
    gradebook could not work.
    """
    graceful()
    with errors():
        from grader import audit
        from grader.report.terminal import progress

        setting, settings = course_setting(course)
        from grader.gradebook.releasing import published, put_in_place, release_problems
        from grader.portable import workers

        policy = policy_of(setting.root, assignment, settings, weak=allow_weak_isolation)
        proofs = audit.count(setting.root, assignment)
        with workers(None, policy) as zygote, progress(proofs, quiet=quiet) as advance:
            problems = release_problems(
                setting, assignment, settings, jobs or cores(), zygote, advance
            )
        if problems:
            for line in problems:
                click.echo(line, err=True)
        if problems and not force:
            said = f"not released: {len(problems)} to be put right"
            click.echo(f"{said}, or to be released all the same with --force", err=True)
            sys.exit(EXIT_BELOW)
        target = put_in_place(setting, assignment, settings)
        if not quiet:
            if proofs and not problems:
                click.echo(f"the rubric is right about all {proofs} wheats and chaffs")
            click.echo(f"released: {target}")
            if settings.repository is not None:
                at = published(setting, assignment) / f"{assignment}.ipynb"
                for title, url, _ in settings.repository.links(at.as_posix()):
                    click.echo(f"  {title}: {url}")


@click.command(
    epilog=examples(
        "grader feedback activations",
        "grader feedback activations --student ada",
    )
)
@assignment_argument
@course_option
@students_option
@disclose_option
@jobs_option
@quiet_option
def feedback(
    assignment: str,
    course: Path | None,
    students: Sequence[str],
    disclose: Disclosure | None,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Write a page for each student: autograded/ and the gradebook to feedback/.

    `nbgrader release_feedback` hands them out. No hidden test is in them.
    """
    graceful()
    with errors():
        setting, _ = course_setting(course)
        from grader.gradebook.feedback import write_feedback
        from grader.report.terminal import progress

        total = len(students or setting.step("autograded", assignment).students())
        with progress(total, quiet=quiet) as advance:
            pages = write_feedback(
                setting, assignment, students, jobs or cores(), advance, disclose
            )
        if not quiet:
            word = "page" if pages == 1 else "pages"
            click.echo(f"{pages} {word} in {setting.step('feedback', assignment).root}")
