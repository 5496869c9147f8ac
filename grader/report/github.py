"""What GitHub Actions shows: annotations, printed as commands, and a job summary in Markdown."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from grader.report.told import in_order, line, losses, names, notes, score, summary
from grader.text import inert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from grader.model import Result

SUMMARY_BYTES: Final = 1 << 20  # of a step
_SHOWN: Final = 10  # annotations of a kind that are shown of a step
_TITLE: Final = 200
_REASONS: Final = 20  # of a student, in an annotation or a line of the summary
_REASON: Final = 300

Kind = Literal["error", "warning"]


# Annotations -----------------------------------------------------------------------------------


def commands(results: Collection[Result], root: Path | None = None) -> list[str]:
    """Commands: an error for what was refused, a warning for what lost points.

    Of a class there is one for each submission, of a single submission one for each reason. `root`
    is the checkout, to which paths of files are relative.
    """
    ordered = in_order(results)
    found: dict[Kind, list[str]] = {"error": [], "warning": []}
    counts: Counter[Kind] = Counter()
    for name, result in zip(names(ordered), ordered, strict=True):
        kind: Kind = "error" if result.status == "refused" else "warning"
        for title, message in _remarks(name, result, alone=len(ordered) == 1):
            counts[kind] += 1
            if counts[kind] <= _SHOWN:
                found[kind].append(_command(kind, title, message, _file(result, root)))
    return [
        command for kind, said in found.items() for command in _capped(kind, said, counts[kind])
    ]


def _remarks(name: str, result: Result, *, alone: bool) -> Iterator[tuple[str, str]]:
    if result.status == "refused":
        yield f"{name}: not graded", line(result.message)
        return
    lost = losses(result)
    title = f"{name}: {score(result)}"
    if alone:
        yield from ((f"{title}, {loss.what}"[:_TITLE], loss.how) for loss in lost)
    elif lost:
        reasons = [f"{loss.what} {loss.how}" for loss in lost]
        yield title[:_TITLE], "\n".join(_cut(reasons))


def _capped(kind: Kind, commands: list[str], count: int) -> list[str]:
    if count <= _SHOWN:
        return commands
    more = count - _SHOWN + 1
    said = f"{more} more are not shown here: GitHub shows {_SHOWN} of a kind; see the summary"
    return [*commands[: _SHOWN - 1], _command(kind, f"{more} more", said, "")]


def _command(kind: Kind, title: str, message: str, file: str) -> str:
    pairs = {"file": file, "title": title}
    said = ",".join(f"{key}={_property(value)}" for key, value in pairs.items() if value)
    return f"::{kind} {said}::{_data(message)}"


def _data(text: str) -> str:
    text = inert(text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _file(result: Result, root: Path | None) -> str:
    path = os.fsencode(result.path).decode("utf-8", "replace")
    if root is not None:
        absolute = Path(os.path.abspath(path))
        if absolute.is_relative_to(root):
            path = absolute.relative_to(root).as_posix()
    # A path that cannot be written as it is would lead nowhere.
    return path if path.isprintable() and "##[" not in path else ""


# The summary -----------------------------------------------------------------------------------


def job_summary(assignment: str, results: Collection[Result], room: int = SUMMARY_BYTES) -> str:
    """A page of Markdown of at most so many bytes; it says how many it leaves out."""
    ordered = in_order(results)
    head = [
        f"## {literal(assignment)}",
        "",
        *(f"{said}.  " for said in summary(ordered).split("\n")),
        "",
        "| student | score | what was lost, and why |",
        "|:--|--:|:--|",
    ]
    room -= len("\n".join(head).encode()) + 200
    rows: list[str] = []
    for name, result in zip(names(ordered), ordered, strict=True):
        row = f"| {literal(name)} | {score(result)} | {_losses(result)} |"
        room -= len(row.encode()) + 1
        if room < 0:
            break
        rows.append(row)
    more = len(ordered) - len(rows)
    left = ["", f"{more} more do not fit in here."] if more else []
    return "\n".join([*head, *rows, *left, "", ""])


def _losses(result: Result) -> str:
    if result.status == "refused":
        return literal(result.message)
    said = [f"{literal(loss.what)} {literal(loss.how)}" for loss in losses(result)]
    lines = [*map(literal, notes(result)), *_cut(said)] or ["nothing"]
    return "<br>".join(lines)


def _cut(reasons: list[str]) -> list[str]:
    if len(reasons) <= _REASONS:
        return reasons
    return [*reasons[:_REASONS], f"and {len(reasons) - _REASONS} more"]


def literal(text: str) -> str:
    """Any text as code in Markdown, in a table or anywhere: no character of it is markup.

    Everything but letters, digits and spaces is written by its number. What follows an @ is parted
    from it by a character without width, so that it is neither a person nor an address.
    """
    text = line(text)
    text = text if len(text) <= _REASON else text[:_REASON] + "…"
    inside = "".join(
        c if c.isalnum() or c == " " or c > "\x7f" else f"&#{ord(c)};{'&#8203;' * (c == '@')}"
        for c in text
    )
    return f"<code>{inside}</code>"
