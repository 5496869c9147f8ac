"""What the page about file formats says, held to documents that were really written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.conftest import COURSE

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = COURSE / "docs/reference/formats.md"
# What these hold is named by criteria, arguments and so on, not by the format.
_NAMED_BY_CONTENT: Final = {"inputs", "dtypes", "messages", "statuses"}


def undocumented(document: dict[str, Any], heading: str) -> set[str]:
    """The keys of a document that the page does not name below a heading."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return set(_keys(document)) - {"schema"} - set(re.findall(r"[`\"](\w+)[`\"]", text))


def _keys(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            by_content = key in _NAMED_BY_CONTENT or (key == "lost" and isinstance(value, dict))
            yield from () if by_content else _keys(value)
    elif isinstance(document, list):
        for item in document:
            yield from _keys(item)
