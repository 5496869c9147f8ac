"""What the commands have in common: options, exit codes, how they start and how they fail."""

from __future__ import annotations

import math
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

EXIT_BELOW, EXIT_USAGE, EXIT_INFRASTRUCTURE, EXIT_INTERRUPTED = 1, 2, 3, 130

course_option = click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course directory, the one with nbgrader_config.py.  [default: the working directory "
    "or the nearest above it]",
)


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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def cores() -> int:
    """How many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fail(code: int, error: object) -> NoReturn:
    """Say what is wrong, and end."""
    click.echo(f"grader: {error}", err=True)
    sys.exit(code)
