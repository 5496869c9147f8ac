"""What criteria are written with: checks that raise `CheckFailed`, and values as they read."""

from __future__ import annotations

import ast
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.numerics import FLOAT32

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.numerics import Array, Interval

SHOWN = 10  # elements of an axis that a message or a report shows


class CheckFailed(Exception):
    """A promise that an answer does not keep: what came back, and what was promised."""

    def __init__(self, output: Any, expected: str, said: str = "") -> None:
        super().__init__(expected)
        self.output = output
        self.expected = expected
        self.said = said or f"gave {show(output)}"


def same_size(output: Array, shape: tuple[int, ...]) -> Array:
    """The output in that shape, where it has as many elements.

    A wrong shape is the business of the criterion about shapes, as long as the values are there.
    """
    if output.shape == shape:
        return output
    if output.size != math.prod(shape):
        raise CheckFailed(
            output, f"expected shape {shape}", f"gave {show(output)} of shape {output.shape}"
        )
    return output.reshape(shape)


def check_values(output: Array, right: Interval) -> None:
    """Every element is right; NaN is right only where the truth is NaN.

    What is beyond the largest number of the answer's own dtype may be infinite in it.
    """
    values = same_size(output, right.truth.shape)
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

    Where `wanted` is an array, there are as many values, whatever their shape. `output` is the answer that the values were made of, where they are not the answer itself, and
    `said` what is wrong with it in words, such as "sums to 2".
    """
    found, right_ones = np.asarray(values, np.float64), np.asarray(wanted, np.float64)
    if right_ones.ndim:
        found = same_size(found, right_ones.shape)
    with np.errstate(invalid="ignore", over="ignore"):
        right = np.abs(found - right_ones) <= bound
    if right.all():
        return
    answer = values if output is None else output
    raise CheckFailed(answer, promise, said or f"gave {show(answer)}")


def worst(values: Array, wanted: float) -> str:
    """The value that is furthest from what is wanted, as text; NaN is further than anything."""
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
    if digits > 9:
        return str(value).removesuffix(".0")
    return f"{value:.{digits}g}"


def side(value: Array) -> int:
    """How many elements of an array's first axis are shown: some hundred numbers in all."""
    return SHOWN if value.ndim <= 2 else 4 if value.ndim <= 4 else 2


def show(value: Any, digits: int = 6) -> str:
    """A value in one line, cut where it is long."""
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return number(value[()], digits)
        most = side(value)
        parts = [show(item, digits) for item in value[:most]]
        if len(value) > most:
            parts.append(f"… {len(value) - most} more")
        return "[" + ", ".join(parts) + "]"
    if isinstance(value, list):
        more = [f"… {len(value) - SHOWN} more"] if len(value) > SHOWN else []
        return "[" + ", ".join([show(item, digits) for item in value[:SHOWN]] + more) + "]"
    if isinstance(value, (int, float, np.generic)):
        return number(value, digits)
    return repr(value)[:200]


def digits_to_tell_apart(value: Array, other: Array) -> int:
    """As many digits as it takes to see where two arrays differ."""
    return 6 if show(value) != show(other) else 17


def show_call(call: str, arguments: Mapping[str, Any]) -> str:
    """A call with its arguments that are not arrays written into it: `Softmax(dim=-1)(...)`."""
    plain = {name: v for name, v in arguments.items() if not isinstance(v, np.ndarray)}
    if not plain:
        return call

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Constant(plain[node.id]) if node.id in plain else node

    return "; ".join(ast.unparse(Fill().visit(ast.parse(call))).splitlines())


def show_with_inputs(call: str, arguments: Mapping[str, Any]) -> str:
    """A call with everything written into it, as it would be typed to see it for oneself.

    A list becomes a float32 Tensor, so float64 arrays are written as such.
    """
    written = {}
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            text = re.sub(r"\b(nan|inf)\b", r"np.\1", show(value, 17 if value.size <= 4 else 6))
            written[name] = text if value.dtype == FLOAT32 else f"np.float64({text})"

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Name(written[node.id]) if node.id in written else node

    tree = Fill().visit(ast.parse(show_call(call, arguments)))
    return "; ".join(ast.unparse(tree).splitlines())


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
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
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
