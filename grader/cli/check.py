"""`grader check`: a student's own notebook, before it is handed in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.common import (
    EXIT_BELOW,
    EXIT_INFRASTRUCTURE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    check_files,
    examples,
    fail,
    finite,
    graceful,
)

if TYPE_CHECKING:
    from grader.checking.notices import Checked

_CHECK_S = 60.0


@click.command(
    epilog=examples(
        "grader check activations.ipynb",
        "grader check activations.ipynb --quiet --json check.json",
    )
)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was found to this file.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 86400),
    callback=finite,
    default=_CHECK_S,
    show_default=True,
    metavar="SECONDS",
    help="Time for the notebook; a cell may take a sixth of it.",
)
@click.option("--quiet", is_flag=True, help="Print only what is not in order.")
def check(notebook: Path, json_file: Path | None, timeout: float, quiet: bool) -> None:
    """Try a notebook before it is handed in: run it, and its visible tests.

    For students, in the folder that was given out; nothing else is needed. The notebook is run from
    top to bottom in a fresh process, as a grader does, and what might cost marks is named: stubs
    that are left, changed test cells, cells out of order, names used twice, a wrong file name.

    Exit codes: 0 all visible tests pass; 1 something does not; 2 wrong usage; 3 the grader itself
    could not work.
    """
    graceful()
    from grader.model import GraderError, InfrastructureError

    try:
        checked = _checked(notebook, json_file, timeout)
    except InfrastructureError as error:
        fail(EXIT_INFRASTRUCTURE, error)
    except GraderError as error:
        fail(EXIT_USAGE, error)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(EXIT_INFRASTRUCTURE, f"{where}{error.strerror or error}. Put that right and try again")
    except Exception as error:  # noqa: BLE001  what is our fault must not look like the student's
        said = f"{type(error).__name__}: {error}"
        fail(
            EXIT_INFRASTRUCTURE,
            f"not checked, by a fault of the grader ({said}); please report it with this notebook",
        )
    except KeyboardInterrupt:
        fail(EXIT_INTERRUPTED, "interrupted; nothing was changed")
    _print(checked, quiet=quiet)
    if json_file is not None:
        _write(json_file, checked)
    if not checked.passed:
        sys.exit(EXIT_BELOW)


def _checked(notebook: Path, json_file: Path | None, timeout: float) -> Checked:
    from grader.checking.looks import looks_like
    from grader.checking.run import check as check_notebook
    from grader.isolation import Policy
    from grader.model import GraderError, Limits, Refused
    from grader.portable import workers
    from grader.text import clean

    if json_file is not None:
        check_files({"--json": json_file}, {os.path.realpath(notebook): "the notebook"})
    if not notebook.is_file():
        raise GraderError(_missing(notebook))
    try:
        # It is the student's own code, on the student's own machine.
        with workers(None, Policy(allow_weak=True)) as zygote:
            return check_notebook(notebook, zygote, Limits.within(timeout))
    except Refused as refused:
        looks = looks_like(notebook)
        why = f"{refused}{f'; {looks}' if looks else ''}"
        raise GraderError(f"{clean(str(notebook), 200)}: {why}") from None


def _missing(notebook: Path) -> str:
    """That there is no such file, and which there are."""
    from grader.text import clean

    folder = notebook if notebook.is_dir() else notebook.absolute().parent
    found = sorted(path.name for path in folder.glob("*.ipynb")) if folder.is_dir() else []
    names = ", ".join(clean(name, 80) for name in found[:5])
    here = f"there is: {names}" if found else "there is none in that folder"
    what = "is a folder" if notebook.is_dir() else "is not there"
    return f"{clean(str(notebook), 200)} {what}; name the notebook to check ({here})"


def _print(checked: Checked, *, quiet: bool) -> None:
    from grader.checking.told import lines, plain

    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    for line in lines(checked, quiet=quiet):
        click.echo(plain(line, encoding))


def _write(json_file: Path, checked: Checked) -> None:
    from grader.checking.told import document
    from grader.report.results import write

    try:
        write(json_file, document(checked))
    except OSError as error:
        fail(EXIT_USAGE, f"{json_file} cannot be written: {error.strerror}")
