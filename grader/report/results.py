"""The machine-readable results: `grader/results/1`, a contract that other tools read."""

from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING, Any, Final

import grader
from grader.checks import jsonable
from grader.isolation import lowest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.model import Counterexample, Result, Verdict
    from grader.rubric import Rubric

SCHEMA: Final = "grader/results/1"


def document(rubric: Rubric, rubric_sha256: str, results: Sequence[Result]) -> dict[str, Any]:
    """The whole document, results in the order of student ids."""
    return {
        "schema": SCHEMA,
        "assignment": rubric.assignment,
        "rubric_sha256": rubric_sha256,
        "seed": rubric.seed,
        "grader_version": grader.__version__,
        "max_score": rubric.max_score,
        "isolation": lowest(r.isolation for r in results if r.isolation),
        "results": [_result(r) for r in sorted(results, key=lambda r: (r.student, r.path))],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a document whole or not at all; `OSError` where it cannot be written."""
    text = json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False) + "\n"
    if path.exists() and not path.is_file():  # a pipe, a device
        path.write_text(text)
        return
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _result(result: Result) -> dict[str, Any]:
    return {
        "student": result.student,
        "path": os.fsencode(result.path).decode("utf-8", "replace"),
        "status": result.status,
        "message": result.message,
        "score": result.score,
        "max_score": result.max_score,
        "duration_s": result.duration_s,
        "isolation": result.isolation or "none",
        "left_out": [
            {"cell": run.index + 1, "reason": run.left_out} for run in result.cells if run.left_out
        ],
        "criteria": [_verdict(verdict) for verdict in result.verdicts],
        "remarks": [
            {"id": r.id, "target": r.target, "good": r.good, "text": r.text} for r in result.remarks
        ],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "target": verdict.target,
        "area": verdict.area,
        "title": verdict.title,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "status": verdict.status,
        "message": verdict.message,
        "hint": verdict.hint,
        "counterexample": _counterexample(verdict.counterexample),
    }


def _counterexample(found: Counterexample | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "call": found.call,
        "inputs": {name: jsonable(value) for name, value in found.inputs.items()},
        "dtypes": {name: str(value.dtype) for name, value in found.inputs.items()},
        "output": found.output,
        "expected": found.expected,
    }
