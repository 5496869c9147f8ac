"""What stands below a cell of the graded notebook: what it printed, and how it was judged.

The form is nbgrader's: text to read, then the points as the cell's value, which nbgrader itself
takes for partial credit. All of it is safe to show: plain text, checked pictures, escaped markup.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from grader.checks import number, show_json
from grader.merge import PICTURES, is_base64

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import CellRun, Remark, Verdict

_TEXTS: Final = ("text/plain", "text/html", "text/markdown", "text/latex")
_STREAMS: Final = ("stdout", "stderr")
SIGNS: Final = {
    "passed": "✓", "failed": "✗", "error": "✗", "timeout": "⏱", "missing": "∅", "skipped": "–",
}  # fmt: skip


def outputs_of(run: CellRun) -> list[dict[str, Any]]:
    """What a cell printed, displayed and raised, without what a notebook page would run."""
    outputs = [kept for output in run.outputs if (kept := _output(output))]
    if run.left_out:
        outputs.append(_error("CellLeftOut", run.left_out))
    elif run.error and not any(o["output_type"] == "error" for o in outputs):
        name, _, message = run.error.partition(": ")
        outputs.append(_error(name, message))
    return outputs


def _output(output: dict[str, Any]) -> dict[str, Any] | None:
    kind, data = output.get("output_type"), output.get("data")
    if kind == "stream" and output.get("name") in _STREAMS:
        return {"output_type": kind, "name": output["name"], "text": _text(output.get("text"))}
    if kind == "error":
        trace = output.get("traceback")
        lines = [_text(line) for line in trace] if isinstance(trace, list) else []
        error = _error(_text(output.get("ename")), _text(output.get("evalue")))
        return {**error, "traceback": lines}
    if kind in {"display_data", "execute_result"} and isinstance(data, dict):
        shown: dict[str, Any] = {mime: _text(data[mime]) for mime in _TEXTS if mime in data}
        shown |= {mime: data[mime] for mime in PICTURES if is_base64(data.get(mime))}
        more = {"execution_count": None} if kind == "execute_result" else {}
        return {"output_type": kind, "data": shown, "metadata": {}, **more} if shown else None
    return None


def _text(value: object) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _error(name: str, message: str) -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"{name}: {message}".rstrip(": ")],
    }


def verdict_outputs(verdict: Verdict) -> list[dict[str, Any]]:
    """A verdict for people, then its points for nbgrader."""
    return [
        {
            "output_type": "display_data",
            "data": {"text/plain": verdict_text(verdict), "text/html": _html(verdict)},
            "metadata": {},
        },
        {
            "output_type": "execute_result",
            "data": {"text/plain": repr(float(verdict.points))},
            "metadata": {},
            "execution_count": None,
        },
    ]


def _headline(verdict: Verdict) -> str:
    points = f"{number(verdict.points)} of {number(verdict.max_points)}"
    word = "point" if verdict.max_points == 1 else "points"
    return f"{SIGNS[verdict.status]} {verdict.status}, {points} {word}"


def verdict_text(verdict: Verdict) -> str:
    """A verdict in lines of plain text."""
    hint = f"Hint: {verdict.hint}" if verdict.hint else ""
    lines = [f"{_headline(verdict)}: {verdict.title}".rstrip(": "), verdict.message, hint]
    return "\n".join(line for line in lines if line)


def _html(verdict: Verdict) -> str:
    title = f": {escape(verdict.title)}" if verdict.title else ""
    parts = [f"<div><b>{escape(_headline(verdict))}</b>{title}</div>"]
    found = verdict.counterexample
    if found is not None:
        rows = [
            ("call", found.call),
            *((name, show_json(value)) for name, value in found.inputs.items()),
            ("your output", "" if found.output is None else show_json(found.output)),
            ("expected", found.expected),
        ]
        cells = "".join(
            f'<tr><td style="padding-right: 1em">{escape(name)}</td>'
            f'<td><code style="white-space: pre-wrap">{escape(text)}</code></td></tr>'
            for name, text in rows
            if text
        )
        parts.append(f"<table>{cells}</table>")
    if verdict.message:
        parts.append(f"<div><code>{escape(verdict.message)}</code></div>")
    if verdict.hint:
        parts.append(f"<div>Hint: {escape(verdict.hint)}</div>")
    return f'<div class="grader-verdict grader-{verdict.status}">{"".join(parts)}</div>'


def comment(verdicts: Sequence[Verdict], remarks: Sequence[Remark] = ()) -> str | None:
    """What was lost, and what could be better: Markdown in which students' text is code.

    An indented line is a code block, so nothing in it is markup, and it still reads as text.
    """
    parts: list[str] = []
    skipped: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.status == "skipped":
            skipped.setdefault(verdict.message, []).append(verdict)
        elif verdict.status != "passed":
            lost = number(verdict.max_points - verdict.points)
            parts.append(
                f"{verdict.id}, −{lost} ({verdict.status}): {_plain(verdict.title)}".rstrip(": ")
            )
            if verdict.message:
                parts.append(f"    {_one_line(verdict.message)}")
            if verdict.hint:
                parts.append(f"Hint: {_plain(verdict.hint)}")
    for message, several in skipped.items():
        lost = number(sum(v.max_points - v.points for v in several))
        names = several[0].id if len(several) == 1 else f"{len(several)} more"
        parts.append(f"{names}, −{lost} (skipped): {_plain(message)}")
    targets = {verdict.target for verdict in verdicts}
    for remark in remarks:
        if remark.target in targets and not remark.good:
            parts.append("Costs nothing, but could be better:")
            parts.append(f"    {_one_line(remark.text)}")
    return "\n\n".join(parts) or None


def refusal(message: str) -> str:
    """The comment on a submission that was not graded."""
    return f"Not graded, and not a zero: a person has to look.\n\n    {_one_line(message)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return "".join(c for c in _one_line(text) if c not in "<>[]`")


def number_cells(cells: Sequence[dict[str, Any]]) -> None:
    """Execution counts as after one run from top to bottom."""
    code = (cell for cell in cells if cell["cell_type"] == "code" and cell["source"].strip())
    for count, cell in enumerate(code, start=1):
        cell["execution_count"] = count
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count


def hide_origin(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a hidden test has left, without what it printed and where in it an error came up."""
    kept: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "error":
            name, message = str(output.get("ename", "")), str(output.get("evalue", ""))
            kept.append(_error(name, message))
        elif output["output_type"] != "stream" and "grader-verdict" in str(
            output.get("data", {}).get("text/html", "")
        ):
            kept.append(dict(output))
    return kept
