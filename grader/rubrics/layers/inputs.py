"""The inputs of the Layers exam, group by group: corners first, then strategies for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.corpus import Corpus, Group

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Array = np.ndarray[Any, Any]

WIDE, NARROW = np.float64, np.float32


def quarters(*shape: int, start: int = 0) -> Array:
    """Small multiples of 1/4, of which sums and products are exact in float32; none is 0."""
    size = int(np.prod(shape))
    steps = (np.arange(start, start + size) * 5 % 17 - 8) / 4
    return np.where(steps == 0, 2.25, steps).reshape(shape).astype(NARROW)


def layer(x: Any, w: Any, b: Any, dtype: type = NARROW) -> dict[str, Any]:
    """An input, the weights and the bias of a layer; these are float32, as new layers are."""
    return {"x": np.array(x, dtype), "w": np.array(w, NARROW), "b": np.array(b, NARROW)}


def sized(*front: int, n: int, m: int, dtype: type = NARROW) -> dict[str, Any]:
    """The same, made up: samples of shape `front`, n features in and m out."""
    return layer(quarters(*front, n, start=1), quarters(n, m, start=3), quarters(m, start=6), dtype)


def both(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    """Each case with a float32 and with a float64 input."""
    return [case | {"x": case["x"].astype(d)} for case in cases for d in (NARROW, WIDE)]


def without_bias(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    """The same cases, of layers without a bias."""
    return [{"x": case["x"], "w": case["w"]} for case in cases]


# Strategies ------------------------------------------------------------------------------------


def layers(
    ranks: tuple[int, int], *, dtypes: tuple[type, ...] = (NARROW, WIDE), bias: bool = True
) -> SearchStrategy[dict[str, Any]]:
    """Inputs with so many axes, and a layer that takes them."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    numbers = st.integers(-4000, 4000).map(lambda k: float(NARROW(k / 1000)))

    def of(sizes: tuple[tuple[int, ...], int, type]) -> SearchStrategy[dict[str, Any]]:
        (*front, n), m, dtype = sizes
        x = hnp.arrays(dtype, (*front, n), elements=numbers)
        w = hnp.arrays(NARROW, (n, m), elements=numbers)
        b = [hnp.arrays(NARROW, m, elements=numbers)] if bias else []
        return st.tuples(x, w, *b).map(lambda values: dict(zip("xwb", values, strict=False)))

    low, high = ranks
    shapes = hnp.array_shapes(min_dims=low, max_dims=high, max_side=4 if high < 3 else 3)
    return st.tuples(shapes, st.integers(1, 4), st.sampled_from(dtypes)).flatmap(of)


