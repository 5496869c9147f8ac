"""Hints: the idea that is missing, where a failure is of a known kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A failure, as hints look at it: the input, what came back (or None), what is said of it."""

    arguments: Mapping[str, Any]
    output: Any
    said: str

    @property
    def nan(self) -> bool:
        """Whether there is NaN in the answer."""
        output = self.output
        return isinstance(output, np.ndarray) and bool(np.isnan(output).any())


@dataclass(frozen=True, kw_only=True)
class Hint:
    """An idea for whoever has lost a criterion of `on` in a way that is known by `when`."""

    on: tuple[str, ...]
    text: str
    when: Callable[[Seen], bool] = bool
