"""bubblewrap around the zygote: names, pids and the network of the machine are not there at all.

It needs user namespaces, which many systems restrict, so it is tried, used where it works, and
never required. See bwrap(1).
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROBE_S: Final = 10.0
_BASE: Final = ("--unshare-all", "--die-with-parent")


@dataclass(frozen=True)
class Bubblewrap:
    """Whether it can be used here: its program, or what speaks against it."""

    program: str = ""
    version: str = ""
    trouble: str = ""


@cache
def probe() -> Bubblewrap:
    """Try it, once in a process's life."""
    program = shutil.which("bwrap")
    if program is None:
        return Bubblewrap(trouble="not installed")
    version = _run([program, "--version"])[1].removeprefix("bubblewrap").strip()
    # As it will be used: options that an old version lacks are found here too.
    trial = [program, *_BASE, "--as-pid-1", "--ro-bind", "/", "/", "--proc", "/proc"]
    works, said = _run([*trial, "--dev", "/dev", "true"])
    if works:
        return Bubblewrap(program, version)
    return Bubblewrap(version=version, trouble=f"does not work here: {said or 'no reason given'}")


def _run(command: Sequence[str]) -> tuple[bool, str]:
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PROBE_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    return done.returncode == 0, said.rpartition("\n")[2][:300]


def wrapped(
    program: str, command: Sequence[str], readable: Sequence[str], writable: Sequence[str]
) -> list[str]:
    """The command inside: `readable` and `writable` places are all there is of the files.

    It is pid 1 in there: no signal from the inside can end it.
    """
    wrap = [program, *_BASE, "--as-pid-1", "--proc", "/proc", "--dev", "/dev"]
    for path in readable:
        wrap += ["--ro-bind-try", path, path]
    for path in writable:
        wrap += ["--bind", path, path]
    return [*wrap, "--", *command]
