"""Hollow implementations: the right form, and nothing computed. They must not earn a point."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KINDS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def hollow(solutions: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The solutions with all that they return or keep replaced: by their argument, by constants.

    What they keep is what they assign to an attribute, as `__init__` does, or to elements of an
    array; what else changes something in place is left out.

    `{expression} * 0` keeps whatever type the answer has, so that it is wrong in nothing else.
    """
    return {
        name: {key: _emptied(text, change) for key, text in solutions.items()}
        for name, change in CHANGES.items()
    }


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _times_zero(value: ast.expr) -> ast.expr:
    return ast.BinOp(value, ast.Mult(), ast.Constant(0.0))


CHANGES: Final[dict[str, Callable[[ast.expr, str], ast.expr]]] = {
    "returns its argument": lambda _, first: ast.Name(first) if first else ast.Constant(None),
    "returns None": lambda *_: ast.Constant(None),
    "returns 0": lambda *_: _expression("0.0"),
    "returns zeros": lambda value, _: _times_zero(value),
    "returns ones": lambda value, _: ast.BinOp(_times_zero(value), ast.Add(), ast.Constant(1.0)),
    "returns halves": lambda value, _: ast.BinOp(_times_zero(value), ast.Add(), ast.Constant(0.5)),
    "returns NaN": lambda value, _: ast.BinOp(value, ast.Mult(), _expression("float('nan')")),
}


def _emptied(text: str, change: Callable[[ast.expr, str], ast.expr]) -> str:
    tree = ast.parse(text)
    for function in [node for node in ast.walk(tree) if isinstance(node, _KINDS)]:
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        _Empty(change, names[0] if names else "").visit(function)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Empty(ast.NodeTransformer):
    def __init__(self, change: Callable[[ast.expr, str], ast.expr], first: str) -> None:
        self._change = change
        self._first = first

    def visit_Return(self, node: ast.Return) -> Any:
        if node.value is None:
            return node
        return ast.Return(self._changed(node.value))

    def visit_Assign(self, node: ast.Assign) -> Any:
        if any(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets):
            node.value = self._changed(node.value)
        return node

    def visit_AugAssign(self, _: ast.AugAssign) -> Any:
        return ast.Pass()

    def visit_Expr(self, node: ast.Expr) -> Any:
        return ast.Pass() if isinstance(node.value, ast.Call) else node

    def _changed(self, value: ast.expr) -> ast.expr:
        return copy.deepcopy(self._change(value, self._first))
