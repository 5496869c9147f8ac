"""The options of `grader grade` that write results for other tools, and what they do."""

from __future__ import annotations

import datetime as dt
import functools
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import check_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from rich.console import Console
    from rich.text import Text

    from grader.course import Submission
    from grader.model import Result
    from grader.rubric import Rubric
    from grader.stored import Stored

_FILES = {
    "json": ("machine-readable results", "Write the results to this file."),
    "junit": ("JUnit XML", "Write them as JUnit XML."),
    "gradescope": ("Gradescope", "Write one submission's as Gradescope's results.json."),
    "classroom50": ("Classroom 50", "Write one submission's as Classroom 50's result.json."),
    "csv": ("CSV", "Write a table with a line for each submission."),
    "report": ("class report", "Write a page about the whole class."),
}
_FOR_ONE = ("gradescope", "classroom50")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Which files are to be written, by their option, and whether GitHub is to be told."""

    files: dict[str, Path]
    github: bool

    def check(
        self,
        submissions: Sequence[Submission | Stored],
        pages: Sequence[Path] = (),
        journal: Path | None = None,
    ) -> None:
        """Raise `GraderError` where they could not be written, before anything is graded."""
        from grader.model import GraderError

        files = {f"--{name}": path for name, path in self.files.items()}
        if journal is not None:
            files["--journal"] = journal
        ours = {os.path.realpath(path) for path in files.values()}
        taken: dict[str, str] = {}
        for paths, what in (
            ((s.path for s in submissions), "a submission"),
            (pages, "a student's page"),
        ):
            taken |= {real: what for path in paths if (real := os.path.realpath(path)) in ours}
        check_files(files, taken)
        for name in self.files:
            if name in _FOR_ONE and len(submissions) != 1:
                raise GraderError(
                    f"--{name} is for one submission, and there are {len(submissions)}; "
                    "name one of them with --student ID"
                )

    def write(
        self,
        rubric: Rubric,
        rubric_sha256: str,
        results: Collection[Result],
        pages: Mapping[str, Path],
        *,
        whole: bool,
    ) -> None:
        """Write all files; `GraderError` where one cannot be.

        `pages` are where submissions' pages are, by the submission's path.

        Where grading broke off (it is not `whole`), or one submission was not judged by a fault of
        the grader, there is no file for a platform that would take it for a mark: it shows a
        failure of its autograder then, as it should.
        """
        from grader.model import GraderError, InfrastructureError
        from grader.overview import overview
        from grader.report.files import write_texts
        from grader.report.told import heads

        withheld = "" if whole else "grading broke off"
        withheld = withheld or next((r.message for r in heads(results) if r.fault), "")
        texts: dict[Path, str | Iterable[str]] = {}
        for name, path in self.files.items():
            if name in _FOR_ONE and withheld:
                if path.is_file():
                    path.unlink()  # an old one would pass for that of this submission
            elif name == "report":
                from grader.cli.report import report_page

                seen = overview(rubric.assignment, rubric.max_score, results)
                texts[path] = report_page(path, seen, pages)
            else:
                texts[path] = _text(name, rubric, rubric_sha256, results)
        try:
            write_texts(texts)
            self._summarize(rubric, results)
        except OSError as error:
            raise GraderError(f"{error.filename} cannot be written: {error.strerror}") from None
        missing = [str(path) for name, path in self.files.items() if name in _FOR_ONE and withheld]
        if missing and whole:
            raise InfrastructureError(f"{', '.join(missing)} is not written: {withheld}")

    def _summarize(self, rubric: Rubric, results: Collection[Result]) -> None:
        page = os.environ.get("GITHUB_STEP_SUMMARY")
        if not self.github or not page:
            return
        from grader.report.github import SUMMARY_BYTES, job_summary

        there = 0
        with suppress(FileNotFoundError):
            there = Path(page).stat().st_size
        text = job_summary(rubric.assignment, results, SUMMARY_BYTES - there)
        with open(page, "a", encoding="utf-8") as file:
            file.write(text)

    def announce(self, console: Console, results: Collection[Result], *, quiet: bool) -> None:
        """Say what was written, and annotate."""
        from rich.text import Text

        for name, path in {} if quiet else self.files.items():
            if path.exists():
                console.print(announced(_FILES[name][0], path), soft_wrap=True)
        if self.github:
            from grader.report.github import commands

            root = os.environ.get("GITHUB_WORKSPACE")
            for command in commands(results, Path(root).resolve() if root else None):
                console.print(Text(command), soft_wrap=True)


def announced(what: str, path: Path) -> Text:
    """Where something was written, fit to be printed."""
    from rich.text import Text

    from grader.text import inert

    return Text(inert(f"{what}: {os.fsencode(path).decode('utf-8', 'replace')}"))


def _text(
    name: str, rubric: Rubric, rubric_sha256: str, results: Collection[Result]
) -> str | Iterable[str]:
    now = dt.datetime.now(dt.UTC)
    if name == "json":
        from grader.report.results import document_parts

        return document_parts(rubric, rubric_sha256, results)
    if name == "junit":
        from grader.report.junit import junit_parts

        return junit_parts(rubric.assignment, results, now)
    if name == "gradescope":
        from grader.report.gradescope import as_gradescope

        return as_gradescope(next(iter(results)))
    if name == "classroom50":
        from grader.report.classroom50 import as_classroom50

        return as_classroom50(rubric.assignment, next(iter(results)), os.environ, now)
    from grader.report.table import csv_lines

    return csv_lines([criterion.id for criterion in rubric.criteria], results)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options for a command, which takes what they give as `outputs`."""

    @functools.wraps(command)
    def collected(**given: Any) -> None:
        paths = {name: given.pop(f"{name}_file") for name in _FILES}
        files = {name: path for name, path in paths.items() if path is not None}
        command(outputs=Outputs(files=files, github=given.pop("github")), **given)

    file = click.Path(path_type=Path, dir_okay=False)
    options = [
        click.option(f"--{name}", f"{name}_file", type=file, help=said)
        for name, (_, said) in _FILES.items()
    ]
    options.append(
        click.option(
            "--github",
            is_flag=True,
            help="Annotate, and write a job summary, in GitHub Actions.",
        )
    )
    decorated: Callable[..., None] = collected
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
