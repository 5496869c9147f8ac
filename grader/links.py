"""Links to where a release can be opened: Binder, Colab, and its source on GitHub or GitLab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from grader.model import GraderError

BRANCH: Final = "main"
_HOSTS: Final = {"github.com": "GitHub", "gitlab.com": "GitLab"}
_PART: Final = re.compile(r"^(?!\.+$)[A-Za-z0-9._-]+$")
_BRANCH: Final = re.compile(r"^(?![/.-])(?!.*(\.\.|//|\.lock$|[/.]$))[A-Za-z0-9._/-]{1,200}$")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A public repository, of `github.com` or `gitlab.com`, that is laid out as the course is."""

    host: str
    path: str
    branch: str = BRANCH

    def links(self, file: str) -> list[tuple[str, str, str]]:
        """Title, URL and what one finds there, for a file of the repository."""
        place, branch = quote(file), quote(self.branch)
        github = self.host == "github.com"
        project = f"gh/{self.path}" if github else f"gl/{quote(self.path, safe='')}"
        binder = f"https://mybinder.org/v2/{project}/{quote(self.branch, safe='')}"
        found = [
            (
                "🚀 Launch Binder",
                f"{binder}?labpath={quote(file, safe='')}",
                "Interactive development environment",
            )
        ]
        if github:  # Colab knows no other place
            colab = f"https://colab.research.google.com/github/{self.path}/blob/{branch}/{place}"
            found.append(("📓 Open in Colab", colab, "Google Colab notebook"))
        blob = "blob" if github else "-/blob"
        source = f"https://{self.host}/{self.path}/{blob}/{branch}/{place}"
        found.append(("👀 View source", source, f"Browse the code on {_HOSTS[self.host]}"))
        return found


def read_repository(where: str, value: object) -> Repository:
    """The repository that a setting names; `GraderError` says at `where` what is wrong with it."""
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        path = parts.path.strip("/").removesuffix(".git")
        names = path.split("/")
        whole = f"https://{parts.netloc}{parts.path}" == text and parts.netloc in _HOSTS
    except ValueError:
        whole, names, path = False, [], ""
    fits = len(names) == 2 if whole and parts.netloc == "github.com" else 2 <= len(names) <= 20
    if not whole or not fits or not all(_PART.fullmatch(name) for name in names):
        raise GraderError(
            f"{where} is {value!r}; it must be a repository on GitHub or GitLab, like "
            '"https://github.com/owner/course"'
        )
    return Repository(host=parts.netloc, path=path)


def read_branch(where: str, value: object) -> str:
    """The branch that a setting names; `GraderError` says at `where` what is wrong with it."""
    if not isinstance(value, str) or not _BRANCH.fullmatch(value):
        raise GraderError(f'{where} is {value!r}; it must be a branch\'s name, like "main"')
    return value


def with_links(notebook: dict[str, Any], links: list[tuple[str, str, str]]) -> dict[str, Any]:
    """A notebook with a cell of links below its title."""
    rows = (
        [title for title, _, _ in links],
        ["---"] * len(links),
        [f"[{what}]({url})" for _, url, what in links],
    )
    source = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    cells = notebook["cells"]
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": source}
    if any("id" in other for other in cells):
        taken = {other.get("id") for other in cells}
        cell["id"] = next(
            n for n in ("links", *map("links-{}".format, range(9999))) if n not in taken
        )
    titled = bool(cells) and cells[0]["cell_type"] == "markdown"
    return notebook | {"cells": [*cells[:titled], cell, *cells[titled:]]}
