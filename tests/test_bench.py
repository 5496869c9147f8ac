"""The benchmark measures what it says it does; how long that takes is no matter of a test."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import __main__ as bench
from tests.bench import scale, table, traced
from tests.bench.measure import GRADER, Usage, Watch, run
from tests.bench.submissions import COURSE, NAME, Authors, renamed
from tests.conftest import grade, hand_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authors() -> Authors:
    """Who write the submissions."""
    return Authors()


def test_right_ones_are_right_and_wrong_ones_wrong(authors: Authors, tmp_path: Path) -> None:
    """Whatever their authors call things; and no two files are alike."""
    right = {f"right-{n}": authors.right(n, slow=n > 5) for n in range(10)}
    wrong = {f"wrong-{n}": authors.wrong(n) for n in range(5)}
    assert len({*right.values(), *wrong.values()}) == 15
    graded = grade(hand_in(tmp_path / "class", right | wrong), timeout=30)
    assert [graded[student]["score"] for student in right] == [100] * 10
    for student in wrong:
        assert len(graded.lost(student)) >= 4, student


def test_other_names_are_given_to_local_variables_alone(authors: Authors) -> None:
    """Not to what is set outside of functions, to arguments or to attributes."""
    code = "total = 0\ndef f(x):\n    global total\n    y = x.y; total = y\n    return g(y=y)\n"
    assert renamed(code, 7) == (
        "total = 0\ndef f(x):\n    global total\n    y_7 = x.y; total = y_7\n    return g(y=y_7)\n"
    )
    for one in [*authors.wheats, *authors.chaffs.values()]:
        ast.parse(renamed(one.code, 1))


def test_the_clock_knows_where_the_time_goes(authors: Authors, tmp_path: Path) -> None:
    """Each phase is charged with something, in the process that works in it."""
    (tmp_path / "one.ipynb").write_text(authors.wrong(1), encoding="utf-8")
    out = tmp_path / "phases.json"
    command = ("grade", tmp_path / "one.ipynb", "--assignment", NAME, "--quiet")
    watch = Watch(lambda: len(list(tmp_path.glob("pages/*"))))
    tracing = ("-m", "tests.bench.traced", out)
    more = ("--feedback", tmp_path / "pages")
    run([GRADER[0], *tracing, *command, *more], COURSE, watch=watch, every=0.1)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found.pop(traced.COUNT) == {"workers": 1, "calls": pytest.approx(1800, abs=300)}
    for phase in ("parse", "folders", traced.START, "cells", "calls", "judge", "shrink", "write"):
        assert found[phase]["grader"] > 0, phase
    for phase in ("cells", "calls"):
        assert found[phase]["worker"] > found[phase]["grader"] / 10, phase
        assert found[phase]["faults"] > 0
    assert watch.seen[-1][1] == 1
    assert set(watch.peaks) >= {"grader", "zygote"}


def test_the_rate_is_read_off_what_was_seen() -> None:
    """Between two looks, evenly."""
    watch = Watch(int, seen=[(1.0, 0), (2.0, 10), (4.0, 20)])
    assert watch.when(5) == 1.5
    assert watch.when(15) == 3
    done = scale.Graded(20, Usage(4.0, 6.0), watch, {})
    assert done.rate(10, 20) == 5


def test_the_page_has_a_place_for_each_table(tmp_path: Path) -> None:
    """And keeps what stands around it."""
    page = tmp_path / "page.md"
    page.write_text(bench.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    text = table.markdown([table.HEADER, table.Row("row", 2, 1, 100).texts])
    for section in ("measured", "phases", "scale"):
        table.rewrite(page, section, text)
    assert page.read_text(encoding="utf-8").count("| row | 2.0 | 1.0 | 100 | 50x | - | - |") == 3
    assert page.read_text(encoding="utf-8").startswith("# ")
    with pytest.raises(ValueError, match="nowhere"):
        table.rewrite(page, "nowhere", text)
