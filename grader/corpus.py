"""Corpora: the inputs that every submission is judged on, corners first, then generated ones.

A corpus is a set of named groups ("vector", "extreme", ...). A group has corner cases, written by
hand with the simplest first, and a Hypothesis strategy that gives more of the same kind, from a
fixed seed. Everybody sits the same exam, on every machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.model import RubricError
from grader.numerics import coarser
from grader.worker.values import encode_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

Arguments = Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One input: the named arguments of a call, and the same as bytes for the wire.

    Arrays in it are copies of what the corpus was given, and cannot be written to; student code
    gets a fresh copy for each call. `precision` is the dtype whose rounding the arguments have:
    float32 where an array is that narrow. Made by `make_case`.
    """

    group: str
    arguments: dict[str, Any]
    payload: bytes = field(repr=False)
    precision: np.dtype[Any] = field(repr=False)

    @property
    def arrays(self) -> dict[str, Any]:
        """The arguments that are arrays, by name."""
        return {k: v for k, v in self.arguments.items() if isinstance(v, np.ndarray)}

    @property
    def size(self) -> int:
        """Number of elements in all arrays, lists and texts."""
        sized = (list, tuple, str)
        many = sum(len(v) for v in self.arguments.values() if isinstance(v, sized))
        return many + sum(int(array.size) for array in self.arrays.values())

    @property
    def plainness(self) -> tuple[int, int, int, int]:
        """Sorts cases as a person would: few elements, then values that are short to write.

        float32 comes first, since it is what a list of numbers becomes.
        """
        return _plainness(self)


@lru_cache(maxsize=4096)  # every class fails on the same cases again and again
def _plainness(case: Case) -> tuple[int, int, int, int]:
    arrays = list(case.arrays.values())
    others = [v for v in case.arguments.values() if not isinstance(v, np.ndarray)]
    digits = sum(len(f"{v:.17g}") for a in arrays for v in a.ravel().tolist())
    digits += sum(len(str(v)) for v in others)
    wide = sum(a.dtype != np.float32 for a in arrays)
    return (case.size, digits, sum(abs(a.ndim - 1) for a in arrays), wide)


def make_case(group: str, arguments: Arguments) -> Case:
    """A case; its arrays are copied and made read-only."""
    frozen = {name: _frozen(value) for name, value in arguments.items()}
    dtypes = [value.dtype for value in frozen.values() if isinstance(value, np.ndarray)]
    try:
        return Case(group, frozen, encode_arguments(frozen), coarser(*dtypes))
    except TypeError as unfit:
        raise RubricError(
            f"an input of the group {group!r} cannot be sent to a worker: {unfit}; functions and "
            "other objects are written into the call"
        ) from None


