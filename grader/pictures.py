"""What is drawn of a target for people to look at: its answers on one array, and right ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grader.corpus import Case, make_case
from grader.numerics import FLOAT32

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.numerics import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A curve over an interval, or bars for the elements of one short vector.

    `x` has one axis and is float32; `call` is how the target is reached for it. `reference` gives
    what is right, in float64, for any such array.
    """

    target: str
    kind: Literal["curve", "bars"]
    call: str
    said: str
    case: Case
    reference: Callable[[Array], Array]

    @property
    def x(self) -> Array:
        """The input."""
        array: Array = self.case.arguments["x"]
        return array


def picture_case(x: Array) -> Case:
    """The input of a picture; float32, as a list of numbers would be."""
    return make_case("", {"x": x.astype(FLOAT32)})
