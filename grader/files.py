"""The files of a submission, those that the course ships, and the folder a notebook runs in."""

from __future__ import annotations

import contextlib
import importlib.machinery
import os
import py_compile
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from grader.notebook import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MOST_FILES = 500
MOST_BYTES = 50 << 20
_COMPILED = "__pycache__"
_WORTH = 1000  # bytes of a module from which on copying it compiled is quicker than compiling it
_HELD = 4 << 20  # bytes of the course's files that are held in memory, to be written to folders


def own_files(folder: Path, *, capped: bool = True, apart: Collection[Path] = ()) -> Iterator[Path]:
    """The regular files of a submission, without links, up to a number and a size, in order.

    What is more than that is left out, but for notebooks and for the files `apart`, which are the
    course's. A course's own files are neither capped nor without links.
    """
    files, size = 0, 0
    been: set[tuple[int, int]] = set()  # links may go round in circles
    for place, names, entries in os.walk(folder, followlinks=not capped):
        if not capped:
            status = Path(place).stat()
            if (status.st_dev, status.st_ino) in been:
                names.clear()
                continue
            been.add((status.st_dev, status.st_ino))
        names[:] = sorted(n for n in names if not n.startswith((".", _COMPILED)))
        for entry in sorted(entries):
            path = Path(place, entry)
            if (capped and path.is_symlink()) or not path.is_file():
                continue
            counts = path.suffix != ".ipynb" and path.relative_to(folder) not in apart
            if capped and counts:
                more = path.stat().st_size
                if files + 1 > MOST_FILES or size + more > MOST_BYTES:
                    continue
                files, size = files + 1, size + more
            yield path


class Shipped:
    """What the course ships beside its notebooks, copied from `release` to the folder `at` once.

    Its modules are compiled there, so that no worker has to do it.
    """

    def __init__(self, release: Path, at: Path) -> None:
        self._at = at
        if not at.exists():
            _copy_release(release, at)
        ours = [path.relative_to(at) for path in own_files(at, capped=False)]
        compiled = [path.relative_to(at) for path in sorted(at.rglob(f"{_COMPILED}/*.pyc"))]
        self._contents = _contents(at, [*ours, *compiled])
        self._apart = frozenset(ours)
        parents = {folder for name in self._contents for folder in name.parents if folder.name}
        self._folders = sorted(parents)
        self._rivals = [rival for name in ours for rival in _rivals(name, parents)]

    def fill(self, scratch: Path, own: Path | None, kept: Collection[str] = ()) -> None:
        """Copy the files that a notebook may use: the student's `own`, then the course's over them.

        `kept` are files of the course that a student's own stand in for.
        """
        if own is not None:
            _copy_tree(own, scratch, self._apart, kept)
            for rival in self._rivals:
                if os.path.lexists(f"{scratch}/{rival}") and rival not in kept:
                    _remove(scratch / rival)
        for folder in self._folders:
            to = scratch / folder
            if not os.path.isdir(to):
                to.unlink(missing_ok=True)
                to.mkdir()
        for name, content in self._contents.items():
            to = scratch / name
            if os.path.isdir(to):
                shutil.rmtree(to)
            if name.as_posix() in kept and to.is_file():
                continue
            if content is None:
                shutil.copyfile(self._at / name, to)
            else:
                to.write_bytes(content)


def _contents(folder: Path, names: Sequence[Path]) -> dict[Path, bytes | None]:
    """What is in files, as far as it can be held in memory."""
    contents, left = dict[Path, bytes | None](), _HELD
    for name in names:
        path = folder / name
        left -= path.stat().st_size
        contents[name] = path.read_bytes() if left >= 0 else None
    return contents


def _copy_release(release: Path, at: Path) -> None:
    at.mkdir()
    for path in own_files(release, capped=False):
        name = path.relative_to(release)
        if path.suffix != ".ipynb" and not path.name.startswith("."):
            (at / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, at / name)
    # Checked: where a student's own file stands in for one of these, it is compiled anew.
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    for path in at.rglob("*.py"):
        if path.stat().st_size >= _WORTH:
            with contextlib.suppress(py_compile.PyCompileError):
                py_compile.compile(str(path), doraise=True, invalidation_mode=mode)


def _rivals(name: Path, folders: Collection[Path]) -> list[str]:
    """What would be imported in the place of a module: before tensor.py, tensor/ or tensor.so."""
    if name.suffix != ".py":
        return []
    module = name.with_suffix("")
    files = [f"{module}{suffix}" for suffix in importlib.machinery.all_suffixes()]
    return files if module in folders else [*files, str(module)]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _copy_tree(source: Path, target: Path, apart: Collection[Path], kept: Collection[str]) -> None:
    """Copy what belongs to a submission, but for what the course's own would be written over."""
    for path in own_files(source, apart=apart):
        name = path.relative_to(source)
        if path.suffix == ".ipynb" and path.stat().st_size > MAX_BYTES:
            continue
        if name in apart and name.as_posix() not in kept:
            continue
        to = target / name
        with contextlib.suppress(PermissionError):
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
