"""The inputs of the Tensor exam, group by group: corners first, then strategies for more.

Whole numbers and quarters come first, since a person sees at once what they should give. Thirds and
tenths follow, in float64 too, where what is rounded on the way shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.corpus import Corpus, Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

Array = np.ndarray[Any, Any]
FLOATS = (np.float32, np.float64)
QUARTERS = (
    1, -2, 3, 0.5, -4, 2, 5, -1.5, 7, -6, 0.25, 8, -3, 4, -0.5, 9, 6, -5, 1.5, -8, 10, -7, 2.5,
    -1, 12, -9, 3.5, 11, -2.5,
)  # fmt: skip


def quarters(*shape: int, dtype: type = np.float32, start: int = 0) -> Array:
    """Different small multiples of 1/4 and none 0, in no order along any axis."""
    return np.resize(np.roll(QUARTERS, -start), shape).astype(dtype)


def thirds(*shape: int, dtype: type = np.float64, start: int = 0) -> Array:
    """The same, divided by 3: what is rounded to float32 on its way is not the same any more."""
    return np.asarray(quarters(*shape, dtype=np.float64, start=start) / 3, dtype)


def both(*shape: int, start: int = 0) -> list[Array]:
    """Quarters in float32, and thirds in float64."""
    return [quarters(*shape, start=start), thirds(*shape, start=start)]


def pair(one: Sequence[int], other: Sequence[int], *, start: int = 5) -> list[dict[str, Array]]:
    """Two arrays of these shapes, once in float32 and once in float64."""
    each = zip(both(*one), both(*other, start=start), strict=True)
    return [{"x": x, "y": y} for x, y in each]


def pairs(*shapes: tuple[Sequence[int], Sequence[int]]) -> list[dict[str, Array]]:
    """The same, of several shapes."""
    return [case for one, other in shapes for case in pair(one, other)]


def mixed(one: Sequence[int], other: Sequence[int]) -> list[dict[str, Array]]:
    """Two arrays in each combination of dtypes."""
    return [
        {"x": quarters(*one, dtype=first), "y": quarters(*other, dtype=second, start=5)}
        for first in FLOATS
        for second in FLOATS
    ]


# Strategies --------------------------------------------------------------------------------------


def arrays_of(shapes: SearchStrategy[tuple[int, ...]]) -> SearchStrategy[Array]:
    """float32 and float64 arrays of plain numbers, none of them 0."""
    from hypothesis import strategies as st

    def filled(shape: tuple[int, ...], dtype: type, start: int, parts: int) -> Array:
        return np.asarray(quarters(*shape, dtype=np.float64, start=start) / parts, dtype)

    return st.builds(
        filled, shapes, st.sampled_from(FLOATS), st.integers(0, 28), st.sampled_from([1, 3, 10])
    )


def shapes(least: int, most: int, side: int = 4) -> SearchStrategy[tuple[int, ...]]:
    """Shapes with so many axes."""
    from hypothesis.extra import numpy as hnp

    return hnp.array_shapes(min_dims=least, max_dims=most, max_side=side)


def plain() -> SearchStrategy[dict[str, Array]]:
    """One array."""
    return arrays_of(shapes(1, 4)).map(lambda x: {"x": x})


def like(x: Array, start: int) -> Array:
    """Another array of the same shape and dtype."""
    return thirds(*x.shape, dtype=x.dtype.type, start=start)


def alike() -> SearchStrategy[dict[str, Array]]:
    """Two arrays of the same shape and dtype."""
    from hypothesis import strategies as st

    def two(x: Array, start: int) -> dict[str, Array]:
        return {"x": x, "y": like(x, start)}

    return st.builds(two, arrays_of(shapes(1, 3)), st.integers(0, 28))


def that_broadcast() -> SearchStrategy[dict[str, Array]]:
    """Two arrays of different shapes that fit, of the same dtype."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    def two(fit: Any, dtype: type, start: int) -> dict[str, Array]:
        one, other = fit.input_shapes
        return {"x": thirds(*one, dtype=dtype, start=start), "y": quarters(*other, dtype=dtype)}

    fits = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=1)
    return st.builds(two, fits, st.sampled_from(FLOATS), st.integers(0, 28))


