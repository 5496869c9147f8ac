"""The vocabulary that rubrics are written in: rubric, target, criterion, call.

A rubric is an ordered list of criteria. A criterion belongs to a target and is a plain function of
a callable and one input; it raises `CheckFailed` (or just asserts) where the promise is not kept.
The callable asks the student's code, in its own process, and gives back an array.

    rubric = Rubric("activations", seed=20250924, setup="from tinytorch.core.tensor import Tensor")
    relu = rubric.target("ReLU", call="ReLU()(Tensor(x)).data", reference=numerics.relu, ...)
    relu.gives_right_values("relu-vector", points=4, title="...", on="vector")

    @relu.criterion("relu-once", points=2, area="idempotence", on=("vector", "batch"))
    def stays_as_it_is(f, x):
        y = f(x)
        check_close(f(y), y, 0, "ReLU of what it gave must change nothing")
"""

from __future__ import annotations

import copy
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.corpus import Case, Corpus, Sitting
from grader.criterion import Criterion, Gives, as_names
from grader.model import Disclosure, RubricError
from grader.sheet import Sheet
from grader.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.answers import Request
    from grader.hints import Seen
    from grader.numerics import Array

__all__ = ["Criterion", "Rubric", "Target"]


class Rubric(Sheet):
    """The hidden, ordered list of an assignment's criteria.

    `setup` is Python that is run in the worker before the notebook; the names it binds are those
    that calls see. `seed` fixes the generated part of every corpus. `answers` is what answers are
    called in messages, such as "a Tensor". `list_dtype` is the dtype that a bare list becomes when
    a call is typed by hand, such as "float32"; without it counterexamples write `np.array(...)`.
    `RubricError` where the seed is no whole number.

    >>> rubric = Rubric("scaling", seed=1, setup="import numpy as np")
    >>> rubric.max_score
    0
    """

    def __init__(
        self,
        assignment: str,
        *,
        seed: int,
        setup: str = "",
        answers: str = "an array",
        list_dtype: str = "",
    ) -> None:
        self.assignment = assignment
        if not isinstance(seed, int):
            raise RubricError(
                f"the seed of {assignment!r} is {seed!r}; it has to be a whole number"
            )
        self.sitting = Sitting(seed)
        super().__init__(setup, answers, np.dtype(list_dtype) if list_dtype else None)
        self.targets: list[Target] = []

    @property
    def seed(self) -> int:
        """What fixes the generated inputs."""
        return self.sitting.seed

    @property
    def max_score(self) -> float:
        """The sum of all criteria's points."""
        return sum(criterion.points for criterion in self.criteria)

    def target(
        self,
        name: str,
        *,
        corpus: Corpus,
        call: str = "",
        said: str = "",
        reference: Callable[..., Any] | None = None,
        bound: Callable[..., Array] | None = None,
        needs: str | Sequence[str] = (),
        gives: Gives = "array",
        lists: bool = True,
    ) -> Target:
        """A thing to be judged; `needs` is what its criteria need unless they say otherwise.

        `call` is Python; its last statement is an expression, the answer. It sees the case's
        arguments, what the notebook has defined, and `counted(f)`, a function that counts in
        `calls` how often it is called. `said` is how sentences write a call, in Python, such as
        `softmax(x)`; without it, as it is, and so for a criterion that has a call of its own.
        `reference` and `bound` are those of `rightness.Reference`. `gives` says what answers can
        be: real arrays and numbers, "complex" ones, or "anything". A list is no array: where one is
        as good, the call says so, `np.asarray(double(x))`. Without `lists`, an array is written as
        one even where lists become arrays of its dtype: for calls that tell them apart.
        `RubricError` where there is a target of that name.

        >>> from grader import numerics
        >>> from grader.corpus import Corpus, Group
        >>> vectors = Corpus(plain=Group(corners=[np.array([1.0, 2.0])]))
        >>> double = rubric.target(
        ...     "double",
        ...     call="double(x)",
        ...     reference=lambda x: 2 * x,
        ...     bound=numerics.relative(1),
        ...     corpus=vectors,
        ... )
        >>> double.gives_right_values("plain", points=4, title="Is 2x.", on="plain")
        >>> rubric.max_score
        4.0
        """
        if any(target.name == name for target in self.targets):
            raise RubricError(f"target {name!r} is there twice; a target's name is its own")
        made = Target(
            self, name, corpus=corpus, call=call, said=said, reference=reference, bound=bound,
            needs=as_names(needs), gives=gives, lists=lists,
        )  # fmt: skip
        self.targets.append(made)
        return made

    def hint_for(self, criterion: Criterion, seen: Seen) -> str:
        """The hint that a failure is worth, or nothing.

        One that cannot cope with an odd answer is left out, with a warning: it costs nobody marks.
        """
        for hint in self.hints:
            if criterion.id in hint.on:
                try:
                    if hint.when(seen):
                        return hint.text
                except Exception as error:  # noqa: BLE001
                    said = f"the hint {hint.text!r} of {criterion.id!r} is left out: it raised a "
                    warnings.warn(said + type(error).__name__, RuntimeWarning, stacklevel=2)
        return ""

    @property
    def names(self) -> list[str]:
        """What notebooks are to define: targets, and what calls are made of."""
        targets = (target.name for target in self.targets if target.name.isidentifier())
        called = (name for criterion in self.criteria for name in criterion.names)
        return list(dict.fromkeys((*targets, *called)))

    @property
    def caps(self) -> dict[str, Disclosure]:
        """The criteria of which less than everything is ever shown."""
        return {c.id: c.disclose for c in self.criteria if c.disclose != "counterexample"}

    def cases(self, criterion: Criterion) -> list[Case]:
        """The inputs that a criterion is judged on."""
        return criterion.corpus.cases(criterion.groups, self.sitting)

    def requests(self, criterion: Criterion) -> list[Request]:
        """The criterion's own call on each of them, as it is asked for."""
        return criterion.corpus.requests(criterion.call, criterion.groups, self.sitting)

    def sat(self, sitting: Sitting, criteria: Sequence[Criterion] | None = None) -> Rubric:
        """The same rubric on other inputs; with `criteria`, these alone, needing no others."""
        made = copy.copy(self)
        made.sitting = sitting
        if criteria is not None:
            ids = {criterion.id for criterion in criteria}
            made.criteria = [
                replace(c, needs=tuple(need for need in c.needs if need in ids)) for c in criteria
            ]
        return made
