"""What a worker gives up before it runs a cell: descriptors, memory, files, a life of its own.

In this order, since each step takes away what the next would need to be undone: descriptors,
privileges, files (`landlock`), resource limits, all other system calls (`seccomp`).
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import landlock, seccomp
from .kernel import LINUX, prctl, syscall

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYERS: Final = ("bubblewrap", "landlock", "seccomp", "rlimits")

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
_CAPSET: Final = (126, 91)  # the call's number on x86-64 and aarch64
_CAP_DAC_READ_SEARCH: Final = 2
_CAP_LAST: Final = 63

_DESCRIPTORS: Final = 128
_OWN_PROC: Final = tuple(
    f"/proc/self/{name}"
    for name in ("cmdline", "comm", "fd", "limits", "maps", "stat", "statm", "status")
)
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that it can end them all."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """End this process when the one that forked it ends, in whatever way."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def first_to_go() -> None:
    """Where the machine runs out of memory, let the kernel end this process before any other."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


@dataclass(frozen=True)
class Walls:
    """The layers that are put around every worker, prepared once by the zygote."""

    layers: frozenset[str]
    readable: tuple[int, ...]
    listed: tuple[int, ...]
    devices: tuple[int, ...]
    abi: int

    @classmethod
    def prepare(
        cls, layers: Sequence[str], readable: Sequence[str], listed: Sequence[str], newest_abi: int
    ) -> Walls:
        """Find out what this machine has, of `layers`, and open the places that may be read.

        Below `readable` everything can be read, below `listed` folders be listed.
        """
        abi = min(landlock.kernel_abi(), newest_abi) if "landlock" in layers else 0
        there = {"rlimits"} if resource is not None else set()
        if abi > 0:
            there.add("landlock")
        if seccomp.available():
            there.add("seccomp")
        return cls(
            layers=frozenset(there & set(layers)),
            readable=tuple(landlock.open_places(readable) if abi else ()),
            listed=tuple(landlock.open_places(listed) if abi else ()),
            devices=tuple(landlock.open_places(_DEVICES) if abi else ()),
            abi=abi,
        )

    def confine(self, *, keep: int, scratch: str, limits: dict[str, int], parent: int) -> None:
        """Give up everything but the folder `scratch`, the descriptor `keep` and standard 0 to 2.

        `limits` are in bytes: `memory` is address space beyond what is mapped now, `file_size` that
        of any one file that is written; `cpu_s` is a backstop for the grader's own time limits.
        `parent` is the zygote's pid: where it has died already, so does this process.

        Raises `OSError` where a layer that was found cannot be put up; then no student code runs.
        """
        if hasattr(os, "setsid"):
            os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        _close_all_but({*self.readable, *self.listed, *self.devices, keep})
        # Libraries may lie in folders that only their owner can enter. Where Landlock says what can
        # be read, root may keep reading there.
        _drop_privileges(keep=1 << _CAP_DAC_READ_SEARCH if "landlock" in self.layers else 0)
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)
        if "landlock" in self.layers:
            # Not all of /proc/self: it shows the network, and what is mounted.
            own = landlock.open_places(_OWN_PROC)
            tasks = landlock.open_places(["/proc/self/task"])
            landlock.restrict(
                readable=[*self.readable, *own],
                listed=[*self.listed, *tasks],
                devices=self.devices,
                own=scratch,
                abi=self.abi,
            )
            for handle in (*self.readable, *self.listed, *self.devices, *own, *tasks):
                os.close(handle)
        if "rlimits" in self.layers:
            _limit(**limits)  # only now: there may be more handles of places than it allows
        prctl(_PR_SET_DUMPABLE, 0)
        if "seccomp" in self.layers:
            seccomp.restrict()


def _close_all_but(handles: set[int]) -> None:
    """Close every descriptor from 3 on, but for those."""
    highest = max(handles)
    for descriptor in set(range(3, highest)) - handles:
        with suppress(OSError):
            os.close(descriptor)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource is not None else 1024
    os.closerange(highest + 1, limit)


def _limit(*, memory: int, file_size: int, cpu_s: int) -> None:
    limits = {
        resource.RLIMIT_AS: address_space() + memory,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: _DESCRIPTORS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_s,
    }
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]
        capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with nullcontext() if LINUX else suppress(OSError, ValueError):  # macOS has not all of them
            resource.setrlimit(limit, (capped, capped))
    # A write past the file limit is then an OSError in the cell, not the end of the worker.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _drop_privileges(*, keep: int) -> None:
    """Give up root's privileges for good, but for the set `keep`; root is then a user like all."""
    held = _capabilities()
    if not held:
        return
    with suppress(OSError):  # more than the kernel knows
        for capability in range(_CAP_LAST):
            if not keep >> capability & 1:
                prctl(_PR_CAPBSET_DROP, capability)
    with suppress(OSError):
        prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    # struct __user_cap_header_struct, then two of __user_cap_data_struct: see capset(2).
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(held & keep, held & keep, 0, 0, 0, 0)
    number = _CAPSET[1 if os.uname().machine == "aarch64" else 0]
    syscall(number, ctypes.byref(header), ctypes.byref(data))


def _capabilities() -> int:
    """What this process is permitted, as a set of bits; none where there are no such things."""
    with suppress(FileNotFoundError), open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(b"CapPrm:"):
                return int(line.split()[1], 16)
    return 0


def address_space() -> int:
    """Bytes of address space that this process has mapped; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def children() -> list[int]:
    """The pids of this process's children; empty where the system does not tell."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as listing:
            return [int(pid) for pid in listing.read().split()]
    except OSError:
        return []
