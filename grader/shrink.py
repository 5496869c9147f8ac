"""Small counterexamples: the plainest failing case, a part of it, or what Hypothesis finds."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.corpus import as_arguments, explore, make_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.corpus import Case, Group

TINY: Final = 3  # elements; what is no bigger needs no shrinking
EXAMPLES: Final = 150
TRIES: Final = 60  # inputs that the student's code is asked for: by number, so alike every time


class _Failing(Exception):
    """Tells Hypothesis that an input still fails."""


def part(case: Case, group: Group, fails: Callable[[Case], bool]) -> Case:
    """The smallest part of a case that fails, by halves, where parts are cases of the same kind.

    `fails` is asked for one input at a time, a few times. Otherwise `case` itself.
    """
    search = _Search(case, fails)
    if group.divisible:
        while search.best.size > 1 and any(map(search.takes, _halves(search.best))):
            pass
    return search.best


def smaller(case: Case, group: Group, fails: Callable[[Case], bool], seed: int) -> Case:
    """A failing case at most as big as `case`, of what the group's strategy gives.

    `fails` is asked for one input at a time. Where nothing smaller is found, `case` itself.
    """
    if group.strategy is None:
        return case
    import hypothesis

    search = _Search(case, fails)

    def visit(value: Any) -> None:
        candidate = make_case(case.group, as_arguments(value, group.corners))
        if search.takes(candidate) or candidate.payload == search.best.payload:
            raise _Failing

    phases = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
    with contextlib.suppress(_Failing, hypothesis.errors.Flaky):
        explore(group.strategy(), visit, EXAMPLES, seed, phases)
    return search.best


class _Search:
    """The plainest failing case so far, and how many more may be asked for."""

    def __init__(self, case: Case, fails: Callable[[Case], bool]) -> None:
        self.best = case
        self._fails = fails
        self._left = TRIES

    def takes(self, candidate: Case) -> bool:
        """Whether this one is plainer and fails as well: then it is the best from now on."""
        plainer = self._left > 0 and candidate.plainness < self.best.plainness
        self._left -= plainer
        if plainer and self._fails(candidate):
            self.best = candidate
            return True
        return False


def _halves(case: Case) -> Iterator[Case]:
    """The case with either half of its array along each axis, if there is just one array."""
    for name, array in case.arrays.items() if len(case.arrays) == 1 else ():
        for axis, length in enumerate(array.shape):
            for half in np.array_split(array, 2, axis=axis) if length > 1 else ():
                yield make_case(case.group, {**case.arguments, name: half})
