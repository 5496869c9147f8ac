"""How much work a function does, counted in instructions of Python's own: no stopwatch.

numpy's loops run in C and count as one instruction. So do C functions that loop over Python's own
objects (`sum(list)`, `list(map(math.exp, x))`): what they loop over is not seen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from grader.checks import CheckFailed
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.promises import Ask, Check

SIZES: Final = (64, 256, 1024)
SMALL: Final = (32, 64, 128)  # what takes n^3 steps in Python still comes to an end
_A_LOOP: Final = 1.0  # instructions for each element more: every loop in Python takes several
_SLACK: Final = 0.3  # of an exponent: n log n is no steeper than n^1.2 between these sizes


def no_loop(call: str, inputs: Callable[[int], dict[str, Any]], sizes: Sequence[int]) -> Check:
    """The number of instructions does not grow with the size of the input.

    Between the last two sizes it is less than one for each element more: a loop takes several.
    """

    def check(ask: Ask, _: Any) -> None:
        taken = _steps(ask, call, inputs, sizes)
        more = (taken[-1] - taken[-2]) / (sizes[-1] - sizes[-2])
        if more >= _A_LOOP:
            raise CheckFailed(
                None, "expected as many for any size: NumPy can do without a loop",
                _told(taken, sizes),
            )  # fmt: skip

    return check


def grows(
    call: str, inputs: Callable[[int], dict[str, Any]], sizes: Sequence[int], exponent: float
) -> Check:
    """The number of instructions grows no faster than size ** exponent, as `growth` has it.

    0.3 more is allowed, so that n log n is within an exponent of 1.
    """

    def check(ask: Ask, _: Any) -> None:
        taken = _steps(ask, call, inputs, sizes)
        found = growth(taken, sizes)
        if found > exponent + _SLACK:
            raise CheckFailed(
                None, f"expected no faster than n^{exponent:g}",
                f"{_told(taken, sizes)}, so they grow like n^{found:.1f}",
            )  # fmt: skip

    return check


def growth(taken: Sequence[int], sizes: Sequence[int]) -> float:
    """The exponent by which counts grow between three sizes.

    Where c n^p + d instructions are taken, and sizes are k times each other, the differences grow
    by k^p whatever d is. The slope between the last two would be right without d; the smaller of
    the two is taken, to be fair.

    >>> round(growth([5 + n * n for n in SIZES], SIZES), 2)
    2.0
    """
    ratio = math.log(sizes[-1] / sizes[-2])
    early, late = taken[-2] - taken[-3], taken[-1] - taken[-2]
    if late <= 0 or min(taken) <= 0:
        return 0.0
    slope = math.log(taken[-1] / taken[-2]) / ratio
    return min(slope, math.log(late / early) / ratio) if early > 0 else slope


def _steps(
    ask: Ask, call: str, inputs: Callable[[int], dict[str, Any]], sizes: Sequence[int]
) -> list[int]:
    taken = ask.each(wire.STEPS + call, [inputs(size) for size in sizes])
    if not all(isinstance(number, int) for number in taken):
        raise CheckFailed(None, "expected numbers of steps")
    return taken


def _told(taken: Sequence[int], sizes: Sequence[int]) -> str:
    return (
        f"takes {taken[-2]:,} steps of Python for size {sizes[-2]:,} and {taken[-1]:,} for size "
        f"{sizes[-1]:,}"
    )
