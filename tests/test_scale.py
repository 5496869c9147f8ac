"""Doing the same to many: nobody is lost or doubled, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from grader.sandbox import Zygote
from grader.scale import grade_all

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Deadly:
    """Work at which some items kill the process that does them."""

    deadly: frozenset[int] = frozenset()

    def bench(self, _: Zygote) -> Deadly:
        """The place is the work itself: nothing is needed for it."""
        return self

    def grade(self, item: int) -> tuple[int, str]:
        """Which process did it; or none does."""
        if item in self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return item, str(os.getpid())

    def refuse(self, item: int, why: str) -> tuple[int, str]:
        """What killed."""
        return item, why

    def close(self) -> None:
        """Nothing is to be tidied up."""


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize("deadly", [(), (0,), (199,), (50, 51, 120)], ids=str)
def test_who_kills_a_grader_is_found_and_nobody_else_suffers(
    jobs: int, deadly: tuple[int, ...]
) -> None:
    """One outcome for each; only the deadly ones are refused."""
    with Zygote() as zygote:
        found = list(grade_all(Deadly(frozenset(deadly)), range(200), jobs, zygote))
    assert Counter(item for item, _ in found) == Counter(range(200))
    assert sorted(item for item, why in found if "killed" in why) == sorted(deadly)


def test_a_killed_process_costs_only_what_was_being_done() -> None:
    """The rest goes on in several processes, not each in one of its own."""
    with Zygote() as zygote:
        found = list(grade_all(Deadly(frozenset([50])), range(200), 2, zygote))
    by_process = Counter(who for _, who in found)
    assert len([who for who, count in by_process.items() if count == 1]) <= 6
    assert len(by_process) <= 10


def test_items_are_taken_only_a_few_ahead() -> None:
    """There may be more than fit into the memory."""
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    with Zygote() as zygote:
        for given, _ in enumerate(grade_all(Deadly(), items(), 2, zygote), start=1):
            assert taken <= given + 5
    assert taken == 100
