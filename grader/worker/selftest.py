"""What a worker can still do: tried from the inside, before any student code is trusted to it.

Each attempt does the forbidden thing for real, on bait that the grader has laid out. What counts is
whether it went through, not what is installed. Nothing that is read here is sent anywhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TROUBLE = "trouble"  # reported in place of an attempt where confining fails
_HELLO = b"grader self-test"
_S = 0.5  # seconds for a connection within this machine


def run(answers: socket.socket, bait: dict[str, Any]) -> None:
    """Try everything on `bait`; a line of JSON for each attempt: its name, and what stopped it.

    Nothing stopped it where that is null. The last attempt is to become another program.
    """
    for name, attempt in attempts(bait):
        answers.sendall(line(name, outcome(attempt)))
    os.set_inheritable(answers.fileno(), True)  # noqa: FBT003
    program = f"import os; os.write({answers.fileno()}, b'[\"exec a program\", null]\\n')"
    try:
        os.execv(bait["python"], [bait["python"], "-I", "-S", "-c", program])  # noqa: S606
    except OSError as error:
        answers.sendall(line("exec a program", error.strerror))


def line(name: str, stopped: str | None) -> bytes:
    """One attempt, as it is reported."""
    return json.dumps([name, stopped]).encode() + b"\n"


def outcome(attempt: Callable[[], object]) -> str | None:
    """What stopped an attempt, or None where it went through."""
    try:
        attempt()
    except OSError as error:
        return error.strerror or str(error)
    return None


def attempts(bait: dict[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything to try, by name; `grader.isolation` says what each is about."""
    for number, secret in enumerate(bait["secrets"]):
        yield f"read a secret file #{number}", partial(_read, secret)
        yield f"list its folder #{number}", partial(os.listdir, secret.rpartition("/")[0])
        yield f"see its name #{number}", partial(os.stat, secret)
    yield "write outside its folder", lambda: os.open(bait["write"], os.O_WRONLY)
    yield "make a file outside its folder", lambda: _make(bait["make"])
    yield "fork a process", _fork
    yield "signal its parent", lambda: os.kill(os.getppid(), signal.SIGURG)
    yield "read its parent's memory", _read_memory
    yield "look into its parent's /proc", lambda: _read(f"/proc/{os.getppid()}/environ")
    yield "look into the grader's /proc", lambda: _read(f"/proc/{bait['grader']}/environ")
    yield "see other processes", lambda: _same_pids(bait["pids"])
    yield "connect by TCP", lambda: _tcp(bait["tcp"])
    yield "send by UDP", lambda: _udp(bait["udp"])
    if bait["unix"]:
        yield "connect by a unix socket", lambda: _unix(bait["unix"])
    yield "connect by an abstract socket", lambda: _unix("\0" + bait["abstract"])


def _read(path: str) -> None:
    with open(path, "rb", buffering=0) as file:
        file.read(1)


def _make(paths: list[str]) -> None:
    """Make a file at any of the paths; what stopped the last, where none could be made."""
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            stopped = error
        else:
            os.unlink(path)  # noqa: PTH108
            return
    raise stopped


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _read_memory() -> None:
    """Read what the parent has where this process has it too, since it is a fork; two ways."""
    with contextlib.suppress(OSError):
        os.close(os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY))
        return
    mine, theirs = ctypes.create_string_buffer(1), _HELLO
    address = ctypes.cast(ctypes.c_char_p(theirs), ctypes.c_void_p).value or 0
    vector = ctypes.c_size_t * 2
    here, there = vector(ctypes.addressof(mine), 1), vector(address, 1)
    call = ctypes.CDLL(None, use_errno=True).process_vm_readv
    if call(os.getppid(), here, ctypes.c_ulong(1), there, ctypes.c_ulong(1), ctypes.c_ulong(0)) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _same_pids(namespace: str) -> None:
    """Whether the grader's processes have pids here."""
    try:
        same = os.readlink("/proc/self/ns/pid") == namespace  # noqa: PTH115
    except OSError:
        same = True  # nobody can say, so it is not claimed
    if not same:
        raise OSError("a pid namespace of its own")


def _tcp(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=_S) as connection:
        connection.sendall(_HELLO)


def _udp(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_HELLO, ("127.0.0.1", port))


def _unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_S)
        connection.connect(path)
        connection.sendall(_HELLO)
