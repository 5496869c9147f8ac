"""What numpy and the like are made of, so that a call which changes it is noticed and undone.

A function that sets `np.exp` to something else would spoil every other one that is judged after it.
What a notebook has defined itself is its own business: it may well replace that as it goes.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What functions build on, and how it is called in messages.
_LIBRARIES: Final = {
    "builtins": "", "math": "math.", "cmath": "cmath.", "numpy": "np.",
    "numpy.linalg": "np.linalg.", "scipy.special": "scipy.special.",
}  # fmt: skip
_NAMED: Final = 5  # changes that are told
_GONE: Final = object()

Kept = list[tuple[str, Any, dict[str, Any]]]  # what its names begin with, a module or class, names


def libraries() -> Kept:
    """The functions and classes of the libraries that are loaded, as they are now."""
    loaded = [(prefix, sys.modules[n]) for n, prefix in _LIBRARIES.items() if n in sys.modules]
    return [
        (
            prefix,
            module,
            {n: v for n, v in vars(module).items() if callable(v) and not n.startswith("_")},
        )
        for prefix, module in loaded
    ]


def classes(names: Mapping[str, Any]) -> Kept:
    """What the classes among these names are made of, as they are now."""
    return [
        (
            f"{name}.",
            value,
            {n: v for n, v in vars(value).items() if callable(v) or hasattr(v, "__get__")},
        )
        for name, value in names.items()
        if isinstance(value, type)
    ]


class Definitions:
    """Definitions as they were before the notebook ran, and which of them calls have changed."""

    def __init__(self, kept: Iterable[tuple[str, Any, dict[str, Any]]]) -> None:
        self._kept = list(kept)
        self._found: dict[str, None] = {}

    def put_back(self) -> None:
        """Give every name its meaning back."""
        for prefix, owner, known in self._kept:
            now = vars(owner)
            for name, value in known.items():
                if now.get(name, _GONE) is not value:
                    self._found[prefix + name] = None
                    with contextlib.suppress(Exception):
                        setattr(owner, name, value)

    def changed(self) -> str:
        """The names that have been put back since this was last asked, as text."""
        self.put_back()
        names = list(self._found)[:_NAMED]
        self._found.clear()
        return ", ".join(names)
