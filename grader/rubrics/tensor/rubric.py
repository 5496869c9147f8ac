"""The hidden rubric of the Tensor assignment: one class in five parts, 100 points.

A bug is to cost what it breaks and nothing else. So values are held to a reference once, operation
by operation; whatever else is promised of an operation (other operands, broadcasting, kept axes) is
held to what the same Tensor gives where that promise is not needed. Nothing about dtypes is asked
of values, and nothing about values of dtypes: what is right to float32's precision is right, and
digits that are lost are a matter of dtypes. What computes nothing earns nothing: everything needs
the plainest criterion of its part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader import linear, numerics
from grader.checks import CheckFailed, as_array, check_shape, check_values, show
from grader.promises import check_raises
from grader.rubric import Rubric

from . import hints, inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.criterion import Gives
    from grader.numerics import Array
    from grader.promises import Ask
    from grader.rubric import Target

SETUP = '''
import numpy as np


def tried(step, *given):
    """What a step gives; None where it raises, which is not what is asked."""
    try:
        return step(*given)
    except Exception:
        return None
'''

rubric = Rubric(
    "tensor",
    seed=20261127,
    setup=SETUP,
    answers="a Tensor",
    list_dtype="float32",
)

FLOAT32, FLOAT64 = numerics.FLOAT32, numerics.FLOAT64
OF_TENSOR = "Tensor(Tensor(x)).data"
UNFIT = (ValueError, TypeError)  # what is no table of numbers
FAR = (ValueError, IndexError)  # an axis that is not there: NumPy's AxisError is both


def right_or_as_wrong(
    f: Ask, call: str, answer: Any, shape: tuple[int, ...], target: Target, **arguments: Any
) -> None:
    """What a call gave is right, or at least what the target's own gives for these arguments."""
    dtypes = (value.dtype for value in arguments.values() if isinstance(value, np.ndarray))
    answer = as_array(answer, call)
    try:
        check_shape(answer, shape)
        check_values(answer, target.right(numerics.coarser(answer.dtype, *dtypes), **arguments))
    except CheckFailed as failed:
        if f.raises(target.call, **arguments):
            return
        own = np.ravel(as_array(f.by(target.call, **arguments), target.call))
        if answer.shape != shape or not np.array_equal(answer.ravel(), own, equal_nan=True):
            raise CheckFailed(answer, failed.expected, failed.said, call=call) from None


def is_of(answer: Any, wanted: Any, call: str = "") -> None:
    """What a call gave has a dtype."""
    answer = as_array(answer, call)
    if answer.dtype != wanted:
        raise CheckFailed(answer, f"expected {np.dtype(wanted)}", f"gave {answer.dtype}", call=call)


def keeps_digits(answer: Any, target: Target, call: str, **arguments: Array) -> None:
    """What is right to float32's precision is right to float64's, where all that went in is."""
    answer = as_array(answer, call)
    if any(value.dtype != FLOAT64 for value in arguments.values()):
        return
    try:
        check_values(answer, target.right(FLOAT32, **arguments))
    except CheckFailed:
        return  # which is lost elsewhere
    try:
        check_values(answer, target.right(FLOAT64, **arguments))
    except CheckFailed as failed:
        raise CheckFailed(answer, failed.expected, failed.said, call=call) from None


# Creation ----------------------------------------------------------------------------------------

creation = rubric.target(
    "creation",
    call="Tensor(x).data",
    reference=lambda x: np.asarray(x, np.float64),
    bound=numerics.relative(1),  # what is no float32 is rounded to one
    corpus=inputs.CREATION,
    lists=False,
)
creation.gives_right_values(
    "create-list", points=4, on="lists", in_shape=True,
    title="Holds the numbers of a list, or of nested lists, in a NumPy array.",
)  # fmt: skip
creation.gives_right_values(
    "create-number", points=2, on="numbers", in_shape=True,
    title="Holds a single number, with shape ().",
)  # fmt: skip
creation.gives_right_values(
    "create-array", points=4, on=("arrays", "whole"), in_shape=True,
    title="Holds the numbers of a NumPy array, from one to four axes.",
)  # fmt: skip
creation.gives_right_values(
    "create-tensor", points=2, on="arrays", in_shape=True, needs="create-array",
    title="Holds the numbers of another Tensor.", call=OF_TENSOR,
)  # fmt: skip


