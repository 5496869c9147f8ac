"""The machine-readable results: `grader/results/1`, a contract that other tools read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import grader
from grader.disclosure import LEVELS
from grader.isolation import lowest
from grader.model import (
    CellRun,
    Counterexample,
    GraderError,
    Level,
    Remark,
    Result,
    ResultStatus,
    Status,
    Verdict,
)
from grader.report.files import write_texts
from grader.report.told import heads, in_order
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from grader.rubric import Rubric

SCHEMA: Final = "grader/results/1"
_MOST: Final = 2 << 30  # bytes
_LARGEST: Final = 1e12


def document_parts(
    rubric: Rubric, rubric_sha256: str, results: Collection[Result]
) -> Iterator[str]:
    """The whole document as it is written, results in the order of student ids, part by part."""
    known = heads(results)
    head = {
        "schema": SCHEMA,
        "assignment": rubric.assignment,
        "rubric_sha256": rubric_sha256,
        "seed": rubric.seed,
        "grader_version": grader.__version__,
        "max_score": rubric.max_score,
        "isolation": lowest(r.isolation for r in known if r.isolation),
        "disclosure": min((r.disclosure for r in known), key=LEVELS.index, default=LEVELS[-1]),
        "results": [],
    }
    start, end = as_text(head).rsplit("[]", 1)
    yield f"{start}["
    between = "\n"
    for result in in_order(results):
        item = as_text(result_document(result)).rstrip().replace("\n", "\n  ")
        yield f"{between}  {item}"
        between = ",\n"
    yield f"\n ]{end}" if known else f"]{end}"


def as_text(content: dict[str, Any]) -> str:
    """A document as it is written."""
    return json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a document whole or not at all; `OSError` where it cannot be written."""
    write_texts({path: as_text(content)})


def result_document(result: Result) -> dict[str, Any]:
    """One result; `result_from` reads it."""
    return {
        "student": result.student,
        "path": os.fsencode(result.path).decode("utf-8", "replace"),
        "status": result.status,
        "message": result.message,
        "score": result.score,
        "max_score": result.max_score,
        "duration_s": result.duration_s,
        "isolation": result.isolation or "none",
        "disclosure": result.disclosure,
        "left_out": [
            {"cell": run.index + 1, "reason": run.left_out} for run in result.cells if run.left_out
        ],
        "criteria": [_verdict(verdict) for verdict in result.verdicts],
        "remarks": [asdict(remark) for remark in result.remarks],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    found = verdict.counterexample
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
        "counterexample": asdict(found) if found else None,
    }


# Reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of a class, as they were written."""

    assignment: str
    max_score: float
    results: tuple[Result, ...]


def read(path: Path) -> Results:
    """Read what `write` wrote; `GraderError` names what is wrong with it."""
    try:
        if path.stat().st_size > _MOST:
            raise GraderError(f"{path} is larger than {_MOST >> 20} MB; no results are")
        content = json.loads(path.read_bytes())
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            schema = content.get("schema") if isinstance(content, dict) else None
            raise GraderError(
                f"{path} holds no results: its schema is {schema!r}, not {SCHEMA!r}; write them "
                "with: grader grade … --json FILE"
            )
        return Results(
            assignment=clean(str(content["assignment"]), 200),
            max_score=_finite(content["max_score"]),
            results=tuple(result_from(item) for item in content["results"]),
        )
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror}") from None
    except (
        ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError,
    ) as error:  # fmt: skip
        raise GraderError(
            f"{path} holds no results that can be read ({type(error).__name__}: {error}); write "
            "them again with: grader grade … --json FILE"
        ) from None


def result_from(content: Any) -> Result:
    """What `result_document` gave; `ValueError`, `KeyError` or the like where it is none."""
    return Result(
        student=clean(str(content["student"]), 200),
        path=str(content["path"]),
        status=_one_of(content["status"], get_args(ResultStatus)),
        message=str(content["message"]),
        score=_finite(content["score"]),
        max_score=_finite(content["max_score"]),
        duration_s=_finite(content["duration_s"]),
        isolation=_one_of(content["isolation"], get_args(Level)),
        disclosure=_one_of(content["disclosure"], LEVELS),
        cells=tuple(
            CellRun(index=int(item["cell"]) - 1, left_out=str(item["reason"]))
            for item in content["left_out"]
        ),
        verdicts=tuple(_verdict_from(item) for item in content["criteria"]),
        remarks=tuple(
            Remark(
                id=str(item["id"]), target=str(item["target"]), good=item["good"] is True,
                text=str(item["text"]), hint=str(item["hint"]),
            )
            for item in content["remarks"]
        ),
    )  # fmt: skip


def _verdict_from(item: Any) -> Verdict:
    found = item["counterexample"]
    return Verdict(
        id=str(item["id"]),
        target=str(item["target"]),
        area=str(item["area"]),
        title=str(item["title"]),
        points=_finite(item["points"]),
        max_points=_finite(item["max_points"]),
        status=_one_of(item["status"], get_args(Status)),
        message=str(item["message"]),
        hint=str(item["hint"]),
        counterexample=None
        if found is None
        else Counterexample(
            call=str(found["call"]),
            inputs={str(name): value for name, value in found["inputs"].items()},
            dtypes={str(name): str(dtype) for name, dtype in found["dtypes"].items()},
            output=found["output"],
            expected=str(found["expected"]),
        ),
    )


def _finite(value: Any) -> float:
    # No points and no seconds are as many; sums of them are finite.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        raise ValueError(f"{str(value)[:40]} is no number of points or seconds")
    return float(value)


def _one_of(value: Any, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise ValueError(f"{value!r} is none of {known}")
    return value
