"""The inputs of the Activations exam, group by group: corners first, then strategies for more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from grader.corpus import Corpus, Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

INF, NAN = np.inf, np.nan


def both(*values: Any) -> list[Any]:
    """Each list as a float64 and as a float32 array."""
    return [np.array(value, dtype) for value in values for dtype in (np.float64, np.float32)]


def turns(*values: Any) -> list[Any]:
    """The lists as arrays, float64 and float32 by turns."""
    return [np.array(value, (np.float64, np.float32)[k % 2]) for k, value in enumerate(values)]


def each(dtype: type, *values: Any) -> list[Any]:
    """Each list as an array of that dtype."""
    return [np.array(value, dtype) for value in values]


def ramp(*shape: int) -> list[Any]:
    """Different plain numbers between -3 and 3 in that shape, in no order along any axis."""
    size = int(np.prod(shape))
    steps = (np.arange(size) * 7 % (size + 3)) / (size + 3)
    return list((np.round(6 * steps - 3, 2)).reshape(shape).tolist())


# What is wrong for some numbers only: many in one array cost one call.
SWEEP = np.arange(-200, 201) / 20
WIDE_SWEEP = np.arange(-240, 241) / 4
MAGNITUDES = np.outer([3.0, -3.0], 10.0 ** np.arange(-12, 13)).ravel()

Divisible = partial(Group, divisible=True)  # its failures are shown by the part that fails

# Strategies ------------------------------------------------------------------------------------


def arrays(
    ranks: tuple[int, int], kind: str, *, most: int = 4
) -> SearchStrategy[np.ndarray[Any, Any]]:
    """float32 and float64 arrays with so many axes, of plain, saturated, extreme ... elements."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    shapes = hnp.array_shapes(min_dims=ranks[0], max_dims=ranks[1], max_side=most)

    def of(dtype: type) -> SearchStrategy[np.ndarray[Any, Any]]:
        return hnp.arrays(dtype, shapes, elements=elements(kind, dtype))

    return st.sampled_from([np.float64, np.float32]).flatmap(of)


def elements(kind: str, dtype: type) -> SearchStrategy[float]:
    """Single numbers of a kind."""
    from hypothesis import strategies as st

    info = np.finfo(dtype)
    plain = st.integers(-10_000, 10_000).map(lambda k: float(dtype(k / 1000)))
    if kind == "plain":
        return plain
    if kind == "saturated":
        return st.integers(-300, 300).map(lambda k: float(dtype(k / 10)))
    if kind == "special":
        return st.one_of(st.sampled_from([NAN, INF, -INF]), plain)
    edges = [*EDGES, float(info.max), -float(info.max), float(info.tiny), -float(info.tiny)]
    fitting = [float(dtype(edge)) for edge in edges if abs(edge) <= info.max]
    width: Literal[32, 64] = 32 if dtype is np.float32 else 64
    return st.one_of(
        st.sampled_from(fitting),
        st.floats(-1000, 1000, width=width),
        st.floats(allow_nan=False, allow_infinity=False, width=width),
    )


# Just past the places where e^x overflows and underflows in float64 and float32, and far beyond.
EDGES = [
    0.0, -0.0, 1.0, -1.0, 30.0, -30.0, 40.0, -40.0, 89.0, -89.0, 104.0, -104.0,
    710.0, -710.0, 746.0, -746.0, 1000.0, -1000.0, 1e4, -1e4, 1e30, -1e30, 1e300, -1e300,
]  # fmt: skip


# Elementwise functions -------------------------------------------------------------------------