KNOWN = "t = Tensor(x); [t.shape, t.ndim, t.size, np.dtype(t.dtype).name, t.data.dtype.name]"


@creation.criterion(
    "create-attributes",
    points=4,
    area="attributes",
    on=("numbers", "arrays"),
    needs=("create-number", "create-array"),
    call=KNOWN,
    shown="t = Tensor(x); [t.shape, t.ndim, t.size, t.dtype]",
)
def knows_itself(f: Ask, x: Any) -> None:
    """Knows its shape (a tuple), its number of axes, its size and its dtype."""
    shape, ndim, size, dtype, own = f.by(KNOWN)
    if not isinstance(shape, tuple):
        raise CheckFailed(shape, "expected a tuple", f"gave the shape {show(shape)}")
    for name, value, wanted in (
        ("shape", shape, np.shape(x)), ("ndim", ndim, np.ndim(x)),
        ("size", size, np.size(x)), ("dtype", dtype, own),
    ):  # fmt: skip
        # Whatever they are: what is no whole number is not cut off to one.
        if not np.array_equal(value, wanted):
            raise CheckFailed(value, f"expected {show(wanted)}", f"gave {name} {show(value)}")


@creation.criterion(
    "create-float32", points=3, area="dtype", on=("lists", "numbers", "whole"), needs="create-list"
)
def becomes_float32(f: Ask, x: Any) -> None:
    """Turns numbers, lists, and arrays of integers or booleans into float32."""
    if not f.raises():
        is_of(f(x), np.float32)


@creation.criterion("create-keeps-dtype", points=3, area="dtype", on="arrays", needs="create-array")
def keeps_its_dtype(f: Ask, x: Array) -> None:
    """Keeps float32 and float64, of arrays and of Tensors."""
    is_of(f(x), x.dtype)
    for call in (OF_TENSOR, "Tensor(x.ravel()[0]).data"):
        if not f.raises(call):
            is_of(f.by(call), x.dtype, call)


NARROW = "Tensor(x, dtype=np.float32).data"


@creation.criterion(
    "create-dtype",
    points=2,
    area="dtype",
    on=("lists", "numbers", "arrays"),
    needs="create-list",
    call="Tensor(x, dtype=np.float64).data",
)
def obeys_dtype(f: Ask, x: Any) -> None:
    """Has the dtype that it is asked for, and all its digits."""
    is_of(f(x), np.float64)
    is_of(f.by(NARROW), np.float32, NARROW)
    if not f.raises(OF_TENSOR):
        for dtype in ("float32", "float64"):
            call = f"Tensor(Tensor(x), dtype=np.{dtype}).data"
            is_of(f.by(call), dtype, call)
    if f(x).size == np.size(x):
        off = np.abs(f(x).ravel() - np.asarray(x, np.float64).ravel())
        if (off > 0).any():
            raise CheckFailed(f(x), f"expected {show(x, 17)}", f"gave {show(f(x), 17)}")


SHARED = (  # each must leave the numbers as they were
    "a = np.array(x); t = Tensor(a); a[...] = 99; t.data",
    "a = np.array(x); t = Tensor(a); t.data[...] = 99; a",
    "u = Tensor(x); t = Tensor(u); u.data[...] = 99; t.data",
    "a = np.array(x); t = Tensor(a, dtype=a.dtype); a[...] = 99; t.data",
    "u = Tensor(x); t = Tensor(u, dtype=u.dtype); u.data[...] = 99; t.data",
    "a = np.array(x[(0,) * x.ndim]); t = Tensor(a); a[...] = 99; t.data",
)


