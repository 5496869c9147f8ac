"""The vocabulary that rubrics are written in: rubric, target, criterion, call.

A rubric is an ordered list of criteria. A criterion belongs to a target and is a plain function of
a callable and one input; it raises `CheckFailed` (or just asserts) where the promise is not kept.
The callable asks the student's code, in its own process, and gives back an array.

    rubric = Rubric("activations", seed=20250924, setup="from tinytorch.core.tensor import Tensor")
    relu = rubric.target("ReLU", call="ReLU()(Tensor(x)).data", reference=numerics.relu, ...)
    relu.gives_right_values("relu-vector", points=4, title="...", on="vector")

    @relu.criterion("relu-range", points=2, area="range", on=("vector", "batch"))
    def never_negative(relu, x):
        "Never gives a negative number."
        check_close(...)
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader import numerics
from grader.checks import CheckFailed, check_close, check_values, same_size, show
from grader.corpus import Case, Corpus, make_case
from grader.model import RubricError
from grader.numerics import Interval

if TYPE_CHECKING:
    from grader.numerics import Array, Truth

Check = Callable[..., None]
CaseCheck = Callable[["Ask", Case], None]
_MEMORY = (
    20_000  # intervals kept; more than any corpus needs, so that shrinking cannot grow it for ever
)


class Ask(Protocol):
    """The student's code, as a criterion sees it."""

    def __call__(self, *arguments: Any) -> Array:
        """The criterion's own call on these arguments, in the order of the case's."""

    def here(self) -> Array:
        """The criterion's own call on the case's own arguments."""

    def by(self, call: str, **arguments: Any) -> Any:
        """Any other call: what it gives, an array, a number or a list of these."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Criterion:
    """One promise worth points."""

    id: str
    target: str
    area: str
    title: str
    points: float
    call: str
    corpus: Corpus
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    check: CaseCheck
    prefetch: bool


class Rubric:
    """The hidden, ordered list of an assignment's criteria.

    `setup` is Python that is run in the worker before the notebook; the names it binds are those
    that calls see. `seed` fixes the generated part of every corpus.
    """

    def __init__(self, assignment: str, *, seed: int, setup: str = "") -> None:
        self.assignment = assignment
        self.seed = seed
        self.setup = setup
        self.criteria: list[Criterion] = []
        self.targets: list[Target] = []

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
        reference: Callable[..., Truth] | None = None,
        bound: Callable[..., Array] | None = None,
        needs: str | Sequence[str] = (),
    ) -> Target:
        """A thing to be judged; `needs` is what its criteria need unless they say otherwise."""
        if any(target.name == name for target in self.targets):
            raise RubricError(f"target {name!r} is there twice; a target's name is its own")
        made = Target(
            self, name, corpus=corpus, call=call, reference=reference, bound=bound,
            needs=_names(needs),
        )  # fmt: skip
        self.targets.append(made)
        return made

    def cases(self, criterion: Criterion) -> list[Case]:
        """The inputs that a criterion is judged on."""
        return criterion.corpus.cases(criterion.groups, self.seed)

    def check(self) -> None:
        """Raise `RubricError` for what a class should never meet."""
        ids = [criterion.id for criterion in self.criteria]
        if not ids:
            raise RubricError(f"the rubric of {self.assignment!r} has no criteria")
        for position, criterion in enumerate(self.criteria):
            where = f"criterion {criterion.id!r}"
            if ids.count(criterion.id) > 1:
                raise RubricError(f"{where} is there twice; give one another id")
            if not criterion.points > 0:
                raise RubricError(f"{where} has {criterion.points} points; they must be positive")
            for need in criterion.needs:
                if need not in ids[:position]:
                    raise RubricError(f"{where} needs {need!r}, which does not come before it")
            for group in criterion.groups:
                if group not in criterion.corpus.groups:
                    raise RubricError(
                        f"{where} is on inputs {group!r}; its corpus has "
                        + ", ".join(map(repr, criterion.corpus.groups))
                    )
            if not self.cases(criterion):
                raise RubricError(f"{where} has no inputs, so it would pass without being tried")


class Target:
    """A thing to be judged, reached by a call."""

    def __init__(
        self,
        rubric: Rubric,
        name: str,
        *,
        corpus: Corpus,
        call: str,
        reference: Callable[..., Truth] | None,
        bound: Callable[..., Array] | None,
        needs: tuple[str, ...],
    ) -> None:
        self.rubric = rubric
        self.name = name
        self.corpus = corpus
        self.call = call
        self.needs = needs
        self._reference = reference
        self._bound = bound
        self._right: dict[tuple[bytes, np.dtype[Any]], Interval] = {}

    def criterion(
        self,
        id: str,  # noqa: A002  the field's word
        *,
        points: float,
        area: str,
        on: str | Sequence[str],
        title: str = "",
        call: str = "",
        needs: str | Sequence[str] | None = None,
        prefetch: bool = True,
    ) -> Callable[[Check], Check]:
        """Add a criterion: a function of the callable and the case's arguments, by name.

        The title, or else the docstring's first line, is what the student reads. `call` is what
        the callable does, the target's call unless given. `prefetch=False` says that the criterion
        does not make that very call on each case.
        """

        def add(check: Check) -> Check:
            def on_case(ask: Ask, case: Case) -> None:
                check(ask, **case.arguments)

            self._add(
                id, on_case, points=points, area=area, on=on, call=call, needs=needs,
                title=title or (inspect.getdoc(check) or "").partition("\n")[0],
                prefetch=prefetch,
            )  # fmt: skip
            return check

        return add

    def _add(
        self,
        id: str,  # noqa: A002
        check: CaseCheck,
        *,
        points: float,
        area: str,
        title: str,
        on: str | Sequence[str],
        call: str = "",
        needs: str | Sequence[str] | None = None,
        prefetch: bool = True,
    ) -> None:
        """Add a criterion whose check takes a whole case."""
        program = call or self.call
        if not title:
            raise RubricError(f"criterion {id!r} has no title: give one, or a docstring")
        if not program:
            raise RubricError(f"criterion {id!r} has no call, and neither has its target")
        try:
            ast.parse(program)
        except SyntaxError as error:
            raise RubricError(f"criterion {id!r}: {program!r} is not Python: {error}") from None
        self.rubric.criteria.append(
            Criterion(
                id=id,
                target=self.name,
                area=area,
                title=title,
                points=float(points),
                call=program,
                corpus=self.corpus,
                groups=_names(on),
                needs=self.needs if needs is None else _names(needs),
                check=check,
                prefetch=prefetch,
            )  # fmt: skip
        )

    def right(self, dtype: np.dtype[Any], **arguments: Any) -> Interval:
        """What is right for these arguments at the given precision; remembered."""
        return self.right_for(make_case("", arguments), dtype)

    def right_for(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        """The same for a case."""
        found = self._right.get((case.payload, dtype))
        if found is None:
            if self._reference is None or self._bound is None:
                raise RubricError(f"target {self.name!r} has no reference and no bound")
            if len(self._right) >= _MEMORY:
                self._right.clear()
            x, *rest = case.arguments.values()
            truth = self._reference(**case.arguments)
            found = Interval.around(truth, self._bound(x, truth, dtype, *rest))
            self._right[case.payload, dtype] = found
        return found

    # Common promises ---------------------------------------------------------------------------

    def gives_right_values(
        self,
        id: str,  # noqa: A002
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
        area: str = "correctness",
        call: str = "",
        needs: str | Sequence[str] | None = None,
        precision: np.dtype[Any] | None = None,
    ) -> None:
        """The answer agrees with the reference within the bound, whatever its shape.

        The rounding that is forgiven is that of the input's dtype or of the answer's, whichever is
        coarser (so that a wrong dtype costs what dtypes cost, and no more); or of `precision`,
        where only plain bugs are to be found.
        """

        self._add(
            id,
            _RightValues(self, precision),
            points=points,
            area=area,
            title=title,
            on=on,
            call=call,
            needs=needs,
        )

    def keeps_shape(
        self,
        id: str,  # noqa: A002
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
    ) -> None:
        """The answer has the shape of the input `x`."""

        def same_shape(ask: Ask, case: Case) -> None:
            shape = case.arguments["x"].shape
            output = ask.here()
            if output.shape != shape:
                raise CheckFailed(output, f"expected shape {shape}", f"gave shape {output.shape}")

        self._add(id, same_shape, points=points, area="shape", title=title, on=on)

    def stays_between(
        self,
        id: str,  # noqa: A002
        low: float,
        high: float,
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
    ) -> None:
        """Every element is in the closed interval, up to the bound of its own rounding.

        The slack is for correct algorithms that overshoot by a rounding, such as sinh / cosh.
        """

        def in_range(ask: Ask, case: Case) -> None:
            output = ask.here()
            dtype = numerics.coarser(case.arguments["x"].dtype, output.dtype)
            right = self.right_for(case, dtype)
            values = same_size(output, right.truth.shape)
            least = np.minimum(low, right.lower)
            most = np.maximum(high, right.upper)
            if not ((values >= least) & (values <= most)).all():
                raise CheckFailed(output, f"expected nothing outside [{low:g}, {high:g}]")

        self._add(id, in_range, points=points, area="range", title=title, on=on)

    def keeps_dtype(
        self,
        id: str,  # noqa: A002
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
        call: str,
    ) -> None:
        """The answer is of the input's dtype.

        `call` gives a list: whether the answer is of the right type, and the answer.
        """

        def same_dtype(ask: Ask, case: Case) -> None:
            wanted = case.arguments["x"].dtype
            answer = ask.by(call, **case.arguments)
            fits, output = (
                answer if isinstance(answer, list) and len(answer) == 2 else (False, answer)
            )
            if fits is not True:
                raise CheckFailed(output, "expected a Tensor", "gave something that is no Tensor")
            if not isinstance(output, np.ndarray) or output.dtype != wanted:
                name = getattr(output, "dtype", type(output).__name__)
                raise CheckFailed(output, f"expected {wanted}", f"gave {name} for {wanted}")

        self._add(id, same_dtype, points=points, area="dtype", title=title, on=on, call=call)

    def leaves_input(
        self,
        id: str,  # noqa: A002
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
        call: str,
    ) -> None:
        """After the call the input holds the same values; `call` gives the input as it is then."""

        def unchanged(ask: Ask, case: Case) -> None:
            x = case.arguments["x"]
            after = ask.here()
            if after.shape != x.shape or not np.array_equal(after, x, equal_nan=True):
                raise CheckFailed(
                    after, f"expected {show(x)} as before", f"left {show(after)} in its input"
                )

        self._add(id, unchanged, points=points, area="input", title=title, on=on, call=call)

    def repeats(
        self,
        id: str,  # noqa: A002
        *,
        points: float,
        title: str,
        on: str | Sequence[str],
        call: str,
    ) -> None:
        """One object, called on `x`, on `y` and on `x` again, answers as if it were new each time.

        `call` gives the list of answers for x, y = x[..., ::-1] + 1, x, and so on for x. They are
        compared with those of new objects, within the bound and not to the bit.
        """

        def all_agree(ask: Ask, case: Case) -> None:
            x = case.arguments["x"]
            y = x[..., ::-1] + x.dtype.type(1)
            answers = ask.by(call, x=x)
            fresh = ask.by(self.call, x=x), ask.by(self.call, x=y)
            if not isinstance(answers, list) or not all(
                isinstance(answer, np.ndarray) for answer in (*answers, *fresh)
            ):
                raise CheckFailed(answers, "expected a Tensor every time")
            for position, output in enumerate(answers):
                which = int(position == 1)
                wanted = fresh[which]
                if np.array_equal(output, wanted, equal_nan=True):
                    continue
                dtype = numerics.coarser(x.dtype, output.dtype)
                right = self.right(dtype, x=(x, y)[which])
                check_close(
                    same_size(output, x.shape), same_size(wanted, x.shape), right.upper - right.lower,
                    f"expected {show(wanted)} as from a new {self.name}",
                )  # fmt: skip

        self._add(id, all_agree, points=points, area="determinism", title=title, on=on, call=call)


class _RightValues:
    """The check of `gives_right_values`, for one case or for all at once."""

    def __init__(self, target: Target, precision: np.dtype[Any] | None) -> None:
        self.target = target
        self.precision = precision
        self._all: Interval | None = None

    def _right(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        judged_at = case.arguments["x"].dtype if self.precision is None else self.precision
        return self.target.right_for(case, numerics.coarser(judged_at, dtype))

    def __call__(self, ask: Ask, case: Case) -> None:
        output = ask.here()
        check_values(output, self._right(case, output.dtype))

    def all_right(self, cases: Sequence[Case], values: Sequence[Any]) -> bool:
        """Whether all values are right: one comparison in place of hundreds.

        No is no verdict: then each case is to be looked at for itself.
        """
        for case, value in zip(cases, values, strict=True):
            x = case.arguments["x"]
            if not isinstance(value, np.ndarray) or (value.shape, value.dtype) != (
                x.shape,
                x.dtype,
            ):
                return False
        if self._all is None:
            each = [self._right(case, case.arguments["x"].dtype) for case in cases]
            self._all = Interval(
                *(np.concatenate([p.ravel() for p in part]) for part in zip(*each, strict=True))
            )
        truth, lower, upper = self._all
        flat = np.concatenate([value.ravel() for value in values])
        good = (flat >= lower) & (flat <= upper)
        return bool(good.all() or (good | (np.isnan(truth) & np.isnan(flat))).all())


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
