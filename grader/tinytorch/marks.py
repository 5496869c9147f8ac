"""nbdev's marks in code cells: `#| default_exp core.activations`, `#| export`."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK: Final = re.compile(r"^#\s*\|\s*(\w+)[ \t]*(.*?)\s*$")
EXPORTS: Final = ("export", "exports", "exporti")
_LONGEST: Final = 100


def marks(source: str) -> Iterator[tuple[int, str, str]]:
    """The marks of a code cell: line (from 1), name, and what stands behind it.

    As nbdev reads them, they stand above the cell's first line of code.
    """
    for number, line in enumerate(source.splitlines(), start=1):
        found = _MARK.match(line)
        if found:
            yield number, found[1], found[2]
        elif line.strip() and not line.startswith("#"):
            return


def is_module(name: str) -> bool:
    """Whether a name is that of a module that may be written: plain, dotted, no keyword in it."""
    return len(name) <= _LONGEST and all(
        part.isascii()
        and part.isidentifier()
        and not keyword.iskeyword(part)
        and not part.startswith("__")
        for part in name.split(".")
    )