@creation.criterion(
    "create-copies",
    points=4,
    area="memory",
    on="arrays",
    needs="create-array",
    call=SHARED[0],
)
def owns_its_numbers(f: Ask, x: Array) -> None:
    """Owns its numbers: it does not change with what it was made of, nor that with it."""
    for call in SHARED:
        if not f.raises(call) and (as_array(f.by(call), call) == 99).any():
            raise CheckFailed(f.by(call), f"expected {show(x)} as before", call=call)


creation.raises(
    "create-errors", UNFIT, points=3, on="unfit", needs="create-list", call="Tensor(x)",
    title="Refuses lists whose rows differ in length, and text.",
)  # fmt: skip

# Arithmetic --------------------------------------------------------------------------------------


def operation(name: str, symbol: str, reference: Any, bound: Any, gives: Gives = "array") -> Target:
    """One of the four operations."""
    return rubric.target(
        name,
        call=f"(Tensor(x) {symbol} Tensor(y)).data",
        said=f"Tensor(x) {symbol} Tensor(y)",
        reference=reference,
        bound=bound,
        corpus=inputs.ARITHMETIC,
        gives=gives,
    )


FACTORS = numerics.relative(4)  # two inputs, a reciprocal and the answer, rounded once each
OPERATIONS = {
    "+": operation("addition", "+", linear.add, linear.add_bound),
    "-": operation("subtraction", "-", linear.subtract, linear.add_bound, "anything"),
    "*": operation("multiplication", "*", linear.multiply, FACTORS),
    "/": operation("division", "/", linear.divide, FACTORS),
}
OPERATIONS["+"].gives_right_values(
    "add", points=3, title="Adds, element by element.", on="alike", in_shape=True, precision=FLOAT32
)
OPERATIONS["-"].gives_right_values(
    "subtract", points=3, title="Subtracts, element by element, and negates.", on="alike",
    in_shape=True, precision=FLOAT32,
    reference=lambda x, y: [linear.subtract(x, y), np.negative(y, dtype=np.float64)],
    bound=linear.add_bound,
    call="t = Tensor(x); u = Tensor(y); [(t - u).data, (-u).data]",
    said="t = Tensor(x); u = Tensor(y); [t - u, -u]",
)  # fmt: skip
OPERATIONS["*"].gives_right_values(
    "multiply",
    points=2,
    title="Multiplies, element by element.",
    on="alike",
    in_shape=True,
    precision=FLOAT32,
)
OPERATIONS["/"].gives_right_values(
    "divide",
    points=2,
    title="Divides, element by element.",
    on="alike",
    in_shape=True,
    precision=FLOAT32,
)

arithmetic = rubric.target("arithmetic", corpus=inputs.ARITHMETIC, needs="add", gives="anything")
operands = rubric.target(
    "array-arithmetic", corpus=inputs.ARITHMETIC, needs="add", gives="anything", lists=False
)


def all_four(left: str, right: str) -> list[str]:
    """The four operations between two operands."""
    return [f"{left} {symbol} {right}" for symbol in OPERATIONS]


def asked_together(terms: Sequence[str]) -> dict[str, Any]:
    """One call for what several terms give, each made of new Tensors, and how it is said."""
    return {
        "call": f"[{', '.join(f'({term}).data' for term in terms)}]",
        "said": f"[{', '.join(terms)}]",
    }


TENSORS = all_four("Tensor(x)", "Tensor(y)")
RIGHT, LEFT = all_four("Tensor(x)", "c"), all_four("c", "Tensor(x)")
LIST = "np.asarray(y).tolist()"
AFTER, BEFORE = all_four("Tensor(x)", "y"), all_four("y", "Tensor(x)")


def as_tensors(f: Ask, terms: Sequence[str], answers: Any, x: Array, y: Array) -> None:
    """The four terms give what the operations do on two Tensors of one shape."""
    for term, answer, target in zip(terms, answers, OPERATIONS.values(), strict=True):
        right_or_as_wrong(f, term, answer, x.shape, target, x=x, y=y)


