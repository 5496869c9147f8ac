"""Files for other tools, each written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TextIO


def write_texts(texts: Mapping[Path, str | Iterable[str]]) -> None:
    """Write files, in UTF-8, all of them or none; `OSError` names the one that cannot be.

    A text may come in parts. Line ends are written as they are given.
    """
    ready: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            if path.exists() and not path.is_file():  # a pipe, a device
                with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
                    _put(file, text)
            else:
                ready.append((_beside(path, text), path))
        while ready:
            name, path = ready[-1]
            os.replace(name, path)  # noqa: PTH105
            ready.pop()
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        for name, _ in ready:
            os.unlink(name)  # noqa: PTH108


def _put(file: TextIO, text: str | Iterable[str]) -> None:
    file.writelines([text] if isinstance(text, str) else text)


def _beside(path: Path, text: str | Iterable[str]) -> str:
    """Write a file that can be put in the place of another; its name."""
    descriptor, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
            _put(file, text)
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise
    return name


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
