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

import ast
import copy
import inspect
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, Unpack

from grader import promises
from grader.corpus import Case, Corpus, Sitting, make_case
from grader.hints import Hint, Seen
from grader.model import Disclosure, RubricError
from grader.numerics import FLOAT32, Interval
from grader.pictures import Picture, picture_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from grader.numerics import Array, Truth
    from grader.promises import Ask, Check

_MEMORY = 20_000  # intervals kept; more than any corpus needs, so shrinking cannot grow it for ever


class Options(TypedDict):
    """What a criterion is given besides its check.

    `title` is the line that students read. `on` names the groups of inputs. `call` is what the
    callable does, the target's call unless given, `shown` is what counterexamples have in its
    place, where that is easier to read, and `said` what the sentence about a lost point has.
    `needs` are criteria without which this one is not judged, the target's unless given.
    `disclose` is the most that students are ever shown of it.
    """

    points: float
    title: NotRequired[str]
    on: str | Sequence[str]
    call: NotRequired[str]
    shown: NotRequired[str]
    said: NotRequired[str]
    needs: NotRequired[str | Sequence[str]]
    disclose: NotRequired[Disclosure]


@dataclass(frozen=True, kw_only=True, eq=False)
class Criterion:
    """One promise worth points."""

    id: str
    target: str
    area: str
    title: str
    points: float
    call: str
    shown: str
    said: str
    corpus: Corpus
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    check: Check
    disclose: Disclosure = "counterexample"


class Rubric:
    """The hidden, ordered list of an assignment's criteria.

    `setup` is Python that is run in the worker before the notebook; the names it binds are those
    that calls see. `seed` fixes the generated part of every corpus.
    """

    def __init__(self, assignment: str, *, seed: int, setup: str = "") -> None:
        self.assignment = assignment
        if not isinstance(seed, int):
            raise RubricError(
                f"the seed of {assignment!r} is {seed!r}; it has to be a whole number"
            )
        self.sitting = Sitting(seed)
        self.setup = setup
        self.criteria: list[Criterion] = []
        self.targets: list[Target] = []
        self.hints: list[Hint] = []
        self.remarks: list[Criterion] = []  # worth no points
        self.pictures: list[Picture] = []

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
        reference: Callable[..., Truth] | None = None,
        bound: Callable[..., Array] | None = None,
        needs: str | Sequence[str] = (),
    ) -> Target:
        """A thing to be judged; `needs` is what its criteria need unless they say otherwise.

        `said` is how sentences write a call, such as `softmax(x)`; without it, as it is.
        """
        if any(target.name == name for target in self.targets):
            raise RubricError(f"target {name!r} is there twice; a target's name is its own")
        made = Target(
            self, name, corpus=corpus, call=call, said=said, reference=reference, bound=bound,
            needs=_names(needs),
        )  # fmt: skip
        self.targets.append(made)
        return made

    def hint(
        self, text: str, *, on: str | Sequence[str], when: Callable[[Seen], bool] | None = None
    ) -> None:
        """Add a hint for criteria; of several the first counts whose `when` is true of a failure.

        Without `when`, that is every wrong answer, but no failure to answer. It names the idea that
        is missing, not the code.
        """
        self.hints.append(Hint(on=_names(on), text=text, when=when or _has_answered))

    def hint_for(self, criterion: Criterion, seen: Seen) -> str:
        """The hint that a failure is worth, or nothing."""
        for hint in self.hints:
            if criterion.id in hint.on:
                try:
                    if hint.when(seen):
                        return hint.text
                except Exception as error:
                    raise RubricError(
                        f"the hint {hint.text!r} of {criterion.id!r} itself raised "
                        f"{type(error).__name__}: {error}; this is not charged to anybody"
                    ) from error
        return ""

    @property
    def caps(self) -> dict[str, Disclosure]:
        """The criteria of which less than everything is ever shown."""
        return {c.id: c.disclose for c in self.criteria if c.disclose != "counterexample"}

    def cases(self, criterion: Criterion) -> list[Case]:
        """The inputs that a criterion is judged on."""
        return criterion.corpus.cases(criterion.groups, self.sitting)

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


