"""`grader new` and `grader cells`: an assignment to begin with, and cells for its criteria."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader.cli.common import EXIT_USAGE, course_option, errors, examples, fail
from grader.cli.completion import assignment_argument


@click.command(epilog=examples("grader new median", "grader new median --here"))
@click.argument("assignment")
@course_option
@click.option(
    "--here", is_flag=True, help="Make a course of the working directory, and begin with this."
)
def new(assignment: str, course: Path | None, here: bool) -> None:
    """Begin an assignment: a small one that works, with its rubric, to be made into your own.

    It writes source/ASSIGNMENT/ with a notebook, and grader/rubrics/ASSIGNMENT/ with the rubric and
    the implementations that it is proven by. Nothing that is there is overwritten.

    Exit codes: 0 it is written; 2 it is not, and the reason is given.
    """
    from grader.model import GraderError
    from grader.skeleton import write_assignment, write_course

    if here and course is not None:
        raise click.UsageError("give --here or --course, not both")
    place = course or Path.cwd()
    try:
        if here:
            kept = os.path.lexists(place / ".gitignore")
            written = write_course(place, assignment)
        else:
            kept = False
            place = _course(course, assignment)
            written = write_assignment(place, assignment)
    except GraderError as error:
        fail(EXIT_USAGE, error)
    except OSError as error:
        fail(EXIT_USAGE, f"{error.filename or place} cannot be written: {error.strerror}")
    click.echo(f"written in {place}:")
    for path in written:
        click.echo(f"  {path}")
    if kept:
        click.echo("your .gitignore is as it was; let it name submitted/, feedback/, gradebook.db")
    click.echo("next, in that folder:")
    for command, what in (
        (f"grader release {assignment}", "check it, and make what students get"),
        (f"grader audit {assignment}", "prove the rubric"),
        (f"grader sample {assignment}", "write a class to grade"),
    ):
        click.echo(f"  {command:{len(assignment) + 16}}# {what}")


def _course(given: Path | None, assignment: str) -> Path:
    from grader.course import find_course
    from grader.model import GraderError

    try:
        return find_course(Path.cwd(), given)
    except GraderError as error:
        if given is not None:
            raise
        raise GraderError(
            f"{error}. To make a course of this folder: grader new {assignment} --here"
        ) from None


@click.command(epilog=examples("grader cells activations"))
@assignment_argument
@course_option
def cells(assignment: str, course: Path | None) -> None:
    """Give every criterion of a rubric its test cell in the source notebook.

    Cells that lack are added, with id, points, and the line that students see; points and lines
    that have changed are put right. Nothing else in the notebook is touched: hidden tests stay, and
    cells that belong to no criterion are named.

    Exit codes: 0 done; 2 wrong usage; 3 the rubric cannot be used.
    """
    with errors():
        from grader.course import find_course, load_rubric, rubric_folder
        from grader.placing import place_cells

        place = find_course(Path.cwd(), course)
        rubric = load_rubric(rubric_folder(place, assignment), assignment)
        path = place / "source" / assignment / f"{assignment}.ipynb"
        for line in place_cells(path, rubric):
            click.echo(line)
        many = f"{len(rubric.criteria)} criteria, {rubric.max_score:g} points"
        click.echo(f"{path.name} has a cell for each of {many}")
