"""The system call filter: what it denies, on both architectures, and that it denies it for real."""

from __future__ import annotations

import errno
import os
import platform
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from seccompy.syscalls import AARCH64_SYSCALLS, X86_64_SYSCALLS

from grader.worker import seccomp
from grader.worker.syscalls import NEWEST, NUMBERS
from tests.children import in_child

if TYPE_CHECKING:
    from collections.abc import Callable

PID = 4711
MACHINES = {"x86_64": (0xC000003E, X86_64_SYSCALLS), "aarch64": (0xC00000B7, AARCH64_SYSCALLS)}
ALLOW = 0x7FFF0000
EPERM, ENOSYS, ENOTTY, ENOTSUP, NOTHING = (
    0x50000 | code for code in (errno.EPERM, errno.ENOSYS, errno.ENOTTY, errno.ENOTSUP, 0)
)


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of a call: a small interpreter of its program."""
    program = list(struct.iter_unpack("<HBBI", seccomp.build(machine, PID)))
    architecture = MACHINES[machine][0] if architecture is None else architecture
    words = [argument & (1 << 64) - 1 for argument in (*arguments, 0, 0, 0, 0, 0, 0)][:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *words)
    accumulator = at = 0
    while True:
        code, if_true, if_false, constant = program[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, constant)
            case 0x54:
                accumulator &= constant
            case 0x15:
                at += if_true if accumulator == constant else if_false
            case 0x25:
                at += if_true if accumulator > constant else if_false
            case 0x45:
                at += if_true if accumulator & constant else if_false
            case 0x06:
                return int(constant)
            case _:
                raise AssertionError(f"an instruction that is not used: {code:#x}")


def call(machine: str, name: str, *arguments: int) -> int:
    """The same by name."""
    return verdict(machine, MACHINES[machine][1][name], *arguments)


def test_numbers_are_those_of_the_kernel() -> None:
    """As another project has taken them from its headers."""
    theirs = {name: (X86_64_SYSCALLS.get(name), AARCH64_SYSCALLS.get(name)) for name in NUMBERS}
    assert theirs == NUMBERS
    assert max(*X86_64_SYSCALLS.values(), *AARCH64_SYSCALLS.values()) == NEWEST


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (seccomp.DENIED, EPERM),
        (seccomp.ABSENT, ENOSYS),
        (seccomp.PRETENDED, NOTHING),
        (seccomp.UNSUPPORTED, ENOTSUP),
    ],
    ids=["denied", "absent", "pretended", "unsupported"],
)
def test_each_name_of_a_list_has_its_verdict(machine: str, names: list[str], expected: int) -> None:
    """Whatever the arguments."""
    numbers = MACHINES[machine][1]
    tried = [name for name in names if name in numbers]
    assert len(tried) > len(names) // 3
    for arguments in ((), (2**64 - 1,) * 6, (PID,) * 6):
        assert {call(machine, name, *arguments) for name in tried} == {expected}


@pytest.mark.parametrize("machine", MACHINES)
def test_all_other_calls_are_allowed(machine: str) -> None:
    """It is a list of what is denied: reading, memory, threads and time are no business of it."""
    numbers = MACHINES[machine][1]
    ours = {numbers.get(name) for name in NUMBERS}  # one has two names on aarch64
    others = {name for name, number in numbers.items() if number not in ours}
    assert {call(machine, name, *[1] * 6) for name in others} == {ALLOW}
    assert {"read", "write", "mmap", "futex", "exit_group", "clock_gettime"} <= others


BY_ARGUMENT = [
    (ALLOW, "clone", [0x3D0F00]),  # as glibc makes threads
    (EPERM, "clone", [17]),
    (EPERM, "clone", [0x4111]),  # vfork
    (EPERM, "clone", [0x10000 << 32 | 17]),  # flags that the kernel does not look at
    (ALLOW, "kill", [PID, 9]),
    (EPERM, "kill", [0, 9]),
    (EPERM, "kill", [-1, 9]),
    (EPERM, "kill", [-PID, 9]),
    (EPERM, "kill", [1, 9]),
    (ALLOW, "tgkill", [PID, 5000, 6]),
    (EPERM, "tgkill", [PID + 1, 5000, 6]),
    (ALLOW, "prlimit64", [0, 7]),
    (ALLOW, "prlimit64", [PID, 7]),
    (EPERM, "prlimit64", [1, 7]),
    (ALLOW, "setpriority", [0, 0, 5]),
    (EPERM, "setpriority", [0, 1, 5]),
    (EPERM, "setpriority", [1, 0, 5]),
    (ALLOW, "socketpair", [1, 1 | 0o2004000]),
    (EPERM, "socketpair", [1, 2]),
    (EPERM, "socketpair", [2, 1]),
    (ALLOW, "openat", [-100, 0, os.O_RDONLY]),
    (ALLOW, "openat", [-100, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC]),
    (ALLOW, "openat", [-100, 0, os.O_RDWR | os.O_TRUNC]),
    (EPERM, "openat", [-100, 0, os.O_RDONLY | os.O_TRUNC]),
    (EPERM, "openat", [-100, 0, os.O_ACCMODE | os.O_TRUNC]),
    (ALLOW, "fallocate", [3, 0, 0, 1 << 20]),
    (ENOTSUP, "fallocate", [3, 1, 0, 1 << 40]),
    (ALLOW, "prctl", [15]),  # the name of a thread
    (EPERM, "prctl", [1]),
    (EPERM, "prctl", [4]),
    (ALLOW, "fcntl", [3, 1]),
    (EPERM, "fcntl", [3, 8, 1]),
    (ALLOW, "ioctl", [3, 0x5401]),
    (ENOTTY, "ioctl", [3, 0x5412]),  # typing into a terminal
]


@pytest.mark.parametrize("machine", MACHINES)
def test_some_calls_depend_on_their_arguments(machine: str) -> None:
    """Own threads and own signals are fine, those of others are not."""
    found = [
        (call(machine, name, *arguments), name, arguments) for _, name, arguments in BY_ARGUMENT
    ]
    assert found == BY_ARGUMENT


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_not_known_does_not_exist(machine: str) -> None:
    """Calls of the future, of x32, and of other architectures."""
    for number in (NEWEST + 1, 1 << 30, (1 << 30) + 57, 2**32 - 1):
        assert verdict(machine, number) == ENOSYS
    for other in (0x40000003, 0x40000028, 0):
        assert verdict(machine, 0, architecture=other) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_the_program_is_sound(machine: str) -> None:
    """All jumps stay inside, and it ends with a verdict: the kernel would refuse it otherwise."""
    program = list(struct.iter_unpack("<HBBI", seccomp.build(machine, PID)))
    assert len(program) < 4096
    for at, (code, if_true, if_false, _) in enumerate(program):
        if code & 0x07 == 0x05:
            assert at + 1 + max(if_true, if_false) < len(program)
    assert program[-1][0] == 0x06


def test_an_unknown_machine_has_no_filter() -> None:
    """And so no student code runs there without one."""
    with pytest.raises(OSError, match="riscv64"):
        seccomp.build("riscv64", PID)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _socket() -> None:
    import socket

    socket.socket()


def _execute() -> None:
    os.execv("/bin/true", ["true"])


FORBIDDEN: dict[str, Callable[[], object]] = {
    "fork": _fork,
    "execute": _execute,
    "socket": _socket,
    "signal": lambda: os.kill(os.getppid(), 0),
    "memfd": lambda: os.memfd_create("x"),
    "nice": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 1),
}


@pytest.mark.skipif(not seccomp.available(), reason=f"no filter for {platform.machine()}")
@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_kernel_enforces_it(name: str) -> None:
    """In a real process."""

    def try_it() -> str:
        seccomp.restrict()
        try:
            FORBIDDEN[name]()
        except PermissionError:
            return "denied"
        return "allowed"

    assert in_child(try_it) == "denied"


@pytest.mark.skipif(not seccomp.available(), reason=f"no filter for {platform.machine()}")
def test_what_programs_need_goes_on_working() -> None:
    """Threads above all: glibc asks for a call that is absent, and takes the other way."""

    def work() -> str:
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        seccomp.restrict()
        asyncio.run(asyncio.sleep(0))
        os.nice(1)
        Path(__file__).chmod(0)
        with ThreadPoolExecutor(4) as pool:
            return str(sum(pool.map(abs, range(-9, 9))))

    before = Path(__file__).stat().st_mode
    assert in_child(work) == "81"
    assert Path(__file__).stat().st_mode == before
