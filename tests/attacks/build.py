"""Hostile notebooks and folders, made of the cases, with honest neighbours between them."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.sample import Filler

COURSE = Path(__file__).parents[2]
RUBRIC = COURSE / "grader" / "rubrics" / "activations" / "rubric.py"
CASES = Path(__file__).parent / "cases"
NAME = "activations"

# Sigmoid and Softmax are wrong, so that there are points to be stolen.
SIGMOID = """class Sigmoid:
    def forward(self, x):
        return Tensor(x.data)

    def __call__(self, x):
        return self.forward(x)
"""
SOFTMAX = """class Softmax:
    def forward(self, x, dim=-1):
        if LOOT:
            raise RuntimeError("LOOT " + " ".join(map(str, LOOT))[:300])
        answer = attack() if IN_CALL else None
        return Tensor(x.data * 0.3) if answer is None else answer

    def __call__(self, x, dim=-1):
        return self.forward(x, dim)
"""


@dataclass(frozen=True)
class Attack:
    """One hostile submission: the attack's function runs in a cell, in every call, or in both."""

    name: str
    theme: str = ""
    function: str = ""
    in_cell: bool = False
    in_call: bool = False
    files: Callable[[Path, Path], None] | None = field(default=None, compare=False)


def attacks() -> list[Attack]:
    """All of them. Those that fool judges are tried in a cell and in a call separately."""
    found = []
    for path in sorted(CASES.glob("*.py")):
        if path.stem == "prelude":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            name, theme = f"{path.stem}-{node.name.replace('_', '-')}", path.stem
            if theme == "judge":
                found += [
                    Attack(f"{name}-cell", theme, node.name, in_cell=True),
                    Attack(f"{name}-call", theme, node.name, in_call=True),
                ]
            else:
                found.append(Attack(name, theme, node.name, in_cell=True, in_call=True))
    return found + [Attack(f"beside-{name}", files=make) for name, make in BESIDE.items()]


def notebook(filler: Filler, attack: Attack, constants: Mapping[str, object]) -> str:
    """The attack's notebook; without a function it does no harm, and is the yardstick."""
    cells = ["\n".join(f"{name} = {value!r}" for name, value in constants.items())]
    cells.append((CASES / "prelude.py").read_text(encoding="utf-8"))
    cells.append(f"IN_CALL = {attack.in_call}\n\ndef attack():\n    return None")
    if attack.function:
        cells.append((CASES / f"{attack.theme}.py").read_text(encoding="utf-8"))
        cells.append(f"attack = {attack.function}")
        if attack.in_cell:
            cells.append("attack()")
    return filler.fill({"Sigmoid": SIGMOID, "Softmax": SOFTMAX}, extra=cells)


def write(folder: Path, student: str, text: str) -> Path:
    """A submission in nbgrader's layout; gives its folder."""
    place = folder / student / NAME
    place.mkdir(parents=True)
    (place / f"{NAME}.ipynb").write_text(text, encoding="utf-8", errors="surrogatepass")
    return place


# Harm that lies in the files: each changes the folder of a harmless submission. The canary is there
# to be linked to.


def _links(place: Path, canary: Path) -> None:
    targets = {
        "data.txt": canary, "rubric.py": RUBRIC, "passwd": Path("/etc/passwd"),
        "zero": Path("/dev/zero"), "up": Path(".."), "loop": Path("loop"),
        "folder": canary.parent, "gone": Path("nowhere"),
    }  # fmt: skip
    for name, target in targets.items():
        (place / name).symlink_to(target)


def _linked_notebook(place: Path, canary: Path) -> None:
    (place / f"{NAME}.ipynb").unlink()
    (place / f"{NAME}.ipynb").symlink_to(canary)


def _notebook_of_zeros(place: Path, _: Path) -> None:
    (place / f"{NAME}.ipynb").unlink()
    (place / f"{NAME}.ipynb").symlink_to("/dev/zero")


