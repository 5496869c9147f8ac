"""How the documentation is built, by `make docs`; nothing is fetched from anywhere."""

from __future__ import annotations

import re
from inspect import cleandoc
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

import click

import grader
from grader.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

project = "reference-grader"
author = "The reference-grader developers"
version = release = grader.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
highlight_language = "none"  # of what is indented; fences name theirs
smartquotes = False  # they turn --json into –json

nitpicky = True
# What signatures name that is documented elsewhere, or is no more than a name for a type.
nitpick_ignore_regex = [
    ("py:.*", r"(np|numpy|collections|typing|hypothesis)\..*"),
    (
        "py:.*",
        r"(Any|Callable|Iterator|Literal|Mapping|SearchStrategy|Sequence|TypeAliasForwardRef|Unpack)",
    ),
    ("py:.*", r"(grader\..*\.)?(Arguments|Array|Axis|Check|Disclosure|Gives|Sheet)"),
]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3  # by GitHub's rule, so that links work in both places

default_role = "code"  # in docstrings `x` is code, as in Markdown
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"Array": "Array"}

html_theme = "furo"
html_title = "reference-grader"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False


def literally(text: str, special: str) -> str:
    """A text in which, outside of backticks, some characters are no markup."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(p if p[:1] == "`" else re.sub(rf"([{special}])", r"\\\1", p) for p in parts)


def as_rst(docstring: list[str]) -> Iterator[str]:
    """A docstring in the little Markdown that this project writes, as Sphinx reads it.

    What is indented, and examples that begin with `>>>`, are code. Elsewhere nothing but backticks
    is markup: |x| and x_i are formulas.
    """
    code, before = False, ""
    for line in docstring:
        if line.strip() and not before.strip():
            begins = line.startswith(("    ", ">>>"))
            if begins and not code:
                yield from (f".. code-block:: {'pycon' if '>>>' in line else 'python'}", "")
            code = begins
        if code:
            yield f"   {line}" if line.strip() else ""
        else:
            yield literally(line, "|*_")
        before = line


def read_docstring(*event: Any) -> None:
    """Put a docstring into the form that Sphinx reads; `event` ends with its lines."""
    lines = event[-1]
    tuples_own = lines and lines[0].startswith("Alias for field number")
    lines[:] = [] if tuples_own else list(as_rst(lines))


def commands() -> Iterator[str]:
    """Every command as its `--help` has it, in Markdown."""
    for name, command in main.commands.items():
        context = click.Context(command, info_name=f"grader {name}")
        usage = " ".join(command.collect_usage_pieces(context))
        said = literally(cleandoc(command.help or ""), "<*_")
        yield f"## grader {name}\n\n{said}\n\n    grader {name} {usage}\n"
        for parameter in command.params:
            record = parameter.get_help_record(context)
            if record and record[1]:
                yield f"`{record[0]}`\n: {literally(record[1], '<*_')}\n"
        lines = (command.epilog or "").partition("Examples:\n")[2]
        yield f"Examples:\n\n{indent(dedent(lines), '    ')}\n" if lines else ""


def read_source(_app: Sphinx, _name: str, content: list[str]) -> None:
    """Put the commands where a page asks for them."""
    content[0] = content[0].replace("<!-- commands -->", "\n".join(commands()))


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", read_docstring)
    app.connect("source-read", read_source)