def _frozen(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        value = np.array(value, order="C")
        value.setflags(write=False)
    elif isinstance(value, (list, tuple)):
        return type(value)(map(_frozen, value))
    return value


@dataclass(frozen=True, kw_only=True)
class Group:
    """A kind of inputs: corner cases, and a strategy (made late) for `count` more.

    A case is a dictionary of named arguments; what is no dictionary stands for the argument `x`, in
    corners and in what the strategy gives. Corners come in the order in which they are written, the
    simplest first. What is there twice counts once. `plain` is False where not any plain numbers
    could stand in the arrays, since they have to fit together (sorted, positive, summing to 1);
    audits try others otherwise. `divisible` is True where any part of an array is an input of this
    kind as well, as for what works on each element: counterexamples are then cut down to the part
    that fails. What a strategy gives is kept on the disk, so it is to depend on the rubric's own
    code and files, and on nothing else.

        from hypothesis import strategies as st
        from hypothesis.extra.numpy import arrays

        Group(
            corners=[np.array([1.0, 2.0]), {"x": np.array([[1.0]]), "axis": 0}],
            strategy=lambda: arrays(float, st.integers(1, 5), elements=st.integers(-9, 9)),
            count=50,
        )
    """

    corners: Sequence[Any]
    strategy: Callable[[], SearchStrategy[Any]] | None = None
    count: int = 0
    plain: bool = True
    divisible: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """Which inputs an exam is made of: corners or not, and `times` a group's count, by the seed.

    Grading has the rubric's seed, and the rest as it is here; audits change it. `others` are more
    seeds by which as many are generated again.
    """

    seed: int
    corners: bool = True
    times: int = 1
    others: tuple[int, ...] = ()


class Corpus:
    """Named groups of cases; `cases` generates them once for each sitting.

    >>> corpus = Corpus(
    ...     pair=Group(corners=[np.array([1.0, 2.0])]),
    ...     one=Group(corners=[{"x": 3.0}]),
    ... )
    >>> cases = corpus.cases(["one", "pair"], Sitting(seed=1))
    >>> [case.arguments["x"] for case in cases]
    [3.0, array([1., 2.])]
    """

    def __init__(self, **groups: Group) -> None:
        self.groups = groups
        self._lists: dict[tuple[tuple[str, ...], Sitting], list[Case]] = {}
        self._requests: dict[tuple[str, tuple[str, ...], Sitting], list[tuple[str, bytes]]] = {}

    @property
    def names(self) -> set[str]:
        """The names of the arguments, as far as corner cases tell."""
        return {k for g in self.groups.values() for c in g.corners for k in as_arguments(c)} | {"x"}

    def cases(self, groups: Sequence[str], sitting: Sitting) -> list[Case]:
        """All cases of the named groups, in that order; the same list every time.

        `KeyError` where a group is not there.
        """
        names = tuple(groups)
        found = self._lists.get((names, sitting))
        if found is None:
            if sitting.others:
                parts = [replace(sitting, others=())]
                parts += [Sitting(seed, False, sitting.times) for seed in sitting.others]  # noqa: FBT003
                found = [case for part in parts for case in self.cases(names, part)]
            elif len(names) == 1:
                found = list(self._make(names[0], sitting))
            else:
                found = [case for name in names for case in self.cases((name,), sitting)]
            self._lists[names, sitting] = found
        return found

    def requests(
        self, call: str, groups: Sequence[str], sitting: Sitting
    ) -> list[tuple[str, bytes]]:
        """The call with each of these cases as bytes; the same list every time."""
        key = (call, tuple(groups), sitting)
        found = self._requests.get(key)
        if found is None:
            found = [(call, case.payload) for case in self.cases(groups, sitting)]
            self._requests[key] = found
        return found

    def give(self, name: str, sitting: Sitting, generated: Sequence[Any]) -> None:
        """Take what `generated` gave elsewhere, in another process."""
        self._lists[(name,), sitting] = list(self._make(name, sitting, generated))

    def generated(self, name: str, sitting: Sitting) -> list[Any]:
        """What a group's strategy gives."""
        group = self.groups[name]
        if group.strategy is None or not group.count * sitting.times:
            return []
        return generate(group.strategy(), group.count * sitting.times, sitting.seed)

    def _make(
        self, name: str, sitting: Sitting, generated: Sequence[Any] | None = None
    ) -> Iterator[Case]:
        group = self.groups[name]
        if generated is None:
            generated = self.generated(name, sitting)
        seen = set()
        for number, arguments in enumerate((*group.corners, *generated)):
            case = make_case(name, as_arguments(arguments, group.corners))
            if case.payload not in seen:
                seen.add(case.payload)
                if sitting.corners or number >= len(group.corners):
                    yield case


def as_arguments(arguments: Any, corners: Sequence[Any] = ()) -> Arguments:
    """A corner or a generated value as named arguments, in the order of the first corner's.

    Hypothesis gives those of a `fixed_dictionaries` in any order; bounds and calls in criteria know
    them by their places.
    """
    if not isinstance(arguments, dict):
        return {"x": arguments}
    first = corners[0] if corners and isinstance(corners[0], dict) else arguments
    same = first.keys() == arguments.keys()
    return {name: arguments[name] for name in first} if same else arguments


def generate(strategy: SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    """`count` values of a strategy, the same for the same seed everywhere."""
    import hypothesis

    values: list[Any] = []

    def collect(value: Any) -> None:
        values.append(value)

    explore(strategy, collect, count, seed, [hypothesis.Phase.generate])
    return values


def explore(
    strategy: SearchStrategy[Any],
    visit: Callable[[Any], None],
    count: int,
    seed: int,
    phases: Sequence[Any],
) -> None:
    """Call `visit` with up to `count` values; what it raises ends the run, after shrinking.

    Nothing is read from or kept in a database, and nothing depends on the time.
    """
    import hypothesis

    settings = hypothesis.settings(
        max_examples=count,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def run(value: Any) -> None:
        visit(value)

    test = hypothesis.seed(seed)(settings(hypothesis.given(strategy)(run)))
    with _no_harvested_constants(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test()


@contextmanager
def _no_harvested_constants() -> Iterator[None]:
    """Keep Hypothesis from mixing constants of this very program into what it generates.

    It takes them from whatever local modules are imported: the same seed would give other inputs
    after any change of ours, or of a course's.
    """
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    harvest = providers._get_local_constants  # noqa: SLF001  there is no public switch
    empty = Constants()
    providers._get_local_constants = lambda: empty  # noqa: SLF001
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        providers._get_local_constants = harvest  # noqa: SLF001
        providers.CONSTANTS_CACHE.cache.clear()
