"""Sample classes: solution cells are filled with what wheats and chaffs define."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.sample import Filler, Implementation
from tests.courses import cell, notebook

if TYPE_CHECKING:
    from pathlib import Path

HALF = "import math\n\ndef half(x):\n    return x / 2\n"
TWO = HALF + "\n\n# and back\ndef twice(x):\n    return 2 * x\n"


def test_several_functions_in_one_cell_are_replaced_one_by_one(tmp_path: Path) -> None:
    """What a file does not define stays the source's, imports and comments too."""
    for place in ("source", "release"):
        (tmp_path / place / "toy").mkdir(parents=True)
        text = notebook(cell(TWO, "both", solution=True))
        (tmp_path / place / "toy" / "toy.ipynb").write_text(text)
    filler = Filler(tmp_path, "toy")
    assert filler.names == ["half", "twice"]
    chaff = Implementation(name="a", title="A", code="def twice(x):\n    return x ** 2\n")
    (filled,) = json.loads(filler.fill(chaff.parts(filler.by_name)))["cells"]
    scope: dict[str, object] = {}
    exec(filled["source"], scope)
    assert (scope["half"](6), scope["twice"](6)) == (3, 36)  # type: ignore[operator]
    assert "import math" in filled["source"]
    (whole,) = json.loads(filler.fill({}))["cells"]
    assert "# and back" in whole["source"]
