"""Students' pages in a folder, a file each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from grader.model import InfrastructureError
from grader.report.feedback import feedback_page, make_page
from grader.report.files import write_texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.model import Result
    from grader.report.figure import Figures

_PLAIN: Final = re.compile(r"[\w@+-][\w.@+ -]{0,99}", re.ASCII)


class Handed(Protocol):
    """A submission, or its result."""

    @property
    def student(self) -> str: ...
    @property
    def path(self) -> object: ...


def page_names(handed: Iterable[Handed]) -> dict[str, str]:
    """The name of each page, by the path of the submission: the student's id where that will do."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for one in sorted(handed, key=lambda h: (h.student, str(h.path))):
        name = one.student
        # Of two that a file system may take for one, the second is told apart; so is what is no
        # name of a file.
        if not _PLAIN.fullmatch(name) or name.lower() in taken:
            digest = hashlib.sha256(f"{name}\0{one.path}".encode("utf-8", "replace")).hexdigest()
            name = f"{re.sub(r'[^0-9A-Za-z@+-]+', '_', name)[:80]}-{digest[:10]}"
        taken.add(name.lower())
        names[str(one.path)] = f"{name}.html"
    return names


@dataclass(frozen=True)
class Pages:
    """Writes pages of one assignment into a folder, under names by the submission's path."""

    folder: Path
    assignment: str
    figures: Figures
    names: dict[str, str]

    def paths(self) -> dict[str, Path]:
        """Where each page is, by the path of the submission."""
        return {path: self.folder / name for path, name in self.names.items()}

    def write(self, result: Result) -> None:
        """Write the page of a result, which holds no more than is to be shown."""
        path = self.folder / self.names[result.path]
        try:
            write_texts({path: feedback_page(make_page(self.assignment, result, self.figures))})
        except OSError as error:
            raise InfrastructureError(
                f"{path} cannot be written: {error.strerror}; put that right and grade again"
            ) from error