def products(least: int, most: int) -> SearchStrategy[dict[str, Array]]:
    """Two arrays with so many axes whose matrix product there is."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    fits = hnp.mutually_broadcastable_shapes(
        signature=np.matmul.signature, max_dims=max(0, most - 2), max_side=3, min_side=1
    ).filter(lambda fit: all(least <= len(shape) <= most for shape in fit.input_shapes))

    def two(fit: Any, dtype: type, start: int) -> dict[str, Array]:
        one, other = fit.input_shapes
        return {"x": thirds(*one, dtype=dtype, start=start), "y": thirds(*other, dtype=dtype)}

    return st.builds(two, fits, st.sampled_from(FLOATS), st.integers(0, 28))


def with_axis() -> SearchStrategy[dict[str, Any]]:
    """An array, and an axis of it or None."""
    from hypothesis import strategies as st

    def chosen(x: Array) -> SearchStrategy[dict[str, Any]]:
        axes = st.none() | st.integers(-x.ndim, x.ndim - 1)
        return axes.map(lambda axis: {"x": x, "axis": axis})

    return arrays_of(shapes(1, 4)).flatmap(chosen)


# Creation ----------------------------------------------------------------------------------------

CREATION = Corpus(
    lists=Group(
        corners=[
            {"x": x}
            for x in (
                [1], [1, 2], [0.5], [0.1, -0.7], [[1, 2]], [[1], [2]], [[1, 2], [3, 4]],
                [[1, 2.5, 3], [4, 5, 6]], [[[1, 2], [3, 4]]], [[[1], [2.5]], [[3], [4]]],
                [[[[1]]]],
            )
        ],
        strategy=lambda: plain().map(lambda case: {"x": case["x"].tolist()}),
        count=25,
    ),
    numbers=Group(corners=[{"x": x} for x in (1, 0.5, 0, -2.5, 0.1, 7)]),
    arrays=Group(
        corners=[
            *both(1), *both(2), *both(2, 3), *both(3, 1), *both(1, 3), *both(2, 1, 3),
            *both(2, 2, 3), *both(1, 2, 1, 2), np.array([0.1]), np.array([0.1], np.float32),
        ],
        strategy=plain,
        count=25,
    ),
    whole=Group(
        corners=[
            np.array([1, 2]), np.array([[1, -2], [3, 4]]), np.array([7], np.int32),
            np.array([200, 3], np.uint8), np.array([True, False]), np.array([[True], [False]]),
        ]
    ),
    unfit=Group(
        corners=[
            {"x": x}
            for x in (
                [[1], [2, 3]], [[1, 2], [3]], [1, [2]], [[1], 2], [[[1], [2]], [[3]]],
                [[[1, 2]], [[3]]], "cat", ["cat"], [["cat", "dog"]], [1, "dog"],
            )
        ],
        plain=False,
    ),
)  # fmt: skip

# Arithmetic --------------------------------------------------------------------------------------

NUMBERS = (2, 0.5, -1, 3.0, -0.25)

ARITHMETIC = Corpus(
    alike=Group(
        corners=[
            {"x": np.array([1.0], np.float32), "y": np.array([2.0], np.float32)},
            {"x": np.array([0.1]), "y": np.array([0.7])},
            *pairs(((2,), (2,)), ((2, 2), (2, 2)), ((2, 3), (2, 3)), ((2, 1, 3), (2, 1, 3))),
        ],
        strategy=alike,
        count=30,
    ),
    broadcast=Group(
        corners=pairs(
            ((2, 1), (1, 2)), ((3, 1), (1, 4)), ((2,), (1,)), ((1,), (2,)), ((2, 2), (2,)),
            ((2,), (2, 2)), ((2, 3), (3,)), ((3,), (2, 3)), ((), (2,)), ((2,), ()), ((), (2, 2)),
            ((2, 3), (2, 1)), ((2, 1, 3), (4, 1)), ((2, 1, 2), (1, 3, 1)), ((2, 2), (2, 1, 1)),
        ),
        strategy=that_broadcast,
        count=30,
    ),
    number=Group(
        corners=[
            {"x": x, "c": c}
            for c in NUMBERS
            for x in (*both(1), *both(2), *both(2, 2, start=3), *both(start=3))
        ]
    ),
    tenths=Group(
        corners=[
            {"x": np.array(x, dtype), "c": c}
            for dtype in FLOATS
            for c in (0.1, 0.7)
            for x in ([2.0], [0.5, 3.0], [[4.0, 1.5], [2.5, 6.0]])
        ],
        plain=False,  # what is so near to c that it cancels says nothing about dtypes
    ),
    array=Group(corners=pairs(((1,), (1,)), ((2,), (2,)), ((2, 2), (2, 2)), ((1, 3), (1, 3)))),
    list=Group(
        corners=[
            {"x": quarters(*of), "y": quarters(*of, start=5).tolist()}
            for of in ((1,), (2,), (2, 2), (1, 3))
        ]
    ),
    mixed=Group(
        corners=[
            *mixed((1,), (1,)), *mixed((2,), (2,)), *mixed((2, 2), (2, 2)),
            *({"x": thirds(*of), "y": thirds(*of, start=5)} for of in ((1,), (2,), (2, 3))),
        ]
    ),
    by_zero=Group(
        corners=[
            {"x": np.array(x, dtype), "y": np.zeros(np.shape(x), dtype)}
            for x in ([1.0], [-1.0], [0.0], [1.0, -2.0, 0.0], [[1.0, 0.0]])
            for dtype in FLOATS
        ],
        plain=False,
    ),
    square=Group(corners=pairs(((2, 2), (2, 2)), ((3, 3), (3, 3)), ((1, 1), (1, 1)))),
    unfit=Group(
        corners=[
            *pairs(((2,), (3,)), ((3,), (2,)), ((2, 2), (3,)), ((2, 3), (2,)), ((3,), (2, 2))),
            *pairs(((2, 3), (3, 2)), ((2, 4), (2, 2)), ((4, 2), (2, 2)), ((2, 1, 2), (2, 3))),
        ],
        plain=False,
    ),
)  # fmt: skip

# The matrix product ------------------------------------------------------------------------------

MATMUL = Corpus(
    matrices=Group(
        corners=pairs(
            ((1, 1), (1, 1)), ((1, 2), (2, 1)), ((2, 1), (1, 2)), ((2, 2), (2, 2)),
            ((2, 3), (3, 4)), ((3, 2), (2, 1)), ((1, 20), (20, 2)),
        ),
        strategy=lambda: products(2, 2),
        count=25,
    ),
    vectors=Group(
        corners=pairs(
            ((1,), (1,)), ((2,), (2,)), ((2, 2), (2,)), ((2,), (2, 2)), ((3, 2), (2,)),
            ((2,), (2, 3)), ((1, 2), (2,)), ((2,), (2, 1)), ((5,), (5,)),
        ),
    ),
    batches=Group(
        corners=pairs(
            ((1, 1, 2), (1, 2, 1)), ((2, 1, 2), (2, 2, 1)), ((2, 2, 3), (2, 3, 2)),
            ((2, 2, 3), (3, 2)), ((2, 3), (2, 3, 2)), ((2, 1, 2), (2, 1)), ((1, 2), (2, 2, 1)),
            ((2, 1, 1, 2), (3, 2, 1)), ((3, 1, 2), (2, 1, 2, 2)), ((2, 2, 2, 2), (2, 2, 2, 2)),
        ),
        strategy=lambda: products(3, 4),
        count=15,
    ),
    mixed=Group(
        corners=[
            case
            for one, other in (
                ((1, 1), (1, 1)), ((2, 3), (3, 2)), ((2,), (2,)), ((2, 1, 2), (2, 2, 1)),
            )
            for case in (*mixed(one, other), {"x": thirds(*one), "y": thirds(*other, start=5)})
        ]
    ),
    unfit=Group(
        corners=pairs(
            ((1, 2), (1, 2)), ((2, 3), (2, 3)), ((2,), (3,)), ((2, 3), (2,)), ((2,), (3, 2)),
            ((1, 2), (3, 1)), ((2, 2, 3), (3, 3, 2)), ((2, 2, 3), (2, 2, 3)), ((), (2,)),
            ((2,), ()), ((), ()), ((2, 2), ()),
        ),
        plain=False,
    ),
)  # fmt: skip

# Other shapes ------------------------------------------------------------------------------------


def reshaped(*cases: tuple[Sequence[int], Sequence[int]]) -> list[dict[str, Any]]:
    """Arrays of a shape, and the shape that they are to have."""
    return [{"x": x, "shape": tuple(to)} for of, to in cases for x in both(*of)]


SHAPES = Corpus(
    whole=Group(
        corners=reshaped(
            ((2,), (2, 1)), ((2,), (1, 2)), ((2, 1), (2,)), ((2, 2), (4,)), ((4,), (2, 2)),
            ((2, 3), (3, 2)), ((2, 3), (6,)), ((6,), (2, 3)), ((2, 3), (1, 3, 2)), ((1,), (1, 1)),
            ((2, 2, 3), (3, 4)), ((2, 2, 3), (2, 3, 2)), ((4, 3), (2, 2, 3)), ((2, 2), (2, 2)),
        )
    ),
    inferred=Group(
        corners=reshaped(
            ((2,), (-1, 1)), ((2,), (1, -1)), ((2, 1), (-1,)), ((2, 2), (-1,)), ((2, 3), (3, -1)),
            ((2, 3), (-1, 2)), ((2, 2, 3), (2, -1, 2)), ((2, 2, 3), (-1, 4)), ((4,), (-1,)),
            ((2, 2, 3), (2, 2, -1)),
        )
    ),
    unfit=Group(
        corners=reshaped(
            ((2,), (1,)), ((2,), (3,)), ((2, 2), (3,)), ((2, 2), (5,)), ((2, 3), (2, 2)),
            ((2, 3), (2, 4)), ((3,), (2, 2)), ((2, 3), (4, -1)), ((3,), (-1, 2)), ((2, 3), (7, 1)),
        ),
        plain=False,
    ),
    reversed=Group(
        corners=[
            x
            for of in ((1, 2), (2, 1), (2, 2), (2, 3), (2,), (2, 1, 2), (2, 3, 4), (1, 2, 3, 2))
            for x in both(*of)
        ],
        strategy=plain,
        count=20,
    ),
    ordered=Group(
        corners=[
            {"x": x, "axes": axes}
            for of, axes in (
                ((1, 2), (1, 0)), ((2, 2), (0, 1)), ((1, 2, 1), (1, 0, 2)), ((1, 1, 2), (0, 2, 1)),
                ((2, 1, 1), (1, 2, 0)), ((2, 1, 3), (2, 0, 1)), ((2, 3, 4), (1, 2, 0)),
                ((2, 3, 4), (0, 2, 1)), ((2, 3, 4), (2, 0, 1)), ((1, 2, 3, 2), (0, 2, 3, 1)),
            )
            for x in both(*of)
        ]
    ),
)  # fmt: skip

# Reductions --------------------------------------------------------------------------------------

REDUCTIONS = Corpus(
    axes=Group(
        corners=[
            {"x": x, "axis": axis}
            for of, axes in (
                ((1,), (None, 0)), ((2,), (None, 0, -1)), ((1, 2), (0, 1, -1)), ((2, 1), (0, 1)),
                ((2, 2), (None, 0, 1, -1, -2)), ((2, 3), (None, 0, 1, -1, -2)), ((), (None,)),
                ((2, 2, 3), (None, 0, 1, 2, -1, -2, -3)), ((2, 1, 2, 3), (0, 1, 2, 3, -2)),
                ((30,), (None, 0)),
            )
            for axis in axes
            for x in both(*of)
        ],
        strategy=with_axis,
        count=30,
    ),
    negative=Group(
        corners=[
            {"x": -abs(x), "axis": axis}
            for of in ((1,), (2,), (2, 2))
            for axis in (None, 0)
            for x in (*both(*of), np.full(of, 5000.0))
        ]
    ),
    dtypes=Group(
        corners=[
            {"x": quarters(*of, dtype=dtype), "axis": axis}
            for of in ((1,), (2,), (2, 2))
            for axis in (None, 0, -1)
            for dtype in FLOATS
        ]
    ),
    unfit=Group(
        corners=[
            {"x": x, "axis": axis}
            for of, axis in (((2,), 1), ((2,), -2), ((2, 2), 2), ((2, 3), -3), ((2, 1, 2), 3))
            for x in both(*of)
        ],
        plain=False,
    ),
)  # fmt: skip
