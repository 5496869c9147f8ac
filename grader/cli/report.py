"""`grader report`: a class at a glance, from results that were written earlier."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.common import check_files, course_option, errors, examples, quiet_option
from grader.disclosure import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.model import Disclosure, Result
    from grader.overview import Overview
    from grader.report.results import Results


@click.command(
    epilog=examples(
        "grader report results.json --html class.html --feedback feedback",
        "grader report activations --json class.json",
    )
)
@click.argument("source", metavar="RESULTS|ASSIGNMENT")
@course_option
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the page.  [default: ASSIGNMENT-report.html]",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the same for programs.",
)
@click.option(
    "--feedback",
    "feedback_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the feedback pages are that names lead to.  [default: where `grader feedback` "
    "puts them]",
)
@click.option(
    "--disclose",
    type=click.Choice(LEVELS),
    help="How much of what was lost is shown.  [default: all that is there]",
)
@quiet_option
def report(
    source: str,
    course: Path | None,
    html_file: Path | None,
    json_file: Path | None,
    feedback_folder: Path | None,
    disclose: Disclosure | None,
    quiet: bool,
) -> None:
    """Show a class at a glance: scores, criteria, bug groups, the slowest and the refused.

    RESULTS is a file that `grader grade --json` has written; ASSIGNMENT is one that `grader
    autograde` has graded.

    Exit codes: 0 written; 2 wrong usage; 3 it could not be written.
    """
    with errors():
        from grader.disclosure import disclosed
        from grader.model import GraderError
        from grader.report.results import read

        file = Path(source)
        if file.is_dir():
            raise GraderError(f"{file} is a folder; give a file of results, or an assignment")
        links: dict[str, Path] = {}
        if file.is_file() or file.suffix == ".json":
            found = read(file)
        else:
            found, links = _of_course(course, source)
        name = re.sub(r"[^\w.+-]+", "_", found.assignment)
        target = html_file or Path(f"{name}-report.html")
        files = {"--html": target} | ({"--json": json_file} if json_file else {})
        check_files(files, {os.path.realpath(file): "the results that it is made of"})
        results = [disclosed(one, disclose) if disclose else one for one in found.results]
        if feedback_folder is not None:
            links = links_to(results, feedback_folder)
        write_report(target, found.assignment, found.max_score, results, links, json_file)
        if not quiet:
            click.echo(f"class report: {target}")


def _of_course(course: Path | None, assignment: str) -> tuple[Results, dict[str, Path]]:
    """What was graded in nbgrader's folders, and the pages that `grader feedback` has written."""
    from grader.cli.course import course_setting
    from grader.gradebook.results import class_results
    from grader.report.results import Results

    setting, _ = course_setting(course)
    results = class_results(setting, assignment)
    pages = setting.step("feedback", assignment)
    links = {
        result.path: page
        for result in results
        if (page := pages.of(result.student) / f"{Path(result.path).stem}.html").exists()
    }
    most = max(result.max_score for result in results)
    return Results(assignment=assignment, max_score=most, results=tuple(results)), links


def links_to(results: Sequence[Result], folder: Path) -> dict[str, Path]:
    """The page of each submission in a folder of pages, where there is one, by its path."""
    from grader.report.pages import page_names

    names = page_names(results)
    return {path: folder / name for path, name in names.items() if (folder / name).exists()}


def write_report(
    target: Path,
    assignment: str,
    max_score: float,
    results: Sequence[Result],
    pages: Mapping[str, Path],
    json_file: Path | None = None,
) -> None:
    """Write a class report; `pages` are where submissions' pages are, by the submission's path."""
    from grader.overview import overview
    from grader.report.files import write_texts
    from grader.report.overviewed import document
    from grader.report.results import as_text

    seen = overview(assignment, max_score, results)
    texts: dict[Path, str | Iterable[str]] = {target: report_page(target, seen, pages)}
    if json_file is not None:
        texts[json_file] = as_text(document(seen))
    write_texts(texts)


def report_page(target: Path, seen: Overview, pages: Mapping[str, Path]) -> Iterator[str]:
    """The report as it is to stand in a file, with links from there, part by part."""
    from urllib.parse import quote

    from grader.report.overviewed import page_parts

    root = target.absolute().parent
    links = {
        path: quote(os.fsencode(os.path.relpath(page.absolute(), root).replace(os.sep, "/")))
        for path, page in pages.items()
    }
    return page_parts(seen, links)
