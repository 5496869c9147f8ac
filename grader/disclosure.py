"""How much of a result is shown to whom: the instructor's choice, held in one place.

From the least to the most: `score` shows points by criterion, `title` what was promised as well and
whether it raised or ran out of time, `hint` the idea that may be missing, `counterexample`
everything. What is withheld is taken out of the result itself, so that no table, page or file can
show it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from grader.model import Disclosure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.model import Remark, Result, Verdict

LEVELS: tuple[Disclosure, ...] = get_args(Disclosure)
# Said by the grader about a notebook as a whole, so nothing of a hidden input is in it.
_HARMLESS = frozenset({"missing", "skipped"})


def lesser(one: Disclosure, other: Disclosure) -> Disclosure:
    """The level that shows less."""
    return min(one, other, key=LEVELS.index)


def disclosed(
    result: Result, most: Disclosure, caps: Mapping[str, Disclosure] | None = None
) -> Result:
    """The result with nothing in it beyond a level; `caps` are lower ones of single criteria."""
    caps = caps or {}
    if most == "counterexample" and not caps:
        return result
    return replace(
        result,
        disclosure=lesser(most, result.disclosure),
        verdicts=tuple(_verdict(v, lesser(most, caps.get(v.id, most))) for v in result.verdicts),
        remarks=tuple(kept for r in result.remarks if (kept := _remark(r, most))),
        traces=result.traces if _shows(most, "hint") else (),
    )


def _shows(level: Disclosure, what: Disclosure) -> bool:
    return LEVELS.index(level) >= LEVELS.index(what)


def _verdict(verdict: Verdict, level: Disclosure) -> Verdict:
    if _shows(level, "counterexample"):
        return verdict
    harmless = verdict.status in _HARMLESS and _shows(level, "title")
    plain = verdict.status in {"error", "timeout"} and not _shows(level, "title")
    return replace(
        verdict,
        status="failed" if plain else verdict.status,
        title=verdict.title if _shows(level, "title") else "",
        area=verdict.area if _shows(level, "title") else "",
        hint=verdict.hint if _shows(level, "hint") else "",
        message=verdict.message if harmless else "",
        counterexample=None,
    )


def _remark(remark: Remark, level: Disclosure) -> Remark | None:
    if _shows(level, "counterexample") or (remark.good and _shows(level, "title")):
        return remark
    return replace(remark, text=remark.hint) if remark.hint and _shows(level, "hint") else None
