"""What a cell's text defines, uses and asks of IPython, as far as that can be seen without running.

The text is a student's: it may be no Python, or made to be hard on whoever reads it. Whatever it
is, there is an answer, and trees are walked without recursion.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from grader.notebook import Cell

_CAP: Final = 100_000  # characters of one cell that are looked at
_TOTAL: Final = 2_000_000  # of a whole notebook
# IPython's: `%magic`, `!command`, `name?`, and what assigns the result of one.
_LINE: Final = re.compile(r"^(\s*)(?:[%!?].*|[\w.*]+\?{1,2}\s*)$")
_ASSIGNED: Final = re.compile(r"^(\s*[A-Za-z_][\w, ]*=\s*)[%!].*$")
# Those whose cell still is Python.
_PYTHON_MAGIC: Final = re.compile(r"^%%(?:time|timeit|capture|prun|debug)\b")
_PROGRAM: Final = re.compile(
    r"^\s*(?:[A-Za-z_][\w, ]*=\s*)?"
    r"(!.*|%{1,2}(?:pip|conda|mamba|sx|system|bash|sh|script|cmd|ruby|perl)\b.*)$"
)
_HEADER: Final = re.compile(r"^(?:class|def|async def)[ \t]+([^\W\d]\w*)", re.MULTILINE)
_LIKE_A_TEST: Final = re.compile(r"test|assert|check")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_TRUE_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES: Final = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, *_TRUE_DEFINITIONS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name stands for after a cell: a definition, an import, a value, or nothing any more.

    `what` is "class", "function", "value", "deleted", or the import as it would be written.
    """

    what: str
    line: int

    @property
    def is_definition(self) -> bool:
        """Whether it is a class or a function."""
        return self.what in {"class", "function"}

    @property
    def is_import(self) -> bool:
        """Whether it comes from a module."""
        return self.what.startswith(("import ", "from "))


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be said of a code cell; `tree` is None where its text is not Python.

    `trouble` then says why, as far as it is the text's fault, and `line` where. `bound` are its
    names at top level, `used` all that it reads, `programs` the lines that call other programs.
    """

    tree: ast.Module | None = None
    trouble: str = ""
    line: int = 0
    bound: dict[str, Bound] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    programs: tuple[tuple[int, str], ...] = ()

    @property
    def is_foreign(self) -> bool:
        """Whether the whole cell is for another program, as with %%bash."""
        return self.tree is None and not self.trouble and bool(self.programs)

    @property
    def asserting(self) -> frozenset[str]:
        """The functions and classes that it defines with an assertion in them."""
        return frozenset(
            node.name
            for node in (self.tree.body if self.tree is not None else ())
            if isinstance(node, _TRUE_DEFINITIONS)
            and any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
        )

    def asserts(self, known: Collection[str]) -> bool:
        """Whether it asserts something when it is run, by itself or by what it calls.

        That is one of the functions that are `known` for it, or one with a name like a test's.
        """
        for node in _executed(self.tree.body) if self.tree is not None else ():
            called = _called(node) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Assert) or called in known or _LIKE_A_TEST.match(called):
                return True
        return False

    @property
    def modules(self) -> frozenset[str]:
        """The modules that it imports, without what is inside of packages."""
        found = set()
        for node in ast.walk(self.tree) if self.tree is not None else ():
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
        return frozenset(found)


def read_all(cells: Iterable[Cell]) -> dict[int, Reading]:
    """A reading of each code cell, by its index; of a notebook beyond all measure, of the first."""
    left, found = _TOTAL, {}
    for cell in cells:
        if cell.kind == "code":
            left -= len(cell.source)
            found[cell.index] = read(cell.source) if left >= 0 else Reading()
    return found


def read(source: str) -> Reading:
    """What can be said of one cell."""
    if len(source) > _CAP:
        return Reading()
    tree, trouble, line = _parsed(source)
    programs: tuple[tuple[int, str], ...] = ()
    if tree is None:
        lines = source.splitlines()
        programs = tuple(
            (number, clean(found[1], 80))
            for number, text in enumerate(lines, start=1)
            if (found := _PROGRAM.match(text))
        )
        plain = _without_magics(lines)
        if plain is None:  # a cell in another language
            return Reading(programs=programs[:1])
        if plain != lines:
            tree, trouble, line = _parsed("\n".join(plain))
    if tree is None:
        bound = {name: Bound("function", 0) for name in _HEADER.findall(source)}
        return Reading(None, trouble, line, bound, frozenset(_WORD.findall(source)), programs)
    used = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return Reading(tree, "", 0, dict(_bindings(tree)), frozenset(used), programs)


def _parsed(source: str) -> tuple[ast.Module | None, str, int]:
    """The tree of a text, or why there is none, and in which line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source), "", 0
    except SyntaxError as error:
        return None, clean(f"{type(error).__name__}: {error.msg}", 200), error.lineno or 0
    except ValueError as error:
        return None, clean(f"ValueError: {error}", 200), 0
    except (RecursionError, MemoryError):
        return None, "", 0


def _without_magics(lines: list[str]) -> list[str] | None:
    """The lines with IPython's own replaced, so that the others keep their numbers.

    None where the whole cell is in another language.
    """
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        if not _PYTHON_MAGIC.match(lines[first]):
            return None
        lines = [*lines[:first], "", *lines[first + 1 :]]
    return [_ASSIGNED.sub(r"\1None", _LINE.sub(r"\1pass", line)) for line in lines]


def _bindings(tree: ast.Module) -> Iterator[tuple[str, Bound]]:
    """The names that a cell binds at top level, in order."""
    for node in _executed(tree.body):
        line = getattr(node, "lineno", 0)
        if isinstance(node, _TRUE_DEFINITIONS):
            yield node.name, Bound("class" if isinstance(node, ast.ClassDef) else "function", line)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imported(node)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, Bound("deleted" if isinstance(node.ctx, ast.Del) else "value", line)


def _executed(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes in the scope of a cell itself, in order; definitions, but not what is in them."""
    stack: list[ast.AST] = [*body][::-1]
    while stack:
        node = stack.pop()
        yield node
        binds = not (isinstance(node, ast.AnnAssign) and node.value is None)
        if binds and not isinstance(node, _SCOPES):
            stack += reversed(list(ast.iter_child_nodes(node)))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Bound]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or module, Bound(f"import {module}", node.lineno)
        elif alias.name != "*":
            origin = f"from {'.' * node.level}{node.module or ''}"
            what = f"{origin} import {alias.name}"
            yield alias.asname or alias.name, Bound(what, node.lineno)


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
