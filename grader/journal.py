"""The journal of a run: results on the disk as they come, so that whoever is killed can go on.

JSON lines. The first says what the file is and of what rubric; so does a later one wherever that
has changed. Each other line is a result with its key, written whole; one that is cut short was
being written when the grader was killed, and is cut off. What is in memory is only each result's
head: the result without what fills it.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from grader.model import (
    CellRun,
    Counterexample,
    Disclosure,
    GraderError,
    InfrastructureError,
    Level,
    Remark,
    Result,
    ResultStatus,
    Status,
    Verdict,
)

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from io import FileIO
    from pathlib import Path

SCHEMA: Final = "grader/journal/1"
_MARK: Final = f'{{"schema": "{SCHEMA}"'.encode()
_SAY: Final = "name another file with --journal, or move this one away"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a result is, in bytes of the file; of length 0 where its head is all of it."""

    head: Result
    start: int = 0
    length: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A result as the journal has it: its key, and the SHA-256 of its page where one was made."""

    key: str
    page: str
    result: Result
    place: _Place


class Journal:
    """Results by the path of their submission: some of earlier runs, others added as they come."""

    def __init__(self, file: FileIO, name: str) -> None:
        self._file = file
        self._name = name
        self._end = file.seek(0, os.SEEK_END)
        self._places: dict[str, _Place] = {}

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """The journal in a file, to be closed; in a temporary one where none is given.

        Raises `GraderError` where it is something else or somebody else is writing it.
        """
        if path is None:
            return cls(tempfile.TemporaryFile(buffering=0), "a temporary file")
        try:
            if path.exists() and not path.is_file():
                raise GraderError(f"{path} is no file that a journal can be kept in; {_SAY}")
            file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise GraderError(f"{path} cannot be opened: {error.strerror}; {_SAY}") from None
        try:
            _lock(file, path)
            start = file.read(len(_MARK))
            # What is shorter was being made when its grader was killed.
            if not start.startswith(_MARK) and not _MARK.startswith(start):
                raise GraderError(f"{path} is not a journal; it stays as it is: {_SAY}")
            return cls(file, str(path))
        except BaseException:
            file.close()
            raise

    def begin(self, about: Mapping[str, object]) -> Iterator[Line]:
        """All results of earlier runs, the oldest first; then `about` is noted if it is new.

        Raises `GraderError`, which names the line, where the file is damaged.
        """
        head = {"schema": SCHEMA, **about}
        last: object = None
        self._file.seek(0)
        start = 0
        with open(self._file.fileno(), "rb", closefd=False) as lines:
            for number, raw in enumerate(lines, start=1):
                if not raw.endswith(b"\n"):
                    break
                content = self._parsed(number, raw)
                if "schema" in content:
                    last = content
                else:
                    yield self._line(number, content, start, len(raw))
                start += len(raw)
        if start < self._end:
            self._file.truncate(start)
            self._end = start
        if last != json.loads(json.dumps(head)):
            self._append(head)

    def _parsed(self, number: int, raw: bytes) -> dict[str, Any]:
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise self._damaged(number, error) from None
        if not isinstance(content, dict) or (number == 1 and "schema" not in content):
            raise self._damaged(number, "no result is there")
        return content

    def _line(self, number: int, content: dict[str, Any], start: int, length: int) -> Line:
        try:
            result = _result(content["result"])
            _check(result)
            place = _Place(_head(result), start, length)
            return Line(
                key=str(content["key"]), page=str(content["page"]), result=result, place=place
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._damaged(number, error) from None

    def _damaged(self, number: int, why: object) -> GraderError:
        return GraderError(
            f"{self._name}, line {number}, is damaged ({why}); it stays as it is: {_SAY}"
        )

    def take(self, line: Line) -> None:
        """Have a result of an earlier run be that of its submission."""
        self._places[line.result.path] = line.place

    def add(self, result: Result, key: str = "", page: str = "") -> None:
        """Write a result; with an empty key, no later run takes it."""
        start, length = self._append({"key": key, "page": page, "result": result})
        self._places[result.path] = _Place(_head(result), start, length)

    def mention(self, result: Result) -> None:
        """Have a result without verdicts among the others, and nowhere else."""
        self._places[result.path] = _Place(result)

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def _append(self, content: object) -> tuple[int, int]:
        line = json.dumps(content, default=_plain).encode() + b"\n"
        start = self._end
        try:
            self._file.seek(start)
            written = 0
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(start)
            raise InfrastructureError(
                f"{self._name} cannot be written: {error.strerror}. Make room and run the same "
                "command again: what is in it is kept."
            ) from None
        self._end += len(line)
        return start, len(line)

    def read(self, place: _Place) -> Result:
        """The whole result at a place."""
        if not place.length:
            return place.head
        self._file.seek(place.start)
        raw = self._file.read(place.length)
        try:
            found = _result(json.loads(raw)["result"])
            return replace(found, student=place.head.student, path=place.head.path)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InfrastructureError(
                f"{self._name} was changed by somebody else while it was in use ({error})"
            ) from None

    def results(self) -> Kept:
        """All results that are there."""
        order = sorted(self._places.values(), key=lambda p: (p.head.student, p.head.path))
        return Kept(self, order)

    def close(self) -> None:
        """Close the file; results can be read no more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Kept(Collection[Result]):
    """Results in the order of student ids, read from the journal whenever they are looked at."""

    def __init__(self, journal: Journal, places: Sequence[_Place]) -> None:
        self._journal = journal
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Result]:
        return map(self._journal.read, self._places)

    def __contains__(self, result: object) -> bool:
        return any(result == own for own in self)

    @property
    def heads(self) -> list[Result]:
        """The same without verdicts, remarks and cells, which is all that is in memory."""
        return [place.head for place in self._places]

    @property
    def judged(self) -> Kept:
        """Those that are in the journal."""
        return Kept(self._journal, [place for place in self._places if place.length])


