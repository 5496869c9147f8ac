"""CSV: a line for each submission, with a column for each criterion.

No text is one that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from grader.checks import number
from grader.report.told import in_order, line, place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.model import Result

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_lines(criteria: Sequence[str], results: Collection[Result]) -> Iterator[str]:
    """The results as a table, by lines; `criteria` are the ids of all of them, in order.

    Who was refused has no score and no points: those fields are empty.
    """
    head = ["student", "path", "status", "score", "max_score", "message"]
    yield rows_as_csv([[*head, *criteria]])
    for result in in_order(results):
        yield rows_as_csv([_row(criteria, result)])


def _row(criteria: Sequence[str], result: Result) -> list[object]:
    graded = result.status == "graded"
    points = {verdict.id: verdict.points for verdict in result.verdicts}
    return [
        line(result.student),
        place(result),
        result.status,
        result.score if graded else None,
        result.max_score,
        line(result.message),
        *(points.get(name) for name in criteria),
    ]


def rows_as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Lines of fields as a file, which ends its lines as the standard says."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([safe(value) for value in row] for row in rows)
    return file.getvalue()


def safe(value: object) -> str:
    """A value as a field: numbers short, text without control characters and never a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(float(value), 10)
    raw = str(value)
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in raw)
    # Spreadsheets show what is behind an apostrophe, and do not compute it.
    risky = text.lstrip().startswith(_FORMULA) or raw.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text
