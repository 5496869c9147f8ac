"""A course as nbgrader sees it: its configuration, its folders, its database."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.handed import Step
from grader.model import GraderError

if TYPE_CHECKING:
    from collections.abc import Iterator

# nbgrader imports jsonschema, and that, where it is there, a package which knows what an IRI is.
# Nobody here asks for that, and to build its grammar takes as long as to import all the rest.
_GRAMMAR = "rfc3987_syntax"
sys.modules.setdefault(_GRAMMAR, None)  # type: ignore[arg-type]
try:
    from nbgrader.apps import NbGrader
finally:
    if sys.modules[_GRAMMAR] is None:
        del sys.modules[_GRAMMAR]


@dataclass(frozen=True)
class Setting:
    """nbgrader's configuration for a course directory."""

    root: Path
    config: Any
    coursedir: Any

    def step(self, name: str, assignment: str) -> Step:
        """One of nbgrader's folders ("submitted", "autograded", …) of an assignment."""
        mark = "\0"
        folder = getattr(self.coursedir, f"{name}_directory")
        path = self.coursedir.format_path(folder, mark, assignment)
        prefix, found, suffix = path.partition(mark)
        whole = prefix.endswith(os.sep) and (not suffix or suffix.startswith(os.sep))
        if not found or mark in suffix or not whole:
            raise GraderError(
                f"CourseDirectory.directory_structure is {self.coursedir.directory_structure!r}; "
                "it must have {student_id} once, as the name of a folder"
            )
        return Step(prefix, suffix)

    def folder(self, name: str, assignment: str) -> Path:
        """A folder that is nobody's own: "source" or "release"."""
        directory = getattr(self.coursedir, f"{name}_directory")
        return Path(os.path.normpath(self.coursedir.format_path(directory, ".", assignment)))

    @property
    def db_url(self) -> str:
        """Where the gradebook is."""
        return str(self.coursedir.db_url)

    @property
    def course_id(self) -> str:
        """The course's id; nbgrader's own default where none is set."""
        return str(self.coursedir.course_id) or "default_course"


def open_setting(course: Path) -> Setting:
    """Read nbgrader's configuration for a course directory, as its own commands do."""
    find_alembic()
    try:
        with at(course), contextlib.redirect_stderr(io.StringIO()):
            app = NbGrader(raise_config_file_errors=True)  # else it goes on with its defaults
            app.log_level = 50
            app.initialize([], root=str(course))
            coursedir = app.coursedir
            coursedir._load_config(app.config)  # noqa: SLF001  as nbgrader's formgrader does
    except (Exception, SystemExit) as error:  # noqa: BLE001  it runs the instructor's own file
        raise GraderError(
            f"{course / 'nbgrader_config.py'} cannot be read: {type(error).__name__}: {error}"
        ) from None
    return Setting(course, app.config, coursedir)


def find_alembic() -> None:
    """Let nbgrader find `alembic`, which it calls by name, beside this Python."""
    own = str(Path(sys.executable).parent)
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = f"{own}{os.pathsep}{os.environ.get('PATH', '')}"


@contextlib.contextmanager
def at(folder: Path) -> Iterator[None]:
    """Work in a folder, for what nbgrader finds by the working directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
