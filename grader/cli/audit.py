"""`grader audit`: a rubric, proven before a class meets it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from grader.cli.common import (
    EXIT_BELOW,
    EXIT_USAGE,
    cores,
    course_option,
    errors,
    examples,
    fail,
    finite,
    graceful,
    jobs_option,
    policy_of,
    quiet_option,
    weak_option,
)
from grader.cli.completion import assignment_argument

_MANY, _FEW = 50, 5  # other seeds


@click.command(
    epilog=examples(
        "grader audit activations --quick",
        "grader audit activations --html audit.html --fail-under 99",
    )
)
@assignment_argument
@course_option
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write all findings.")
@click.option("--html", "html_path", type=click.Path(path_type=Path), help="Write a page of them.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    callback=finite,
    metavar="KILL_RATE",
    help="Exit with 1 if less than this percentage of the mutants is killed.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    help="How many other seeds to generate inputs by.  [default: 50]",
)
@click.option(
    "--quick",
    is_flag=True,
    help="While you write: 5 seeds, and of all mutants only those of the source's solution.",
)
@jobs_option
@weak_option
@quiet_option
def audit(
    assignment: str,
    course: Path | None,
    json_path: Path | None,
    html_path: Path | None,
    fail_under: float | None,
    seeds: int | None,
    quick: bool,
    jobs: int | None,
    allow_weak_isolation: bool,
    quiet: bool,
) -> None:
    """Prove a rubric: by wheats and chaffs, by other seeds, by mutants.

    Wheats beside the rubric must keep all points, chaffs lose what they name and nothing else,
    whatever the seed. Mutants of every correct implementation must lose something, or be shown to
    be equivalent. With --quick, that is looked at less widely, in a fraction of the time.

    Exit codes: 0 the rubric is right about all wheats and chaffs, with every seed; 1 it is not, or
    the kill rate is below --fail-under; 2 wrong usage; 3 the grader or the rubric cannot work.
    """
    graceful()
    with errors():
        from grader import audit as audits
        from grader.course import find_course, load_assignment
        from grader.model import GraderError
        from grader.portable import workers
        from grader.report import audited, results
        from grader.report.terminal import progress
        from grader.settings import load_settings

        for path in (json_path, html_path):
            if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
                raise GraderError(
                    f"{path} cannot be written: its folder is not there, or it is one"
                )
        place = find_course(Path.cwd(), course)
        loaded = load_assignment(place, assignment)
        settings = load_settings(place)
        policy = policy_of(place, assignment, settings, weak=allow_weak_isolation)
        processes = (jobs or cores()) if hasattr(os, "fork") else 1
        total = audits.steps(place, assignment)
        with (
            workers(None, policy) as zygote,
            progress(total, quiet=quiet, what="auditing") as advance,
        ):
            found = audits.audit(
                place, loaded, settings.limits, processes, zygote,
                audits.other_seeds(loaded.rubric, seeds or (_FEW if quick else _MANY)), advance,
                quick=quick,
            )  # fmt: skip
        try:
            if json_path is not None:
                results.write(json_path, audited.document(found, loaded.rubric_sha256))
            if html_path is not None:
                from grader.report.page import audit_page

                html_path.write_text(audit_page(found), encoding="utf-8")
        except OSError as error:
            fail(
                EXIT_USAGE, f"{error.filename or 'the report'} cannot be written: {error.strerror}"
            )
        if not quiet:
            for line in audited.as_text(found, fail_under):
                click.echo(line)
            if quick:
                click.echo("quick: wheats were not mutated; leave --quick out before a class comes")
        below = fail_under is not None and found.kill_rate < fail_under
        if not found.sound or below:
            sys.exit(EXIT_BELOW)
