"""The table that `grader grade` prints: a line for each student, and below it what was lost."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.checks import number
from grader.isolation import lowest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Result, Verdict

_STYLES = {
    "failed": "red", "error": "red", "timeout": "magenta", "missing": "yellow", "skipped": "dim",
}  # fmt: skip


class ResultsConsole(Console):
    """Where results are printed. A reader that goes away (`| head`) changes nothing else."""

    def on_broken_pipe(self) -> None:
        """Print no more; the interpreter must not try either when it ends."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Print all results, in the order of student ids.

    On a terminal text is wrapped below its column; elsewhere a line stays a line, for grep.
    """
    ordered = sorted(results, key=lambda r: (r.student, r.path))
    if not console.is_terminal:
        _print_plain(console, ordered)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what was lost, and why", ratio=1, overflow="fold")
    for name, result in zip(_names(ordered), ordered, strict=True):
        table.add_row(Text(name), _score(result), _losses(result))
    console.print(table)


def _print_plain(console: Console, results: Sequence[Result]) -> None:
    names = _names(results)
    wide = max(len("student"), *map(len, names))
    lines = [f"{'student':{wide}}  {'score':>7}  what was lost, and why"]
    for name, result in zip(names, results, strict=True):
        first, *rest = _losses(result).plain.split("\n")
        lines.append(f"{name:{wide}}  {_score(result).plain:>7}  {first}")
        lines += [" " * (wide + 11) + line for line in rest]
    console.print(Text("\n".join(lines)), soft_wrap=True)


@contextmanager
def progress(total: int, *, quiet: bool, what: str = "grading") -> Iterator[Callable[[], None]]:
    """A progress bar on stderr where that is a terminal; gives what to call for each step."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import Progress

    # No thread of its own: processes are forked while it is shown.
    with Progress(console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(what, total=total)
        bar.refresh()
        yield lambda: bar.update(task, advance=1, refresh=True)


def _names(results: Sequence[Result]) -> list[str]:
    """What each line is about: a student, and which notebook where anybody has several."""
    several = len({r.student for r in results}) < len(results)
    return [f"{r.student} {Path(r.path).stem}" if several else r.student for r in results]


def summary(results: Sequence[Result]) -> str:
    """How many were graded and refused, how they did, and how well their code was contained."""
    students: dict[str, list[Result]] = {}
    for result in results:
        students.setdefault(result.student, []).append(result)
    graded = [own for own in students.values() if all(r.status == "graded" for r in own)]
    text = f"{len(graded)} graded, {len(students) - len(graded)} refused"
    if graded:
        scores = [sum(r.score for r in own) for own in graded]
        most = [sum(r.max_score for r in own) for own in graded]
        full = sum(score == top for score, top in zip(scores, most, strict=True))
        mean = f"mean score {sum(scores) / len(graded):.1f} of {number(max(most))}"
        text += f"; {mean}, {full} with full marks"
    levels = [r.isolation for r in results if r.isolation]
    return f"{text}\nisolation of student code: {lowest(levels)}" if levels else text


def _score(result: Result) -> Text:
    if result.status == "refused":
        return Text("refused", style="yellow")
    text = f"{number(result.score)}/{number(result.max_score)}"
    return Text(text, style="green" if result.score == result.max_score else "")


def _losses(result: Result) -> Text:
    if result.status == "refused":
        return Text(result.message, style="yellow")
    text = Text()
    for run in result.cells:
        if run.left_out:
            text.append(f"note: cell {run.index + 1} was left out: {run.left_out}\n", style="dim")
    # What was lost for the same reason stands in one line.
    reasons: dict[tuple[str, str], list[Verdict]] = {}
    lost = [v for v in result.verdicts if v.status != "passed" and v.max_points]
    for verdict in sorted(lost, key=lambda v: v.status == "skipped"):
        said = verdict.message or verdict.hint or verdict.title  # as far as it is disclosed
        reasons.setdefault((verdict.status, said), []).append(verdict)
    for (status, said), verdicts in reasons.items():
        several = status == "skipped" and len(verdicts) > 1
        what = f"{len(verdicts)} more" if several else ", ".join(v.id for v in verdicts)
        text.append(what, style=_STYLES[status])
        points = number(sum(v.max_points - v.points for v in verdicts))
        text.append(f" -{points} {status}{f': {said}' if said else ''}\n")
    if not lost:
        text.append(result.message or "nothing", style="dim")
    text.rstrip()
    return text
