"""The submissions that a command is about: of folders here, and of URLs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Submission
    from grader.stored import Stored


class Place(click.Path):
    """A path, or a URL as it is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and "://" in value:
            return value
        return super().convert(value, param, ctx)


def found_at(paths: Sequence[Path | str], assignment: str) -> list[Submission | Stored]:
    """All submissions, by student, wherever they are."""
    from grader.course import find_submissions

    here = [path for path in paths if isinstance(path, Path)]
    found: list[Submission | Stored] = []
    for url in paths:
        if isinstance(url, str) and url.startswith("file://"):
            here.append(Path(unquote(urlsplit(url).path)))
        elif isinstance(url, str):
            from grader.stored import find_stored

            found += find_stored(url, assignment)
    if here:
        found += find_submissions(here, assignment)
    return sorted(found, key=lambda s: (s.student, str(s.path)))


def only(
    found: Sequence[Submission | Stored], students: Sequence[str]
) -> list[Submission | Stored]:
    """Those of some students; `GraderError` where one of these has handed in nothing."""
    from grader.model import GraderError

    known = {submission.student for submission in found}
    unknown = [student for student in students if student not in known]
    if unknown:
        raise GraderError(
            f"no submission by {', '.join(map(repr, unknown))}; there are {len(known)}, for "
            f"instance {min(known)!r}"
        )
    return [submission for submission in found if submission.student in students]