@arithmetic.criterion(
    "broadcasts", points=3, area="broadcasting", on="broadcast", **asked_together(TENSORS)
)
def broadcasts(f: Ask, x: Array, y: Array) -> None:
    """Broadcasts in all four operations: a column with a row, rows, numbers, more axes."""
    wide, tall = (np.array(each) for each in np.broadcast_arrays(x, y))
    as_tensors(f, TENSORS, f(x, y), wide, tall)


def has_another_shape(f: Ask, x: Array) -> bool:
    """Whether a single number has axes here, which is lost before."""
    return not x.ndim and as_array(f.by("Tensor(x).data")).ndim > 0


@arithmetic.criterion(
    "number-right", points=3, area="operands", on="number", **asked_together(RIGHT)
)
def takes_numbers(f: Ask, x: Array, c: float) -> None:
    """Takes a number on the right: x + 2, x - 2, x * 2, x / 2."""
    if has_another_shape(f, x):
        return
    as_tensors(f, RIGHT, f(x, c), x, np.full(x.shape, c, x.dtype))


@arithmetic.criterion("number-left", points=4, area="operands", on="number", **asked_together(LEFT))
def takes_numbers_first(f: Ask, x: Array, c: float) -> None:
    """Takes a number on the left: 2 + x, 2 - x, 2 * x, 2 / x."""
    if has_another_shape(f, x):
        return
    as_tensors(f, LEFT, f(x, c), np.full(x.shape, c, x.dtype), x)


@operands.criterion(
    "arrays-and-lists",
    points=3,
    area="operands",
    on=("array", "list"),
    **asked_together(BEFORE),
)
def takes_arrays_and_lists(f: Ask, x: Array, y: Any) -> None:
    """Takes arrays and lists on either side, and gives a Tensor."""
    other = np.asarray(y, x.dtype)
    as_tensors(f, BEFORE, f(x, y), other, x)
    as_tensors(f, AFTER, f.by(asked_together(AFTER)["call"]), x, other)


@arithmetic.criterion(
    "arithmetic-dtype", points=2, area="dtype", on="mixed", **asked_together(TENSORS)
)
def mixes_dtypes(f: Ask, x: Array, y: Array) -> None:
    """Gives float64 where one operand is, else float32; -x, reshape and transpose keep dtypes."""
    for term, answer, target in zip(TENSORS, f(x, y), OPERATIONS.values(), strict=True):
        is_of(answer, np.result_type(x, y), term)
        keeps_digits(answer, target, term, x=x, y=y)
    # A list is what it is as a Tensor, whatever that is here.
    of_list, listed = f"Tensor({LIST}).data", all_four("Tensor(x)", LIST)
    together = asked_together(listed)["call"]
    if not f.raises(of_list) and not f.raises(together):
        wanted = np.result_type(x, as_array(f.by(of_list), of_list))
        for term, answer in zip(listed, f.by(together), strict=True):
            is_of(answer, wanted, term)
    # So is an array.
    together = asked_together(AFTER)["call"]
    if not f.raises(together):
        for term, answer in zip(AFTER, f.by(together), strict=True):
            is_of(answer, np.result_type(x, y), term)
    for term in ("-Tensor(x)", "Tensor(x).reshape(-1)", "Tensor(x).transpose()"):
        if not f.raises(f"({term}).data"):
            is_of(f.by(f"({term}).data"), x.dtype, term)


@arithmetic.criterion("number-dtype", points=1, area="dtype", on="tenths", **asked_together(RIGHT))
def numbers_have_no_dtype(f: Ask, x: Array, c: float) -> None:
    """A Python number takes on the dtype of the Tensor, with all its digits."""
    number = np.full(x.shape, c, x.dtype)
    as_tensors(f, RIGHT, f(x, c), x, number)
    for term, answer in zip(RIGHT, f(x, c), strict=True):
        is_of(answer, x.dtype, term)
    before = asked_together(LEFT)["call"]
    if works_with_half(f, before, x):
        as_tensors(f, LEFT, f.by(before), number, x)
        for term, answer in zip(LEFT, f.by(before), strict=True):
            is_of(answer, x.dtype, term)


