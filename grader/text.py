"""Text that students wrote or caused, made fit to be read: bounded, one line, no surprises."""

from __future__ import annotations

import re
from typing import Final

# What differs from run to run: objects' addresses, and the temporary folders of this program.
_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}")
# What a terminal takes for a command.
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL
)
_SCRATCH: Final = re.compile(r"[^\s'\"]*/grader-\w+/work/(?:tmp\w+/?)?")
# What GitHub Actions (and Azure, TeamCity) take for a command in what a program prints: `::name` at
# the start of a line, `##[name]` anywhere in it.
_AT_START: Final = re.compile(r"^(\s*)::", re.MULTILINE)
_ANYWHERE: Final = re.compile(r"##(?=\w*\[)")


def clean(text: str, cap: int = 500) -> str:
    """One line without control characters, capped, the same in every run."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * cap]).split())
    line = _ADDRESS.sub("0x…", _SCRATCH.sub("", line))
    return line if len(line) <= cap else line[:cap] + "…"


def block(text: str, cap: int) -> str:
    """Several lines without control characters and terminal escapes, capped, the same every run.

    What is written over with a carriage return, as by a progress bar, is gone.
    """
    text = _ESCAPE.sub("", text[: 8 * cap])
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    shown = "\n".join(
        "".join(c if c.isprintable() or c == "\t" else " " for c in line).rstrip() for line in lines
    ).strip("\n")
    shown = _ADDRESS.sub("0x…", _SCRATCH.sub("", shown))
    return shown if len(shown) <= cap else shown[:cap] + "…"


def inert(text: str) -> str:
    """Lines none of which a CI system takes for a command, however they came about."""
    return _AT_START.sub(r"\1: :", _ANYWHERE.sub("# #", text))