ELEMENTWISE = Corpus(
    few=Divisible(
        corners=[
            *turns(
                [1.0], [-1.0, 2.0], [0.5, -2.5, 0.0, 3.25], [[1.0, -2.0], [-3.0, 4.0]], ramp(2, 3),
                [[[0.1]]], ramp(2, 1, 2), [[[[1.0]]]], [[1.0]], [[1.0, -2.0]], [[1.0], [-2.0]],
            ),
        ]
    ),
    touchy=Divisible(  # where a function is tempted to write into its input, or to behave oddly
        corners=[
            *both([1000.0, -1000.0], [NAN, -INF, INF]),
            *turns([3.0, 2.0], [-1.0], [[[-1.0]]], [[[[-1.0]]]], ramp(2, 2, 1, 2)),
        ]
    ),
    again=Divisible(  # for one object, called again and again: every rank, both dtypes
        corners=[
            *turns(
                [1.0], [-1.0], [0.5, -2.5, 0.0, 3.25], [[1.0, -2.0], [-3.0, 4.0]], [[[0.1]]],
                ramp(2, 1, 2), [[[[1.0]]]], [NAN, -INF, INF],
            ),
            *both([1000.0, -1000.0]),
        ]
    ),
    scalar=Divisible(corners=turns(2.0, -1.5, 0.0)),
    vector=Divisible(
        corners=[
            *both([1.0], [-1.0]),
            *turns(
                [0.0], [2.0], [0.5], [-2.0], [10.0], [-10.0], [-1.0, 1.0], [1.0, -1.0],
                [5.0, -7.0, 3.25], [-2.0, -1.0, 0.0, 1.0, 2.0], [0.1, -0.1, 0.7, -0.7, 1.9],
                ramp(17), ramp(1100),
            ),
            *both(SWEEP),
        ],
        strategy=lambda: arrays((1, 1), "plain", most=12),
        count=42,
    ),
    batch=Divisible(
        corners=turns(
            [[1.0]], [[-2.0]], [[1.0, -1.0]], [[-1.0], [1.0]], [[1.0, -2.0], [-3.0, 4.0]],
            ramp(2, 3), ramp(3, 2), ramp(4, 4), ramp(2, 9), ramp(3, 140),
        ),
        strategy=lambda: arrays((2, 2), "plain", most=5),
        count=28,
    ),
    axes=Divisible(
        corners=turns(
            [[[1.0]]], [[[-1.0, 2.0]]], [[[[-1.0]]]], [[[[1.0], [-2.0]]]], ramp(2, 3, 2),
            ramp(2, 2, 2), ramp(1, 3, 1), ramp(2, 1, 3, 2), ramp(2, 2, 2, 2),
        ),
        strategy=lambda: arrays((3, 4), "plain", most=3),
        count=15,
    ),
    saturated=Divisible(
        corners=turns(
            [12.0], [-12.0], [20.0], [-30.0], [17.5, -23.0, 25.0, -27.0], [[-20.0, 20.0]],
            [[20.0], [-20.0]],
        ),
        strategy=lambda: arrays((1, 2), "saturated", most=6),
        count=8,
    ),
    extreme=Divisible(
        corners=[
            *both([1000.0], [-1000.0]),
            # Where an approximation may take over, in steps.
            *each(
                np.float64, [11.0], [-13.0], [15.5], [-18.0], [25.0], [-25.0], [31.5], [50.0],
                [-50.0], [5e-4], [-5e-5], [5e-9],
            ),
            *each(np.float32, [50.0], [-50.0]),
            *both(WIDE_SWEEP, MAGNITUDES),
            *turns(
                [0.0], [-0.0], [1e30], [-1e30], [1000.0, 0.0], [[1000.0, -1000.0]],
                [[1000.0, -1.0], [1.0, -1000.0]],
            ),
            *each(
                np.float64, [710.0], [-710.0], [746.0], [-746.0], [1e308], [-1e308], [1e-308],
                [5e-324], [-5e-324], [1e-15], [0.1, 1e16], [1.0000000000000002],
            ),
            *each(
                np.float32, [89.0], [-89.0], [104.0], [-104.0], [3e38], [-3e38], [1e-38], [1e-45],
                [-1e-45],
            ),
        ],
        strategy=lambda: arrays((1, 2), "extreme", most=6),
        count=40,
    ),
    special=Divisible(
        corners=turns(
            [NAN], [INF], [-INF], [INF, -INF], [NAN, 1.0], [-1.0, NAN, 1.0],
            [-INF, -1.0, 0.0, 1.0, INF, NAN], [[-INF, 1.0]], [[NAN, 2.0], [-INF, INF]],
            [[[NAN, -INF]], [[INF, 1.0]]], [[[[NAN, -INF, INF]]]],
        ),
        strategy=lambda: arrays((1, 2), "special"),
        count=17,
    ),
)  # fmt: skip


