"""What criteria are written with: checks that raise `CheckFailed`, and values as they read."""

from __future__ import annotations

import ast
import contextlib
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.numerics import FLOAT32

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.numerics import Array, Interval

# What NumPy makes of lists of numbers.
_OF_LISTS = frozenset(map(np.dtype, (np.float64, np.int64, np.bool_, np.complex128)))
HUGE = 10**300  # a whole number that is not written out, since no float is much larger
SHOWN = 10  # elements of an axis that a message or a report shows


class CheckFailed(Exception):
    """A promise that an answer does not keep: what came back, and what was promised.

    `output` is the answer, or None; `expected` what should have been, as it goes on after a
    semicolon; `said` what was given instead, in words, made of `output` where it is not given.
    `call` is the call that gave it, where a criterion makes several and it is not its own.

    >>> CheckFailed(np.array([2.0]), "expected 1").said
    'gave [2]'
    """

    def __init__(self, output: Any, expected: str, said: str = "", *, call: str = "") -> None:
        super().__init__(expected)
        self.output = output
        self.expected = expected
        self.said = said or f"gave {show(output)}"
        self.call = call


def as_array(value: Any, call: str = "") -> Array:
    """An answer as an array; `CheckFailed` where it is none, and no number.

    `call` is what gave it, where that is not the criterion's own.

    >>> as_array(1.5)
    array(1.5)
    """
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (bool, int, float, complex)):
        array = np.asarray(value)
        # What is too large for an integer of numpy's is as good as a float, if it is that small.
        return array if array.dtype != object else np.asarray(nearest(value))
    raise CheckFailed(value, "expected an array", f"gave {kind_of(value)}", call=call)


