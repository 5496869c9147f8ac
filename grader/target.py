"""A target, the thing that is judged, and the promises that it can be held to: criteria.

Every promise is a method of the target that `Rubric.target` gives. It takes the criterion's id and
what `Options` lists: its points, the line that students read, the groups of inputs. The examples
below go on from this one:

    >>> import numpy as np
    >>> from grader import distributions, numerics
    >>> from grader.checks import check_close
    >>> from grader.corpus import Corpus, Group
    >>> from grader.rubric import Rubric

    >>> rubric = Rubric("scaling", seed=1)
    >>> corpus = Corpus(
    ...     plain=Group(corners=[np.array([3.0, 4.0]), np.array([[1.0, -2.0]])]),
    ...     zero=Group(corners=[np.array([0.0, 0.0])]),
    ... )
    >>> norm = rubric.target(
    ...     "normalised",
    ...     call="normalised(x)",
    ...     reference=lambda x: x / np.sqrt(np.sum(x * x)),
    ...     bound=numerics.relative(8),
    ...     corpus=corpus,
    ... )
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Literal, Unpack

from grader import manners, promises, work
from grader.corpus import Case, Corpus, Group, make_case
from grader.criterion import (
    Criterion,
    Gives,
    NoInputs,
    Options,
    as_names,
    check_call,
    check_options,
    free_names,
)
from grader.distributions import check_follows, check_moments, drawn, given
from grader.gradients import gradient_of
from grader.model import RubricError
from grader.numerics import FLOAT32, Interval
from grader.pictures import Picture, picture_case
from grader.rightness import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from grader.distributions import Distribution
    from grader.numerics import Array
    from grader.promises import Ask, Check
    from grader.rightness import Right
    from grader.sheet import Sheet


class Target:
    """A thing to be judged, reached by a call."""

    def __init__(
        self,
        rubric: Sheet,
        name: str,
        *,
        corpus: Corpus,
        call: str,
        said: str,
        reference: Callable[..., Any] | None,
        bound: Callable[..., Array] | None,
        needs: tuple[str, ...],
        gives: Gives,
        lists: bool = True,
    ) -> None:
        self.rubric = rubric
        self.name = name
        self.corpus = corpus
        self.call = call
        self.said = said
        self.needs = needs
        self.gives = gives
        self.list_dtype = rubric.list_dtype if lists else None
        self._reference = None if reference is None else Reference(reference, bound)

    def criterion(
        self,
        id: str,
        **options: Unpack[Options],
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Add a criterion: a function of the callable and the case's arguments, by name.

        It raises `CheckFailed`, or asserts, where the promise is not kept. Every case's own call is
        made ahead, whether the function makes it or not. The docstring's first line is the title.
        `f`, its first parameter, is an `Ask`: `f(x)` is the student's code. Any other exception is
        the rubric's own fault: it is charged to nobody, and a person has to look.

        >>> @norm.criterion("normalised-length", points=2, on="plain")
        ... def has_length_1(f, x):
        ...     '''The length of the result is 1.'''
        ...     y = f(x)
        ...     u = numerics.unit_roundoff(x.dtype)
        ...     check_close(np.sum(y * y), 1, 32 * u, "its length must be 1")
        """

        def add(check: Callable[..., None]) -> Callable[..., None]:
            def on_case(ask: Ask, case: Case) -> None:
                check(ask, **case.arguments)

            title = options.get("title") or (inspect.getdoc(check) or "").partition("\n")[0]
            self._add(id, on_case, "correctness", {**options, "title": title})
            return check

        return add

    def _add(
        self, id: str, check: Check, area: str, options: Options, corpus: Corpus | None = None
    ) -> None:
        """Add a criterion whose check takes a whole case; `area` is what it is about by default."""
        check_options(id, options)
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
        # The target's is of the target's own call.
        another = "shown" not in options and call != self.call
        said = options.get("said") or (not another and self.said) or shown
        for name, program in (("call", call), ("shown", shown), ("said", said)):
            check_call(id, program, name)
        self.rubric.criteria.append(
            Criterion(
                id=id,
                target=self.name,
                area=options.get("area") or area,
                title=options["title"],
                points=float(options["points"]),
                call=call,
                shown=shown,
                said=said,
                corpus=corpus or self.corpus,
                groups=as_names(options["on"]),
                needs=self.needs if needs is None else as_names(needs),
                check=check,
                disclose=options.get("disclose", "counterexample"),
                gives=self.gives,
                names=free_names(call, self.rubric.setup, self.corpus.names),
                list_dtype=self.list_dtype,
            )
        )

    @property
    def has_reference(self) -> bool:
        """Whether it is known what is right."""
        return self._reference is not None

    def right(self, dtype: np.dtype[Any], **arguments: Any) -> Interval:
        """What is right for these arguments at the given precision; remembered."""
        return self.right_for(make_case("", arguments), dtype)

    def right_for(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        """The same for a case; `RubricError` where it is no array of numbers."""
        return self._known("values").interval(case, dtype)

    def right_answer(self, case: Case, dtype: np.dtype[Any]) -> Right:
        """What is right for a case, whatever kind of thing it is."""
        return self._known("values").right(case, dtype)

    def _known(self, id: str) -> Reference:
        if self._reference is None:
            raise RubricError(f"target {self.name!r} has no reference, which {id!r} asks for")
        return self._reference

    def is_drawn(self, kind: Literal["curve", "bars"], x: Array) -> None:
        """Show students a picture of it: a curve over an interval, or bars for a short vector.

        `x` has one axis; the reference is drawn beside. It costs and gives no points.

        >>> norm.is_drawn("bars", np.array([3.0, 4.0]))
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

    # Values --------------------------------------------------------------------------------------

    def gives_right_values(
        self,
        id: str,
        *,
        reference: Callable[..., Any] | None = None,
        bound: Callable[..., Array] | None = None,
        precision: np.dtype[Any] | None = None,
        slack: float = 0.0,
        in_shape: bool = False,
        **options: Unpack[Options],
    ) -> None:
        """The answer agrees with the reference within the bound, whatever its shape.

        Reference and bound are the target's unless given; with a reference of its own and no bound
        there is nothing to forgive. The rounding that is forgiven is that of the arrays that go in
        or of the answer's, whichever is coarser (so that a wrong dtype costs what dtypes cost, and
        no more); or of `precision`, where only plain bugs are to be found. `slack` is an absolute
        error that is forgiven on top. With `in_shape` the shape counts as well. Texts, truth
        values, whole numbers and None are right or not; of lists, tuples and dictionaries each
        item is.

        >>> norm.gives_right_values(
        ...     "normalised-plain", points=4, title="Is x / |x|.", on="plain"
        ... )
        """
        if reference:
            own = Reference(reference, bound)
        else:
            own = self._known(id).within(bound) if bound else self._known(id)
        check = promises.RightValues(own.right, precision, slack, in_shape=in_shape)
        self._add(id, check, "correctness", options)

    def works_in_place(self, id: str, *, argument: str = "x", **options: Unpack[Options]) -> None:
        """The call leaves the right values in an argument, which it changes in place.

        What is right for it is what the target's reference gives; what the call returns does not
        matter.

        >>> norm.works_in_place(
        ...     "in-place", points=1, title="normalise(x) changes x.", on="plain",
        ...     call="normalise(x)",
        ... )
        """
        call = options.get("call") or self.call
        changed: Options = {**options, "call": f"{call}\n{argument}", "shown": call}
        self._add(id, promises.left_in(argument, self._known(id).right), "correctness", changed)

    def raises(
        self,
        id: str,
        exception: type[BaseException] | tuple[type[BaseException], ...],
        **options: Unpack[Options],
    ) -> None:
        """The call raises this exception (or one of these), or one that is derived from it.

        Its text does not matter. A stub that is left is missing, and no promised exception.

        >>> norm.raises(
        ...     "zero", ValueError, points=1, title="Refuses the zero vector.", on="zero"
        ... )
        """
        kinds = exception if isinstance(exception, tuple) else (exception,)
        self._add(id, promises.right_exception(kinds), "errors", options)

    def keeps_shape(self, id: str, **options: Unpack[Options]) -> None:
        """The answer has the shape of the right one; a single number is also right in value.

        Without a reference it is the shape of the input `x`.

        >>> norm.keeps_shape(
        ...     "normalised-shape", points=1, title="Keeps the shape.", on="plain",
        ...     needs="normalised-plain",
        ... )
        """
        right = None if self._reference is None else self._reference.right
        self._add(id, promises.same_shape(right), "shape", options)

    def stays_between(self, id: str, low: float, high: float, **options: Unpack[Options]) -> None:
        """Every element is in the closed interval, up to its own rounding.

        That is where a reference and its bound say how large it may be; without them there is
        nothing to forgive.

        >>> norm.stays_between(
        ...     "range", -1, 1, points=1, title="Stays in [-1, 1].", on="plain"
        ... )
        """
        check = (
            promises.in_range(low, high)
            if self._reference is None
            else promises.InRange(self._reference.right, low, high)
        )
        self._add(id, check, "range", options)

    def remarks_on_tails(
        self, id: str, *, bound: Callable[..., Array], good: str, better: str,
        on: str | Sequence[str], needs: str | Sequence[str],
    ) -> None:  # fmt: skip
        """Say, without points, whether the answer is also within a narrower bound.

        `good` is what is said if it is, `better` what could be better if not. `bound` is as the
        target's own, and the reference is the target's.

        >>> norm.remarks_on_tails(
        ...     "precise", bound=numerics.relative(2), good="As precise as can be.",
        ...     better="The square root could be taken once.", on="plain",
        ...     needs="normalised-plain",
        ... )
        """
        narrow = self._known(id).within(bound)
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
                groups=as_names(on),
                needs=as_names(needs),
                check=promises.RightValues(narrow.right, None),
                gives=self.gives,
                list_dtype=self.rubric.list_dtype,
            )
        )
        self.rubric.hint(better, on=id)

    # Manners -------------------------------------------------------------------------------------

    def keeps_dtype(self, id: str, **options: Unpack[Options]) -> None:
        """The answer is of the dtype of the input `x`.

        A `call` of its own gives a list: whether the answer is of the right type, and the answer as
        an array. What does not answer at all loses nothing here.

        >>> norm.keeps_dtype(
        ...     "dtype", points=1, title="float32 stays float32.", on="plain"
        ... )
        """
        call, plain = options.get("call", ""), self._plain(id)
        self._add(id, manners.same_dtype(plain, call, self.rubric.answers), "dtype", options)

    def leaves_input(self, id: str, **options: Unpack[Options]) -> None:
        """After the call its arguments hold the same values.

        A `call` of its own gives a list: whether the answer shares memory with the input `x`, which
        it must not, and the input. What does not answer at all loses nothing here.

        >>> norm.leaves_input("input", points=1, title="Leaves x as it is.", on="plain")
        """
        call, plain = options.get("call", ""), self._plain(id)
        check = (
            manners.same_input(plain, call, self.rubric.answers)
            if call
            else manners.untouched_inputs(plain)
        )
        self._add(id, check, "input", options)

    def repeats(self, id: str, **options: Unpack[Options]) -> None:
        """Called on the same again, it answers alike, and changes nothing that others build on.

        A `call` of its own gives the list of answers of one object for x, y = x[..., ::-1] + 1,
        z = x twice along its last axis, and so on for x, which have to be those of new objects.
        Alike is within the bound where there is a reference, else to the bit.

        >>> norm.repeats("repeat", points=1, title="Gives the same again.", on="plain")
        """
        call, plain = options.get("call", ""), self._plain(id)
        check = (
            manners.same_by_turns(self._known(id).interval, plain, call, self.rubric.answers)
            if call
            else manners.same_again(self._reference.right if self._reference else None, plain)
        )
        self._add(id, check, "determinism", options)

    def _plain(self, id: str) -> str:
        if not self.call:
            raise RubricError(f"criterion {id!r}: the target {self.name!r} has no call")
        return self.call

    # Chance, work, gradients ---------------------------------------------------------------------

    def follows(
        self,
        id: str,
        distribution: Distribution | Callable[..., Distribution],
        *,
        draws: int | Callable[..., int],
        **options: Unpack[Options],
    ) -> None:
        """The answer is so many independent samples of a distribution (see `distributions`).

        Both may depend on the case: then they are functions of its arguments. A right function
        fails once in 10^12.

        >>> sizes = Corpus(n=Group(corners=[{"n": 4096}]))
        >>> noise = rubric.target("noise", call="noise(n)", corpus=sizes)
        >>> noise.follows(
        ...     "noise-normal", distributions.normal(0, 1), draws=lambda n: n, points=3,
        ...     title="Is standard normal.", on="n",
        ... )
        """

        def check(samples: Array, arguments: Any) -> None:
            check_follows(samples, given(distribution, arguments))

        self._add(id, drawn(draws, check), "distribution", options)

    def has_moments(
        self,
        id: str,
        *,
        mean: float | Callable[..., float] = 0.0,
        std: float | Callable[..., float],
        draws: int | Callable[..., int],
        within: float = 0.0,
        **options: Unpack[Options],
    ) -> None:
        """The answer is so many independent samples of that mean and standard deviation.

        They may come from any symmetric distribution between a uniform and a normal one. `within`
        is a relative difference of the standard deviation that is allowed. Mean, deviation and
        number may be functions of the case's arguments. A right function fails once in 10^12.

        >>> noise.has_moments(
        ...     "noise-std", mean=0, std=1, draws=lambda n: n, points=2,
        ...     title="Has mean 0 and standard deviation 1.", on="n",
        ... )
        """

        def check(samples: Array, arguments: Any) -> None:
            check_moments(samples, given(mean, arguments), given(std, arguments), within)

        self._add(id, drawn(draws, check), "distribution", options)

    def is_vectorised(
        self,
        id: str,
        *,
        inputs: Callable[[int], dict[str, Any]],
        sizes: Sequence[int] = work.SIZES,
        **options: Unpack[NoInputs],
    ) -> None:
        """The work is left to NumPy: Python's own instructions are as many for any size.

        `inputs(n)` are the call's arguments for size n. Counted, not timed. `RubricError` where
        there are fewer than three sizes, or they do not grow.

        >>> norm.is_vectorised(
        ...     "no-loop", inputs=lambda n: {"x": np.arange(1.0, n + 1)}, points=1,
        ...     title="Leaves the loop to NumPy.",
        ... )
        """
        self._add_work(id, inputs, sizes, lambda call: work.no_loop(call, inputs, sizes), options)

    def grows(
        self,
        id: str,
        exponent: float,
        *,
        inputs: Callable[[int], dict[str, Any]],
        sizes: Sequence[int] = work.SMALL,
        **options: Unpack[NoInputs],
    ) -> None:
        """Python's own instructions grow no faster than n ** exponent, with 0.3 to spare.

        `inputs(n)` are the call's arguments for size n; sizes are three or more, each as many times
        the one before. Counted, not timed.

        >>> norm.grows(
        ...     "linear", 1, inputs=lambda n: {"x": np.arange(1.0, n + 1)}, points=1,
        ...     title="Takes no more than n steps.",
        ... )
        """
        self._add_work(
            id, inputs, sizes, lambda call: work.grows(call, inputs, sizes, exponent), options
        )

    def _add_work(
        self,
        id: str,
        inputs: Callable[[int], dict[str, Any]],
        sizes: Sequence[int],
        check: Callable[[str], Check],
        options: NoInputs,
    ) -> None:
        if len(sizes) < 3 or list(sizes) != sorted({*sizes}):
            raise RubricError(f"criterion {id!r}: sizes {sizes!r}; it takes three, growing")
        corpus = Corpus(sizes=Group(corners=[inputs(sizes[0])], plain=False))
        call = options.get("call") or self.call
        self._add(id, check(call), "work", {**options, "on": "sizes"}, corpus)

    def matches_gradient(
        self,
        id: str,
        *,
        of: str,
        wrt: str = "x",
        upstream: str = "",
        **options: Unpack[Options],
    ) -> None:
        """The answer is the gradient, with respect to the argument `wrt`, of the call `of`.

        That is the sum of all its elements, each times its own of the argument `upstream` where
        there is one. Held to central differences of `of`, four calls for each element, so inputs
        should be small, float64, and away from kinks.

        >>> norm.matches_gradient(
        ...     "gradient", of="normalised(x)", call="gradient(x)", points=3,
        ...     title="Is the derivative of the sum of normalised(x).", on="plain",
        ... )
        """
        check_call(id, of)
        self._add(id, gradient_of(of, wrt, upstream), "gradient", options)
