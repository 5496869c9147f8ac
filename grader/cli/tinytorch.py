"""`grader import` and `grader export`: TinyTorch's development files, and its package."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import EXIT_USAGE, course_option, errors, examples, fail, warn
from grader.cli.completion import assignments

if TYPE_CHECKING:
    from grader.tinytorch.importing import Imported

_MOST = 200  # problems that are named


@click.command(
    "import",
    epilog=examples(
        "grader import modules/source/03_activations/activations_dev.py",
        "grader import my_module.py --name losses",
        "grader import --to-py activations --to activations_dev.py",
    ),
)
@click.argument("source", metavar="MODULE_dev.py", shell_complete=assignments)
@course_option
@click.option("--name", metavar="ASSIGNMENT", help="The assignment.  [default: the file's name]")
@click.option(
    "--to-py",
    is_flag=True,
    help="The other way: a percent file of a notebook, or of an assignment's source.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --to-py: where the percent file goes.  [default: NAME_dev.py here]",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def import_(
    source: str, course: Path | None, name: str | None, to_py: bool, to: Path | None, force: bool
) -> None:
    """Make an assignment's source notebook of a TinyTorch development file.

    The file is in percent format (`# %%`), with nbgrader's metadata in the headers of its cells and
    `### BEGIN SOLUTION` … `### END SOLUTION`; it goes to source/ASSIGNMENT/ASSIGNMENT.ipynb.
    Everything that is wrong in it is named by file and line, and nothing is written then.

    Exit codes: 0 written; 2 wrong usage, or something is wrong in the file.
    """
    with errors():
        if to_py:
            _to_percent(source, course, to, force=force)
        else:
            _to_notebook(Path(source), course, name, to, force=force)


def _to_notebook(
    path: Path, course: Path | None, name: str | None, to: Path | None, *, force: bool
) -> None:
    from grader.course import assignments as with_rubric
    from grader.course import find_course
    from grader.model import GraderError
    from grader.report.files import write_texts
    from grader.tinytorch.importing import assignment_name, import_module

    if to is not None:
        raise GraderError("--to is for --to-py; an import goes to source/ASSIGNMENT/")
    if path.suffix == ".ipynb":
        raise GraderError(f"{path} is a notebook; to make a percent file of it, use --to-py")
    place = find_course(Path.cwd(), course)
    assignment = assignment_name(path, name)
    target = place / "source" / assignment / f"{assignment}.ipynb"
    try:
        imported = import_module(path)
    except GraderError as error:
        said = str(error)
        raise GraderError(said if said.startswith(str(path)) else f"{path}: {said}") from None
    for line, said in imported.notes:
        click.echo(f"{path}:{line}: note: {said}", err=True)
    if imported.problems:
        _refuse(path, imported)
    if os.path.lexists(target) and not force:
        raise GraderError(f"{target} is there already; --force overwrites it")
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(imported.notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    write_texts({target: text})
    _tell(target, imported, assignment, has_rubric=assignment in with_rubric(place))


def _refuse(path: Path, imported: Imported) -> None:
    count = len(imported.problems)
    for line, said in imported.problems[:_MOST]:
        click.echo(f"{path}:{line}: {said}", err=True)
    more = f" ({count - _MOST} are not shown)" if count > _MOST else ""
    fail(EXIT_USAGE, f"not imported: {count} to be put right{more}")


def _tell(target: Path, imported: Imported, assignment: str, *, has_rubric: bool) -> None:
    cells = imported.notebook["cells"]
    courses = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    solutions = sum(c.get("solution", False) and not c.get("grade", False) for c in courses)
    graded = sum(c.get("grade", False) for c in courses)
    module = f", exported as tinytorch.{imported.module}" if imported.module else ""
    click.echo(f"made: {target}")
    click.echo(
        f"  {len(cells)} cells, {solutions} solutions, {graded} graded ({imported.points:g} "
        f"points){module}"
    )
    if has_rubric:
        click.echo(
            f"next: check it against its rubric and give it out: grader release {assignment}"
        )
    else:
        click.echo(
            f"next: write a rubric, grader/rubrics/{assignment}/rubric.py (docs/tutorial.md shows "
            f"how), then: grader cells {assignment}; "
            f"then give it out: grader release {assignment}"
        )


def _to_percent(source: str, course: Path | None, to: Path | None, *, force: bool) -> None:
    from grader.model import GraderError, Refused
    from grader.notebook import read_document
    from grader.report.files import write_texts
    from grader.tinytorch.writing import write_percent

    path, _ = _notebook(source, course)
    target = to or Path(f"{path.stem}_dev.py")
    if os.path.lexists(target) and not force:
        raise GraderError(f"{target} is there already; --force overwrites it")
    try:
        document = read_document(path)
        text = write_percent(document)
    except Refused as refused:
        raise GraderError(f"{path}: {refused}") from None
    except GraderError as error:
        raise GraderError(f"{path}: {error}") from None
    write_texts({target: text})
    click.echo(f"made: {target}")
    if any(cell.get("outputs") or cell.get("attachments") for cell in document["cells"]):
        warn("outputs and attachments are not in it: a percent file has no place for them")


def _notebook(named: str, course: Path | None) -> tuple[Path, Path | None]:
    """A notebook by its path, or the source of an assignment by its name; and its course."""
    from grader.course import find_course
    from grader.model import GraderError

    path = Path(named)
    if path.suffix == ".ipynb" or path.is_file():
        try:
            return path, find_course(Path.cwd(), course)
        except GraderError:
            if course is not None:
                raise
            return path, None
    place = find_course(Path.cwd(), course)
    known = sorted(found.parent.name for found in place.glob("source/*/*.ipynb"))
    if named not in known:
        listed = ", ".join(known) or "none"
        raise GraderError(f"{named!r} is neither a notebook nor an assignment; there is: {listed}")
    return place / "source" / named / f"{named}.ipynb", place


@click.command(
    epilog=examples(
        "grader export activations --to build",
        "grader export submitted/ada/activations/activations.ipynb --to build --force",
    )
)
@click.argument("notebook", shell_complete=assignments)
@course_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder that the package and the development module go to.",
)
@click.option("--force", is_flag=True, help="Overwrite files that were not exported.")
def export(notebook: str, course: Path | None, to: Path, force: bool) -> None:
    """Make a package of a notebook: tinytorch/core/MODULE.py, and MODULE_dev.py beside it.

    NOTEBOOK is a file, or an assignment's name for the course's own solution. Exported are the
    cells marked `#| export` and the solutions, to the module that `#| default_exp` names; with them
    what the course ships (tinytorch/core/tensor.py). Nothing of the notebook is run.

    Exit codes: 0 written; 2 wrong usage, or it cannot be exported.
    """
    with errors():
        from grader.model import GraderError, Refused
        from grader.notebook import read_notebook
        from grader.tinytorch.exporting import export as exported
        from grader.tinytorch.exporting import place

        path, root = _notebook(notebook, course)
        try:
            cells = read_notebook(path)
            made: dict[str, Any] = exported(cells, path.name, path.stem)
        except Refused as refused:
            raise GraderError(f"{path}: {refused}") from None
        except GraderError as error:
            raise GraderError(f"{path}: {error}") from None
        texts = {**_shipped(path, root), **made}
        for name in list(texts):
            for folder in Path(name).parents[:-1]:
                texts.setdefault(f"{folder.as_posix()}/__init__.py", "")
        ready = place(texts, Path(os.path.abspath(to)), force=force)
        for file, content in ready.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, content)
        for name in made:
            click.echo(f"made: {to / name}")
        (stem,) = (Path(name).stem for name in made if "/" not in name)
        click.echo(f"try it there: cd {to} && python -c 'import {stem}'; python {stem}.py tests it")


def _write(path: Path, content: bytes) -> None:
    """Written beside, and put in place: never through a link."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    with open(aside, "xb") as file:
        file.write(content)
    os.replace(aside, path)  # noqa: PTH105


def _shipped(path: Path, course: Path | None) -> dict[str, bytes]:
    """The files that the course gives out with an assignment, else those beside the notebook."""
    from grader.files import own_files

    folder = course / "source" / path.stem if course is not None else None
    ours = folder is not None and folder.is_dir()
    beside = folder if folder is not None and ours else Path(os.path.abspath(path)).parent
    found = {
        file.relative_to(beside).as_posix(): file
        for file in own_files(beside, capped=not ours)
        if file.suffix != ".ipynb"
    }
    return {
        name: file.read_bytes()
        for name, file in found.items()
        if ours or (name.startswith("tinytorch/") and file.suffix == ".py")
    }
