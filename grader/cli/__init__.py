"""The command line. Heavy modules are imported where they are used: help must come at once."""

from __future__ import annotations

import click

import grader
from grader.cli.audit import audit
from grader.cli.check import check
from grader.cli.common import Program, examples
from grader.cli.completion import completion
from grader.cli.course import autograde, feedback, release
from grader.cli.grade import grade
from grader.cli.new import cells, new
from grader.cli.report import report
from grader.cli.tinytorch import export, import_
from grader.cli.tools import doctor, sample


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "grader sample activations --to submitted",
        "grader grade submitted --assignment activations",
        "grader grade --help",
    ),
)
@click.version_option(grader.__version__, prog_name="grader")
def main() -> None:
    """Judge numerical notebooks by hidden property tests."""


for command in (
    check, grade, new, cells, release, autograde, feedback, report, audit, doctor, sample, import_,
    export, completion,
):  # fmt: skip
    main.add_command(command)
