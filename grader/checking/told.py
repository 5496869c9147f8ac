"""What `grader check` prints and writes: in the style of the notebooks' own tests.

What comes from the notebook stands behind a bar, on a line of its own, so that nothing that it
prints looks like a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grader
from grader.checking.filenames import is_certain
from grader.checks import number
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.checking.notices import Checked, Notice, Part, TestRun

_BAR: Final = "   │ "
_MARKS: Final = {"problem": "❌", "warning": "⚠️ ", "note": "ℹ️ "}
_MOST: Final = 40  # notices, or parts, that are printed
# For consoles that have no pictures, where a question mark would stand for each.
_PLAIN: Final = {
    "🔬 ": "", "📈 ": "", "👉 ": "", "✅": "[ok]", "❌": "[FAIL]", "⚠️ ": "[warning]",
    "ℹ️ ": "[note]", "➖": "[-]", "│": "|", "→": "->", "✓": "ok", "✗": "fails", "…": "...",
}  # fmt: skip


def lines(checked: Checked, *, quiet: bool = False) -> Iterator[str]:
    """The text, line by line; `quiet` leaves out what is in order."""
    said: set[int] = set()
    for part in checked.parts[:_MOST]:
        own = [n for n in checked.notices if id(n) not in said and _is_about(n, part)]
        said.update(map(id, own))
        yield from _part(part, own, quiet=quiet)
    if len(checked.parts) > _MOST:
        yield f"… and {len(checked.parts) - _MOST} more"
    shown = [n for n in checked.notices if id(n) not in said and not (quiet and n.level == "note")]
    for notice in shown[:_MOST]:
        yield from _notice(notice)
    if len(shown) > _MOST:
        yield f"… and {len(shown) - _MOST} more of this kind"
    if not quiet:
        yield from _end(checked)


def _is_about(notice: Notice, part: Part) -> bool:
    """Whether a notice is said where a function is."""
    here = notice.level == "problem" or notice.kind == "test-lost"
    here = here and notice.cells == (part.cell,)
    return here and (not notice.name or notice.name in part.names)


def _part(part: Part, notices: Sequence[Notice], *, quiet: bool) -> Iterator[str]:
    if quiet and part.state != "fails" and not notices:
        return
    place = f" (cell {part.cell})" if part.cell is not None else ""
    yield f"🔬 Unit Test: {part.name}{place} ..."
    for notice in notices:
        yield from _notice(notice)
    for test in part.tests:
        if not (quiet and test.passed):
            yield from _test(test, quiet=quiet)
    if part.remark:
        yield f"➖ {part.remark}"


def _test(test: TestRun, *, quiet: bool) -> Iterator[str]:
    if not quiet:
        # The seed's own headings stand above and below already.
        for line in test.printed:
            if not line.startswith(("🔬", "📈")):
                yield f"{_BAR}{line}"
    name = f" {test.name}" if test.name else ""
    if test.passed:
        yield f"✅ cell {test.cell}{name} passes"
        return
    yield f"❌ cell {test.cell}{name}: {test.why}"
    if test.where is not None:
        cell, at, text = test.where
        yield f"{_BAR}cell {cell}, line {at}: {text}"


def _notice(notice: Notice) -> Iterator[str]:
    mark = _MARKS[notice.level]
    yield f"{mark} {_said(notice)}"
    if notice.where is not None:
        cell, at, text = notice.where
        yield f"{_BAR}cell {cell}, line {at}: {text}"
    if notice.remedy:
        yield f"   → {notice.remedy}"


def _said(notice: Notice) -> str:
    place = f"cell {notice.cells[0]}: " if len(notice.cells) == 1 else ""
    text = notice.text
    return text if text.startswith(place[:-2] or "cells ") else f"{place}{text}"


def _end(checked: Checked) -> Iterator[str]:
    tested = [part for part in checked.parts if part.state != "untested"]
    works = sum(part.state == "works" for part in tested)
    if tested:
        marks = {"works": "✓", "fails": "✗"}
        each = "  ".join(f"{part.name} {marks[part.state]}" for part in tested[:12])
        more = "  …" if len(tested) > 12 else ""
        tests = tested[0].tests
        done = f"{works} of {len(tested)}"
        if len(tested) == 1 and len(tests) > 1:
            done = f"{sum(test.passed for test in tests)} of {len(tests)} tests"
        yield f"📈 Progress: {each}{more}  ({done})"
    else:
        yield "📈 Progress: no visible tests here"
    if checked.hidden:
        points = f" ({number(checked.hidden_points)} points)" if checked.hidden_points else ""
        cells = "cell is" if checked.hidden == 1 else "cells are"
        yield f"   {checked.hidden} test {cells} empty here{points}: they are run only when graded"
    yield f"👉 Next: {advice(checked)}"


def advice(checked: Checked) -> str:
    """What to do next: the first thing, from the top, that keeps the notebook from passing."""
    steps: list[tuple[float, str]] = [
        (min(n.cells, default=0), n.remedy or f"see to it: {n.text}")
        for n in checked.notices
        if n.level == "problem"
    ]
    # What seems to be the cause of failures is put right before them.
    steps += [(min(n.blames) - 0.5, n.remedy) for n in checked.notices if n.blames]
    steps += [
        (test.cell, f"make cell {test.cell} pass: {clean(test.why, 150)}")
        for part in checked.parts
        for test in part.tests
        if not test.passed
    ]
    name = clean(checked.path.name, 100)
    if steps:
        return f"{min(steps, key=lambda step: step[0])[1]}; save, and check again"
    rename = [n.remedy for n in checked.notices if n.kind == "file-name" and n.level == "warning"]
    if rename:
        return rename[0]
    warned = any(n.level == "warning" for n in checked.notices)
    under = "" if is_certain(checked.path) else " under the name it was given out with"
    first = "look at what is marked ⚠️ , then " if warned else ""
    return f"{first}save and hand in {name}{under}"


def plain(line: str, encoding: str) -> str:
    """A line as a console with this encoding can show it."""
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        for mark, words in _PLAIN.items():
            line = line.replace(mark, words)
        return line.encode(encoding, "replace").decode(encoding)
    return line


def document(checked: Checked) -> dict[str, Any]:
    """The same for machines, in the form `grader/check/1`."""
    return {
        "schema": "grader/check/1",
        "grader_version": grader.__version__,
        "notebook": clean(checked.path.name, 255),
        "passed": checked.passed,
        "isolation": checked.isolation or "none",
        "functions": [
            {
                "name": part.name,
                "cell": part.cell,
                "state": part.state,
                "tests": [_test_document(test) for test in part.tests],
            }
            for part in checked.parts
        ],
        "notices": [
            {
                "kind": n.kind,
                "level": n.level,
                "cells": list(n.cells),
                "text": n.text,
                "remedy": n.remedy,
            }
            for n in checked.notices
        ],
        "hidden_tests": checked.hidden,
        "hidden_points": checked.hidden_points,
    }


def _test_document(test: TestRun) -> dict[str, Any]:
    where = test.where
    return {
        "cell": test.cell,
        "id": test.name,
        "passed": test.passed,
        "why": test.why,
        "where": {"cell": where[0], "line": where[1], "text": where[2]} if where else None,
        "printed": list(test.printed),
    }