def arrays(ranks: tuple[int, int]) -> SearchStrategy[Array]:
    """float32 and float64 arrays of plain numbers, with so many axes."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    def of(dtype: type) -> SearchStrategy[Array]:
        numbers = st.integers(-5000, 5000).map(lambda k: float(dtype(k / 1000)))
        shapes = hnp.array_shapes(min_dims=ranks[0], max_dims=ranks[1], max_side=4)
        return hnp.arrays(dtype, shapes, elements=numbers)

    return st.sampled_from([WIDE, NARROW]).flatmap(of)


def models() -> SearchStrategy[dict[str, Any]]:
    """Vectors, and the names of one to five activations."""
    from hypothesis import strategies as st

    kinds = st.sampled_from(["ReLU", "Sigmoid", "Tanh", "Softmax"])
    names = st.lists(kinds, min_size=1, max_size=5)
    return st.tuples(arrays((1, 1)), names).map(lambda pair: {"x": pair[0], "layers": pair[1]})


# Linear ----------------------------------------------------------------------------------------

ONE = layer([2], [[3]], [1])

LINEAR = Corpus(
    vector=Group(
        corners=[
            *both(
                layer([1], [[1]], [1]), layer([0], [[1]], [3]), layer([2], [[3]], [0]), ONE,
                layer([1, 0], [[1], [10]], [0]), layer([0, 1], [[1], [10]], [5]),
                layer([1], [[2, 3]], [10, 20]), layer([1, 2], [[1, 0, 2], [0, 1, 3]], [0, 0, 0]),
                layer([1, 0], [[1, 2], [3, 4]], [0, 0]), layer([-1.5], [[2]], [-0.25]),
                layer([0.5, 0.25], [[0.1], [0.3]], [0.7]),
            ),
            *both(sized(n=3, m=2), sized(n=2, m=5), sized(n=7, m=1), sized(n=1, m=4)),
            *both(sized(n=40, m=3), sized(n=4, m=4)),
        ],
        strategy=lambda: layers((1, 1)),
        count=60,
    ),
    batch=Group(
        corners=[
            layer([[1], [2]], [[1]], [0]), layer([[1], [2]], [[1]], [10]), layer([[3]], [[2]], [1]),
            layer([[1, 0], [0, 1]], [[1, 2], [3, 4]], [0, 0]),
            layer([[1, 0], [0, 1]], [[1], [2]], [0]), layer([[1], [2]], [[2, 3]], [5, 0]),
            layer([[1], [2]], [[1000]], [2000]), layer([[1000], [1]], [[2]], [0]),
            *both(sized(2, n=3, m=4), sized(3, n=2, m=2), sized(1, n=2, m=3), sized(4, n=1, m=2)),
            *both(sized(5, n=4, m=1), sized(3, n=3, m=3), sized(20, n=12, m=6)),
        ],
        strategy=lambda: layers((2, 2)),
        count=40,
    ),
    axes=Group(
        corners=[
            layer([[[1]]], [[2]], [3]), layer([[[1], [2]]], [[1]], [0]),
            layer([[[[2]]]], [[1]], [1]),
            *both(sized(2, 2, n=2, m=2), sized(2, 3, n=2, m=3), sized(1, 2, n=3, m=1)),
            *both(sized(2, 1, 2, n=3, m=2), sized(2, 2, 2, n=2, m=1)),
        ],
        strategy=lambda: layers((3, 4)),
        count=25,
    ),
    wide=Group(
        corners=[
            *(layer([v], [[1]], [0], WIDE) for v in (0.1, 1.1, 1 / 3, 1e6 + 0.1)),
            layer([0.1, 0.7], [[1, 2], [3, 0.5]], [0.25, 1], WIDE),
            layer([1e3, 1e-3], [[1], [1]], [1e-3], WIDE),
        ],
        strategy=lambda: layers((1, 1), dtypes=(WIDE,)),
        count=15,
    ),
    no_bias=Group(
        corners=without_bias(
            ONE, *both(layer([1], [[2]], [0]), layer([1, 2], [[1], [10]], [0])),
            sized(n=3, m=2), sized(n=2, m=4), sized(n=3, m=1),
        ),
        strategy=lambda: layers((1, 1), bias=False),
        count=15,
    ),
    few=Group(corners=both(ONE, sized(n=2, m=3), sized(n=3, m=2), sized(n=3, m=3))),
    ranks=Group(
        corners=[
            ONE, sized(n=2, m=3), sized(1, n=1, m=1), sized(1, n=3, m=2), sized(4, n=1, m=2),
            sized(2, n=2, m=1), sized(2, 3, n=2, m=2), sized(1, 1, n=1, m=1),
            sized(2, 1, 3, n=2, m=1),
        ]
    ),
    mismatch=Group(
        corners=[
            {"x": np.ones(shape, NARROW), "n": n, "m": m}
            for shape, n, m in (
                ((1,), 2, 1), ((2,), 1, 1), ((3,), 2, 2), ((2,), 3, 2), ((1,), 3, 3), ((4,), 3, 1),
                ((2,), 3, 3), ((3,), 1, 3), ((1, 1), 2, 1), ((4, 3), 2, 1), ((5, 1), 3, 2),
                ((3, 1, 4), 2, 1),
            )
        ]
    ),
    small=Group(
        corners=[{"n": n, "m": m} for n, m in ((1, 1), (2, 1), (1, 2), (3, 2), (2, 5), (4, 4))]
    ),
    flags=Group(
        corners=[
            {"n": n, "m": m, "bias": bias}
            for n, m in ((1, 1), (2, 1), (1, 2), (3, 2), (2, 5), (4, 4), (30, 12))
            for bias in (True, False)
        ]
    ),
    some=Group(corners=[{"n": n, "m": m} for n, m in ((20, 10), (1, 400), (400, 1), (30, 40))]),
    # As many weights as it takes to tell the deviation to some percent.
    many=Group(
        corners=[{"n": n, "m": m} for n, m in ((100, 300), (25, 1200), (400, 75), (5, 6000))]
    ),
)  # fmt: skip


# Sequential ------------------------------------------------------------------------------------


def chain(x: Any, *layers: str) -> dict[str, Any]:
    """A vector, and the names of a model's layers."""
    return {"x": np.array(x, NARROW), "layers": list(layers)}