class Target:
    """A thing to be judged, reached by a call."""

    def __init__(
        self,
        rubric: Rubric,
        name: str,
        *,
        corpus: Corpus,
        call: str,
        said: str,
        reference: Callable[..., Truth] | None,
        bound: Callable[..., Array] | None,
        needs: tuple[str, ...],
    ) -> None:
        self.rubric = rubric
        self.name = name
        self.corpus = corpus
        self.call = call
        self.said = said
        self.needs = needs
        self._reference = reference
        self._bound = bound
        self._right: dict[tuple[bytes, np.dtype[Any]], Interval] = {}

    def criterion(
        self,
        id: str,
        *,
        area: str,
        **options: Unpack[Options],
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Add a criterion: a function of the callable and the case's arguments, by name.

        It raises `CheckFailed`, or asserts, where the promise is not kept. Every case's own call is
        made ahead, whether the function makes it or not. The docstring's first line is the title.
        """

        def add(check: Callable[..., None]) -> Callable[..., None]:
            def on_case(ask: Ask, case: Case) -> None:
                check(ask, **case.arguments)

            title = options.get("title") or (inspect.getdoc(check) or "").partition("\n")[0]
            self._add(id, on_case, area, options | {"title": title})
            return check

        return add

    def _add(self, id: str, check: Check, area: str, options: Options) -> None:
        """Add a criterion whose check takes a whole case."""
        points = options["points"]
        if isinstance(points, bool) or not isinstance(points, (int, float)):
            raise RubricError(f"criterion {id!r} has {points!r} points; they must be a number")
        call = options.get("call") or self.call
        needs = options.get("needs")
        if not options.get("title"):
            raise RubricError(f"criterion {id!r} has no title: give one, or a docstring")
        if not call:
            raise RubricError(f"criterion {id!r} has no call, and neither has its target")
        shown = options.get("shown", call)
        said = options.get("said") or self.said or shown
        for program in (call, shown, said):
            try:
                ast.parse(program)
            except SyntaxError as error:
                raise RubricError(f"criterion {id!r}: {program!r} is not Python: {error}") from None
        self.rubric.criteria.append(
            Criterion(
                id=id,
                target=self.name,
                area=area,
                title=options["title"],
                points=float(options["points"]),
                call=call,
                shown=shown,
                said=said,
                corpus=self.corpus,
                groups=_names(options["on"]),
                needs=self.needs if needs is None else _names(needs),
                check=check,
                disclose=options.get("disclose", "counterexample"),
            )
        )

    @property
    def has_reference(self) -> bool:
        """Whether it is known what is right, and how far a right answer may be off."""
        return self._reference is not None and self._bound is not None

    def right(self, dtype: np.dtype[Any], **arguments: Any) -> Interval:
        """What is right for these arguments at the given precision; remembered."""
        return self.right_for(make_case("", arguments), dtype)

    def right_for(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        """The same for a case."""
        if self._bound is None:
            raise RubricError(f"target {self.name!r} has no reference and no bound")
        return self._within(self._bound, self._right, case, dtype)

    def _within(
        self,
        bound: Callable[..., Array],
        known: dict[tuple[bytes, np.dtype[Any]], Interval],
        case: Case,
        dtype: np.dtype[Any],
    ) -> Interval:
        """What is within a bound of the truth; `known` are those that are remembered."""
        found = known.get((case.payload, dtype))
        if found is None:
            if self._reference is None:
                raise RubricError(f"target {self.name!r} has no reference and no bound")
            if len(known) >= _MEMORY:
                known.clear()
            x, *rest = case.arguments.values()
            truth = self._reference(**case.arguments)
            found = Interval.around(truth, bound(x, truth, dtype, *rest))
            known[case.payload, dtype] = found
        return found

    def is_drawn(self, kind: Literal["curve", "bars"], x: Array) -> None:
        """Show students a picture of it: a curve over an interval, or bars for a short vector.

        `x` has one axis; the reference is drawn beside.
        """
        self.rubric.pictures.append(
            Picture(
                target=self.name,
                kind=kind,
                call=self.call,
                said=self.said or self.call,
                case=picture_case(x),
                reference=lambda x: self.right_for(picture_case(x), FLOAT32).truth,
            )
        )

    # Common promises ---------------------------------------------------------------------------

    def gives_right_values(
        self,
        id: str,
        *,
        area: str = "correctness",
        precision: np.dtype[Any] | None = None,
        slack: float = 0.0,
        **options: Unpack[Options],
    ) -> None:
        """The answer agrees with the reference within the bound, whatever its shape.

        The rounding that is forgiven is that of the input's dtype or of the answer's, whichever is
        coarser (so that a wrong dtype costs what dtypes cost, and no more); or of `precision`,
        where only plain bugs are to be found. `slack` is an absolute error that is forgiven on top.
        """
        self._add(id, promises.RightValues(self.right_for, precision, slack), area, options)

    def keeps_shape(self, id: str, **options: Unpack[Options]) -> None:
        """The answer has the shape of the input `x`; a single number is also right in value."""
        self._add(id, promises.same_shape(self.right_for), "shape", options)

    def remarks_on_tails(
        self, id: str, *, bound: Callable[..., Array], good: str, better: str,
        on: str | Sequence[str], needs: str | Sequence[str],
    ) -> None:  # fmt: skip
        """Say, without points, whether the answer is also within a narrower bound.

        `good` is what is said if it is, `better` what could be better if not. `bound` is as the
        target's own.
        """
        check = promises.RightValues(partial(self._within, bound, {}), None)
        self.rubric.remarks.append(
            Criterion(
                id=id,
                target=self.name,
                area="tails",
                title=good,
                points=0.0,
                call=self.call,
                shown=self.call,
                said=self.said or self.call,
                corpus=self.corpus,
                groups=_names(on),
                needs=_names(needs),
                check=check,
            )
        )
        self.rubric.hint(better, on=id)

    def stays_between(
        self,
        id: str,
        low: float,
        high: float,
        **options: Unpack[Options],
    ) -> None:
        """Every element is in the closed interval, up to its own rounding."""
        self._add(id, promises.InRange(self.right_for, low, high), "range", options)

    def keeps_dtype(self, id: str, **options: Unpack[Options]) -> None:
        """The answer is of the input's dtype.

        `call` gives a list: whether the answer is of the right type, and the answer.
        """
        self._add(id, promises.same_dtype(self.call, options["call"]), "dtype", options)

    def leaves_input(self, id: str, **options: Unpack[Options]) -> None:
        """After the call the input holds the same values, in memory of its own.

        `call` gives a list: whether the answer shares memory with the input, and the input.
        """
        self._add(id, promises.same_input(self.call, options["call"]), "input", options)

    def repeats(self, id: str, **options: Unpack[Options]) -> None:
        """One object, called on inputs by turns, answers as new ones do.

        `call` gives the list of answers for x, y = x[..., ::-1] + 1, z = x twice along its last
        axis, and so on for x.
        """
        check = promises.same_again(self.right_for, self.call, options["call"])
        self._add(id, check, "determinism", options)


def _has_answered(seen: Seen) -> bool:
    return seen.output is not None


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
