"""What pages show of notebooks: no markup that runs, no hidden test, no traceback through one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade

from grader.merge import PICTURES
from grader.report.cellview import hide_origin

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

# Markup that instructors and pandas use; none of it runs anything or asks another server.
_TAGS: Final = frozenset(
    re.split(
        r"\s+",
        "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 "
        "h3 h4 h5 h6 hr i img kbd li ol p pre s small span strong sub summary sup table tbody td "
        "tfoot th thead tr u ul",
    )
)
_PROTOCOLS: Final = frozenset({"http", "https", "mailto", "data"})
_DATA: Final = tuple(f"data:{picture};" for picture in PICTURES)
_CSS: Final = CSSSanitizer(
    allowed_css_properties=[
        "color", "background-color", "text-align", "font-weight", "font-style", "width",
        "max-width", "margin", "padding", "border", "border-collapse", "vertical-align",
    ]
)  # fmt: skip


def _attribute(tag: str, name: str, value: str) -> bool:
    if name == "src":  # a picture of another server would tell it who reads this
        return tag == "img" and value.startswith(_DATA)
    if name == "href":
        return tag == "a" and not value.lower().lstrip().startswith(("data:", "javascript:"))
    return name in {
        "class", "id", "style", "title", "alt", "width", "height", "colspan", "rowspan", "align",
        "start",
    }  # fmt: skip


def clean_html(element: Any) -> str:
    """Markup with everything taken out that runs, or that asks another server for something."""
    text = element.decode("utf-8", "replace") if isinstance(element, bytes) else str(element)
    cleaned: str = bleach.clean(
        text, tags=_TAGS, attributes=_attribute, protocols=_PROTOCOLS, css_sanitizer=_CSS
    )
    return cleaned


@pass_context  # type: ignore[untyped-decorator]
def safe_markdown(context: Any, source: object) -> str:
    """Markdown as HTML, cleaned; in nbconvert's templates in place of its own filter.

    The template's context has the cell with the pictures that are pasted into it.
    """
    attached = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attached)
    try:
        made = MarkdownWithMath(renderer=renderer).render(str(source))
    except InvalidNotebook:  # it shows a picture that is not there, or of no known kind
        made = MarkdownWithMath(renderer=renderer).render(str(source).replace("attachment:", "#"))
    return clean_html(made)


class HideTests(ClearHiddenTests):  # type: ignore[misc]
    """Takes hidden tests out of a page, and whatever a run of them has left there."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, _index: int
    ) -> tuple[NotebookNode, Any]:
        hidden = is_grade(cell) and self.begin_test_delimeter in cell.source
        if hidden and cell.cell_type == "code":
            cell.outputs = hide_origin(cell.outputs)
        self._remove_hidden_test_region(cell)
        return cell, resources

    def _remove_hidden_test_region(self, cell: NotebookNode) -> bool:
        """Nothing that a student writes into a cell may stop the page."""
        try:
            return bool(super()._remove_hidden_test_region(cell))
        except RuntimeError:  # a region that is not closed, or opened twice
            before, _, _ = cell.source.partition(self.begin_test_delimeter)
            cell.source = before
            return True
