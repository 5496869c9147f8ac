"""The command line. Heavy modules are imported where they are used: help must come at once."""

from __future__ import annotations

import click

import grader
from grader.cli.audit import audit
from grader.cli.check import check
from grader.cli.course import autograde, feedback, release
from grader.cli.grade import grade
from grader.cli.tools import doctor, sample


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(grader.__version__, prog_name="grader")
def main() -> None:
    """Judge numerical notebooks by hidden property tests."""


for command in (check, grade, release, autograde, feedback, audit, doctor, sample):
    main.add_command(command)