SEQUENTIAL = Corpus(
    vector=Group(
        corners=[
            *(np.array(v, d) for v in ([-1], [1], [0], [3], [-0.5, 2], [1, -1, 0.25])
              for d in (NARROW, WIDE)),
        ],
        strategy=lambda: arrays((1, 1)),
        count=40,
    ),
    few=Group(
        corners=[np.array(v, NARROW) for v in ([-1], [1], [-0.5, 2], [1, -1, 0.25])]
    ),
    axes=Group(
        corners=[
            np.array(v, d)
            for v in ([[-1]], [[1], [-1]], [[1, -1], [2, 0.5]], [[[1, 2]]], [[[[1, -3]]]],
                      [[[1, 0], [-2, 3]], [[0.5, 1], [4, -4]]])
            for d in (NARROW, WIDE)
        ],
        strategy=lambda: arrays((2, 4)),
        count=20,
    ),
    models=Group(
        corners=[
            chain([-1], "Tanh"), chain([1], "Sigmoid"), chain([-1, 2], "ReLU"),
            chain([1, 2], "Softmax"),
            chain([-1], "Tanh", "ReLU", "Sigmoid"), chain([1], "Sigmoid", "Sigmoid", "Sigmoid"),
            chain([1, -1], "ReLU", "Tanh", "Softmax"),
            chain([2], "ReLU", "Sigmoid", "Tanh", "Tanh"),
            chain([-1], "Sigmoid", "Tanh", "ReLU", "Sigmoid"), chain([0.5, 3], *["Tanh"] * 4),
            chain([-2, 1], "Tanh", "Softmax", "ReLU", "Sigmoid", "Tanh"),
        ],
        strategy=models,
        count=40,
    ),
)  # fmt: skip


# Both together ---------------------------------------------------------------------------------


def network(*front: int, sizes: tuple[int, int, int]) -> dict[str, Any]:
    """An input and two layers; whatever is summed up between them is exact in float32."""
    n, k, m = sizes
    return {
        "x": quarters(*front, n, start=1), "w": quarters(n, k, start=3), "b": quarters(k, start=2),
        "v": quarters(k, m, start=5), "c": quarters(m, start=9),
    }  # fmt: skip


TOGETHER = Corpus(
    network=Group(
        corners=[
            network(sizes=(1, 1, 2)), network(sizes=(1, 2, 1)), network(sizes=(2, 1, 2)),
            network(2, sizes=(2, 3, 2)), network(3, sizes=(3, 2, 4)),
            network(4, sizes=(2, 4, 3)),
        ],
        plain=False,
    ),
    sizes=Group(corners=[{"n": n, "m": m} for n, m in ((1, 1), (2, 1), (2, 3), (3, 2), (4, 4))]),
)  # fmt: skip
