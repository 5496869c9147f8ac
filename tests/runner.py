"""Readers of what GitHub Actions reads: commands as its runner finds them, and a summary's page."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it import MarkdownIt

COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A command that the runner would carry out."""

    name: str
    properties: dict[str, str]
    data: str


def commands(output: str) -> list[Command]:
    """All commands in what was printed, by the rules of actions/runner, ActionCommand.cs."""
    found = (_new_form(line) or _old_form(line) for line in output.splitlines())
    return [command for command in found if command]


def _new_form(line: str) -> Command | None:
    """`::name key=value,key=value::data`, after any blanks."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    said, data = line[2:].split("::", 1)
    name, _, rest = said.partition(" ")
    if name.lower() not in COMMANDS:
        return None
    pairs = [pair.split("=", 1) for pair in rest.strip().split(",") if pair]
    properties = {pair[0]: _unescaped(pair[1], ":,") for pair in pairs if len(pair) == 2}
    return Command(name, properties, _unescaped(data))


def _old_form(line: str) -> Command | None:
    """`##[name key=value;key=value]data`, anywhere in a line."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name = line[start + 3 : end].partition(" ")[0]
    return Command(name, {}, line[end + 1 :]) if name.lower() in COMMANDS else None


def _unescaped(text: str, more: str = "") -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


class Page(HTMLParser):
    """Markdown as a page: the tags in it, its text, and the cells of its tables."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.cells: list[str] = []
        self._in_cell = False
        # As GitHub: HTML is allowed (and would be noticed here), tables are known.
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag in {"td", "th"}:
            self.cells.append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_comment(self, data: str) -> None:
        self.tags.add(f"<!--{data}")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.cells[-1] += data
