"""What a file looks like that is no notebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_READ: Final = 1 << 20
_CONFLICT: Final = re.compile(rb"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
_OUT_AGAIN: Final = "get the notebook again, with `Download` or `Save link as`"


def looks_like(path: Path) -> str:
    """What it is and what to do about it, or nothing where that is not known."""
    try:
        with path.open("rb") as file:
            start = file.read(_READ)
    except OSError:
        return ""
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain:
        return ""
    if _CONFLICT.search(start):
        return (
            "it has marks of a merge conflict (<<<<<<<): solve that with git, or get the notebook "
            "as it was given out and copy your code into it"
        )
    if plain[:200].lower().startswith((b"<!doctype html", b"<html")):
        return f"it is a web page, as a browser saves it: {_OUT_AGAIN}"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start[:4]:
        return "it looks like UTF-16: save it as UTF-8, without which Jupyter does not read it"
    if start.startswith(b"PK"):
        return "it is a zip file: unpack it, and name the notebook that is in it"
    if start.startswith(b"%PDF"):
        return f"it is a PDF: {_OUT_AGAIN}"
    if plain.startswith((b"import ", b"from ", b"# %%", b"#!", b"#")):
        return "it looks like a Python file or notes, which a grader does not read"
    return ""
