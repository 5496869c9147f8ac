"""The sheet that targets write their criteria, hints and pictures on; a rubric is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.criterion import as_names
from grader.hints import Hint, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from grader.criterion import Criterion
    from grader.pictures import Picture


class Sheet:
    """Criteria in order, hints on them, and pictures; `remarks` are criteria without points."""

    def __init__(self, setup: str, answers: str, list_dtype: np.dtype[Any] | None) -> None:
        self.setup = setup
        self.answers = answers
        self.list_dtype = list_dtype
        self.criteria: list[Criterion] = []
        self.hints: list[Hint] = []
        self.remarks: list[Criterion] = []
        self.pictures: list[Picture] = []

    def hint(
        self, text: str, *, on: str | Sequence[str], when: Callable[[Seen], bool] | None = None
    ) -> None:
        """Add a hint for criteria; of several the first counts whose `when` is true of a failure.

        Without `when`, that is every wrong answer, but no failure to answer. It names the idea that
        is missing, not the code. `when` gets what was seen, `Seen`.

            rubric.hint(
                "Subtract the maximum first.", on="softmax-extreme", when=lambda seen: seen.nan
            )
        """
        self.hints.append(Hint(on=as_names(on), text=text, when=when or _has_answered))


def _has_answered(seen: Seen) -> bool:
    return seen.output is not None
