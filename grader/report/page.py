"""Pages in HTML: self-contained files, made by jinja2 with everything escaped."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from grader.checks import number, show_json
from grader.report.cellview import SIGNS

if TYPE_CHECKING:
    from grader.findings import Audit

KINDS: Final = {
    "wheat": "Wheats: correct, must keep everything",
    "chaff": "Chaffs: one bug each, must lose what they name",
    "hollow": "Hollow: compute nothing, must earn nothing",
}


@functools.cache
def environment() -> Any:
    """Where all templates are; what they show is escaped unless it is made here."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(number=number, value=show_json)
    return made


def audit_page(audit: Audit) -> str:
    """An audit as a page for instructors: what was found, and implementations × criteria."""
    template = environment().get_template("audit.html")
    return str(
        template.render(audit=audit, kinds=KINDS, signs=SIGNS, criteria=audit.rubric.criteria)
    )
