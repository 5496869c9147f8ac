"""How well workers are contained: what a self-test inside one found, at every start of a zygote.

The level is never derived from what is installed. `standard` and above means that everything
that was tried against files, other processes and the network was stopped.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from grader.model import Level, NotContained
from grader.worker.selftest import TROUBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEVELS: Final[tuple[Level, ...]] = get_args(Level)

REMEDY: Final = (
    "`grader doctor` shows what is missing. Use Linux 5.13 or newer on x86-64 or aarch64, with "
    "Landlock and seccomp; keep the course out of folders that hold libraries; or, for code that "
    "you trust, add --allow-weak-isolation"
)

_OPEN_FOLDERS: Final = ("/", "/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  where anybody may write

# What is tried, and what it is about; for the first three groups, "#0" stands for each secret.
GROUPS: Final = {
    "files": (
        "read a secret file", "list its folder", "write outside its folder",
        "make a file outside its folder",
    ),
    "processes": (
        "fork a process", "exec a program", "signal its parent", "read its parent's memory",
        "look into its parent's /proc", "look into the grader's /proc",
    ),
    "network": (
        "connect by TCP", "send by UDP", "connect by a unix socket",
        "connect by an abstract socket",
    ),
    "names": ("see its name", "see other processes"),
}  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """What must hold of workers.

    `secrets` are files that they must not see, `readable` places that they may read besides the
    libraries; with `allow_weak` they are used although the self-test finds too much open.
    """

    secrets: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    allow_weak: bool = False


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried from inside a worker, and what stopped it: None if nothing did."""

    name: str
    group: str
    stopped: str | None


@dataclass(frozen=True)
class Isolation:
    """What the self-test found."""

    attempts: tuple[Attempt, ...] = ()
    trouble: str = ""  # why nothing could be tried

    @property
    def level(self) -> Level:
        """`strong`, `standard`, `weak` or `none`: docs/explanation.md says what they mean."""
        contained = {group for group in GROUPS if self._contains(group)}
        if contained >= {"files", "processes", "network"}:
            return "strong" if "names" in contained else "standard"
        return "weak" if contained - {"names"} else "none"

    def _contains(self, group: str) -> bool:
        tried = [attempt for attempt in self.attempts if attempt.group == group]
        names = {attempt.name.partition(" #")[0] for attempt in tried}
        # A unix socket's path may be too long to be tried.
        missing = set(GROUPS[group]) - names - {"connect by a unix socket"}
        return not missing and all(attempt.stopped is not None for attempt in tried)

    @property
    def open(self) -> tuple[str, ...]:
        """What went through, of what must not for `standard`."""
        return tuple(
            attempt.name.partition(" #")[0]
            for attempt in self.attempts
            if attempt.stopped is None and attempt.group != "names"
        )

    @property
    def enough(self) -> bool:
        """Whether hidden tests may be used."""
        return LEVELS.index(self.level) >= LEVELS.index("standard")

    def refusal(self) -> NotContained:
        """Why hidden tests are not used, and what can be done, to be raised."""
        tried = dict.fromkeys(self.open)
        found = f"student code could {', '.join(tried)}" if tried else self.trouble
        found = found or "nothing could be tested"
        error = NotContained(
            f"student code is not contained well enough here for hidden tests (isolation: "
            f"{self.level}): {found}. {REMEDY}"
        )
        error.level = self.level
        return error


def lowest(levels: Iterable[Level]) -> Level:
    """The lowest of some levels; `none` where there are none."""
    return min(levels, key=LEVELS.index, default="none")


def read_findings(lines: bytes, reached: set[str]) -> Isolation:
    """What a self-test sent, one attempt a line; what a listener of ours has seen was not stopped.

    Anything that cannot be read was not tried, and so is not known to be stopped.
    """
    groups = {name: group for group, names in GROUPS.items() for name in names}
    attempts: dict[str, Attempt] = {}
    trouble = ""
    for line in lines.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            name, stopped = json.loads(line)
            if name == TROUBLE:
                trouble = f"a worker could not be confined: {stopped}"[:500]
                continue
            plain = name.partition(" #")[0]
            why = None if stopped is None or plain in reached else str(stopped)
            attempts[name] = Attempt(name, groups[plain], why)
    return Isolation(tuple(attempts.values()), trouble)


class Bait:
    """What the self-test tries to get at: a hidden file, and listeners on every kind of socket.

    `secrets` are hidden files besides, `shared` folders in which nothing may be made.
    """

    def __init__(
        self, home: Path, secrets: Sequence[Path], shared: Sequence[str], python: str
    ) -> None:
        self._home = home / "bait"
        self._shared = (*shared, str(self._home), *_OPEN_FOLDERS)
        self._made = f"grader-{os.getpid()}-{os.urandom(8).hex()}"
        self._secrets = secrets
        self._python = python
        self._stack = ExitStack()
        self._listeners: dict[str, socket.socket] = {}

    def __enter__(self) -> Self:
        self._home.mkdir(exist_ok=True)
        (self._home / "secret").write_text("bait")
        for name, kind, place in (
            ("connect by TCP", (socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1", 0)),
            ("send by UDP", (socket.AF_INET, socket.SOCK_DGRAM), ("127.0.0.1", 0)),
            ("connect by a unix socket", _UNIX, str(self._home / "socket")),
            ("connect by an abstract socket", _UNIX, f"\0{self._made}"),
        ):
            listener = self._stack.enter_context(socket.socket(*kind))
            listener.setblocking(False)  # noqa: FBT003
            with suppress(OSError):  # no loopback device; a path that is too long
                listener.bind(place)
                if kind[1] == socket.SOCK_STREAM:
                    listener.listen(1)
                self._listeners[name] = listener
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        (self._home / "socket").unlink(missing_ok=True)

    def described(self) -> dict[str, Any]:
        """All of it, for the worker."""
        tcp, udp, unix, abstract = (self._address(name) for name in GROUPS["network"])
        return {
            "secrets": [str(self._home / "secret"), *map(str, self._secrets)],
            "write": str(self._home / "secret"),
            "make": [f"{folder}/{self._made}" for folder in self._shared],
            "python": self._python,
            "grader": os.getpid(),
            "pids": _pid_namespace(),
            "tcp": tcp[1] if tcp else 9,
            "udp": udp[1] if udp else 9,
            "unix": unix or "",
            "abstract": abstract[1:].decode() if abstract else "grader-nobody",
        }

    def _address(self, name: str) -> Any:
        listener = self._listeners.get(name)
        return listener.getsockname() if listener is not None else None

    def reached(self) -> set[str]:
        """The listeners that somebody has got through to, by the attempt's name."""
        seen = set()
        for name, listener in self._listeners.items():
            with suppress(OSError):
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(1)
                seen.add(name)
        return seen


_UNIX: Final = (getattr(socket, "AF_UNIX", socket.AF_INET), socket.SOCK_STREAM)


def _pid_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
