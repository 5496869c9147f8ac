"""Mutants: small changes of code that a rubric has to notice.

Most come from cosmic-ray's operators (operators, comparisons, constants, loops, ...), which know no
arrays. What goes wrong with arrays is added here: axes, dropped dimensions, precision, copies that
are not made, one reduction for another.
"""

from __future__ import annotations

import ast
import copy
import difflib
import warnings
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from grader.model import GraderError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AXES: Final = (0, 1, -1, None)
_SWAPS: Final = {
    "max": ("min", "mean"), "amax": ("amin",), "min": ("max",), "sum": ("mean", "max", "prod"),
    "mean": ("sum",), "exp": ("exp2", "expm1"), "log": ("log2", "log1p"),
    "maximum": ("minimum", "fmax"), "minimum": ("maximum", "fmin"), "tanh": ("sinh", "arctan"),
    "abs": ("negative",), "where": ("copyto",), "zeros_like": ("ones_like", "empty_like"),
    "float64": ("float32",), "float32": ("float64",), "dot": ("multiply",),
}  # fmt: skip
_COPIES: Final = {"copy", "astype"}
_TOUCHES: Final = ("axis", "dim")
_BREAK: Final = " ⏎ "  # between lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """Changed code: which operator changed it, and the line before and after."""

    operator: str
    before: str
    after: str
    code: str


def mutants(code: str, only: str = "") -> Iterator[Mutant]:
    """All mutants of some code that are Python and differ from it and from each other.

    With `only`, a part of it, those that change a line of that part.
    """
    tree = ast.parse(code)
    part = {line.strip() for line in ast.unparse(ast.parse(only)).splitlines()}
    original = ast.unparse(tree)
    seen = {original}
    for operator, text in (*_by_cosmic_ray(code), *_by_numbers(tree)):
        try:
            plain = ast.unparse(ast.parse(text))
        except (SyntaxError, ValueError):
            continue
        if plain not in seen:
            seen.add(plain)
            before, after = _changed(original, plain)
            if only and part.isdisjoint(before.split(_BREAK)):
                continue
            yield Mutant(operator=operator, before=before, after=after, code=text)


def same_bytecode(code: str, other: str) -> bool:
    """Whether two texts compile to the same instructions, whatever their lines are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a mutant may ask `is` of a text
        return _instructions(compile(code, "", "exec")) == _instructions(compile(other, "", "exec"))


def _instructions(code: CodeType) -> tuple[Any, ...]:
    constants = tuple(
        _instructions(c) if isinstance(c, CodeType) else (type(c), repr(c)) for c in code.co_consts
    )
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)
    return (code.co_code, constants, names, code.co_exceptiontable)


def _changed(before: str, after: str) -> tuple[str, str]:
    """The first place where two texts differ, as a line of each."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    gone = [line[2:].strip() for line in lines if line.startswith("- ")]
    come = [line[2:].strip() for line in lines if line.startswith("+ ")]
    return _BREAK.join(gone), _BREAK.join(come)


def _by_cosmic_ray(code: str) -> Iterator[tuple[str, str]]:
    try:
        from cosmic_ray import plugins
        from cosmic_ray.mutating import mutate_code
    except ImportError as error:
        raise GraderError(
            f"mutants need cosmic-ray ({error}); "
            "install it with: pip install 'reference-grader[audit]'"
        ) from None
    for name in sorted(plugins.operator_names()):
        try:
            operator = plugins.get_operator(name)()
        except TypeError:  # one that has to be told what to look for
            continue
        occurrence = 0
        while (text := mutate_code(code, operator, occurrence)) is not None:
            yield name.partition("/")[2], text
            occurrence += 1


def _by_numbers(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        for operator, new in _variants(node):
            yield operator, ast.unparse(_replaced(tree, node, new))


def _replaced(tree: ast.Module, old: ast.AST, new: ast.AST) -> ast.Module:
    """A copy of a tree with one node replaced."""
    memo: dict[int, Any] = {}
    copied = copy.deepcopy(tree, memo)
    place = memo[id(old)]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return copy.deepcopy(new) if node is place else self.generic_visit(node)

    made = Replace().visit(copied)
    assert isinstance(made, ast.Module)
    return ast.fix_missing_locations(made)


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What else could stand in place of a node."""
    match node:
        case ast.Call():
            yield from _calls(node)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            for constant in dict.fromkeys((-number, number * 2, 0, 1, number * 1.001)):
                yield "Constant", ast.Constant(constant)
        case ast.Attribute(value=value, attr=name) if name in _SWAPS:
            for other in _SWAPS[name]:
                yield "Function", ast.Attribute(value, other)
        case ast.BinOp(left=left):
            yield "DropOperand", left
        case ast.stmt():
            yield from _statements(node)
        case _:
            pass


def _statements(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Assign(targets=[ast.Name() as name], value=ast.BinOp() as value):
            if ast.unparse(value.left) == name.id:
                yield "InPlace", ast.AugAssign(name, value.op, value.right)
        case ast.Return(value=ast.Call(args=[first, *_]) as call):
            for dtype in ("float32", "float64"):
                yield "ResultDtype", ast.Return(_with_first(call, _cast(first, dtype)))
        case _:
            pass
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.If)):
        yield "DropStatement", ast.Pass()


def _calls(call: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    for number, keyword in enumerate(call.keywords):
        others = [k for k in call.keywords if k is not keyword]
        yield f"Drop_{keyword.arg}", ast.Call(call.func, call.args, others)
        if keyword.arg in _TOUCHES:
            for axis in _AXES:
                changed = list(call.keywords)
                changed[number] = ast.keyword(keyword.arg, ast.Constant(axis))
                yield "Axis", ast.Call(call.func, call.args, changed)
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name), args=[first, *rest]):
            yield "Float32Inside", _with_first(call, _cast(first, "float32"))
            if not rest:
                yield f"Drop_{name}", first
            if name == "array":
                yield "DropCopy", ast.Call(_np("asarray"), call.args, call.keywords)
            if len(rest) == 2:
                yield "Swap", ast.Call(call.func, [first, *reversed(rest)], call.keywords)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _COPIES:
            yield "DropCopy", value
        case _:
            pass


def _with_first(call: ast.Call, first: ast.expr) -> ast.Call:
    return ast.Call(call.func, [first, *call.args[1:]], call.keywords)


def _cast(value: ast.expr, dtype: str) -> ast.Call:
    return ast.Call(_np("asarray"), [value], [ast.keyword("dtype", _np(dtype))])


def _np(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name("np"), name)
