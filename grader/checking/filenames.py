"""Whether a notebook still has the name under which a grader looks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.checking.notices import Notice
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What browsers, file managers, Jupyter and Google make of a name that is taken.
_COPY: Final = re.compile(
    r"(?:\s*\(\d+\)|-Copy\d+|-checkpoint|\s+(?:copy|kopie)(?:\s+\d+)?|[_-]copy"
    r"|\s+-\s+(?:Copy|Kopie)(?:\s*\(\d+\))?)+$",
    re.IGNORECASE,
)
_COPY_OF: Final = re.compile(
    r"^(?:(?:copy(?:\s*\(\d+\))?\s+of|kopie\s+von|copie\s+de|copia\s+de)\s+)+", re.IGNORECASE
)
_UNTITLED: Final = re.compile(r"^untitled\d*$", re.IGNORECASE)


def file_name(path: Path) -> Iterator[Notice]:
    """A name under which a grader will not look for the notebook.

    Copies' names are known for what they are. That a folder is called like the assignment is a
    guess, which is made where the notebook's name has that of the folder in it.
    """
    name = path.name
    stem = name[: name.lower().index(".ipynb")] if ".ipynb" in name.lower() else path.stem
    plain = _COPY.sub("", _COPY_OF.sub("", stem)) or stem
    folder = path.absolute().parent.name
    wanted = f"{plain}.ipynb"
    if plain != folder and _is_version(plain, folder):
        said = clean(folder, 100)
        yield Notice(
            kind="file-name",
            level="warning",
            text=f"the notebook is called {clean(name, 100)!r} in a folder {said!r}; if that is "
            f"the assignment, a grader looks for {said}.ipynb",
            remedy=f"rename it to {said}.ipynb before you hand it in, unless it was given out as "
            f"{clean(wanted, 100)}",
        )
    elif _UNTITLED.match(stem):
        yield Notice(
            kind="file-name",
            level="warning",
            text=f"the file is called {clean(name, 100)!r}; nobody can tell what it is",
            remedy="give it the name that the notebook was given out with",
        )
    elif wanted != name:
        yield Notice(
            kind="file-name",
            level="warning",
            text=f"the file is called {clean(name, 100)!r}; it should be {clean(wanted, 100)}",
            remedy=f"rename it to {clean(wanted, 100)} before you hand it in",
        )


def is_certain(path: Path) -> bool:
    """Whether a notebook is called like its folder, and so like the assignment."""
    return path.name == f"{path.absolute().parent.name}.ipynb"


def _is_version(stem: str, folder: str) -> bool:
    """Whether a name is a folder's but for capitals and marks, or has that as a word in it."""
    one, other = stem.lower(), folder.lower()
    if re.sub(r"[\W_]", "", one) == re.sub(r"[\W_]", "", other):
        return True
    within = re.search(rf"(?<![^\W_]){re.escape(other)}(?![^\W_])", one) if other else None
    if within is None:
        return False
    # A number may be the part of an assignment that has several.
    rest = one[: within.start()] + one[within.end() :]
    return bool(re.search(r"[^\W\d_]", rest))
