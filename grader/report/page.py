"""Pages in HTML: self-contained files, made by jinja2 with everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.checks import number
from grader.report.cellview import SIGNS

if TYPE_CHECKING:
    from grader.findings import Audit

KINDS: Final = {
    "wheat": "Wheats: correct, must keep everything",
    "chaff": "Chaffs: one bug each, must lose what they name",
    "hollow": "Hollow: compute nothing, must earn nothing",
}


def audit_page(audit: Audit) -> str:
    """An audit as a page for instructors: what was found, and implementations × criteria."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    template = environment.get_template("audit.html")
    return str(
        template.render(audit=audit, kinds=KINDS, signs=SIGNS, criteria=audit.rubric.criteria)
    )
