"""The files that lie beside a notebook, copied to where it is run."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# As many as are taken along when a submission is graded.
_FILES: Final = 500
_BYTES: Final = 50 << 20
_ENTRIES: Final = 20_000  # that are looked at: the notebook may lie in somebody's home


def copy_beside(folder: Path, to: Path) -> None:
    """Copy a folder's files, the nearest first, up to a number and a size.

    No links and nothing hidden, nor the libraries of a virtual environment. What cannot be read is
    left out.
    """
    files = size = looked = 0
    waiting = deque([(folder, to)])
    while waiting and looked < _ENTRIES:
        source, target = waiting.popleft()
        with contextlib.suppress(OSError):
            entries = sorted(os.scandir(source), key=lambda entry: entry.name)
            looked += len(entries)
            if any(entry.name == "pyvenv.cfg" for entry in entries):
                continue
            for entry in entries:
                if entry.name.startswith((".", "__pycache__")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((source / entry.name, target / entry.name))
                elif entry.is_file(follow_symlinks=False):
                    more = entry.stat(follow_symlinks=False).st_size
                    if files < _FILES and size + more <= _BYTES:
                        _copy(source / entry.name, target / entry.name)
                        files, size = files + 1, size + more


def _copy(source: Path, target: Path) -> None:
    with contextlib.suppress(PermissionError):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
