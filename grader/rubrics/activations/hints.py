"""Ideas for whoever has lost a point in a known way; none of them is code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from grader.hints import Seen
    from grader.rubric import Rubric

ALL = ("relu", "sigmoid", "tanh", "softmax")


def ids(*endings: str, of: tuple[str, ...] = ALL) -> tuple[str, ...]:
    """The criteria of functions that end so, as far as the function has them."""
    only_softmax = {"sum", "dim", "rows", "shift", "mask"}
    return tuple(
        f"{name}-{ending}"
        for name in of
        for ending in endings
        if not (ending == "precision" and name == "relu")
        and not (ending == "special" and name == "softmax")
        and not (ending in only_softmax and name != "softmax")
    )


def add(rubric: Rubric) -> None:
    """Add all hints; of several that fit, the first counts."""
    values = ("vector", "batch", "axes")
    rubric.hint(
        "A condition decides once for a whole array; the decision is needed element by element.",
        on=ids(*values, "range", "extreme", "special"),
        when=lambda seen: "truth value" in seen.said,
    )
    rubric.hint(
        "A function has to hand back its result; as it is, what it works out is lost.",
        on=ids(*values),
        when=lambda seen: "gave None" in seen.said or "'NoneType'" in seen.said,
    )
    rubric.hint(
        "The functions of Python's math module take one number; NumPy's take a whole array.",
        on=ids(*values),
        when=lambda seen: "converted to Python scalar" in seen.said or "only length-1" in seen.said,
    )
    rubric.hint("Work on new values: the caller still needs the input as it was.", on=ids("input"))
    rubric.hint(
        "The result is to be a Tensor again, with numbers as precise as those that came in.",
        on=ids("dtype"),
    )
    rubric.hint(
        "A function computes its answer and changes nothing else: what numpy and Tensor are made "
        "of belongs to everybody.",
        on=ids("repeat"),
        when=lambda seen: seen.said.startswith("changed "),
    )
    rubric.hint(
        "Nothing that one call has left behind may matter to the next, and calling the object and "
        "its forward are the same thing.",
        on=ids("repeat"),
    )
    rubric.hint("As many axes must come out as go in, also for a single number.", on=ids("shape"))
    rubric.hint(
        "Somewhere on the way the numbers lose digits: look for a conversion, a rounding, or a "
        "constant that is added or written with few digits.",
        on=ids("precision"),
    )
    _elementwise(rubric)
    _softmax(rubric)


def _elementwise(rubric: Rubric) -> None:
    rubric.hint(
        "0 times infinity is NaN: choose between two values instead of multiplying by 0 or 1.",
        on="relu-special",
        when=lambda seen: seen.nan and not _has_nan(seen),
    )
    rubric.hint(
        "NaN says that something went wrong before; it has to stay visible.",
        on=ids("special", of=("relu", "sigmoid", "tanh")),
        when=lambda seen: _has_nan(seen) and not seen.nan,
    )
    rubric.hint(
        "e^x overflows for large x: find a form in which only powers of e occur that stay small.",
        on=ids("extreme", "special", "range", of=("sigmoid", "tanh")),
        when=lambda seen: seen.nan or "Overflow" in seen.said,
    )
    rubric.hint(
        "Where the input is cut off early, the function stops short of its limits.",
        on=ids("extreme", of=("sigmoid", "tanh")),
    )


def _softmax(rubric: Rubric) -> None:
    values = ("vector", "batch", "axes")
    rubric.hint(
        "Without the axis that is summed over, shapes no longer fit: keep it, with one element.",
        on=ids(*values, "shape", "sum", "dim", "rows", "range", of=("softmax",)),
        when=lambda seen: "of shape" in seen.said or "gave shape" in seen.said,
    )
    rubric.hint(
        "Subtract the maximum along the same axis before exponentiating: each slice has its own.",
        on=("softmax-extreme", "softmax-dim"),
        when=lambda seen: seen.nan and np.ndim(seen.arguments["x"]) > 1,
    )
    rubric.hint(
        "Subtract the maximum along the same axis before exponentiating: e^x overflows for large "
        "x, and a common shift changes nothing.",
        on=("softmax-extreme", "softmax-shift"),
        when=lambda seen: seen.nan or "Overflow" in seen.said,
    )
    rubric.hint(
        "e^-inf is 0, but the difference of two infinities is NaN: what is subtracted has to be "
        "finite wherever anything in the slice is.",
        on="softmax-mask",
        when=lambda seen: seen.nan,
    )
    rubric.hint(
        "Maximum and sum are to be taken along the axis that was asked for, counted from either "
        "end, and along no other.",
        on=("softmax-batch", "softmax-axes", "softmax-sum", "softmax-dim", "softmax-rows"),
    )


def _has_nan(seen: Seen) -> bool:
    return bool(np.isnan(seen.arguments["x"]).any())
