"""The table that `grader grade` prints: a line for each student, and below it what was lost."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.checks import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Result, Verdict

_STYLES = {
    "failed": "red", "error": "red", "timeout": "magenta", "missing": "yellow", "skipped": "dim",
}  # fmt: skip


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Print all results, in the order of student ids."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what was lost, and why", ratio=1, overflow="fold")
    for result in sorted(results, key=lambda r: (r.student, r.path)):
        table.add_row(Text(result.student), _score(result), _losses(result))
    console.print(table)


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr where that is a terminal; gives what is to be called for each step."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("grading", total=total)
        yield lambda: bar.advance(task)


def summary(results: Sequence[Result]) -> str:
    """One line: how many were graded and refused, and how they did."""
    graded = [r for r in results if r.status == "graded"]
    refused = len(results) - len(graded)
    text = f"{len(graded)} graded, {refused} refused"
    if graded:
        mean = sum(r.score for r in graded) / len(graded)
        full = sum(r.score == r.max_score for r in graded)
        text += f"; mean score {mean:.1f} of {number(graded[0].max_score)}, {full} with full marks"
    return text


def _score(result: Result) -> Text:
    if result.status == "refused":
        return Text("refused", style="yellow")
    text = f"{number(result.score)}/{number(result.max_score)}"
    return Text(text, style="green" if result.score == result.max_score else "")


def _losses(result: Result) -> Text:
    if result.status == "refused":
        return Text(result.message, style="yellow")
    lost = [verdict for verdict in result.verdicts if verdict.status != "passed"]
    if not lost:
        return Text("nothing", style="dim")
    # What was lost for the same reason stands in one line.
    reasons: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in sorted(lost, key=lambda v: v.status == "skipped"):
        reasons.setdefault((verdict.status, verdict.message), []).append(verdict)
    text = Text()
    for (status, message), verdicts in reasons.items():
        text.append(", ".join(v.id for v in verdicts), style=_STYLES[status])
        text.append(f" -{number(sum(v.max_points for v in verdicts))} {status}: {message}\n")
    text.rstrip()
    return text
