"""IPython's compiler, which knows some texts already.

Compiling costs as much as running most cells. The cells that a course gives are the same in every
submission, so the zygote compiles them once; and no text is parsed twice in a row.
"""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING, Any, Final

from IPython.core.compilerop import CachingCompiler, code_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

NO_PYTHON: Final = (SyntaxError, ValueError, RecursionError, MemoryError)


class Compiler(CachingCompiler):  # type: ignore[misc]
    """Parses and compiles cells; what is prepared is looked up instead."""

    flags: int  # Python's own, of the features in force

    def __init__(self) -> None:
        super().__init__()
        self._trees: dict[tuple[str, str, int], ast.Module] = {}
        self._codes: dict[tuple[int, str, str, int], tuple[ast.AST, CodeType]] = {}

    def parse_ahead(self, cell: str, number: int) -> None:
        """Parse the cell that is run next, as the `number`-th; raises one of `NO_PYTHON`."""
        key = (cell, code_name(cell, number), self.flags)
        if key not in self._trees:
            self._trees[key] = super().ast_parse(cell, key[1])

    def prepare(self, cells: Sequence[str]) -> None:
        """Compile cells that are likely to be run, in this order; magics are left for later."""
        before = self.flags
        for number, cell in enumerate(cells, start=1):
            self.flags = before  # a `from __future__` counts once it is run, and not yet
            with contextlib.suppress(*NO_PYTHON):
                self.parse_ahead(cell, number)
                name = code_name(cell, number)
                body = self._trees[cell, name, self.flags].body
                # As IPython does it: statement by statement, the last one's value is shown.
                with self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                    for node in body:
                        last = node is body[-1] and isinstance(node, ast.Expr)
                        mode = "single" if last else "exec"
                        unit = ast.Interactive([node]) if last else ast.Module([node], [])
                        flags = self.flags
                        code = super().__call__(unit, name, mode)
                        if self.flags == flags:  # no `from __future__`
                            self._codes[id(node), name, mode, flags] = (node, code)
        self.flags = before

    def forget(self) -> None:
        """Look nothing up any more: trees are about to be changed."""
        self._codes.clear()

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        found = self._trees.pop((source, filename, self.flags), None) if symbol == "exec" else None
        return super().ast_parse(source, filename, symbol) if found is None else found

    def __call__(self, source: Any, filename: str, symbol: str, **more: Any) -> Any:
        body = getattr(source, "body", None)
        if isinstance(body, list) and len(body) == 1:
            found = self._codes.get((id(body[0]), filename, symbol, self.flags))
            if found is not None and found[0] is body[0]:
                return found[1]
        return super().__call__(source, filename, symbol, **more)
