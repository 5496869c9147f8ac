"""What the state that was saved with a notebook tells of the session it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.checking.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.notebook import Cell


def has_worked(raw: Any) -> bool:
    """Whether a cell's saved state is that of one that was run without an error."""
    outputs = raw.get("outputs") if isinstance(raw, dict) else None
    return (
        isinstance(outputs, list)
        and isinstance(raw.get("execution_count"), int)
        and not any(isinstance(o, dict) and o.get("output_type") == "error" for o in outputs)
    )


def run_order(cells: Sequence[Cell], raw: Sequence[Any]) -> Iterator[Notice]:
    """Cells that were last run in another order than they stand."""
    last = (0, 0)
    for cell in cells:
        count = raw[cell.index].get("execution_count")
        if cell.kind != "code" or not isinstance(count, int):
            continue
        if count < last[1]:
            yield Notice(
                kind="run-order",
                level="note",
                cells=(last[0] + 1, cell.index + 1),
                text=f"cell {last[0] + 1} was last run after cell {cell.index + 1}, which stands "
                "below it; a grader runs them from top to bottom, as was done here",
            )
            return
        last = (cell.index, count)