# Softmax ---------------------------------------------------------------------------------------


def with_masks() -> SearchStrategy[Any]:
    """Plain arrays with -inf in them, but never as the last element of a row."""
    from hypothesis import strategies as st

    def mask(pair: tuple[Any, int]) -> Any:
        x, pattern = pair
        hidden = np.array([(pattern >> k) & 1 for k in range(x.size)], bool).reshape(x.shape)
        hidden[..., -1] = False
        return np.where(hidden, x.dtype.type(-INF), x)

    return st.tuples(arrays((1, 2), "plain"), st.integers(1, 2**16 - 1)).map(mask)


def with_dims() -> SearchStrategy[Any]:
    """Arrays of two to four axes, with one of their axes."""
    from hypothesis import strategies as st

    return arrays((2, 4), "plain", most=3).flatmap(
        lambda x: st.integers(-x.ndim, x.ndim - 1).map(lambda dim: {"x": x, "dim": dim})
    )


def with_shifts() -> SearchStrategy[Any]:
    """Vectors and batches, with a number to add."""
    from hypothesis import strategies as st

    shifts = st.integers(-80, 80).map(lambda k: k / 8)
    return st.tuples(arrays((1, 2), "plain"), shifts).map(lambda p: {"x": p[0], "c": p[1]})


def every_dim(*values: Any) -> list[dict[str, Any]]:
    """Each array with each of its axes, counted from both ends."""
    found = turns(*values)
    return [{"x": x, "dim": dim} for x in found for dim in range(-x.ndim, x.ndim)]


def shifted(values: Sequence[Any], shifts: Sequence[float]) -> list[dict[str, Any]]:
    """Each array with each number to add."""
    return [{"x": x, "c": c} for x in turns(*values) for c in shifts]


