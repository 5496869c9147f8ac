"""Ideas for whoever has lost a point in a known way; none of them is code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from grader.hints import Seen
    from grader.rubric import Rubric

ARITHMETIC = ("add", "subtract", "multiply", "divide")


def add(rubric: Rubric) -> None:
    """Add all hints; of several that fit, the first counts."""
    _creation(rubric)
    _operators(rubric)
    _shapes(rubric)
    rubric.hint(
        "A method has to hand back its result; as it is, what it works out is lost.",
        on=(*ARITHMETIC, "matmul-matrices", "reshape", "transpose", "sum", "mean", "max"),
        when=lambda seen: "'NoneType'" in seen.said,
    )
    rubric.hint(
        "Wrap what NumPy gives in a Tensor, also where it is a single number.",
        on=("new-tensors", *ARITHMETIC, "matmul-matrices", "sum", "mean", "max"),
        when=lambda seen: "something else" in seen.said or "has no attribute 'data'" in seen.said,
    )
    rubric.hint(
        "Work on new numbers: whoever uses a Tensor twice still needs it as it was.", on="untouched"
    )


def _creation(rubric: Rubric) -> None:
    rubric.hint(
        "Two names for one array: what changes under one has changed under the other. Make an "
        "array of your own.",
        on="create-copies",
    )
    rubric.hint(
        "Lists and whole numbers have no precision of their own that would have to be kept.",
        on="create-float32",
    )
    rubric.hint(
        "An array or a Tensor of float64 was made so on purpose: look at its dtype before you "
        "choose one.",
        on="create-keeps-dtype",
    )
    rubric.hint(
        "Where a dtype is asked for it goes before everything else, and straight to the numbers: "
        "a detour through float32 loses digits.",
        on="create-dtype",
    )
    rubric.hint(
        "An error that is caught and only printed is no error to whoever called.",
        on=("create-errors", "arithmetic-errors", "matmul-errors", "reshape-errors",
            "reductions-errors"),
    )  # fmt: skip


def _operators(rubric: Rubric) -> None:
    rubric.hint(
        "With a number on the left Python asks the Tensor for the other half of the operator, and "
        "the order of the operands matters there.",
        on="number-left",
        when=lambda _: True,
    )
    rubric.hint(
        "An array on the left answers for itself, unless the class tells it not to; a list never "
        "does. Both want to become numbers that NumPy can combine with yours.",
        on="arrays-and-lists",
        when=lambda _: True,
    )
    rubric.hint(
        "A Python number that becomes a Tensor first has chosen a dtype; left alone, it takes on "
        "that of the array.",
        on="number-dtype",
    )
    rubric.hint(
        "NumPy finds out by itself which of two dtypes is wider. Somewhere one is chosen for it.",
        on=("arithmetic-dtype", "matmul-dtype"),
    )
    rubric.hint(
        "What is left when everything is summed is no array any more, but one of NumPy's own "
        "numbers, with a dtype that is to be kept as well.",
        on="reductions-dtype",
        when=lambda seen: seen.arguments["axis"] is None or np.ndim(seen.arguments["x"]) == 1,
    )
    rubric.hint(
        "Shapes do not have to be equal: compared from the right, lengths fit where one of them "
        "is 1 or not there.",
        on="broadcasts",
        when=lambda _: True,
    )
    rubric.hint(
        "Rows times columns, and a sum: that is another product than the one element by element.",
        on="matmul-matrices",
        when=_other_shape,
    )
    rubric.hint(
        "A vector has one axis, and so has the product of a matrix with it.",
        on="matmul-vectors",
        when=lambda _: True,
    )
    rubric.hint(
        "In a batch each matrix meets its own partner; only the last two axes are multiplied.",
        on="matmul-batches",
        when=lambda _: True,
    )


def _shapes(rubric: Rubric) -> None:
    rubric.hint(
        "The elements keep the order in which you would read them: row by row.", on="reshape"
    )
    rubric.hint(
        "One length may be left open: it is whatever makes the number of elements come out.",
        on="reshape-infers",
        when=lambda _: True,
    )
    rubric.hint(
        "The order says where each new axis comes from, not where each old one goes.",
        on="transpose-axes",
    )
    rubric.hint(
        "The axis that is summed over goes, unless keepdims asks for it to stay.",
        on=("sum", "mean", "max"),
        when=lambda seen: (
            isinstance(seen.output, np.ndarray) and seen.output.ndim == seen.arguments["x"].ndim > 0
        ),
    )
    rubric.hint(
        "No axis and axis 0 are two things, though both look false; and negative ones count from "
        "the end.",
        on=("sum", "mean", "max"),
        when=_other_shape,
    )
    rubric.hint(
        "Divide by how many numbers went into each sum: the length of that axis, or all of them.",
        on="mean",
    )
    rubric.hint("Below 0 there are numbers as well, and one of them is the largest.", on="max")
    rubric.hint(
        "The axis that is summed over stays where it was, with one element.",
        on="keepdims",
        when=lambda _: True,
    )


def _other_shape(seen: Seen) -> bool:
    return "shape" in seen.said or "axis" in seen.said.lower()
