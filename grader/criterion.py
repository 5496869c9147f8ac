"""A criterion: one promise worth points, what it is made of, and the call that it is about."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from grader.model import Disclosure, RubricError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np

    from grader.corpus import Corpus
    from grader.promises import Check


class NoInputs(TypedDict):
    """What a criterion is given that chooses its inputs itself: as `Options`, without `on`."""

    points: float
    title: NotRequired[str]
    area: NotRequired[str]
    call: NotRequired[str]
    shown: NotRequired[str]
    said: NotRequired[str]
    needs: NotRequired[str | Sequence[str]]
    disclose: NotRequired[Disclosure]


class Options(NoInputs):
    """What a criterion is given besides its check.

    `points` are what it is worth, a number. `title` is the line that students read, `area` what it
    is about in a word or two. `on` names the groups of inputs. `call` is what the callable does,
    the target's call unless given, `shown` is what counterexamples have in its place, where that is
    easier to read, and `said` what the sentence about a lost point has. `needs` are criteria
    without which this one is not judged, the target's unless given. `disclose` is the most that
    students are ever shown of it: "score", "title", "hint" or "counterexample".

    `RubricError` where points are no number, a title or a call is missing, or a call is no Python
    that ends with an expression.
    """

    on: str | Sequence[str]


# What the answers of a target are: real arrays and numbers, complex ones, or anything at all.
Gives = Literal["array", "complex", "anything"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Criterion:
    """One promise worth points.

    `names` are those that its call expects of the notebook; `list_dtype` is the rubric's.
    """

    id: str
    target: str
    area: str
    title: str
    points: float
    call: str
    shown: str
    said: str
    corpus: Corpus
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    check: Check
    disclose: Disclosure = "counterexample"
    gives: Gives = "array"
    list_dtype: np.dtype[Any] | None = None
    names: tuple[str, ...] = ()


def check_options(id: str, options: Mapping[str, Any]) -> None:
    """Raise `RubricError` where a criterion is given an option that is none, or lacks one."""
    for name in options:
        if name not in Options.__annotations__:
            known = ", ".join(sorted(Options.__annotations__))
            raise RubricError(
                f"criterion {id!r}: {name!r} is no option of it; all kinds have {known}, and each "
                "those of its own that docs/reference.md names"
            )
    for name in ("points", "on"):
        if name not in options:
            raise RubricError(f"criterion {id!r} needs the option {name!r}")


def check_call(id: str, program: str, name: str = "call") -> None:
    """Raise `RubricError` where a criterion's call is no Python that ends with an expression."""
    parse_call(program, f"criterion {id!r}: {name}={program!r}")


def parse_call(program: str, where: str) -> tuple[list[ast.stmt], ast.expr]:
    """A call's statements, and the expression that it ends with; `RubricError` otherwise."""
    try:
        body = ast.parse(program).body
    except SyntaxError as error:
        raise RubricError(f"{where} is not Python, which it has to be: {error}") from None
    if not body or not isinstance(body[-1], ast.Expr):
        raise RubricError(f"{where} has to end with an expression")
    return body[:-1], body[-1].value


def free_names(call: str, setup: str, arguments: Collection[str]) -> tuple[str, ...]:
    """The names that a call expects of the notebook: not its own, nor the set-up's or Python's."""
    known = {*arguments, *dir(builtins), "counted"}
    for node in ast.walk(ast.parse(setup)):
        if isinstance(node, ast.alias):
            known.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            known.add(node.name)
    used: dict[str, None] = {}
    for node in ast.walk(ast.Module([*ast.parse(setup).body, *ast.parse(call).body], [])):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            known.add(node.id)
        elif isinstance(node, ast.arg):
            known.add(node.arg)
    for node in ast.walk(ast.parse(call)):
        if isinstance(node, ast.Name) and node.id not in known:
            used[node.id] = None
    return tuple(used)


def as_names(names: str | Sequence[str]) -> tuple[str, ...]:
    """One name or several, as several."""
    return (names,) if isinstance(names, str) else tuple(names)