SOFTMAX = Corpus(
    few=Divisible(
        corners=[
            *turns(
                [1.0, 2.0], [0.0, 3.0, 1.0], [0.5, -2.5, 0.0, 3.25], [[1.0, 2.0]],
                [[1.0, 2.0], [3.0, 5.0]], ramp(2, 3), ramp(2, 1, 2), [[[0.1, 0.2]]], [[1.0]],
                [[1.0], [2.0]],
            ),
            *each(np.float32, [[[[1.0, 2.0]]]]),
        ]
    ),
    touchy=Group(  # where a function is tempted to write into its input, or to behave oddly
        corners=[
            *both([1000.0, 0.0], [-INF, 0.0, 1.0]),
            *turns([0.0, -1000.0], [[[1.0, 2.0]]], [[[[1.0, 2.0]]]], ramp(2, 2, 1, 2)),
        ]
    ),
    again=Group(  # for one object, called again and again: every rank, both dtypes
        corners=[
            *turns(
                [1.0, 2.0], [0.5, -2.5, 0.0, 3.25], [[1.0, 2.0], [3.0, 5.0]], [[[0.1, 0.2]]],
                ramp(2, 1, 2), [[[[1.0, 2.0]]]], [-INF, 0.0, 1.0],
            ),
            *both([1000.0, 0.0]),
        ]
    ),
    rows=Divisible(
        corners=turns(
            [[0.0, 1.0]], [[1.0], [2.0]], [[0.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [3.0, 5.0]],
            ramp(2, 3), ramp(3, 3),
        ),
        strategy=lambda: arrays((2, 2), "plain"),
        count=4,
    ),
    vector=Divisible(
        corners=[
            *both([1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 2.0, 3.0]),
            *turns(
                [0.0], [1.0, 2.0], [-1.0, 1.0], [3.0, 2.0, 1.0], [0.0, 0.0, 0.0], [2.0, 2.0, -2.0],
                [-1.0, -2.0, -3.0], [0.5, 0.25], [10.0, -10.0], [0.1, 0.2, 0.7, -0.4], ramp(6),
                ramp(7), ramp(40), ramp(300),
            ),
        ],
        strategy=lambda: arrays((1, 1), "plain", most=9),
        count=40,
    ),
    batch=Divisible(
        corners=[
            *turns(
                [[0.0, 0.0]], [[1.0, 0.0]], [[0.0, 10.0]], [[1.0], [2.0]], [[1.0, 2.0], [3.0, 5.0]],
                [[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], ramp(2, 3),
                ramp(3, 2), ramp(3, 3), ramp(4, 1), ramp(5, 6), ramp(2, 9), ramp(3, 140),
            ),
            *both(SWEEP[1::2].reshape(-1, 2)),
        ],
        strategy=lambda: arrays((2, 2), "plain", most=5),
        count=30,
    ),
    axes=Divisible(
        corners=turns(
            [[[0.0, 1.0]]], [[[1.0], [2.0]]], [[[[0.0, 1.0]]]], ramp(2, 2, 2), ramp(2, 3, 4),
            ramp(3, 1, 2), ramp(2, 2, 2, 2), ramp(2, 1, 3, 2),
        ),
        strategy=lambda: arrays((3, 4), "plain", most=3),
        count=15,
    ),
    dim=Divisible(
        corners=every_dim(
            [[0.0, 1.0]], [[0.0], [1.0]], [[[0.0], [1.0]]], [[0.0, 1.0], [2.0, 4.0]], ramp(2, 3),
            ramp(2, 3, 2), ramp(2, 2, 2), ramp(2, 3, 2, 2),
        ),
        strategy=with_dims,
        count=10,
    ),
    dim_like_last=Group(
        corners=[
            *every_dim(
                [1000.0, 0.0], [0.0, 1.0], [[1000.0], [0.0]], [[0.0, 1000.0]], [[0.1], [0.2]],
                [[1000.0, 0.0], [0.0, 1.0]], [[0.0, 1000.0], [1.0, 1001.0]],
            ),
            # A slice of nothing but -inf is nobody's promise.
            *({"x": x, "dim": dim} for x in both([[0.0], [-INF]]) for dim in (0, -2)),
            *({"x": x, "dim": 1} for x in both([[0.0, -INF]])),
            *(
                {"x": x, "dim": -2}
                for x in turns(
                    [[0.0, -INF], [1.0, 2.0]],
                    [[[0.0, -1000.0], [2.0, 1.0]], [[1.0, 0.5], [0.1, 0.7]]],
                )
            ),
            # One maximum for all would leave nothing of a slice, and none would overflow.
            *({"x": np.array([[[0.0, 1000.0], [1.0, 1001.0]]]), "dim": dim} for dim in (1, -2)),
            *({"x": x, "dim": 0} for x in both([[[0.0, 1000.0]], [[1.0, 1001.0]]])),
            *({"x": x, "dim": 2} for x in both([[[[0.0, 1000.0], [1.0, 1001.0]]]])),
        ]
    ),
    shift=Divisible(
        corners=shifted(
            [[0.0, 1.0], [1.0, 2.0, 3.0], [[1.0], [2.0]], [[0.0, 1.0], [2.0, 0.0]]],
            [1.0, -3.0, 10.0],
        ),
        strategy=with_shifts,
        count=6,
    ),
    extreme=Divisible(
        corners=[
            *both([1000.0], [-1000.0], [1000.0, 0.0], [0.0, -1000.0], [1000.0, 999.0]),
            *turns(
                [-1000.0, -1001.0], [1000.0, -1000.0], [1000.0, 1000.0], [100.0, 0.0],
                [1e4, 1e4 - 1], [1e30, 0.0], [-1e30, 0.0], [1e30, -1e30], [1e-30, 0.0],
            ),
            # Rows far apart: one maximum for all would leave nothing of the other row.
            *turns(
                [[0.0], [1000.0]], [[[0.0], [1000.0]]],
                [[0.0, 1.0], [1000.0, 1001.0]], [[-1000.0, -1001.0], [0.0, 1.0]],
                [[500.0, 0.0], [0.0, -500.0]], [[[0.0, 1.0]], [[-2000.0, -2001.0]]],
            ),
            *both(np.stack([MAGNITUDES, 0 * MAGNITUDES], axis=-1)),
            *each(
                np.float64, [710.0, 709.0], [-746.0, -747.0], [1e308, 0.0], [-1e308, 0.0],
                [1e308, -1e308], [-1.7976931348623157e308], [5e-324, 0.0],
                [[1e308, 0.0], [0.0, 1.0]],
                np.linspace(-1000, 1000, 300),
            ),
            *each(
                np.float32, [89.0, 88.0], [-104.0, -105.0], [88.0, 89.0, 90.0], [3e38, 0.0],
                [3e38, -3e38], [1e-45, 0.0], np.linspace(-99, 99, 300),
            ),
        ],
        strategy=lambda: arrays((1, 2), "extreme", most=5),
        count=30,
    ),
    mask=Group(
        corners=turns(
            [0.0, -INF], [-INF, 0.0], [-INF, 1.0, 2.0], [-INF, -INF, 3.0], [1.0, -INF, 1.0],
            [[0.0, -INF], [-INF, 0.0]], [[-INF, 1.0, 2.0], [0.0, 0.0, -INF]],
            [[0.0, -INF], [1.0, 2.0]], [[1.0], [2.0]], [[[0.0, -INF], [-INF, 1.0]]],
            [[[[-INF, 0.0, 1.0]]]],
            # Where a small number in the mask's place is not small.
            [-INF, -80.0], [-INF, -700.0], [-INF, -1e10], [-1e35, -INF],
        ),
        strategy=with_masks,
        count=15,
    ),
)  # fmt: skip


# Together --------------------------------------------------------------------------------------


def quarters(*shape: int, start: int = 0) -> np.ndarray[Any, Any]:
    """Small multiples of 1/4, so that sums and products of them are exact in float32."""
    size = int(np.prod(shape))
    return ((np.arange(start, start + size) * 5 % 17 - 8) / 4).reshape(shape)


def network(batch: int, fan_in: int, fan_out: int, dtype: type) -> dict[str, Any]:
    """A batch, a weight matrix and a bias."""
    return {
        "x": quarters(batch, fan_in, start=1).astype(dtype),
        "w": quarters(fan_in, fan_out, start=3).astype(dtype),
        "b": quarters(fan_out, start=2).astype(dtype),
    }


TOGETHER = Corpus(
    network=Group(
        corners=[
            {"x": np.ones((1, 1)), "w": np.ones((1, 1)), "b": np.zeros(1)},
            *(
                network(*sizes, dtype)
                for sizes in ((1, 1, 2), (1, 2, 2), (2, 2, 3), (3, 4, 2), (4, 3, 5))
                for dtype in (np.float64, np.float32)
            ),
        ]
    ),
    gate=Group(
        corners=[
            {"x": x, "y": y}
            for x, y in zip(
                turns(
                    [0.0], [1.0], [-2.0], [[[1.0]]], [1.0, -1.0], ramp(5), ramp(2, 3),
                    ramp(2, 2, 2),
                ),
                turns(
                    [1.0], [-1.0], [0.5], [[[1.0]]], [2.0, 3.0], ramp(5)[::-1], ramp(2, 3)[::-1],
                    ramp(2, 2, 2),
                ),
                strict=True,
            )
        ]
    ),
)  # fmt: skip