def works_with_half(f: Ask, call: str, x: Array) -> bool:
    """Whether numbers on the left work where no digit can be lost; if not, that is lost before."""
    half = 0.5
    if f.raises(call, x=x, c=half):
        return False
    try:
        as_tensors(f, LEFT, f.by(call, x=x, c=half), np.full(x.shape, half, x.dtype), x)
    except CheckFailed:
        return False
    return True


@OPERATIONS["/"].criterion(
    "divide-by-zero", points=1, area="special values", on="by_zero", needs="divide"
)
def divides_by_zero(f: Ask, x: Array, y: Array) -> None:
    """Gives infinity or NaN where it divides by zero."""
    check_values(f(x, y), OPERATIONS["/"].right(FLOAT32, x=x, y=y))
    four = np.full(x.shape, 4, x.dtype)
    for call, by, c, top, fits in (
        ("Tensor(x) / c", x, 0, x, 2), ("c / Tensor(x)", y, 1, np.ones_like(x), 0.5)
    ):  # fmt: skip
        # Where numbers are no right operands at all, that is lost before.
        term = f"({call}).data"
        if f.raises(term, x=four, c=2) or not np.array_equal(
            f.by(term, x=four, c=2), np.full_like(four, fits)
        ):
            continue
        answer = f.by(term, x=by, c=c)
        right_or_as_wrong(f, call, answer, x.shape, OPERATIONS["/"], x=top, y=y)


BOTH = "t = Tensor(x); u = Tensor(y); "
STEPS = (
    "t + u", "t - u", "t * u", "t / u", "-t", "1 + t", "1 - t", "t @ u", "t.reshape(-1)",
    "t.transpose()", "t.sum()", "t.sum(axis=0)", "t.mean(axis=0)", "t.max(axis=0)",
    "t + 2", "t - 2", "t * 2", "t / 2", "2 * t", "2 / t", "t.sum(axis=0, keepdims=True)",
    "t.mean(axis=0, keepdims=True)", "t.max(axis=0, keepdims=True)",
)  # fmt: skip
# What is held while there is more to do: the answer now, and as it was.
HELD = {
    **{
        f"a = t {symbol} u; u {symbol} u; a.data": (
            f"a := t {symbol} u, b := np.array(a.data), u {symbol} u, [a.data, b]"
        )
        for symbol in "+-*/"
    },
    "a = -t; -u; a.data": "a := -t, b := np.array(a.data), -u, [a.data, b]",
    **{
        f"t.{name}(); t.{name}(axis=0).data": (
            f"t.{name}(), [t.{name}(axis=0).data, Tensor(x).{name}(axis=0).data]"
        )
        for name in ("sum", "mean", "max")
    },
}


def one_by_one(*steps: str) -> str:
    """A call that tries all steps, each on two new Tensors, t and u."""
    return f"[{', '.join(f'tried(lambda t, u: {step}, Tensor(x), Tensor(y))' for step in steps)}]"


@arithmetic.criterion(
    "new-tensors",
    points=2,
    area="type",
    on="square",
    call=one_by_one(*(f"isinstance({step}, Tensor)" for step in STEPS)),
    shown=f"{BOTH}isinstance(t + u, Tensor)",
)
def gives_tensors(f: Ask, x: Array, y: Array) -> None:
    """Gives a Tensor, whatever the operation."""
    for step, found in zip(STEPS, f(x, y), strict=True):
        if found is not None and found is not True:
            raise CheckFailed(None, "expected a Tensor", "gave something else", call=BOTH + step)


