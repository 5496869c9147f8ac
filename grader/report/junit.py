"""JUnit XML: a suite for each submission, a case for each criterion.

Valid by both schemas that are published, Ant's (windyroad's JUnit.xsd) and Jenkins' (junit-10.xsd).
Neither knows properties of a case, so points are properties of the suite.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from grader.checks import number
from grader.report.told import in_order, line, names, notes, place, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from grader.model import Result, Verdict

# Skipped is what was not tried, since what it needs is missing; that one is a failure.
_ELEMENT: Final = {
    "failed": "failure", "missing": "failure", "error": "error", "timeout": "error",
    "skipped": "skipped",
}  # fmt: skip


def junit_parts(assignment: str, results: Collection[Result], when: dt.datetime) -> Iterator[str]:
    """The results as a document, suite by suite; `when` they were judged."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    ordered = in_order(results)
    for index, (name, result) in enumerate(zip(names(ordered), ordered, strict=True)):
        suite = _suite(index, assignment, name, result, when)
        ET.indent(suite, level=1)
        yield f"  {ET.tostring(suite, encoding='unicode')}\n"
    yield "</testsuites>\n"


def _suite(index: int, assignment: str, name: str, result: Result, when: dt.datetime) -> ET.Element:
    suite = ET.Element("testsuite")
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(result):
        ET.SubElement(properties, "property", name=key, value=value)
    if result.status == "refused":
        case = ET.SubElement(suite, "testcase", name="graded", classname="submission", time="0")
        _outcome(case, "error", "refused", [line(result.message)])
    for verdict in result.verdicts:
        _case(suite, verdict)
    suite.attrib |= {
        "id": str(index),
        "name": name or "?",
        "package": line(assignment),
        "hostname": "localhost",
        "timestamp": when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
        "time": f"{result.duration_s:.3f}",
    }
    ET.SubElement(suite, "system-out").text = "\n".join(notes(result))
    ET.SubElement(suite, "system-err").text = ""
    return suite


def _properties(result: Result) -> list[tuple[str, str]]:
    points = [] if result.status == "refused" else [("score", number(result.score, 10))]
    pairs = [
        ("student", line(result.student)),
        ("path", place(result)),
        ("status", result.status),
        *points,
        ("max_score", number(result.max_score, 10)),
    ]
    for verdict in result.verdicts:
        pairs.append((f"points.{line(verdict.id)}", number(verdict.points, 10)))
        pairs.append((f"max_points.{line(verdict.id)}", number(verdict.max_points, 10)))
    return pairs


def _case(suite: ET.Element, verdict: Verdict) -> None:
    # No case is timed by itself, but a time is asked for.
    case = ET.SubElement(
        suite, "testcase", name=line(verdict.id), classname=line(verdict.target), time="0"
    )
    if verdict.status != "passed":
        lines = told(verdict) or [line(verdict.title)]
        if verdict.title and lines[0] != line(verdict.title):
            lines.insert(1, f"Promised: {line(verdict.title)}")
        _outcome(case, _ELEMENT[verdict.status], verdict.status, [text for text in lines if text])


def _outcome(case: ET.Element, element: str, kind: str, lines: list[str]) -> None:
    message = lines[0] if lines else kind
    ET.SubElement(case, element, type=kind, message=message).text = "\n".join(lines)