def nearest(value: Any) -> float:
    """The float that is nearest to a whole number, however large: infinity counts as one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def kind_of(value: Any) -> str:
    """What an answer is, in words."""
    return "None" if value is None else f"a {type(value).__name__}"


def same_size(output: Array, shape: tuple[int, ...]) -> Array:
    """The output in that shape, where it has as many elements.

    A wrong shape is the business of the criterion about shapes, as long as the values are there.
    `CheckFailed` where they are not.

    >>> same_size(np.array([[1.0, 2.0]]), (2,))
    array([1., 2.])
    """
    if output.shape == shape:
        return output
    if output.size != math.prod(shape):
        raise CheckFailed(
            output, f"expected shape {shape}", f"gave {show(output)} of shape {output.shape}"
        )
    return output.reshape(shape)


def same_value(first: Any, second: Any) -> bool:
    """Whether two answers are alike to the bit, NaN included; a tuple is as good as a list.

    >>> same_value((1.0, float("nan")), [1.0, float("nan")])
    True
    """
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        floats = first.dtype.kind in "fc" and second.dtype.kind in "fc"
        return first.dtype == second.dtype and np.array_equal(first, second, equal_nan=floats)
    several = (list, tuple)
    if isinstance(first, several) and isinstance(second, several):
        return len(first) == len(second) and all(map(same_value, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            same_value(first[key], second[key]) for key in first
        )
    floats = isinstance(first, float) and isinstance(second, float)
    both_nan = floats and math.isnan(first) and math.isnan(second)
    return bool(both_nan or (type(first) is type(second) and first == second))


def check_shape(output: Array, shape: tuple[int, ...]) -> None:
    """The output has that shape, and not only as many elements."""
    if output.shape != shape:
        said = f"gave {show(output)} of shape {output.shape}"
        raise CheckFailed(output, f"expected shape {shape}", said)


def check_values(output: Array, right: Interval) -> None:
    """Every element is right; NaN is right only where the truth is NaN.

    What is beyond the largest number of the answer's own dtype may be infinite in it. The answer
    may have another shape of the same size. `CheckFailed` where an element is not right.
    """
    values = same_size(output, right.truth.shape)
    if values.dtype.kind == "c":  # which numpy compares by their real parts first
        raise CheckFailed(output, "expected real numbers", "gave complex numbers")
    # Comparisons with NaN are false, so NaN fails here.
    good = (values >= right.lower) & (values <= right.upper)
    if good.all():
        return
    good |= np.isnan(right.truth) & np.isnan(values)
    if values.dtype == FLOAT32:
        with np.errstate(over="ignore"):
            good |= np.isinf(values) & (values == right.truth.astype(FLOAT32))
    if not good.all():
        digits = digits_to_tell_apart(values, right.truth)
        raise CheckFailed(
            output,
            f"expected {show(right.truth, digits)}",
            f"gave {show(output, digits)}",
        )


def check_close(
    values: Any,
    wanted: Any,
    bound: Any,
    promise: str,
    *,
    output: Array | None = None,
    said: str = "",
) -> None:
    """`values` are within `bound` of `wanted`; `promise` is what is said if not.

    All three are numbers or arrays, and `bound` is absolute. Where `wanted` is an array there have
    to be as many values, in whatever shape. `output` is the answer that the values were made of,
    where they are not the answer itself, and `said` what is wrong with it in words, such as "sums
    to 2". NaN is close to nothing.

    >>> y = np.array([0.5, 0.6])
    >>> check_close(y.sum(), 1, 1e-15, "must sum to 1", output=y)
    Traceback (most recent call last):
    grader.checks.CheckFailed: must sum to 1
    """
    found, due = np.asarray(values, np.float64), np.asarray(wanted, np.float64)
    if due.ndim:
        found = same_size(found, due.shape)
    with np.errstate(invalid="ignore", over="ignore"):
        right = np.abs(found - due) <= bound
    if right.all():
        return
    answer = values if output is None else output
    raise CheckFailed(answer, promise, said or f"gave {show(answer)}")


def worst(values: Array, wanted: float) -> str:
    """The value that is furthest from what is wanted, as text; NaN is further than anything.

    >>> worst(np.array([1.0, 0.5, 1.25]), 1.0)
    '0.5'
    """
    flat = np.asarray(values, np.float64).ravel()
    if not flat.size:
        return "nothing"
    off = np.where(np.isnan(flat), np.inf, np.abs(flat - wanted))
    found = flat[int(np.argmax(off))]
    return number(found, 6 if number(found) != number(wanted) else 17)


# Reading ---------------------------------------------------------------------------------------


def number(value: Any, digits: int = 6) -> str:
    """A number as a person writes it: `1000`, `0.5`, `nan`, `1e+308`.

    More than 9 digits are as many as it takes to tell it from its neighbours.
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, int) and abs(value) >= HUGE:  # Python writes no more than 4300 digits
        return f"{Decimal(value):.{min(digits, 6)}g}"
    if digits > 9:
        return str(value).removesuffix(".0")
    return f"{value:.{digits}g}"


def side(value: Array) -> int:
    """How many elements of an array's first axis are shown: some hundred numbers in all."""
    return SHOWN if value.ndim <= 2 else 4 if value.ndim <= 4 else 2


def show(value: Any, digits: int = 6) -> str:
    """A value in one line, cut where it is long.

    >>> show(np.arange(12.0).reshape(2, 6))
    '[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]'
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return number(value[()], digits)
        most = side(value)
        parts = [show(item, digits) for item in value[:most]]
        if len(value) > most:
            parts.append(f"… {len(value) - most} more")
        return "[" + ", ".join(parts) + "]"
    if isinstance(value, (list, tuple)):
        parts = [show(item, digits) for item in value[:SHOWN]]
        if len(value) > SHOWN:
            parts.append(f"… {len(value) - SHOWN} more")
        text = ", ".join(parts)
        return f"[{text}]" if isinstance(value, list) else f"({text}{',' * (len(parts) == 1)})"
    if isinstance(value, dict):
        shown = [f"{_key(k)}: {show(v, digits)}" for k, v in list(value.items())[:SHOWN]]
        return "{" + ", ".join(shown) + ("" if len(value) <= SHOWN else ", …") + "}"
    if isinstance(value, (int, float, complex, np.generic)):
        return number(value, digits)
    return repr(value)[:200]


def _key(value: Any) -> str:
    """A dictionary's key as Python writes it, if it does: not with integers of 4300 digits."""
    try:
        return repr(value)[:200]
    except ValueError:
        return "…"


