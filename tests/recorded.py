"""What stock nbgrader gave, kept, since asking it takes minutes and it always gives the same.

It is asked again where its version, that of what runs its cells, or anything that it is given has
changed. With `GRADER_RECORD` in the environment the answer is then written to `stock_grades/`.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Rows = dict[tuple[str, str, str], tuple[Any, Any, bool]]

_FOLDER = Path(__file__).with_name("stock_grades")
_PACKAGES = ("nbgrader", "nbconvert", "nbclient", "ipykernel", "ipython", "numpy")


def grades(name: str, given: Iterable[Path], ask: Callable[[], Rows]) -> Rows:
    """The grades that stock nbgrader gives for these folders; `ask` runs it."""
    versions = {package: version(package) for package in _PACKAGES}
    of = {"versions": versions, "given": _digest(given)}
    path = _FOLDER / f"{name}.jsonl"
    if path.is_file():
        known, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if known == of:
            return {(s, n, c): (auto, manual, look) for s, n, c, auto, manual, look in lines}
    rows = ask()
    if "GRADER_RECORD" in os.environ:
        made = [of, *sorted([*key, *value] for key, value in rows.items())]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in made), encoding="utf-8")
    return rows


def _digest(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()
