"""A tutorial as a program: what its reader does, step by step, and what its reader is to see.

In the Markdown, a line in bold above a fenced block says what is done with the block:

    **`path`**                     the file is written
    **`path`, at the end**         the block is added to the file
    **`path`, in place of `old`**  the block takes the place of that text, which is there once
    **`path`, cell `id`**          the block becomes that cell's text
    **`path`, without the cells `one`, `two`**   these cells are deleted; there is no block

A ```console block is typed: a line after `$ ` is a command, the lines below it what that prints,
with `...` for whatever is left out. Any other block is a mistake, but for ```text, to be looked at.
"""

from __future__ import annotations

import doctest
import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NAMED = re.compile(
    r"\*\*`(?P<path>[^`]+)`(?:, (?:cell `(?P<cell>[^`]+)`|(?P<end>at the end)"
    r"|in place of `(?P<old>[^`]+)`|without the cells (?P<gone>`.+`)))?\*\*"
)
_SEEN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something that the reader does; `line` is where it stands, from 1."""

    line: int
    kind: str
    text: str = ""
    path: str = ""
    cell: str = ""
    old: str = ""
    gone: tuple[str, ...] = ()
    shown: str = ""

    def take(self, folder: Path, environment: Mapping[str, str]) -> str:
        """Do it in that folder; what is wrong, or nothing."""
        if self.kind == "command":
            return self._type(folder, environment)
        path = folder / self.path
        if self.kind == "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
        elif self.kind == "end":
            path.write_text(path.read_text(encoding="utf-8") + self.text, encoding="utf-8")
        elif self.kind == "in place":
            before, *after = path.read_text(encoding="utf-8").split(self.old)
            if len(after) != 1:
                return f"{self.path} has {self.old!r} {len(after)} times"
            path.write_text(before + self.text.rstrip("\n") + after[0], encoding="utf-8")
        else:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells = {cell["id"]: cell for cell in notebook["cells"]}
            lacking = {*self.gone, *([self.cell] if self.cell else [])} - {*cells}
            if lacking:
                return f"{self.path} has no cell {', '.join(lacking)}"
            if self.cell:
                cells[self.cell]["source"] = self.text.rstrip("\n")
            notebook["cells"] = [cell for name, cell in cells.items() if name not in self.gone]
            path.write_text(json.dumps(notebook), encoding="utf-8")
        return ""

    def _type(self, folder: Path, environment: Mapping[str, str]) -> str:
        done = subprocess.run(
            ["bash", "-c", self.text], cwd=folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            return f"`{self.text}` ended with {done.returncode}:\n{done.stdout}"
        if not doctest.OutputChecker().check_output(self.shown, done.stdout, _SEEN):
            return f"`{self.text}` is to print\n{self.shown}\nbut printed\n{done.stdout}"
        return ""


def steps(text: str) -> Iterator[Step]:
    """What a reader of this Markdown does; `ValueError` for a block that nothing is said about."""
    lines = iter(enumerate(text.splitlines(), start=1))
    named: re.Match[str] | None = None
    for number, line in lines:
        if line.startswith("```"):
            block = []
            for _, inner in lines:
                if inner.startswith("```"):
                    break
                block.append(inner)
            yield from _block(number, line.strip("`"), block, named)
            named = None
            continue
        if named is not None and line.strip():
            raise ValueError(f"line {number}: no block comes after {named[0]}")
        named = _NAMED.fullmatch(line) or named
        if named is not None and named["gone"]:
            gone = tuple(re.findall(r"`([^`]+)`", named["gone"]))
            yield Step(line=number, kind="without", path=named["path"], gone=gone)
            named = None


def _block(
    number: int, language: str, block: list[str], named: re.Match[str] | None
) -> Iterator[Step]:
    if language == "text":
        return
    if language == "console":
        command, shown, at = "", list[str](), number
        for place, line in enumerate([*block, "$ "], start=number + 1):
            if not line.startswith("$ "):
                shown.append(line)
                continue
            if command:
                yield Step(line=at, kind="command", text=command, shown="\n".join(shown))
            elif shown:
                raise ValueError(f"line {number}: nothing is typed before {shown[0]!r}")
            command, shown, at = line[2:], [], place
        return
    if named is None:
        raise ValueError(f"line {number}: nothing says what is done with this block")
    kinds = {"cell": named["cell"], "end": named["end"], "in place": named["old"]}
    yield Step(
        line=number,
        kind=next((kind for kind, found in kinds.items() if found), "file"),
        path=named["path"],
        cell=named["cell"] or "",
        old=named["old"] or "",
        text="\n".join(block) + "\n",
    )