def digits_to_tell_apart(value: Array, other: Array) -> int:
    """As many digits as it takes to see where two arrays differ."""
    return 6 if show(value) != show(other) else 17


def show_call(call: str, arguments: Mapping[str, Any]) -> str:
    """A call with its arguments that are not arrays written into it: `Softmax(dim=-1)(...)`."""
    plain = {name: v for name, v in arguments.items() if not isinstance(v, np.ndarray)}
    several = (list, tuple, dict)
    return _filled(
        call, {n: show(v, 17) if isinstance(v, several) else repr(v) for n, v in plain.items()}
    )


def _filled(call: str, written: Mapping[str, str]) -> str:
    """A call with these texts in the place of names."""
    if not written:
        return call

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Name(written[node.id]) if node.id in written else node

        def generic_visit(self, node: ast.AST) -> ast.AST:
            """Beside an operator, what begins with a sign stands in brackets."""
            super().generic_visit(node)
            if isinstance(node, (ast.UnaryOp, ast.BinOp)):
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.Name) and part.id.startswith("-"):
                        part.id = f"({part.id})"
            return node

        def visit_Starred(self, node: ast.Starred) -> ast.AST | list[ast.expr]:
            """`f(*shape)` is `f(2, 3)`, as a person would write it."""
            if isinstance(node.value, ast.Name) and node.value.id in written:
                with contextlib.suppress(SyntaxError):  # what is cut short is no Python
                    filled = ast.parse(written[node.value.id], mode="eval").body
                    if isinstance(filled, (ast.Tuple, ast.List)):
                        return filled.elts
            return self.generic_visit(node)

    lines = ast.unparse(Fill().visit(ast.parse(call))).splitlines()
    return ("\n" if any(line[:1].isspace() for line in lines) else "; ").join(lines)


def show_with_inputs(
    call: str, arguments: Mapping[str, Any], list_dtype: np.dtype[Any] | None = None
) -> str:
    """A call with everything written into it, as it would be typed to see it for oneself.

    Where lists become arrays of the dtype `list_dtype`, such arrays are written as lists.
    """
    arrays = {name: v for name, v in arguments.items() if isinstance(v, np.ndarray)}
    written = {name: _typed(array, list_dtype) for name, array in arrays.items()}
    return _filled(show_call(call, arguments), written)


def _typed(array: Array, list_dtype: np.dtype[Any] | None) -> str:
    text = re.sub(r"\b(nan|inf)\b", r"np.\1", show(array, 17 if array.size <= 4 else 6))
    if list_dtype is not None and array.dtype == list_dtype:  # None equals float64 to numpy
        return text
    if list_dtype is None and array.dtype in _OF_LISTS:
        if array.dtype.kind == "f":
            text = re.sub(r"(?<![\w.+-])(-?\d+)(?=[],]|$)", r"\1.0", text)
        return f"np.array({text})"
    return f"np.{array.dtype.name}({text})"


def jsonable(value: Any) -> Any:
    """A value in JSON: arrays as nested lists, cut where they are long, saying so.

    Numbers that JSON has no way to write are the strings "nan", "inf" and "-inf".
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return jsonable(value[()])
        most = side(value)
        items = [jsonable(item) for item in value[:most]]
        return items + ([f"… {len(value) - most} more"] if len(value) > most else [])
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value[:SHOWN]]
    if isinstance(value, dict):
        shown = list(value.items())[:SHOWN]
        return {k if isinstance(k, str) else _key(k): jsonable(v) for k, v in shown}
    if isinstance(value, (complex, np.complexfloating)):
        return show(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) < HUGE else show(int(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isfinite(number):
            return number
        return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    return None if value is None else show(value)


def show_json(value: Any) -> str:
    """What `jsonable` gave, in one line."""
    if isinstance(value, list):
        return "[" + ", ".join(show_json(item) for item in value) + "]"
    if isinstance(value, (int, float)):
        return number(value, 17)
    return str(value)
