"""Small counterexamples: the plainest failing case, or a smaller one that Hypothesis finds."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from grader.corpus import as_arguments, explore, make_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.corpus import Case, Group

TINY: Final = 3  # elements; what is no bigger needs no shrinking
EXAMPLES: Final = 150
TRIES: Final = 60  # inputs that the student's code is asked for: by number, so alike every time


class _Failing(Exception):
    """Tells Hypothesis that an input still fails."""


def smaller(case: Case, group: Group, fails: Callable[[Case], bool], seed: int) -> Case:
    """A failing case at most as big as `case`: what Hypothesis makes of the group's strategy.

    `fails` is asked for one input at a time. Where nothing smaller is found, `case` itself.
    """
    if case.size <= TINY or group.strategy is None:
        return case
    import hypothesis

    best = case
    left = TRIES

    def visit(value: Any) -> None:
        nonlocal best, left
        candidate = make_case(case.group, as_arguments(value, group.corners))
        plainer = left > 0 and candidate.plainness < best.plainness
        left -= plainer
        if plainer and fails(candidate):
            best = candidate
        elif candidate.payload != best.payload:
            return
        raise _Failing

    phases = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
    with contextlib.suppress(_Failing, hypothesis.errors.Flaky):
        explore(group.strategy(), visit, EXAMPLES, seed, phases)
    return best
