"""What a run of hostile submissions may not touch, and how one sees that it has."""

from __future__ import annotations

import hashlib
import os
import selectors
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.attacks.build import COURSE

if TYPE_CHECKING:
    from collections.abc import Iterable

_WAIT_S = 0.1


class Listeners:
    """Sockets of every kind that count who comes to them."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[str] = []
        self._selector = selectors.DefaultSelector()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        abstract = f"gr-{folder.name}"
        self._sockets = {
            "TCP": self._open(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "UDP": self._open(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "UNIX": self._open(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
            "ABSTRACT": self._open(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
        }
        (folder / "socket").chmod(0o777)
        self.constants: dict[str, object] = {
            "TCP": self._sockets["TCP"].getsockname()[1],
            "UDP": self._sockets["UDP"].getsockname()[1],
            "UNIX": str(folder / "socket"),
            "ABSTRACT": abstract,
        }

    def _open(self, family: int, kind: int, place: tuple[str, int] | str) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.bind(place)
        if kind == socket.SOCK_STREAM:
            listener.listen(64)
        return listener

    def __enter__(self) -> Self:
        for name, listener in self._sockets.items():
            self._selector.register(listener, selectors.EVENT_READ, name)
        self._thread.start()
        return self

    def _listen(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(_WAIT_S):
                listener = key.fileobj
                assert isinstance(listener, socket.socket)
                self.seen.append(key.data)
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(65536)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._selector.close()
        for listener in self._sockets.values():
            listener.close()


@dataclass(frozen=True)
class Canary:
    """A file in a folder of its own that is neither read nor changed."""

    path: Path
    secret: str
    state: str

    @classmethod
    def put(cls, folder: Path, name: str, owner: int | None) -> Canary:
        """A new one, readable and writable for `owner`, so that only confinement protects it."""
        place = folder / name
        place.mkdir(parents=True)
        path = place / "canary.txt"
        secret = f"GRSECRET-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        path.write_text(f"{secret}\n")
        if owner is not None:
            os.chown(path, owner, owner)
            os.chown(place, owner, owner)
        return cls(path, secret, state_of(place))

    def trouble(self) -> str:
        """How it was changed, or nothing."""
        now = state_of(self.path.parent)
        return "" if now == self.state else f"changed its canary: {self.state} became {now}"


def state_of(folder: Path) -> str:
    """Names, contents, owners, modes and times in a folder, access times aside."""
    if not folder.is_dir():
        return "gone"
    parts = []
    for path in (folder, *sorted(folder.iterdir())):
        about = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        stamp = (about.st_mode, about.st_uid, about.st_gid, about.st_mtime_ns, about.st_nlink)
        parts.append(f"{path.name} {stamp} {hashlib.sha256(content).hexdigest()[:12]}")
    return "; ".join(parts)


def strays(folder: Path) -> list[str]:
    """Processes that belong to a run: by their names, or by where they work."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes() + (process / "comm").read_bytes()
            place = (process / "cwd").readlink()
        except OSError:
            continue
        marks = (b"gr-attack", b"sleep\x00600")
        if any(mark in command for mark in marks) or place.is_relative_to(folder):
            found.append(f"{process.name} {command[:80]!r} in {place}")
    return found


def made(folders: Iterable[Path]) -> list[str]:
    """Files that only attacks make, where they must not have been able to."""
    found = [
        str(path)
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if "canary-made" in path.name or "gr-attack" in path.name
    ]
    for kind in ("shm", "sem", "msg"):
        try:
            lines = Path("/proc/sysvipc", kind).read_text().splitlines()[1:]
        except OSError:
            continue
        found += [f"{kind} {line}" for line in lines if line.split()[0] == str(0x6772)]
    return found


def shared_folders() -> list[Path]:
    """Where attacks try to leave things."""
    import numpy as np

    libraries = Path(np.__file__).parents[1]
    return [
        *map(Path, ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/run")), Path.home(), libraries,
        COURSE, COURSE / "release", libraries / "numpy" / "__pycache__",
    ]  # fmt: skip


def course_state() -> str:
    """The contents of what a course must keep as it is."""
    digest = hashlib.sha256()
    for part in ("release", "source", "grader/rubrics"):
        for path in sorted((COURSE / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
