"""Where the CPU of one more submission goes: by phase, in the grader and in workers."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.isolation import Policy
from grader.model import Limits
from grader.places import LAYERS_VARIABLE
from grader.sandbox import Zygote
from tests.bench.measure import Usage, below, run
from tests.bench.traced import COUNT, ENDED, OTHER, START, cpu_of, stat_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.submissions import Courses

ORDER = (
    "parse", "folders", "fork", "confine", "cells", "calls", "judge", "shrink", "write",
    "gradebook", OTHER,
)  # fmt: skip
_TRACED = (sys.executable, "-m", "tests.bench.traced")

Totals = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Confinement:
    """What it costs to confine a worker: milliseconds on the wall, and of CPU."""

    wall: float
    cpu: float


@dataclass
class Phases:
    """CPU milliseconds of one more submission: (grader, worker) by phase; and what was counted."""

    title: str
    cpu: dict[str, tuple[float, float]] = field(default_factory=dict)
    faults: dict[str, float] = field(default_factory=dict)
    calls: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return sum(ours + theirs for ours, theirs in self.cpu.values())


def confinement(times: int) -> Confinement:
    """A confined worker's life with an empty notebook against a free one's: medians, in turns."""
    with ExitStack() as stack:
        zygotes = []
        for layers in (None, ""):
            if layers is not None:
                os.environ[LAYERS_VARIABLE] = layers
            zygotes.append(stack.enter_context(Zygote(policy=Policy(allow_weak=True))))
            zygotes[-1].check()
        os.environ.pop(LAYERS_VARIABLE)
        walls: list[float] = []
        before = [_workers_cpu(zygote) for zygote in zygotes]
        for _ in range(times):
            confined, free = (_come_and_go(zygote) for zygote in zygotes)
            walls.append(confined - free)
        after = [_workers_cpu(zygote) for zygote in zygotes]
    confined, free = (b - a for a, b in zip(before, after, strict=True))
    return Confinement(1e3 * statistics.median(walls), 1e3 * (confined - free) / times)


def _workers_cpu(zygote: Zygote) -> float:
    """CPU seconds of a zygote that waits, and of all its workers that have ended."""
    pid = (below(zygote.process) or [zygote.process])[-1]
    ended = sum(map(int, stat_of(pid)[13:15])) / os.sysconf("SC_CLK_TCK")
    return cpu_of(pid) + ended


def _come_and_go(zygote: Zygote) -> float:
    """Seconds of a worker's life in which it runs an empty notebook."""
    scratch = Path(tempfile.mkdtemp(dir=zygote.work))
    begun = time.perf_counter()
    worker = zygote.spawn(scratch, Limits())
    list(worker.run("", [], [], [], time.monotonic() + 10, careful=False))
    worker.close()
    return time.perf_counter() - begun


def traced(
    courses: Courses, texts: Sequence[str], command: Sequence[object], *, forget: bool = False
) -> tuple[Totals, Usage]:
    """Run a command over a class, with the clock on."""
    course = courses.new(texts)
    out = course.root / "phases.json"
    options = ("--forget",) if forget else ()
    usage = run([*_TRACED, out, *options, *command, "--jobs", "1", "--quiet"], course.root)
    found: Totals = json.loads(out.read_text(encoding="utf-8"))
    return found, usage


def one_more(
    title: str,
    courses: Courses,
    make: Callable[[int], str],
    command: Sequence[object],
    sizes: tuple[int, int],
    confining: Confinement,
) -> Phases:
    """The phases of one more submission, as the slope between two classes."""
    few, many = sizes
    (smaller, _), (larger, _) = (
        traced(courses, [make(number) for number in range(size)], command) for size in sizes
    )

    def each(phase: str, key: str) -> float:
        more = larger.get(phase, {}).get(key, 0.0) - smaller.get(phase, {}).get(key, 0.0)
        return more / (many - few)

    phases = Phases(title, calls=each(COUNT, "calls"))
    for name in larger:
        if name not in {START, ENDED, COUNT}:
            theirs = each(name, "worker") + each(name, "zygote")
            phases.cpu[name] = (1e3 * each(name, "grader"), 1e3 * theirs)
            phases.faults[name] = each(name, "faults")
    # How much of a worker's coming and going is its confinement is known from empty ones.
    theirs = sum(each(name, key) for name in (START, ENDED) for key in ("worker", "zygote"))
    confine = confining.cpu * each(COUNT, "workers")
    phases.cpu["fork"] = (1e3 * each(START, "grader"), 1e3 * theirs - confine)
    phases.cpu["confine"] = (0.0, confine)
    phases.faults["fork"] = each(START, "faults")
    return phases


def rows(found: Sequence[Phases]) -> list[list[str]]:
    """A table, a phase a row."""
    header = ["CPU ms of one more submission"]
    for phases in found:
        header += [f"{phases.title}: grader", "worker"]
    table = [header]
    for name in ORDER:
        row = [name]
        for phases in found:
            row += [f"{ms:.1f}" for ms in phases.cpu.get(name, (0.0, 0.0))]
        table.append(row)
    total, faults, calls = ["**all**"], ["page faults of its workers"], ["calls"]
    for phases in found:
        sums = [sum(pair[side] for pair in phases.cpu.values()) for side in (0, 1)]
        total += [f"{ms:.1f}" for ms in sums]
        faults += ["", f"{sum(phases.faults.values()):,.0f}"]
        calls += ["", f"{phases.calls:,.0f}"]
    return [*table, total, faults, calls]
