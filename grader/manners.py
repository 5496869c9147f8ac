"""What every function owes its caller: its dtype, its arguments left alone, the same answer again.

Where a function does not answer at all, that is charged to the criteria about its values, and not
here again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from grader import numerics
from grader.checks import (
    CheckFailed,
    check_close,
    digits_to_tell_apart,
    same_size,
    same_value,
    show,
)
from grader.corpus import Case, make_case
from grader.numerics import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.numerics import Array
    from grader.promises import Ask, Check, Rightness


def same_dtype(plain: str, call: str, answers: str) -> Check:
    """The answer is of the dtype of the input `x`.

    `call` gives a list: whether the answer is of the right type (in words `answers`), and the
    answer; it is empty where the answer of `plain` itself is an array.
    """

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        wanted = case.arguments["x"].dtype
        answer = ask.by(call) if call else [True, ask.by(plain)]
        fits, output = answer if isinstance(answer, list) and len(answer) == 2 else (False, answer)
        if fits is not True:
            raise CheckFailed(
                output, f"expected {answers}", f"gave something that is no {_noun(answers)}"
            )
        if not isinstance(output, np.ndarray) or output.dtype != wanted:
            name = getattr(output, "dtype", type(output).__name__)
            raise CheckFailed(output, f"expected {wanted}", f"gave {name} for {wanted}")

    return check


def _noun(words: str) -> str:
    """Without its article."""
    return words.removeprefix("an ").removeprefix("a ")


def same_input(plain: str, call: str, answers: str) -> Check:
    """The input is as it was, and the answer does not lie in its memory.

    `call` gives a list: whether the answer shares memory with the input, and the input afterwards.
    """

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        x, answer = case.arguments["x"], ask.by(call)
        whole = isinstance(answer, list) and len(answer) == 2 and isinstance(answer[1], np.ndarray)
        if not whole:
            raise CheckFailed(answer, f"expected {answers}")
        shares, after = answer
        _check_untouched(x, after)
        if shares is not False:
            raise CheckFailed(
                after, f"expected a new {_noun(answers)}", "gave what lies in its input's memory"
            )

    return check


def untouched_inputs(plain: str) -> Check:
    """After the call its arguments are as they were: arrays, lists and dictionaries."""

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        kinds = (np.ndarray, list, dict)
        names = [name for name, value in case.arguments.items() if isinstance(value, kinds)]
        if not names:
            return
        after = ask.by(f"{plain}\n[{', '.join(names)}]")
        if not isinstance(after, list) or len(after) != len(names):
            raise CheckFailed(after, "expected its arguments as before")
        for name, value in zip(names, after, strict=True):
            before = case.arguments[name]
            if isinstance(before, np.ndarray) and isinstance(value, np.ndarray):
                _check_untouched(before, value, name if len(names) > 1 else "its input")
            elif not same_value(value, before):
                raise CheckFailed(
                    value, f"expected {show(before)} as before", f"left {show(value)} in {name}"
                )

    return check


def _check_untouched(before: Array, after: Array, name: str = "its input") -> None:
    if after.shape != before.shape or not np.array_equal(
        after, before, equal_nan=before.dtype.kind in "fc"
    ):
        digits = digits_to_tell_apart(after, before)
        raise CheckFailed(
            after,
            f"expected {show(before, digits)} as before",
            f"left {show(after, digits)} in {name}",
        )
    if after.dtype != before.dtype:
        raise CheckFailed(
            after, f"expected {before.dtype} as before", f"left {after.dtype} in {name}"
        )


def same_again(right: Rightness | None, plain: str) -> Check:
    """Called on the same input again, it answers alike, and changes nothing else.

    That is within the bound where there is one (`right`), else to the bit.
    """

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        first, again = ask.by(plain), ask.by(f"pass\n{plain}")
        if right is not None and isinstance(first, np.ndarray) and isinstance(again, np.ndarray):
            near = right(case, numerics.coarser(case.precision, first.dtype, again.dtype))
            if isinstance(near, Interval):
                check_alike(again, first, lambda _: near, "as the first time")
                _check_nothing_changed(ask.changed())
                return
        if not same_value(first, again):
            raise CheckFailed(again, f"expected {show(first)}, as the first time")
        _check_nothing_changed(ask.changed())

    return check


def _check_nothing_changed(names: Sequence[str]) -> None:
    if names:
        changed = ", ".join(dict.fromkeys(names))
        said = f"changed {changed} for everything else that runs"
        raise CheckFailed(None, "expected nothing but an answer", said)


def same_by_turns(
    right: Callable[[Case, np.dtype[Any]], Interval], plain: str, call: str, answers: str
) -> Check:
    """One object, called on inputs by turns, answers as new ones do, and changes nothing else.

    `call` gives the list of answers for x, y = x[..., ::-1] + 1, z = x twice along its last axis,
    w = x with one more axis in front (up to four), and so on for x. They are compared with those
    of the call `plain`, within the bound and not to the bit. Nor may calls have changed what other
    functions build on, such as `np.exp`.
    """
    _prepared: dict[bytes, list[Case]] = {}

    def others(case: Case) -> list[Case]:
        if case.payload not in _prepared:
            x = case.arguments["x"]
            front = x[None] if x.ndim < 4 else x
            arrays = (x[..., ::-1] + x.dtype.type(1), np.concatenate([x, x], -1), front)
            _prepared[case.payload] = [make_case("", {"x": array}) for array in arrays]
        return _prepared[case.payload]

    def check(ask: Ask, case: Case) -> None:
        cases = [case, *others(case)]
        inputs = [one.arguments["x"] for one in cases]
        each = [{"x": x} for x in inputs]
        if any(ask.exceptions(plain, each)):
            return
        new = ask.each(plain, each)
        given = ask.by(call)
        arrays = isinstance(given, list) and all(
            isinstance(answer, np.ndarray) for answer in (*given, *new)
        )
        if not arrays:
            raise CheckFailed(given, f"expected {answers} every time")
        for position, output in enumerate(given):
            which = position if position < len(inputs) else 0
            near = partial(right, cases[which])
            place = (position + 1, inputs[which]) if position else None
            check_alike(output, new[which], near, "as a new object gives", place)
        _check_nothing_changed(ask.changed())

    return check


def check_alike(
    output: Array,
    other: Array,
    right: Callable[[np.dtype[Any]], Interval],
    what: str,
    place: tuple[int, Array] | None = None,
) -> None:
    """Two answers to the same question agree up to their rounding, and are NaN together.

    `what` says where the other comes from, and `place` which call of several gave the first, and on
    what input.
    """
    if np.array_equal(output, other, equal_nan=True):
        return
    near = right(numerics.coarser(output.dtype, other.dtype))
    shape = near.truth.shape
    with np.errstate(invalid="ignore"):
        width = near.upper - near.lower
    digits = digits_to_tell_apart(output, other)
    where = f"and more; call {place[0]}, on {show(place[1])}, " if place else ""
    one, two = same_size(output, shape), same_size(other, shape)
    both = np.isnan(one) & np.isnan(two)
    check_close(
        np.where(both, 0, one),
        np.where(both, 0, two),
        width,
        f"expected {show(other, digits)}, {what}",
        output=output,
        said=f"{where}gave {show(output, digits)}",
    )
