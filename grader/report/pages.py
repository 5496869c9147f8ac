"""Students' pages in a folder, a file each."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from grader.model import GraderError, InfrastructureError
from grader.report.feedback import feedback_page, make_page
from grader.report.files import write_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from grader.model import Result
    from grader.pictures import Picture
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
        name, path = one.student, os.fsencode(str(one.path)).decode("utf-8", "replace")
        if not _PLAIN.fullmatch(name) or name.lower() in taken:
            digest = hashlib.sha256(f"{name}\0{path}".encode("utf-8", "replace")).hexdigest()
            name = f"{re.sub(r'[^0-9A-Za-z@+-]+', '_', name)[:80]}-{digest[:10]}"
        # Of what a file system may take for one name, the second is told apart.
        count, own = 1, name
        while own.lower() in taken:
            count += 1
            own = f"{name}-{count}"
        taken.add(own.lower())
        names[str(one.path)] = f"{own}.html"
    return names


@dataclass
class Pages:
    """Writes pages of one assignment into a folder, under names by the submission's path."""

    folder: Path
    assignment: str
    names: dict[str, str]
    figures: Figures | None = None

    @property
    def places(self) -> list[Path]:
        """Where all pages are to be."""
        return [self.folder / name for name in self.names.values()]

    def written(self) -> dict[str, Path]:
        """Where the pages are that are there, by the path of the submission."""
        places = {path: self.folder / name for path, name in self.names.items()}
        return {path: place for path, place in places.items() if place.is_file()}

    def sha256(self, result: Result) -> str:
        """The digest of a result's page; empty where there is none."""
        try:
            return hashlib.sha256((self.folder / self.names[result.path]).read_bytes()).hexdigest()
        except OSError:
            return ""

    def draw(self, pictures: Sequence[Picture]) -> None:
        """Have these pictures on them."""
        from grader.report.figure import Figures

        self.figures = Figures(pictures)

    def prepare(self) -> None:
        """Make the folder; `GraderError` where pages could not be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise GraderError(
                f"no pages can be written to {self.folder}: {error.strerror}"
            ) from None
        for place in self.places:
            if place.is_dir():
                raise GraderError(f"{place} is a folder, where a page is to be")

    def write(self, result: Result) -> None:
        """Write the page of a result, which holds no more than is to be shown."""
        path = self.folder / self.names[result.path]
        try:
            write_texts({path: feedback_page(make_page(self.assignment, result, self.figures))})
        except OSError as error:
            raise InfrastructureError(
                f"{path} cannot be written: {error.strerror}; put that right and grade again"
            ) from error
