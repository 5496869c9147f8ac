"""The documentation: it builds without a warning, its links lead somewhere, its examples work."""

from __future__ import annotations

import doctest
import html
import importlib
import re
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

from grader.cli import main
from grader.model import Limits
from grader.settings import NUMBERS, Settings, load_settings
from tests.conftest import COURSE

if TYPE_CHECKING:
    from pathlib import Path

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
PAGES = sorted(
    path.relative_to(COURSE).as_posix()
    for path in [*COURSE.glob("*.md"), *(COURSE / "docs").rglob("*.md")]
    if "_build" not in path.parts
)
# The modules whose docstrings are the reference, and hold examples.
MODULES = sorted(
    set(re.findall(r"^\.\. automodule:: (\S+)", "\n".join(
        path.read_text(encoding="utf-8") for path in (COURSE / "docs/reference").glob("*.md")
    ), re.MULTILINE))
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, as `make docs` builds them."""
    out = tmp_path_factory.mktemp("docs")
    strict = ("-W", "--keep-going", "-n", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-M", "html", "docs", str(out), *strict],
        cwd=COURSE,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return out / "html"


def test_every_page_is_built(built: Path) -> None:
    """Without a warning: no reference is missing, no page lies outside the table of contents."""
    pages = {page.removeprefix("docs/") for page in PAGES if page.startswith("docs/")}
    assert [
        page for page in sorted(pages) if not (built / page).with_suffix(".html").is_file()
    ] == []


def test_pages_need_nothing_from_elsewhere(built: Path) -> None:
    """No script, style, font or picture of another host: they can be read without a network."""
    for page in built.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="([^"]*)""", text)
        assert [address for address in loaded if urlsplit(address).netloc] == [], page.name
    for style in built.rglob("*.css"):
        assert "url(http" not in style.read_text(encoding="utf-8"), style.name


def test_every_command_is_in_the_reference(built: Path) -> None:
    """With all that its help says, and all of its options as they are typed: -- stays --."""
    page = (built / "reference/command-line.html").read_text(encoding="utf-8")
    text = " ".join(html.unescape(re.sub("<[^>]*>", "", page)).split())
    for name, command in main.commands.items():
        assert f"grader {name} [OPTIONS]" in text
        assert " ".join((command.help or "").replace("`", "").split()) in text
        options = [option for parameter in command.params for option in parameter.opts]
        assert [o for o in options if o.startswith("--") and f"{o}" not in text] == [], name


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    tokens = MARKDOWN.parse(page.read_text(encoding="utf-8"))
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            text = "".join(
                c.content for c in token.children or () if c.type in {"text", "code_inline"}
            )
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            count = 1
            while (unique := name if count == 1 else f"{name}-{count - 1}") in found:
                count += 1
            found.add(unique)
    return found


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead."""
    tokens = MARKDOWN.parse(page.read_text(encoding="utf-8"))
    parts = [part for token in tokens for part in token.children or ()]
    return [str(p.attrs[a]) for p in parts for a in ("href", "src") if a in p.attrs]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    """To a file of the project that is there and a heading that it has, or to a proper address."""
    page = COURSE / name
    for link in links(page):
        where = urlsplit(link)
        if where.scheme or where.netloc:
            assert where.scheme == "https", link
            assert re.fullmatch(r"[\w.-]+\.[a-z]+", where.netloc), link
            assert " " not in unquote(link), link
            continue
        target = (page.parent / unquote(where.path)).resolve() if where.path else page
        assert target.is_relative_to(COURSE), link
        assert target.exists(), link
        if where.fragment:
            assert where.fragment in anchors(target), link


@pytest.mark.parametrize("name", PAGES)
def test_every_command_that_is_named_exists(name: str) -> None:
    """With the options that it is shown with."""
    known = {
        command: {option for parameter in found.params for option in parameter.opts}
        for command, found in main.commands.items()
    }
    tokens = MARKDOWN.parse((COURSE / name).read_text(encoding="utf-8"))
    code = [
        part.content.replace("\\\n", " ")
        for token in tokens
        for part in (token, *(token.children or ()))
        if part.type in {"code_block", "fence", "code_inline"}
    ]
    calls = re.findall(r"(?m)(?:^[\s$]*|bin/|-- )grader ([a-z]+)\b([^\n#|]*)", "\n".join(code))
    for command, rest in calls:
        assert command in known, command
        options = {word.partition("=")[0] for word in rest.split() if word.startswith("--")}
        assert options - known[command] - {"--", "--help"} == set(), command


def test_the_settings_are_the_defaults(tmp_path: Path) -> None:
    """As the page about them says, and all of them are on it."""
    page = (COURSE / "docs/reference/settings.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(shown, encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "data").mkdir()
    settings = load_settings(tmp_path)
    assert (settings.limits, settings.disclose) == (Limits(), Settings().disclose)
    assert set(settings.origin) == {*NUMBERS, "read_paths", "disclose", "repository", "branch"}


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_work(module: str) -> None:
    """What the reference shows is what comes out; a module's examples follow on from each other."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = finder.find(importlib.import_module(module))
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    names: dict[str, Any] = dict(found[0].globs)
    for example in sorted(found, key=lambda e: (e.name != module, e.lineno or 0)):
        example.globs = names
        runner.run(example, clear_globs=False)
    assert runner.failures == 0
    assert runner.tries > 0
