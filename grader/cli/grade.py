"""`grader grade`: submissions, wherever they lie, judged by the rubric."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.common import (
    EXIT_BELOW,
    EXIT_INFRASTRUCTURE,
    EXIT_INTERRUPTED,
    cores,
    course_option,
    disclose_option,
    errors,
    examples,
    fail,
    finite,
    graceful,
    warn,
)
from grader.cli.completion import assignments
from grader.cli.found import Place, found_at, only
from grader.cli.hands import check_cluster, grade_by, scheduler_option, shared_option
from grader.cli.outputs import announced, output_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from grader.cli.outputs import Outputs
    from grader.course import Submission
    from grader.journal import Kept
    from grader.model import Disclosure, Result
    from grader.report.pages import Pages
    from grader.resume import Judged
    from grader.stored import Stored

_FEW = 2  # submissions that one process grades as soon as several would


@click.command(
    epilog=examples(
        "grader grade submitted --assignment activations --json results.json",
        "grader grade ada.ipynb ben.ipynb --assignment activations --fail-under 60",
        "grader grade submitted --assignment activations --csv scores.csv --junit junit.xml",
        "grader grade submitted --assignment activations --student ada --gradescope ada.json",
        "grader grade submitted --assignment activations --feedback pages --report class.html",
        "grader grade submitted --assignment activations --feedback pages --disclose hint",
        "grader grade submitted --assignment activations --journal run.jsonl --json results.json",
    )
)
@click.argument("paths", nargs=-1, required=True, type=Place(path_type=Path), metavar="PATH...")
@click.option(
    "--assignment",
    required=True,
    shell_complete=assignments,
    help="What was set, for instance: activations.",
)
@course_option
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Grade only this student; may be repeated.",
)
@disclose_option
@output_options
@click.option(
    "--feedback",
    "feedback_folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIRECTORY",
    help="Write a page for each student into this folder.",
)
@click.option(
    "--journal",
    "journal_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep each result in this file as it comes; run again, go on from there.",
)
@click.option("--force", is_flag=True, help="Judge again what the journal holds.")
@click.option(
    "--fail-under",
    callback=finite,
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if any score is below.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 86400),
    callback=finite,
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
@scheduler_option
@shared_option
@click.option(
    "--allow-weak-isolation",
    is_flag=True,
    help="Grade although student code is not contained well enough here; see `grader doctor`.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def grade(
    paths: Sequence[Path | str],
    assignment: str,
    course: Path | None,
    students: Sequence[str],
    disclose: Disclosure | None,
    feedback_folder: Path | None,
    outputs: Outputs,
    journal_file: Path | None,
    force: bool,
    fail_under: float | None,
    timeout: float | None,
    jobs: int | None,
    scheduler: str | None,
    shared: bool,
    allow_weak_isolation: bool,
    quiet: bool,
) -> None:
    """Grade submissions: notebooks, or folders of them.

    PATH is a notebook, a folder of notebooks, or a folder laid out as nbgrader does it:
    <student>/<assignment>/<assignment>.ipynb. It may be a URL that fsspec reads, like s3://….

    With --journal, a run that was ended in any way goes on where it was when it is run again:
    what is unchanged since it was judged is not judged again.

    Exit codes: 0 everything was judged, whatever the marks; 1 some score is below --fail-under;
    2 wrong usage; 3 the grader itself could not work.
    """  # fmt: skip
    graceful()
    from grader.course import find_course, hidden_files, load_assignment
    from grader.isolation import Policy
    from grader.journal import Journal
    from grader.model import InfrastructureError
    from grader.portable import workers
    from grader.settings import load_settings

    with errors():
        check_cluster(scheduler, shared=shared)
        place = find_course(Path.cwd(), course)
        settings = load_settings(place, timeout)
        found = found_at(paths, assignment)
        if students:
            found = only(found, students)
        pages = _pages(feedback_folder, assignment, found) if feedback_folder else None
        outputs.check(found, pages.places if pages else (), journal_file)
        alone = len(found) <= _FEW or not hasattr(os, "fork")
        jobs = 1 if alone else jobs or cores()
        policy = Policy(
            secrets=hidden_files(place, assignment),
            readable=settings.readable,
            allow_weak=allow_weak_isolation,
        )
        with Journal.open(journal_file) as journal, workers(None, policy) as zygote:
            if jobs == 1 and scheduler is None:
                # While the rubric is loaded; where that fails, it fails again when it matters.
                with suppress(InfrastructureError):
                    zygote.start()
            loaded = load_assignment(place, assignment)
            from grader.elsewhere.submissions import GradingFetched, TravellingGrading
            from grader.grading import Grading
            from grader.resume import Judged
            from grader.stored import Stored

            if pages is not None:
                pages.draw(loaded.rubric.pictures)
            grading = Grading(loaded, settings.limits, disclose or settings.disclose, pages)
            judged = Judged(journal, grading)
            if journal_file is not None:
                judged.resume(found, policy, force=force)
            work = partial(TravellingGrading, grading, place, policy, shared)
            stored = any(isinstance(submission, Stored) for submission in found)
            here = GradingFetched(grading) if stored else grading
            hands = partial(grade_by, scheduler, here, work, jobs=jobs, zygote=zygote)
            results, broken = _grade(judged, found, hands, outputs, quiet=quiet)
    if isinstance(broken, KeyboardInterrupt):
        fail(EXIT_INTERRUPTED, "interrupted")
    if broken is not None:
        fail(EXIT_INFRASTRUCTURE, broken)
    if fail_under is not None and any(100 * r.score < fail_under * r.max_score for r in results):
        sys.exit(EXIT_BELOW)


def _pages(folder: Path, assignment: str, found: Sequence[Submission | Stored]) -> Pages:
    from grader.report.pages import Pages, page_names

    pages = Pages(folder, assignment, page_names(found))
    pages.prepare()
    return pages


def _grade(
    judged: Judged,
    submissions: Sequence[Submission | Stored],
    grade_left: Callable[[Sequence[Submission | Stored]], Iterator[Result]],
    outputs: Outputs,
    *,
    quiet: bool,
) -> tuple[list[Result], BaseException | None]:
    """Grade, print and write; what was graded is kept even where the grader then fails.

    Gives the heads of all results, and what the grader has failed with.
    """
    from grader.grading import broken_criterion
    from grader.model import GraderError, NotContained, Result, RubricError
    from grader.report.terminal import ResultsConsole, progress

    grading, journal = judged.grading, judged.journal
    rubric, rubric_sha256 = grading.assignment.rubric, grading.assignment.rubric_sha256
    left = [s for s in submissions if str(s.path) not in journal]
    taken = len(submissions) - len(left)
    if taken and not quiet:
        warn(f"{taken} judged before (--force judges them again)")
    broken: BaseException | None = None
    unsound: RubricError | None = None
    try:
        with progress(len(left), quiet=quiet) as advance:
            for result in grade_left(left):
                judged.add(result)
                unsound = unsound or broken_criterion(result)
                advance()
    except (GraderError, KeyboardInterrupt) as error:
        broken = error
        why = "it was interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        level = error.level if isinstance(error, NotContained) else None
        for s in left:
            if str(s.path) not in journal:
                not_judged = Result(
                    student=s.student, path=str(s.path), status="refused",
                    message=f"not judged, because the grader did not come to it: {why}",
                    max_score=rubric.max_score, isolation=level, disclosure=grading.disclose,
                )  # fmt: skip
                journal.mention(not_judged)
    results = journal.results()
    pages = grading.pages.written() if grading.pages else {}
    try:
        whole = broken is None and unsound is None
        outputs.write(rubric, rubric_sha256, results, pages, whole=whole)
    except GraderError as error:
        broken = error
    broken = broken or unsound
    console = ResultsConsole(highlight=False, soft_wrap=not sys.stdout.isatty())
    if not quiet:
        _show(console, results)
        if grading.pages is not None and broken is None:
            console.print(announced("feedback pages", grading.pages.folder), soft_wrap=True)
    outputs.announce(console, results, quiet=quiet or broken is not None)
    return results.heads, broken


def _show(console: Console, results: Kept) -> None:
    from grader.report.terminal import print_results, summary

    if results.judged:
        print_results(console, results.judged)
    console.print(f"\n{summary(results)}")
    if missed := len(results) - len(results.judged):
        console.print(f"of those refused {missed} were not judged, since the run broke off")
