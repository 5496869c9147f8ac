"""Tables: of rows with a budget and peers for the terminal, of anything for the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER = ("", "ms", "budget", "stock nbgrader", "ratio", "otter", "ratio")


@dataclass(frozen=True)
class Row:
    """One measurement in milliseconds, its budget, and what peers take for the same."""

    name: str
    ms: float
    budget: float | None = None
    stock: float | None = None
    otter: float | None = None

    @property
    def over(self) -> bool:
        """Whether it is above its budget."""
        return self.budget is not None and self.ms > self.budget

    @property
    def texts(self) -> tuple[str, ...]:
        """As it stands in a table."""
        return (
            self.name, _number(self.ms), _number(self.budget), *self._peer(self.stock),
            *self._peer(self.otter),
        )  # fmt: skip

    def _peer(self, ms: float | None) -> tuple[str, str]:
        if ms is None:
            return "-", "-"
        return _number(ms), f"{ms / self.ms:.0f}x" if ms >= 10 * self.ms else f"{ms / self.ms:.1f}x"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text, the first column to the left; the first row is the header."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = row
        cells = [f"{text:>{width}}" for text, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([f"{first:{widths[0]}}", *cells]).rstrip())
    return "\n".join(lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """The same for the page."""
    header, *others = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([header, "|---" + "|---:" * (len(rows[0]) - 1) + "|", *others])


def rewrite(page: Path, section: str, text: str) -> None:
    """Put a text between the marks of a section of the page."""
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    old = page.read_text(encoding="utf-8")
    if not found.search(old):
        raise ValueError(f"{page} lacks the marks {begin} and {end}")
    new = found.sub(lambda _: f"{begin}\n\n{text.strip()}\n\n{end}", old)
    page.write_text(new, encoding="utf-8")
