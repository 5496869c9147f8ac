"""What functions, classes and modules are called, so that a call which changes it is noticed.

A function that sets `np.exp` to something else would spoil every other one that is judged after it.
"""

from __future__ import annotations

import builtins
import contextlib
import types
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Before = dict[int, dict[str, Any]]  # the names in modules and classes, by `id` of these

_NAMED: Final = 5  # changes that are told, and the length of each
_LENGTH: Final = 100
_GONE: Final = object()


class Definitions:
    """The definitions that a notebook has made or imported, as they were when this was made.

    These are, by name, what can be called and the modules in `space`, the notebook's own names, and
    what these classes and modules hold, and those that it was `given`. Values are not: a cache or a
    counter may change. Nor are names that begin with an underscore. What was there `before` the
    notebook ran is put back as it was then.
    """

    def __init__(self, space: dict[str, Any], given: Mapping[str, Any], before: Before) -> None:
        self._kept: list[tuple[str, Any, dict[str, Any]]] = [("", space, _definitions(space, None))]
        seen = set()
        for name, owner in {"": builtins, **given, **space}.items():
            if isinstance(owner, (type, types.ModuleType)) and id(owner) not in seen:
                seen.add(id(owner))
                known = _definitions(before.get(id(owner), vars(owner)), owner)
                self._kept.append((name and f"{name}.", owner, known))
        self.changed()

    def changed(self) -> str:
        """The names that mean something else by now, as text; they are given their meaning back."""
        found = []
        for prefix, owner, known in self._kept:
            now = owner if isinstance(owner, dict) else vars(owner)
            for name, value in known.items():
                if now.get(name, _GONE) is not value:
                    found.append(prefix + name)
                    with contextlib.suppress(Exception):
                        _put_back(owner, name, value)
        return ", ".join(name[:_LENGTH] for name in found[:_NAMED])


def as_they_are(owners: Iterable[Any]) -> Before:
    """The names in all modules and classes among these, as they are now."""
    return {id(o): dict(vars(o)) for o in owners if isinstance(o, (type, types.ModuleType))}


def _definitions(names: Mapping[str, Any], owner: Any) -> dict[str, Any]:
    """Those that are functions, classes, modules or, in a class, the likes of a property."""
    inside = isinstance(owner, type)
    return {
        name: value
        for name, value in names.items()
        if (inside or not name.startswith("_"))
        and (callable(value) or isinstance(value, types.ModuleType) or hasattr(value, "__get__"))
    }


def _put_back(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)
