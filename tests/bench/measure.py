"""What commands cost: wall time, CPU of all that they start, memory of each process meanwhile."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from grader.worker.confine import adopt_orphans
from tests.courses import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRADER = (sys.executable, "-m", "grader")
NBGRADER = (sys.executable, "-m", "nbgrader")
_TICK = os.sysconf("SC_CLK_TCK")
_REAP_S = 10.0


class CommandFailed(Exception):
    """A command that is measured has failed; with what it said."""


@dataclass(frozen=True)
class Usage:
    """Seconds that a command took: on the wall, and of CPU with all processes below it."""

    wall: float
    cpu: float

    def each(self, smaller: Usage, more: int) -> Usage:
        """What each of some more submissions has cost, without what every command costs."""
        return Usage((self.wall - smaller.wall) / more, (self.cpu - smaller.cpu) / more)


@dataclass
class Watch:
    """What was seen of a command while it ran: how far it had come, and its processes' memory."""

    count: Callable[[], int]
    seen: list[tuple[float, int]] = field(default_factory=list)  # seconds, submissions done
    peaks: dict[str, int] = field(default_factory=dict)  # bytes, by kind of process
    own_cpu: float = 0.0  # seconds of the first process alone

    def look(self, pid: int, seconds: float) -> None:
        """Take one look."""
        self.seen.append((seconds, self.count()))
        with suppress(OSError):
            self.own_cpu = _own_cpu(pid)
        for kind, peak in _memory(pid):
            self.peaks[kind] = max(self.peaks.get(kind, 0), peak)

    def when(self, number: int) -> float:
        """Seconds after which so many submissions were done."""
        before = (0.0, 0)
        for now in self.seen:
            if now[1] >= number:
                part = (number - before[1]) / max(1, now[1] - before[1])
                return before[0] + part * (now[0] - before[0])
            before = now
        raise ValueError(f"only {before[1]} submissions were done, not {number}")


def run(
    command: Sequence[object],
    cwd: Path,
    *,
    more: Mapping[str, str] | None = None,
    watch: Watch | None = None,
    every: float = 0.5,
) -> Usage:
    """Run a command to its end, with all that it has left behind.

    Orphans come to this process, so that no CPU is lost when a process is killed before those
    below it.
    """
    adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=environment(more),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        while watch is not None and process.poll() is None:
            watch.look(process.pid, time.perf_counter() - begun)
            time.sleep(every)
        process.wait()
        wall = time.perf_counter() - begun
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    if watch is not None:
        watch.seen.append((wall, watch.count()))
    _reap()
    if process.returncode != 0:
        shown = " ".join(map(str, command))
        raise CommandFailed(f"{shown}: exit code {process.returncode}\n{said[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall, cpu)


def _reap() -> None:
    """Wait for processes that have come to this one."""
    deadline = time.monotonic() + _REAP_S
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)


def best(runs: Sequence[Usage]) -> Usage:
    """The least of each: what other processes do can only add to it."""
    return Usage(min(r.wall for r in runs), min(r.cpu for r in runs))


def below(pid: int) -> list[int]:
    """All processes below one, parents first."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                text = Path(f"/proc/{one}/task/{task}/children").read_text()
                found += map(int, text.split())
    return found[1:]


def _own_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / _TICK


def _memory(root: int) -> list[tuple[str, int]]:
    """The kind and the peak of resident bytes of a command's processes."""
    found = []
    zygotes: set[int] = set()
    for pid in [root, *below(root)]:
        with suppress(OSError, ValueError, KeyError):  # it may be ending
            status = Path(f"/proc/{pid}/status").read_text()
            facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            peak = int(facts["VmHWM"].split()[0]) * 1024
            if facts["Name"] == "bwrap":
                continue
            if int(facts["PPid"]) in zygotes:
                kind = "worker"
            elif b"import zygote" in Path(f"/proc/{pid}/cmdline").read_bytes():
                kind = "zygote"
                zygotes.add(pid)
            else:
                kind = "grader" if pid == root else "grading process"
            found.append((kind, peak))
    return found


def size(folder: Path) -> int:
    """Bytes on disk of a file, or of all in a folder."""
    if not folder.is_dir():
        return folder.stat().st_blocks * 512 if folder.exists() else 0
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


def machine() -> str:
    """The machine in one line."""
    model = platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(ln.partition(":")[2].strip() for ln in lines if ln.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory:.0f} GB, Linux {platform.release()}"


def versions() -> str:
    """The versions of what is measured, and the load before: other work makes all of it slower."""
    names = ("numpy", "ipython", "hypothesis", "nbgrader")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    bubblewrap = "bubblewrap" if shutil.which("bwrap") else "no bubblewrap"
    return f"Python {platform.python_version()}, {found}, {bubblewrap}"
