"""What an audit has found: for people in a terminal, and for programs as `grader/audit/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grader
from grader.checks import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.findings import Audit, Fate, Row

SCHEMA: Final = "grader/audit/1"
_SHOWN: Final = 20  # lines of a kind


def document(audit: Audit, rubric_sha256: str) -> dict[str, Any]:
    """The whole document."""
    return {
        "schema": SCHEMA,
        "assignment": audit.assignment,
        "rubric_sha256": rubric_sha256,
        "seed": audit.rubric.seed,
        "seeds": list(audit.seeds),
        "grader_version": grader.__version__,
        "duration_s": audit.duration_s,
        "rates": {
            "wheats": audit.count("wheat"),
            "false_fails": len(audit.wrong("wheat")),
            "chaffs": audit.count("chaff"),
            "false_passes": len(audit.false_passes),
            "wrong_chaffs": len(audit.wrong("chaff")),
            "hollow": audit.count("hollow"),
            "hollow_with_points": len(audit.wrong("hollow")),
            "flakes": len(audit.flakes),
            "mutants": len(audit.fates),
            "killed": len(audit.became("killed")),
            "equivalent": len(audit.became("same bytecode", "same values")),
            "alive": len(audit.became("alive")),
            "kill_rate": round(audit.kill_rate, 3),
        },
        "implementations": [_row(row) for row in audit.rows],
        "flakes": [
            {"name": f.name, "kind": f.kind, "seed": f.seed, "problem": f.problem}
            for f in audit.flakes
        ],
        "criteria": [
            {
                "id": criterion.id,
                "target": criterion.target,
                "points": criterion.points,
                "chaffs": tally.chaffs,
                "only_chaffs": tally.only_chaffs,
                "mutants": tally.mutants,
                "only_mutants": tally.only_mutants,
                "redundant": tally.redundant,
                "passes_alone": list(tally.vacuous),
            }
            for criterion in audit.rubric.criteria
            for tally in [audit.tallies[criterion.id]]
        ],
        "mutants": [_fate(fate) for fate in audit.fates],
    }


def _row(row: Row) -> dict[str, Any]:
    lost = row.lost.values()
    return {
        "name": row.name,
        "kind": row.kind,
        "title": row.title,
        "score": sum(verdict.points for verdict in row.verdicts),
        "lost": {verdict.id: verdict.status for verdict in lost},
        "messages": {verdict.id: verdict.message for verdict in lost if verdict.message},
        "problem": row.problem,
    }


def _fate(fate: Fate) -> dict[str, Any]:
    return {
        "of": fate.of, "operator": fate.operator, "before": fate.before, "after": fate.after,
        "outcome": fate.outcome, "by": list(fate.by), "why": fate.why,
    }  # fmt: skip


def as_text(audit: Audit, fail_under: float | None = None) -> Iterator[str]:
    """The findings, line by line: what is wrong first, then how much was tried, then criteria."""
    yield from _wrong(audit)
    criteria = audit.rubric.criteria
    runs = len(audit.seeds) * (audit.count("wheat") + audit.count("chaff"))
    yield f"{audit.assignment}: {len(criteria)} criteria, {number(audit.rubric.max_score)} points"
    yield _rate("wheats", audit.count("wheat"), len(audit.wrong("wheat")), "false fails")
    yield _rate("chaffs", audit.count("chaff"), len(audit.false_passes), "false passes")
    hollow = len(audit.wrong("hollow"))
    yield _rate("hollow", audit.count("hollow"), hollow, "with points they have not earned")
    said = f"{len(audit.seeds)} other seeds"
    yield _rate("flakes", runs, len(audit.flakes), f"verdicts that depend on the seed, of {said}")
    killed, alive = len(audit.became("killed")), len(audit.became("alive"))
    same, values = len(audit.became("same bytecode")), len(audit.became("same values"))
    yield (
        f"  {'mutants':10}{len(audit.fates):7}  {killed} killed, {alive} alive, "
        f"{same + values} equivalent ({same} of the same bytecode, {values} of the same values)"
    )
    asked = f" (at least {number(fail_under)}% asked)" if fail_under is not None else ""
    # Never rounded up to more than it is.
    yield f"  {'kill rate':10}{int(audit.kill_rate * 100) / 100:6.2f}%{asked}"
    yield ""
    yield from _criteria(audit)
    yield ""
    yield f"{audit.duration_s:.0f} s"


def _rate(what: str, of: int, wrong: int, kind: str) -> str:
    share = f" ({100 * wrong / of:.2f}%)" if of else ""
    return f"  {what:10}{of:7}  {wrong} {kind}{share}"


def _wrong(audit: Audit) -> Iterator[str]:
    lines = [f"{row.name}: {row.problem}" for row in audit.rows if row.problem]
    lines += [f"{flake.name}, with seed {flake.seed}: {flake.problem}" for flake in audit.flakes]
    for fate in audit.became("alive"):
        by = f"; {', '.join(fate.by)} would notice" if fate.by else ""
        lines.append(
            f"alive: {fate.of}, {fate.operator}: {fate.before} → {fate.after} ({fate.why}{by})"
        )
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"and {len(lines) - _SHOWN} more; --json and --html have them all"
    if lines:
        yield ""


def _criteria(audit: Audit) -> Iterator[str]:
    ids = [criterion.id for criterion in audit.rubric.criteria]
    wide = max(map(len, ids))
    yield f"{'criterion':{wide}} points  chaffs (only it)  mutants (only it)"
    for criterion in audit.rubric.criteria:
        tally = audit.tallies[criterion.id]
        notes = []
        if tally.redundant:
            notes.append("redundant: others catch all that it catches")
        if tally.vacuous:
            notes.append(f"alone it would pass what {', '.join(tally.vacuous)}")
        line = (
            f"{criterion.id:{wide}} {number(criterion.points):>6}"
            f"{tally.chaffs:8}{f'({tally.only_chaffs})':>10}"
            f"{tally.mutants:9}{f'({tally.only_mutants})':>10}"
        )
        yield f"{line}  {'; '.join(notes)}".rstrip()
