"""`grader doctor` and `grader sample`: a look at the machine, and a class to try things on."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path

import click

from grader.cli.common import EXIT_BELOW, EXIT_USAGE, course_option, examples, fail
from grader.cli.completion import assignment_argument


@click.command(epilog=examples("grader doctor", "grader doctor --course ~/courses/numerics"))
@course_option
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
        fail(EXIT_USAGE, error)
    click.echo(f"course: {place or 'none here; run this in a course directory to test it too'}")
    for line in as_text(report):
        click.echo(line)
    if not report.enough:
        sys.exit(EXIT_BELOW)


@click.command(epilog=examples("grader sample activations", "grader sample activations --to trial"))
@assignment_argument
@course_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default="submitted",
    show_default=True,
    help="The folder to write the submissions to.",
)
def sample(assignment: str, course: Path | None, to: Path) -> None:
    """Write a sample class to try grading on, made of the rubric's wheats and chaffs."""
    from grader.course import find_course, rubric_folder
    from grader.model import GraderError
    from grader.sample import write_class

    try:
        place = find_course(Path.cwd(), course)
        rubric_folder(place, assignment)
        students = write_class(place, assignment, to)
    except GraderError as error:
        fail(EXIT_USAGE, error)
    except OSError as error:
        fail(EXIT_USAGE, f"{to} cannot be written: {error}")
    click.echo(f"a sample class of {len(students)} is in {to}")
