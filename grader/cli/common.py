"""What the commands have in common: options, exit codes, how they start and how they fail."""

from __future__ import annotations

import math
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader.disclosure import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.isolation import Policy
    from grader.settings import Settings

EXIT_BELOW, EXIT_USAGE, EXIT_INFRASTRUCTURE, EXIT_INTERRUPTED = 1, 2, 3, 130


class Terminated(BaseException):
    """SIGTERM came. No `SystemExit`, which rubrics and libraries take for a fault of their own."""


class Program(click.Group):
    """A group of commands that ends as a shell expects it when it is ended from outside."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Terminated:
            sys.exit(128 + signal.SIGTERM)
        except KeyboardInterrupt:
            fail(EXIT_INTERRUPTED, "interrupted")


def examples(*lines: str) -> str:
    """Examples as a command's help ends with them, line by line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


course_option = click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course directory, the one with nbgrader_config.py.  [default: the working directory "
    "or the nearest above it]",
)


students_option = click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this student; may be repeated."
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to work with.  [default: one a core]",
)
weak_option = click.option(
    "--allow-weak-isolation",
    is_flag=True,
    help="Run student code although it is not contained well enough here; see `grader doctor`.",
)
disclose_option = click.option(
    "--disclose",
    type=click.Choice(LEVELS),
    help="How much of what was lost is shown, in every output.  [default: counterexample, or what "
    "the course sets]",
)
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")


def finite(_: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """A number that is one; NaN passes every range."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number to go by", param=option)
    return value


def graceful() -> None:
    """What a grading process does before anything else."""
    # Before numpy comes: small arrays need no threads, and forks are better off without.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Ended from outside, this program still removes what it has made.
    signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _end)
        sys.unraisablehook = _end_later


def _end(*_: object) -> NoReturn:
    raise Terminated


def _end_later(unraisable: Any) -> None:
    """What a signal raises may get lost, as in a callback of the garbage collector: once more."""
    if isinstance(unraisable.exc_value, Terminated):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    else:
        sys.__unraisablehook__(unraisable)


def cores() -> int:
    """How many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fail(code: int, error: object) -> NoReturn:
    """Say what is wrong, and end."""
    warn(error)
    sys.exit(code)


@contextmanager
def errors() -> Iterator[None]:
    """What goes wrong, as a line and an exit code."""
    from grader.model import GraderError, InfrastructureError, RubricError

    try:
        yield
    except (InfrastructureError, RubricError) as error:
        fail(EXIT_INFRASTRUCTURE, error)
    except GraderError as error:
        fail(EXIT_USAGE, error)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        said = f"{where}{error.strerror or error}. Put that right and run the same command again"
        fail(EXIT_INFRASTRUCTURE, f"{said}; what is graded is kept.")
    except KeyboardInterrupt:
        fail(EXIT_INTERRUPTED, "interrupted; what is graded is kept: run the same command again")


def warn(said: object) -> None:
    """Say something beside the results."""
    from grader.text import inert

    click.echo(inert(f"grader: {said}"), err=True)


def check_files(files: Mapping[str, Path], taken: Mapping[str, str]) -> None:
    """Raise `GraderError` where files could not be written, or would overwrite something.

    `files` are by their option; `taken` says what is at a path, which is a real one.
    """
    from grader.model import GraderError

    known = dict(taken)
    for option, path in files.items():
        folder = path.absolute().parent
        if not folder.is_dir():
            raise GraderError(f"{path.parent} is no folder, so {path} cannot be written")
        place = path if path.exists() and not path.is_file() else folder
        if not os.access(place, os.W_OK):
            raise GraderError(f"{path} cannot be written: no permission to write to {place}")
        own = f"what {option} writes"
        same = known.setdefault(os.path.realpath(path), own)
        if same != own:
            raise GraderError(f"{option} {path} would overwrite {same}; name another file")


def policy_of(course: Path, assignment: str, settings: Settings, *, weak: bool) -> Policy:
    """What student code of an assignment may see, and how well it has to be contained."""
    from grader.course import hidden_files
    from grader.isolation import Policy

    secrets = tuple(path for path in hidden_files(course, assignment) if path.exists())
    return Policy(secrets=secrets, readable=settings.readable, allow_weak=weak)