@arithmetic.criterion(
    "untouched",
    points=2,
    area="memory",
    on="square",
    call=one_by_one("[t.data, u.data]", *(f"[{step}, [t.data, u.data]][-1]" for step in STEPS)),
    shown=f"{BOTH}t + u; [t.data, u.data]",
)
def changes_nothing(f: Ask, x: Array, y: Array) -> None:
    """No operation changes the Tensors that it works on."""
    before, *after_each = f(x, y)
    for step, after in zip(STEPS, after_each, strict=True):
        for found, wanted, name in zip(after or before, before, "tu", strict=True):
            check_as_before(found, wanted, f"{BOTH}{step}; {name}.data")
    held = f.by(one_by_one(*(f"[{step}][-1]" for step in HELD.values())))
    for shown, answers in zip(HELD, held, strict=True):
        if answers is not None:
            now, then = answers
            check_as_before(now, then, BOTH + shown)


def check_as_before(found: Any, wanted: Any, call: str) -> None:
    """What a call gave is what there was before."""
    if not np.array_equal(found, wanted):
        raise CheckFailed(
            found, f"expected {show(wanted)} as before", f"gave {show(found)}", call=call
        )


@arithmetic.criterion(
    "arithmetic-errors", points=2, area="errors", on="unfit", call="Tensor(x) + Tensor(y)"
)
def refuses_shapes(f: Ask, x: Array, y: Array) -> None:  # noqa: ARG001
    """Raises a ValueError where shapes do not fit."""
    for symbol in OPERATIONS:
        check_raises(f, ValueError, call=f"Tensor(x) {symbol} Tensor(y)")


# The matrix product ------------------------------------------------------------------------------

matmul = rubric.target(
    "matmul",
    call="(Tensor(x) @ Tensor(y)).data",
    said="Tensor(x) @ Tensor(y)",
    reference=linear.matmul,
    bound=linear.matmul_bound,
    corpus=inputs.MATMUL,
    needs="matmul-matrices",
)
matmul.gives_right_values(
    "matmul-matrices", points=4, title="Multiplies matrices.", on="matrices", in_shape=True,
    precision=FLOAT32, needs=(),
)  # fmt: skip
matmul.gives_right_values(
    "matmul-vectors", points=3, on="vectors", in_shape=True, precision=FLOAT32, needs=(),
    title="Multiplies vectors with vectors (shape ()) and with matrices, on either side.",
)  # fmt: skip
matmul.gives_right_values(
    "matmul-batches", points=2, on="batches", in_shape=True, precision=FLOAT32,
    title="Multiplies batches of matrices, and broadcasts their first axes.",
)  # fmt: skip


@matmul.criterion("matmul-dtype", points=1, area="dtype", on="mixed")
def products_mix_dtypes(f: Ask, x: Array, y: Array) -> None:
    """float32 with float32 gives float32, and float64 where one of them is."""
    if not f.raises():
        is_of(f(x, y), np.result_type(x, y))
        keeps_digits(f(x, y), matmul, matmul.call, x=x, y=y)


matmul.raises(
    "matmul-errors", ValueError, points=2, on="unfit", call="Tensor(x) @ Tensor(y)",
    title="Raises a ValueError where shapes do not fit, and for single numbers.",
)  # fmt: skip

# Other shapes ------------------------------------------------------------------------------------

reshape = rubric.target(
    "reshape",
    call="t = Tensor(x); [t.reshape(*shape).data, t.reshape(shape).data]",
    said="t = Tensor(x); [t.reshape(*shape), t.reshape(shape)]",
    reference=lambda x, shape: 2 * [np.asarray(x, np.float64).reshape(shape)],
    bound=numerics.relative(1),
    corpus=inputs.SHAPES,
    needs="reshape",
    gives="anything",
)
reshape.gives_right_values(
    "reshape", points=3, on="whole", in_shape=True, needs=(),
    title="Keeps the elements in order, row by row, in another shape, given as numbers or as a "
    "tuple.",
)  # fmt: skip
reshape.gives_right_values(
    "reshape-infers", points=2, title="Works out the length that is given as -1.", on="inferred",
    in_shape=True, call="Tensor(x).reshape(*shape).data", said="Tensor(x).reshape(*shape)",
    reference=lambda x, shape: np.asarray(x, np.float64).reshape(shape), bound=numerics.relative(1),
)  # fmt: skip
reshape.raises(
    "reshape-errors", ValueError, points=2, on="unfit", call="Tensor(x).reshape(*shape)",
    said="Tensor(x).reshape(*shape)",
    title="Raises a ValueError for another number of elements.",
)  # fmt: skip

