"""A class report: for instructors as a page, and for programs as `grader/report/1`."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final

import grader
from grader.checks import number
from grader.overview import BINS
from grader.report.cellview import SIGNS
from grader.report.page import environment
from grader.report.told import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Result
    from grader.overview import BugGroup, Overview

SCHEMA: Final = "grader/report/1"


def document(seen: Overview) -> dict[str, Any]:
    """The whole report."""
    return {
        "schema": SCHEMA,
        "assignment": seen.assignment,
        "grader_version": grader.__version__,
        "max_score": seen.max_score,
        "students": len({result.student for result in seen.results}),
        "graded": len(seen.graded),
        "refused": [{"student": r.student, "message": r.message} for r in seen.refused],
        "mean": round(seen.mean, 4),
        "median": seen.median,
        "distribution": [
            {"from": low, "to": high, "count": count}
            for (low, high), count in zip(_edges(), seen.bins, strict=True)
        ],
        "criteria": [
            {
                "id": loss.id,
                "target": loss.target,
                "title": loss.title,
                "points": loss.points,
                "lost": loss.lost,
                "statuses": loss.statuses,
                "commonest": [{"message": text, "count": n} for text, n in loss.commonest],
            }
            for loss in seen.losses
        ],
        "groups": [
            {
                "number": group.number,
                "count": len(group.members),
                "criteria": group.criteria,
                "statuses": group.statuses,
                "reasons": group.reasons,
                "hint": group.hint,
                "mean_points_lost": round(group.points, 4),
                "students": [result.student for result in group.members],
            }
            for group in seen.groups
        ],
        "slowest": [{"student": r.student, "duration_s": r.duration_s} for r in seen.slowest],
    }


def _edges() -> list[tuple[int, int]]:
    """From which to which percentage each bin goes."""
    step = 100 // BINS
    return [(step * place, step * (place + 1)) for place in range(BINS)] + [(100, 100)]


def page_parts(seen: Overview, links: Mapping[str, str] | None = None) -> Iterator[str]:
    """The report as one page, part by part; `links` lead to a submission's page, by its path."""
    jinja = environment()
    script = str(jinja.get_template("class.js").render())
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    links = links or {}
    yield from jinja.get_template("class.html").generate(
        seen=seen,
        bins=list(zip(_labels(), seen.bins, strict=True)),
        most=max([*seen.bins, 1]),
        losses=sorted(seen.losses, key=lambda loss: -loss.lost),
        rows=_rows(seen, links),
        targets=list(dict.fromkeys(loss.target for loss in seen.losses)),
        signs=SIGNS,
        script=script,
        digest=f"'sha256-{digest}'",
        tellings={group.number: telling(group) for group in seen.groups},
    )


def _labels() -> list[str]:
    return [f"{low}–{high}" if high < 100 else f"{low}–99" for low, high in _edges()[:-1]] + ["100"]


def telling(group: BugGroup) -> list[tuple[str, str, str]]:
    """The criteria of a group with their status and reason; each reason once."""
    told: dict[tuple[str, str], list[str]] = {}
    for name, status, why in zip(group.criteria, group.statuses, group.reasons, strict=True):
        told.setdefault((status, why), []).append(name)
    return [(", ".join(names), status, why) for (status, why), names in told.items()]


def _rows(seen: Overview, links: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A line for each submission, as it stands in the table."""
    groups = seen.group_of()
    targets = list(dict.fromkeys(loss.target for loss in seen.losses))
    places = {loss.id: str(place) for place, loss in enumerate(seen.losses)}
    for name, result in zip(names(seen.results), seen.results, strict=True):
        lost = [v.id for v in result.verdicts if v.status != "passed"]
        yield {
            "name": name,
            "result": result,
            "link": links.get(result.path, ""),
            "group": groups.get((result.student, result.path), ""),
            "points": [_points(result, target) for target in targets],
            "lost": " ".join(places[name] for name in lost),
            "count": len(lost),
            "status": "refused"
            if result.status == "refused"
            else "full"
            if result.score == result.max_score
            else "part",
        }


def _points(result: Result, target: str) -> str:
    own = [v for v in result.verdicts if v.target == target]
    return number(sum(v.points for v in own)) if own else ""