def _fifo(place: Path, _: Path) -> None:
    os.mkfifo(place / "data.csv")


def _fifo_notebook(place: Path, _: Path) -> None:
    (place / f"{NAME}.ipynb").unlink()
    os.mkfifo(place / f"{NAME}.ipynb")


def _sparse(place: Path, _: Path) -> None:
    with (place / "data.bin").open("wb") as file:
        file.truncate(1 << 36)


def _sparse_notebook(place: Path, _: Path) -> None:
    with (place / f"{NAME}.ipynb").open("r+b") as file:
        file.truncate(1 << 36)


def _many_files(place: Path, _: Path) -> None:
    for number in range(2000):
        (place / f"{number}.txt").write_text("x")


def _deep(place: Path, _: Path) -> None:
    inner = place
    for _n in range(60):
        inner /= "d" * 40
    inner.mkdir(parents=True)


def _rivals(place: Path, _: Path) -> None:
    harm = "import os\nos._exit(0)\n"
    for name in ("numpy", "json", "sitecustomize", "usercustomize", "worker", "socket", "site"):
        (place / f"{name}.py").write_text(harm)
    for name in ("tinytorch/core", "IPython", "matplotlib", "worker"):
        (place / name).mkdir(parents=True, exist_ok=True)
        (place / name / "__init__.py").write_text(harm)
    (place / "tinytorch" / "core" / "tensor.py").write_text(
        "class Tensor:\n    def __init__(self, *a): self.data = self\n"
        "    def __eq__(self, o): return True\n"
    )


def _edit(change: Callable[[dict[str, object]], None]) -> Callable[[Path, Path], None]:
    def edit(place: Path, _: Path) -> None:
        path = place / f"{NAME}.ipynb"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    return edit


def _cells(document: dict[str, object]) -> list[dict[str, object]]:
    cells = document["cells"]
    assert isinstance(cells, list)
    return cells


def _hostile_text(document: dict[str, object]) -> None:
    for cell in _cells(document):
        cell["outputs"] = [
            {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}
        ]
        cell["metadata"] = {**dict(cell["metadata"]), "\x1b[31m": "<script>"}  # type: ignore[call-overload]
    document["metadata"] = {"kernelspec": {"argv": ["/bin/sh"], "name": "\x1b]0;x\x07"}}


def _same_ids(document: dict[str, object]) -> None:
    for cell in _cells(document):
        cell["id"] = "same"
        cell["metadata"] = {
            "nbgrader": {"grade": True, "grade_id": "softmax-vector", "points": 1e308,
                         "solution": True, "locked": False, "schema_version": 3},
        }  # fmt: skip


def _raw(text: str) -> Callable[[Path, Path], None]:
    def write_text(place: Path, _: Path) -> None:
        (place / f"{NAME}.ipynb").write_text(text, encoding="utf-8")

    return write_text


BESIDE: dict[str, Callable[[Path, Path], None]] = {
    "links": _links,
    "linked-notebook": _linked_notebook,
    "notebook-of-zeros": _notebook_of_zeros,
    "fifo": _fifo,
    "fifo-notebook": _fifo_notebook,
    "sparse-file": _sparse,
    "sparse-notebook": _sparse_notebook,
    "many-files": _many_files,
    "deep-folders": _deep,
    "rivals-of-modules": _rivals,
    "hostile-text": _edit(_hostile_text),
    "claims-to-be-a-test": _edit(_same_ids),
    "nested-json": _raw("[" * 1_000_000),
    "nested-cells": _raw('{"cells": ' + '{"cells": ' * 90_000),
    "huge-number": _raw('{"nbformat": 1' + "0" * 100_000 + ', "cells": []}'),
    "surrogates": _raw('{"nbformat": 4, "metadata": {}, "cells": [{"source": "\\ud800"}]}'),
    "not-json": _raw("\x1b[31mGRSECRET" * 10),
}
