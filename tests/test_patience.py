"""Time that cells take: what hangs or is slow costs no function that is right anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Run, grade

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sample import Filler

HANG = "\n\nwhile True:\n    pass"
SLOW = ["import time\ntime.sleep(1.9)"] * 4  # of the 2 s that a cell may take here


def with_cells(text: str, cells: list[str], *, first: bool) -> str:
    """A notebook with more cells, before or behind its own."""
    notebook = json.loads(text)
    made: list[Any] = [
        {"cell_type": "code", "id": f"slow-{number}", "execution_count": None, "metadata": {},
         "outputs": [], "source": source}
        for number, source in enumerate(cells)
    ]  # fmt: skip
    own = notebook["cells"]
    notebook["cells"] = [*own[:3], *made, *own[3:]] if first else [*own, *made]
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def run(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Correct solutions among cells that take their time, graded in one run."""
    right = filler.fill({})
    solutions = dict(zip(filler.names, filler.solutions.values(), strict=True))
    texts = {
        "slow-first": with_cells(right, SLOW, first=True),
        "slow-last": with_cells(right, SLOW, first=False),
        "all-hang": filler.fill({name: text + HANG for name, text in solutions.items()}),
        "hang-then-exit": with_cells(
            filler.fill({"ReLU": "import time\ntime.sleep(0.5)\n" + solutions["ReLU"] + HANG}),
            ["import os\nos._exit(1)"],
            first=False,
        ),
        "plain": right,
    }
    folder: Path = tmp_path_factory.mktemp("patience") / "class"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return grade(folder, timeout=12)


@pytest.mark.parametrize("name", ["slow-first", "slow-last", "all-hang", "hang-then-exit", "plain"])
def test_what_is_right_keeps_its_points(run: Run, name: str) -> None:
    """Whatever else takes its time in the same notebook, or in the same cell."""
    assert {i: c["message"] for i, c in run.lost(name).items()} == {}
    assert run[name]["score"] == 100