transpose = rubric.target(
    "transpose",
    call="Tensor(x).transpose().data",
    said="Tensor(x).transpose()",
    reference=lambda x, axes=None: np.asarray(x, np.float64).transpose(axes),
    bound=numerics.relative(1),
    corpus=inputs.SHAPES,
)
transpose.gives_right_values(
    "transpose", points=2, title="Reverses the axes.", on="reversed", in_shape=True
)
transpose.gives_right_values(
    "transpose-axes", points=2, title="Puts the axes in the order that is given.", on="ordered",
    in_shape=True, call="Tensor(x).transpose(*axes).data", said="Tensor(x).transpose(*axes)",
)  # fmt: skip

# Reductions --------------------------------------------------------------------------------------


def reduction(name: str, reference: Any, bound: Any) -> Target:
    """One of the three reductions."""
    return rubric.target(
        name,
        call=f"Tensor(x).{name}(axis=axis).data",
        said=f"Tensor(x).{name}(axis=axis)",
        reference=reference,
        bound=bound,
        corpus=inputs.REDUCTIONS,
    )


REDUCTIONS = {
    "sum": reduction("sum", linear.sum_over, linear.sum_bound),
    "mean": reduction("mean", linear.mean_over, linear.mean_bound),
    "max": reduction("max", linear.max_over, numerics.relative(1)),
}
REDUCTIONS["sum"].gives_right_values(
    "sum", points=3, title="Sums everything, or along an axis, counted from either end.",
    on="axes", in_shape=True,
)  # fmt: skip
REDUCTIONS["mean"].gives_right_values(
    "mean", points=3, title="Takes the mean of everything, or along an axis.", on="axes",
    in_shape=True,
)  # fmt: skip
REDUCTIONS["max"].gives_right_values(
    "max", points=2, title="Finds the largest of all elements, or along an axis.",
    on=("axes", "negative"), in_shape=True,
)  # fmt: skip

reductions = rubric.target("reductions", corpus=inputs.REDUCTIONS, needs="sum")


@reductions.criterion(
    "keepdims",
    points=2,
    area="shape",
    on="axes",
    call="Tensor(x).sum(axis=axis, keepdims=True).data",
    said="Tensor(x).sum(axis=axis, keepdims=True)",
)
def keeps_axes(f: Ask, x: Array, axis: int | None) -> None:
    """Leaves an axis of length 1 where keepdims=True."""
    shape = np.max(x, axis=axis, keepdims=True).shape
    for name, target in REDUCTIONS.items():
        if not f.raises(target.call):
            call = f"Tensor(x).{name}(axis=axis, keepdims=True)"
            right_or_as_wrong(f, call, f.by(f"{call}.data"), shape, target, x=x, axis=axis)


@reductions.criterion(
    "reductions-dtype", points=1, area="dtype", on="dtypes", call=REDUCTIONS["sum"].call,
    said=REDUCTIONS["sum"].said,
)  # fmt: skip
def reductions_keep_dtypes(f: Ask, x: Array, axis: int | None) -> None:  # noqa: ARG001
    """Keeps the dtype, also where a single number is left."""
    for name in REDUCTIONS:
        for options in ("axis=axis", "axis=axis, keepdims=True"):
            call = f"Tensor(x).{name}({options}).data"
            if not f.raises(call):
                is_of(f.by(call), x.dtype, call)


@reductions.criterion(
    "reductions-errors", points=2, area="errors", on="unfit", call="Tensor(x).sum(axis=axis)"
)
def refuses_axes(f: Ask, x: Array, axis: int) -> None:  # noqa: ARG001
    """Raises an error for an axis that is not there."""
    for name in REDUCTIONS:
        check_raises(f, *FAR, call=f"Tensor(x).{name}(axis=axis)")


hints.add(rubric)
