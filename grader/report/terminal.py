"""The table that `grader grade` prints: a line for each student, and below it what was lost."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.report.told import heads, in_order, losses, names, notes, score, summary
from grader.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from grader.model import Result

__all__ = ["ResultsConsole", "print_results", "progress", "summary"]

_ROWS: Final = 500
_STYLES = {
    "failed": "red", "error": "red", "timeout": "magenta", "missing": "yellow", "skipped": "dim",
}  # fmt: skip


class ResultsConsole(Console):
    """Where results are printed. A reader that goes away (`| head`) changes nothing else."""

    def on_broken_pipe(self) -> None:
        """Print no more; the interpreter must not try either when it ends."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_results(console: Console, results: Collection[Result]) -> None:
    """Print all results, in the order of student ids.

    On a terminal text is wrapped below its column; elsewhere a line stays a line, for grep, and is
    none that a CI system takes for a command.
    """
    ordered = in_order(results)
    if not console.is_terminal or "GITHUB_ACTIONS" in os.environ:
        _print_plain(console, ordered)
        return
    students = names(ordered)
    wide = max(map(cell_len, ["student", *students]))
    widest = max(map(cell_len, ["score", *map(score, heads(ordered))]))
    rows = zip(students, ordered, strict=True)
    # A table is held as a whole: a large class is printed as several that look like one.
    for number in range(0, len(ordered), _ROWS):
        table = Table(
            box=None, pad_edge=False, header_style="bold", show_edge=False,
            show_header=number == 0,
        )  # fmt: skip
        table.add_column("student", no_wrap=True, min_width=wide)
        table.add_column("score", justify="right", no_wrap=True, min_width=widest)
        table.add_column("what was lost, and why", ratio=1, overflow="fold")
        for name, result in islice(rows, _ROWS):
            table.add_row(Text(name), _score(result), _losses(result))
        console.print(table)


def _print_plain(console: Console, results: Collection[Result]) -> None:
    students = names(results)
    wide = max(len("student"), *map(len, students))
    console.print(f"{'student':{wide}}  {'score':>7}  what was lost, and why")
    for name, result in zip(students, results, strict=True):
        first, *rest = _losses(result).plain.split("\n")
        lines = [f"{name:{wide}}  {_score(result).plain:>7}  {first}"]
        lines += [" " * (wide + 11) + line for line in rest]
        console.print(Text(inert("\n".join(lines))), soft_wrap=True)


@contextmanager
def progress(total: int, *, quiet: bool, what: str = "grading") -> Iterator[Callable[[], None]]:
    """A bar on stderr where that is a terminal, with rate and time left.

    Gives what to call for each step.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )

    class Rate(ProgressColumn):
        """How many a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.3g} a second" if speed else "", style="progress.data.speed")

    columns = [
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(),
        TimeRemainingColumn(), TextColumn("left"),
    ]  # fmt: skip
    # No thread of its own: processes are forked while it is shown.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(what, total=total)
        bar.refresh()
        yield lambda: bar.update(task, advance=1, refresh=True)


def _score(result: Result) -> Text:
    if result.status == "refused":
        return Text(score(result), style="yellow")
    return Text(score(result), style="green" if result.score == result.max_score else "")


def _losses(result: Result) -> Text:
    if result.status == "refused":
        return Text(result.message, style="yellow")
    text = Text()
    for note in notes(result):
        text.append(f"{note}\n", style="dim")
    lost = losses(result)
    for loss in lost:
        text.append(loss.what, style=_STYLES[loss.status])
        text.append(f" {loss.how}\n")
    if not lost:
        text.append(result.message or "nothing", style="dim")
    text.rstrip()
    return text
