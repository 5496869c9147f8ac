"""Landlock: every ABI that a kernel may have keeps files closed, and the own folder open."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from grader.worker import landlock, scratch
from tests.children import in_child

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ABIS = range(1, landlock.kernel_abi() + 1)
NOBODY = 65534

pytestmark = pytest.mark.skipif(not ABIS, reason="this kernel has no Landlock")


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """A folder to read, one to list, one of one's own, and one that is closed."""
    for name in ("readable", "listed", "own", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    (tmp_path / "own" / "inner").mkdir()
    return tmp_path


def restrict(places: Path, abi: int) -> None:
    """Confine this process to them."""
    landlock.restrict(
        readable=landlock.open_places([str(places / "readable")]),
        listed=landlock.open_places([str(places / "listed")]),
        devices=landlock.open_places(["/dev/null"]),
        own=str(places / "own"),
        abi=abi,
    )


def outcomes(places: Path, abi: int, attempts: dict[str, Callable[[], object]]) -> dict[str, str]:
    """What became of attempts in a confined process, by name: "ok" or the error's class."""

    def work() -> str:
        restrict(places, abi)
        found = []
        for name, attempt in attempts.items():
            try:
                attempt()
                found.append(f"{name}=ok")
            except OSError as error:
                found.append(f"{name}={type(error).__name__} {error.errno}")
        return ";".join(found)

    return dict(item.split("=") for item in in_child(work).split(";"))


@pytest.mark.parametrize("abi", ABIS)
def test_what_is_closed_stays_closed(places: Path, abi: int) -> None:
    """Reading, listing, writing, making, linking, renaming, removing, executing."""
    own, closed, readable = places / "own", places / "closed", places / "readable"
    (own / "program").write_text("#!/bin/sh\n")
    (own / "program").chmod(0o755)
    attempts: dict[str, Callable[[], object]] = {
        "read": (closed / "file").read_text,
        "list": lambda: os.listdir(closed),
        "read what is listed": (places / "listed" / "file").read_text,
        "list above": lambda: os.listdir(places),
        "write": lambda: (closed / "file").write_text("x"),
        "write what is readable": lambda: (readable / "file").open("a"),
        "make": lambda: (readable / "new").write_text("x"),
        "make a folder": (closed / "new").mkdir,
        "link to": lambda: (closed / "new").symlink_to("/"),
        "link from": lambda: os.link(closed / "file", own / "stolen"),
        "rename from": lambda: (closed / "file").rename(own / "stolen"),
        "rename to": lambda: (own / "file").rename(closed / "new"),
        "remove": (closed / "file").unlink,
        "remove what is readable": (readable / "file").unlink,
        "through a link": (own / "link").read_text,
        "execute": lambda: os.execv(own / "program", ["program"]),
    }
    (own / "link").symlink_to(closed / "file")
    found = outcomes(places, abi, attempts)
    assert [name for name, outcome in found.items() if outcome == "ok"] == []
    assert set(found) == set(attempts)
    for name in ("closed", "readable", "own"):
        assert (places / name / "file").read_text() == name


@pytest.mark.parametrize("abi", ABIS)
def test_what_is_open_stays_open(places: Path, abi: int) -> None:
    """Anything but executing in the own folder; moving to another folder from ABI 2 on."""
    own = places / "own"
    attempts: dict[str, Callable[[], object]] = {
        "read": (places / "readable" / "file").read_text,
        "list": lambda: os.listdir(places / "readable"),
        "list only": lambda: os.listdir(places / "listed"),
        "null": lambda: open("/dev/null", "w").close(),
        "write": lambda: (own / "new").write_text("x" * 100),
        "cut": lambda: (own / "new").write_text("x"),
        "truncate": lambda: os.truncate(own / "new", 0),
        "rename": lambda: (own / "new").rename(own / "newer"),
        "link": lambda: (own / "link").symlink_to("newer"),
        "remove": (own / "link").unlink,
        "folders": lambda: (own / "a" / "b").mkdir(parents=True),
        "move": lambda: (own / "newer").rename(own / "inner" / "moved"),
    }
    found = outcomes(places, abi, attempts)
    expected = dict.fromkeys(attempts, "ok")
    if abi == 1:
        expected["move"] = "OSError 18"
    assert found == expected


@pytest.mark.parametrize("abi", ABIS)
def test_later_versions_close_more(places: Path, abi: int) -> None:
    """TCP from ABI 4 on, signals and abstract sockets from ABI 6 on."""
    server = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{places.name}-{os.getpid()}-{abi}")
    abstract.listen()

    def connect() -> None:
        with socket.socket() as connection:
            connection.connect(server.getsockname())

    def connect_by_name() -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(abstract.getsockname())

    with server, abstract:
        found = outcomes(
            places,
            abi,
            {
                "tcp": connect,
                "abstract": connect_by_name,
                "signal": lambda: os.kill(os.getppid(), signal.SIGURG),
            },
        )
    since = {"tcp": 4, "abstract": 6, "signal": 6}
    assert {name: outcome == "ok" for name, outcome in found.items()} == {
        name: abi < first for name, first in since.items()
    }


def test_sizes_are_counted(tmp_path: Path) -> None:
    """Of files, in folders within folders, by the space that they take."""
    before, files = scratch.used(str(tmp_path))
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x" * (1 << 20))
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    after, more = scratch.used(str(tmp_path))
    assert 1 << 20 <= after - before < 2 << 20
    assert (files, more) == (0, 4)


def test_names_may_be_anything_and_links_are_not_followed(tmp_path: Path) -> None:
    """Names that are no text, and links in circles or to large folders."""
    (tmp_path / os.fsdecode(b"\xff\n")).mkdir()
    (tmp_path / "root").symlink_to("/")
    (tmp_path / "loop").symlink_to("loop")
    assert scratch.used(str(tmp_path))[0] < 1 << 20


def test_what_cannot_be_counted_is_too_much(tmp_path: Path) -> None:
    """Too many, too deep, or closed."""
    many, deep, closed = (tmp_path / name for name in ("many", "deep", "closed"))
    many.mkdir()
    for number in range(60):
        (many / str(number)).touch()
    inner = deep
    for _ in range(40):
        inner /= "d"
    inner.mkdir(parents=True)
    (closed / "locked").mkdir(parents=True)
    (closed / "locked").chmod(0o300)
    for path in (tmp_path, closed, *tmp_path.parents):
        if path.is_relative_to("/tmp") and path.stat().st_uid == os.geteuid():
            with suppress(OSError):
                path.chmod(path.stat().st_mode | 0o055)
    with pytest.raises(scratch.TooMuch, match="made more than"):
        scratch.used(str(many), 50)
    with pytest.raises(scratch.TooMuch, match="deep"):
        scratch.used(str(deep))

    def count() -> str:
        try:
            return str(scratch.used(str(closed)))
        except scratch.TooMuch as much:
            return str(much)

    user = NOBODY if os.geteuid() == 0 else None
    assert in_child(count, user=user) == "made a folder that cannot be looked into"


def test_threads_are_counted() -> None:
    """Of a living process, and none of one that is gone."""
    assert scratch.threads(os.getpid()) >= 1
    assert scratch.threads(2**22 + 1) == 0