def _lock(file: FileIO, path: Path) -> None:
    """Keep other graders out. The lock is of this process alone: forks of it do not hold it."""
    if fcntl is None:
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise GraderError(
            f"{path} is being written by another grader; wait for its end, or name another file "
            "with --journal"
        ) from None
    except OSError as error:
        raise GraderError(f"{path} cannot be locked: {error.strerror}; {_SAY}") from None


def _head(result: Result) -> Result:
    return replace(result, verdicts=(), cells=(), remarks=(), traces=())


def _plain(value: object) -> dict[str, Any]:
    assert is_dataclass(value)
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _check(result: Result) -> None:
    """Raise `ValueError` where something in a result cannot be what it says."""
    numbers = [result.score, result.max_score, result.duration_s]
    texts: list[object] = [result.student, result.path, result.message]
    for verdict in result.verdicts:
        numbers += [verdict.points, verdict.max_points]
        texts += [verdict.id, verdict.target, verdict.title, verdict.message, verdict.hint]
    texts += [text for cell in result.cells for text in (cell.value, cell.error, cell.left_out)]
    texts += [remark.text for remark in result.remarks]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is none")
    if not all(type(n) in {int, float} and math.isfinite(n) for n in numbers):
        raise ValueError("a number is none")
    known = {
        "status": (result.status, get_args(ResultStatus)),
        "disclosure": (result.disclosure, get_args(Disclosure)),
        "isolation": (result.isolation, (None, *get_args(Level))),
    }
    for name, (found, possible) in known.items():
        if found not in possible:
            raise ValueError(f"{name} is {found!r}")
    if not all(verdict.status in get_args(Status) for verdict in result.verdicts):
        raise ValueError("a criterion's status is none")


def _result(content: dict[str, Any]) -> Result:
    """What `_plain` gave of a result; `TypeError` or the like where it is none."""
    verdicts = (
        Verdict(**{**v, "counterexample": found and Counterexample(**found)})
        for v in content["verdicts"]
        for found in [v["counterexample"]]
    )
    return Result(
        **content
        | {
            "verdicts": tuple(verdicts),
            "cells": tuple(CellRun(**{**c, "outputs": ()}) for c in content["cells"]),
            "remarks": tuple(Remark(**remark) for remark in content["remarks"]),
            "traces": (),
        }
    )
