"""What a worker gives up before it runs a cell: descriptors, memory, files, a life of its own."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_CHILD_SUBREAPER: Final = 36

_prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)


def prctl(option: int, value: int) -> None:
    """Set one of the process's options; nothing where the system has no such call."""
    if _prctl is not None and _prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that it can end them all."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def confine(*, keep: int, memory: int, file_size: int, cpu_s: int, parent: int) -> None:
    """Give up everything but the descriptor `keep` and the standard three (null devices).

    `memory` and `file_size` are in bytes: address space beyond what is mapped now, and the size of
    any file that is written. `cpu_s` is a backstop for the grader's own time limits. `parent` is
    the zygote's pid: where it has died already, so does this process.
    """
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    os.closerange(3, keep)
    os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    limits = {
        resource.RLIMIT_AS: address_space() + memory,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_s,
    }
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]
        capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (capped, capped))
    # A write past the file limit is then an OSError in the cell, not the end of the worker.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 0)
    if os.getppid() != parent:
        os._exit(1)


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
