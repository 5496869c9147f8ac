"""The hidden rubric of the Activations assignment: four functions, 100 points.

Plain values come first, in steps: a vector, a batch, more axes. Everything else about a function
needs its vector criterion, so that nothing is earned by what computes nothing. Each further
promise is tried on inputs where only that promise can break: a softmax that overflows loses its
stability, and nothing for its sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader import numerics
from grader.checks import (
    CheckFailed,
    check_close,
    check_values,
    digits_to_tell_apart,
    same_size,
    show,
    worst,
)
from grader.manners import check_alike
from grader.rubric import Rubric, Target

from . import hints, inputs

if TYPE_CHECKING:
    from grader.numerics import Array
    from grader.promises import Ask

FLOAT32 = numerics.FLOAT32
SMALL = 2  # elements of what is looked at in depth along every axis; more along the last but one
PLAIN = 10  # the largest magnitude of plain values
STEEP = 700  # what e^-x makes a normal float64 of

rubric = Rubric(
    "activations",
    seed=20250924,
    setup="import numpy as np\nfrom tinytorch.core.tensor import Tensor",
    answers="a Tensor",
    list_dtype="float32",
)


ROUNDING = 16 * numerics.unit_roundoff(FLOAT32)  # absolute; relative to 1, as probabilities are


def steps(f: Target, name: str, vector: str, batch: str, axes: str) -> None:
    """Plain values, in three steps that stand each for itself.

    Rounding errors up to float32's are forgiven here, whatever the input and however small the
    value: to be less precise than that is a fault of its own, and has a criterion of its own.
    """
    for group, points, title in (("vector", 4, vector), ("batch", 3, batch), ("axes", 2, axes)):
        f.gives_right_values(
            f"{name}-{group}", points=points, title=title, on=group, precision=FLOAT32, needs=(),
            slack=ROUNDING,
        )  # fmt: skip


# Whether y, and what forward gives, are Tensors with arrays in them, alike in shape and dtype. Only
# by attributes: a notebook may have put a builtin's name to another use.
TENSOR = (
    "('Tensor' in [c.__name__ for c in y.__class__.__mro__]) "
    "and ('Tensor' in [c.__name__ for c in z.__class__.__mro__]) "
    "and (y.data.dtype, y.data.shape) == (z.data.dtype, z.data.shape)"
)


def manners(f: Target, name: str, *plain: str) -> None:
    """What every function owes its caller: its dtype, its input left alone, the same answer."""
    f.keeps_dtype(
        f"{name}-dtype",
        points=1,
        title="Returns a Tensor: float32 stays float32, float64 stays float64.",
        on=(*plain, "touchy"),
        call=f"f = {f.name}(); g = f.__class__.__dict__.get('forward'); y = f(Tensor(x)); "
        f"z = y if g is None else {f.name}().forward(Tensor(x)); [{TENSOR}, y.data]",
        shown=f.call,
    )
    f.leaves_input(
        f"{name}-input",
        points=1,
        title="Leaves its input unchanged.",
        on=(*plain, "touchy"),
        call=f"t = Tensor(x); y = {f.name}()(t); [np.may_share_memory(y.data, t.data), t.data]",
        shown=f"t = Tensor(x); {f.name}()(t)",
    )
    f.repeats(
        f"{name}-repeat",
        points=1,
        title="Gives the same answer every time, by call and by forward.",
        on="again",
        call=f"f = {f.name}(); y = x[..., ::-1] + 1; z = np.concatenate([x, x], -1); "
        "w = x[None] if x.ndim < 4 else x; r = [f(Tensor(x)), f(Tensor(y)), f(Tensor(z)), "
        "f(Tensor(w)), f(Tensor(x)), f.forward(Tensor(x))]; [t.data for t in r]",
        shown=f"f = {f.name}(); f(Tensor(x)).data",
        said=f"f = {f.name}(); f(x)",
    )


BATCH = "Gives the right values on a batch (two axes)."
AXES = "Gives the right values on three and four axes."
PRECISION = "Is as precise as its input: float64 values are right to float64's rounding."
SHAPE = "Keeps the shape, from a single number to four axes."

# ReLU ------------------------------------------------------------------------------------------

relu = rubric.target(
    "ReLU",
    call="ReLU()(Tensor(x)).data",
    said="relu(x)",
    reference=numerics.relu,
    bound=numerics.relu_bound,
    corpus=inputs.ELEMENTWISE,
    needs="relu-vector",
)
relu.is_drawn("curve", np.linspace(-5, 5, 101))
steps(
    relu, "relu", "Keeps positive elements of a vector and turns negative ones into 0.", BATCH, AXES
)
relu.stays_between(
    "relu-range", 0, np.inf, points=2,
    title="Never gives a negative number.", on=("vector", "saturated"),
)  # fmt: skip
relu.keeps_shape("relu-shape", points=2, title=SHAPE, on=("scalar", "few", "axes"))
relu.gives_right_values(
    "relu-extreme", points=2, area="stability",
    title="Is exact for the largest and the smallest numbers.", on="extreme",
)  # fmt: skip
relu.gives_right_values(
    "relu-special", points=2, area="special values",
    title="Keeps NaN, turns -inf into 0 and keeps inf.", on="special",
)  # fmt: skip
manners(relu, "relu", "few", "scalar")

# Sigmoid ---------------------------------------------------------------------------------------

sigmoid = rubric.target(
    "Sigmoid",
    call="Sigmoid()(Tensor(x)).data",
    said="sigmoid(x)",
    reference=numerics.sigmoid,
    bound=numerics.unit_bound,
    corpus=inputs.ELEMENTWISE,
    needs="sigmoid-vector",
)
sigmoid.is_drawn("curve", np.linspace(-8, 8, 97))
steps(sigmoid, "sigmoid", "Gives 1 / (1 + e^-x) for every element of a vector.", BATCH, AXES)
sigmoid.gives_right_values("sigmoid-precision", points=2, title=PRECISION, on="vector")
sigmoid.stays_between(
    "sigmoid-range", 0, 1, points=1, title="Stays between 0 and 1.", on=("vector", "saturated")
)
sigmoid.keeps_shape("sigmoid-shape", points=1, title=SHAPE, on=("scalar", "few", "axes"))
sigmoid.gives_right_values(
    "sigmoid-extreme", points=2, area="stability",
    title="Reaches 0 and 1 for large inputs instead of NaN or a clipped value.", on="extreme",
)  # fmt: skip
sigmoid.gives_right_values(
    "sigmoid-special", points=2, area="special values",
    title="Keeps NaN, turns -inf into 0 and inf into 1.", on="special",
)  # fmt: skip
manners(sigmoid, "sigmoid", "few", "scalar")

# Tanh ------------------------------------------------------------------------------------------

tanh = rubric.target(
    "Tanh",
    call="Tanh()(Tensor(x)).data",
    said="tanh(x)",
    reference=numerics.tanh,
    bound=numerics.unit_bound,
    corpus=inputs.ELEMENTWISE,
    needs="tanh-vector",
)
tanh.is_drawn("curve", np.linspace(-4, 4, 97))
steps(tanh, "tanh", "Gives (e^x - e^-x) / (e^x + e^-x) for every element of a vector.", BATCH, AXES)
tanh.gives_right_values("tanh-precision", points=2, title=PRECISION, on="vector")
tanh.stays_between(
    "tanh-range", -1, 1, points=1, title="Stays between -1 and 1.", on=("vector", "saturated")
)
tanh.keeps_shape("tanh-shape", points=1, title=SHAPE, on=("scalar", "few", "axes"))
tanh.gives_right_values(
    "tanh-extreme", points=2, area="stability",
    title="Reaches -1 and 1 for large inputs instead of NaN or a clipped value.", on="extreme",
)  # fmt: skip
tanh.gives_right_values(
    "tanh-special", points=2, area="special values",
    title="Keeps NaN, turns -inf into -1 and inf into 1.", on="special",
)  # fmt: skip
manners(tanh, "tanh", "few", "scalar")

# Softmax ---------------------------------------------------------------------------------------

softmax = rubric.target(
    "Softmax",
    call="Softmax()(Tensor(x)).data",
    said="softmax(x)",
    reference=numerics.softmax,
    bound=numerics.softmax_bound,
    corpus=inputs.SOFTMAX,
    needs="softmax-vector",
)
softmax.is_drawn("bars", np.array([-1.0, 0.0, 1.5, 3.0]))
steps(
    softmax,
    "softmax",
    "Gives e^x_i / sum of e^x_j for a vector.",
    "Normalises each row of a batch (the last axis is the default).",
    "Normalises the last axis of three and four axes.",
)
softmax.gives_right_values("softmax-precision", points=2, title=PRECISION, on="vector")
softmax.stays_between(
    "softmax-range", 0, 1, points=2, title="Stays between 0 and 1.", on=("vector", "few")
)


@softmax.criterion("softmax-sum", points=3, area="range", on=("vector", "few", "axes"))
def sums_to_one(f: Ask, x: Array) -> None:
    """Every slice along the axis sums to 1."""
    y = f(x)
    total = same_size(y, x.shape).sum(axis=-1, dtype=np.float64)
    bound = numerics.sum_bound(x, numerics.coarser(x.dtype, y.dtype))
    said = f"sums to {worst(total, 1)}"
    check_close(total, 1, bound, "every slice must sum to 1", output=y, said=said)


# Another object in between, other ranks before, and what is left of the input: all at once.
ALONG_DIM = (
    "t = Tensor(x); f = Softmax(dim=dim); g = Softmax(); f(Tensor(x[None])); y = f(t); "
    "[y.data, f.forward(Tensor(x)).data, t.data]"
)
ALONG_DIM_SAID = ("gave", "gave by forward, called later,", "left in its input")


@softmax.criterion(
    "softmax-dim",
    points=3,
    area="dim",
    on=("dim", "dim_like_last"),
    call="Softmax(dim=dim)(Tensor(x)).data",
    said="softmax(x, dim=dim)",
)
def obeys_dim(f: Ask, x: Array, dim: int) -> None:
    """Normalises along the axis that dim names, positive or negative, and no other."""
    if np.abs(x).max() <= PLAIN:
        check_values(f(x, dim), softmax.right(FLOAT32, x=x, dim=dim))
    # Whatever is done along the last axis is done along any other, faults and all.
    turned = np.moveaxis(x, dim, -1)
    small = x.size <= SMALL or (dim == -2 and x.ndim < 4) or np.abs(x).max() > PLAIN
    if small and not f.raises(softmax.call, x=turned):
        inputs = [{"x": x, "dim": dim}, {"x": turned, "dim": -1}]
        along, last = f.each(ALONG_DIM, inputs)
        for one, other, said in zip(along, last, ALONG_DIM_SAID, strict=True):
            moved = np.moveaxis(same_size(other, turned.shape), -1, dim)
            if one.dtype != other.dtype:
                raise CheckFailed(
                    one, f"expected {other.dtype} as with dim=-1", f"{said} {one.dtype}"
                )
            try:
                check_alike(
                    one,
                    moved,
                    lambda dtype: softmax.right(dtype, x=x, dim=dim),
                    "as with dim=-1 on the moved axis",
                )
            except CheckFailed as failed:
                gave = failed.said.removeprefix("gave")
                raise CheckFailed(failed.output, failed.expected, said + gave) from None


@softmax.criterion("softmax-rows", points=2, area="independence", on="rows")
def rows_do_not_mix(f: Ask, x: Array) -> None:
    """A row of a batch gives the same as the row alone."""
    batch = f(x)
    alone = f.each("", [{"x": row} for row in x])
    right = softmax.right(numerics.coarser(x.dtype, batch.dtype), x=x)
    each = np.array([same_size(y, row.shape) for y, row in zip(alone, x, strict=True)])
    digits = digits_to_tell_apart(batch, each)
    check_close(
        same_size(batch, x.shape),
        each,
        right.upper - right.lower,
        "each row must be as it is alone",
        output=batch,
        said=f"gave {show(batch, digits)}, and {show(each, digits)} row by row",
    )


@softmax.criterion("softmax-shift", points=2, area="invariance", on="shift")
def ignores_a_common_shift(f: Ask, x: Array, c: float) -> None:
    """Does not change when the same number is added to every element."""
    y = same_size(f(x), x.shape)
    shifted = f(x + x.dtype.type(c))
    bound = numerics.shift_bound(x, c, y, numerics.coarser(x.dtype, shifted.dtype))
    digits = digits_to_tell_apart(shifted, y)
    check_close(
        same_size(shifted, x.shape),
        y,
        bound,
        f"adding {c:g} to all must not change it",
        output=shifted,
        said=f"gave {show(y, digits)}, and {show(shifted, digits)} with {c:g} added",
    )


softmax.keeps_shape(
    "softmax-shape", points=1, title="Keeps the shape, from one to four axes.", on=("few", "axes")
)
softmax.gives_right_values(
    "softmax-extreme", points=3, area="stability",
    title="Stays right for large inputs, for very small ones, and for rows far apart.",
    on="extreme", precision=FLOAT32,
)  # fmt: skip


@softmax.criterion("softmax-mask", points=2, area="special values", on="mask")
def masks(f: Ask, x: Array) -> None:
    """Gives -inf (a masked element) probability 0 and normalises the rest."""
    kept = x[np.isfinite(x)]
    if np.abs(kept).max() > STEEP:  # what fails without a mask as well is no fault of masks
        if f.raises(x=kept):
            return
        try:
            check_values(f(kept), softmax.right(FLOAT32, x=kept))
        except CheckFailed:
            return
    check_values(f(x), softmax.right(FLOAT32, x=x))


manners(softmax, "softmax", "few")

# Together --------------------------------------------------------------------------------------

BOUND = 16 * numerics.unit_roundoff(FLOAT32)  # of sigmoid and tanh, on plain values

together = rubric.target("integration", corpus=inputs.TOGETHER)


@together.criterion(
    "integration-network",
    points=3,
    area="integration",
    on="network",
    call="Softmax()(ReLU()(Tensor(x) @ Tensor(w) + Tensor(b))).data",
    said="softmax(relu(x @ w + b))",
    needs=("relu-vector", "relu-batch", "softmax-vector", "softmax-batch"),
)
def work_in_a_network(f: Ask, x: Array, w: Array, b: Array) -> None:
    """ReLU and Softmax work together in a network on Tensor operations."""
    hidden = np.maximum(x @ w + b, 0)  # exact: the corpus holds small multiples of 1/4
    check_values(f(x, w, b), softmax.right(FLOAT32, x=hidden))


@together.criterion(
    "integration-gate",
    points=3,
    area="integration",
    on="gate",
    call="(Sigmoid()(Tensor(x)) * Tanh()(Tensor(y))).data",
    said="sigmoid(x) * tanh(y)",
    needs=("sigmoid-vector", "sigmoid-batch", "tanh-vector", "tanh-batch"),
)
def work_in_a_gate(f: Ask, x: Array, y: Array) -> None:
    """Sigmoid and Tanh work together in a gate on Tensor operations."""
    s, t = sigmoid.right(FLOAT32, x=x), tanh.right(FLOAT32, x=y)
    # Two factors of size at most 1, each within its bound; the third is for their product.
    check_close(
        same_size(f(x, y), x.shape), s.truth * t.truth, 3 * BOUND, "expected sigmoid(x) * tanh(y)"
    )


@together.criterion(
    "integration-identity",
    points=2,
    area="integration",
    on="gate",
    call="(Tanh()(Tensor(x)) - (2.0 * Sigmoid()(2.0 * Tensor(x)) - 1.0)).data",
    said="tanh(x) - (2 * sigmoid(2 * x) - 1)",
    needs=("sigmoid-vector", "sigmoid-batch", "tanh-vector", "tanh-batch"),
)
def tanh_is_a_stretched_sigmoid(f: Ask, x: Array, y: Array) -> None:
    """Tanh(x) equals 2 Sigmoid(2x) - 1."""
    # One bound for tanh, two for twice the sigmoid; the fourth is for the two differences.
    check_close(
        same_size(f(x, y), x.shape), 0, 4 * BOUND, "expected 0 for Tanh(x) - (2 Sigmoid(2x) - 1)"
    )


TAILS = {
    "Sigmoid": numerics.sigmoid_tail_bound, "Tanh": numerics.tanh_tail_bound,
    "Softmax": numerics.softmax_tail_bound,
}  # fmt: skip
for target in (sigmoid, tanh, softmax):
    target.remarks_on_tails(
        f"{target.name.lower()}-tails",
        on=("vector", "extreme"),
        needs=(f"{target.name.lower()}-precision", f"{target.name.lower()}-extreme"),
        bound=TAILS[target.name],
        good="Accurate in the tails as well: values near 0 keep all their digits.",
        better="Values near 0 could keep all their digits in another form of the formula.",
    )

hints.add(rubric)
