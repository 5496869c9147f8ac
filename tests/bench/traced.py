"""`grader` with a clock on its phases: python -m tests.bench.traced OUT [--forget] COMMAND...

The product knows nothing of it: functions are wrapped from here. What runs inside of a phase of its
own does not count for the one around it. Written to OUT, as JSON: for each phase the CPU seconds of
the grader, of the zygote and of workers, and the workers' page faults.

With --forget, nothing is remembered from one submission to the next.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grader.cli
from grader.answers import Memory
from grader.process import Worker
from grader.sandbox import Zygote
from tests.bench.measure import below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OTHER: Final = "other"
START: Final = "fork + confine"
ENDED: Final = "exit"  # of workers, after the last that was seen of them

COUNT: Final = "count"  # of workers and calls

# Phase, module, function. A phase further out may be entered again further in.
PHASES: Final = (
    ("parse", "grader.notebook", "read_notebook"),
    ("parse", "grader.notebook", "read_cells"),
    ("parse", "grader.notebook", "plan"),
    ("parse", "grader.merge", "merge"),
    (START, "grader.sandbox", "Zygote.spawn"),
    (START, "grader.process", "Worker.close"),
    ("folders", "grader.cells", "CellRunner._new_scratch"),
    ("folders", "grader.cells", "CellRunner.close"),
    ("cells", "grader.cells", "CellRunner.fresh"),
    ("calls", "grader.execution", "Execution.ask"),
    ("calls", "grader.execution", "Execution.aside"),
    ("judge", "grader.engine", "traces"),
    ("judge", "grader.engine", "judge"),
    ("judge", "grader.engine", "remarks"),
    ("shrink", "grader.engine", "_explain"),
    ("write", "grader.report.pages", "Pages.write"),
    ("write", "grader.graded", "grade_by_rubric"),
    ("write", "grader.autograde", "put_in_place"),
    ("gradebook", "grader.gradebook.book", "Book.write"),
    (OTHER, "grader.grading", "Grader.examine"),
)
_WHOLE: Final = {"shrink", "gradebook"}  # what they call counts for them
_SETTLE_S: Final = 0.004

Reading = dict[str, float]


class Clock:
    """Charges CPU to the phase that is on top."""

    def __init__(self) -> None:
        self.totals: dict[str, Counter[str]] = {}
        self.stack = [OTHER]
        self.zygote = self.worker = 0
        self.seen: Reading = {}  # of the worker that lives
        self.seen_in_all = 0.0
        self.forked = self.calls = 0
        self.last = self.read()

    def read(self) -> Reading:
        """CPU seconds and page faults up to now."""
        reading = {"grader": time.process_time()}
        if self.zygote:
            reading["zygote"] = cpu_of(self.zygote)
        if self.worker:
            with suppress(OSError):
                reading["worker"] = cpu_of(self.worker)
                reading["faults"] = float(stat_of(self.worker)[7])
        return reading

    def charge(self) -> None:
        """Charge what was used since the last time to the phase on top."""
        now = self.read()
        phase = self.totals.setdefault(self.stack[-1], Counter())
        for key, value in now.items():
            phase[key] += value - self.last.get(key, 0.0 if key in {"worker", "faults"} else value)  # type: ignore[assignment]
        if "worker" in now:
            self.seen = now
        # The reading itself is nobody's.
        self.last = now | {"grader": time.process_time()}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Be in a phase."""
        top = self.stack[-1]
        if top in _WHOLE:
            name = top
        self.charge()
        self.stack.append(name)
        try:
            yield
        finally:
            self.charge()
            self.stack.pop()

    def born(self, zygote: Zygote) -> None:
        """A worker has been forked; let it come to where it waits for cells."""
        time.sleep(_SETTLE_S)
        *_, self.zygote, self.worker = [zygote.process, *below(zygote.process)]
        self.forked += 1

    def gone(self) -> None:
        """The worker has been reaped."""
        self.seen_in_all += self.seen.get("worker", 0.0)
        self.worker, self.seen = 0, {}
        self.last.pop("worker", None)
        self.last.pop("faults", None)

    def ended(self) -> None:
        """Before the zygote ends: what its workers have used that was not seen."""
        if self.zygote:
            with suppress(OSError):
                ticks = sum(map(int, stat_of(self.zygote)[13:15]))
                left = ticks / os.sysconf("SC_CLK_TCK") - self.seen_in_all
                self.totals.setdefault(ENDED, Counter())["worker"] += left  # type: ignore[assignment]
            self.zygote = 0


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process's first thread, to the nanosecond where it sleeps."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def wrap(clock: Clock) -> None:
    """Put the clock on all phases, wherever their functions have been imported to."""
    replaced: dict[int, Any] = {}
    for name, module, path in PHASES:
        owner: Any = importlib.import_module(module)
        *classes, attribute = path.split(".")
        for part in classes:
            owner = getattr(owner, part)
        plain = getattr(owner, attribute)
        timed = _timed(clock, name, plain)
        setattr(owner, attribute, timed)
        replaced[id(plain)] = timed
    for module_name, module_here in list(sys.modules.items()):
        if module_name.partition(".")[0] == "grader":
            for attribute, value in list(vars(module_here).items()):
                if id(value) in replaced:
                    setattr(module_here, attribute, replaced[id(value)])


def _timed(clock: Clock, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    spawns, closes = plain is Zygote.spawn, plain is Worker.close

    @functools.wraps(plain)
    def timed(*arguments: Any, **named: Any) -> Any:
        with clock.phase(name):
            result = plain(*arguments, **named)
            if spawns:
                clock.charge()
                clock.born(arguments[0])
        if closes:
            clock.gone()
        return result

    return timed


def main(arguments: list[str]) -> None:
    """Run the command in this process, and write down where its CPU went."""
    out, *command = arguments
    if command[0] == "--forget":
        del command[0]
        Memory.trim = Memory.__init__  # type: ignore[method-assign]
    clock = Clock()
    wrap(clock)
    stop = Zygote.stop

    def stop_seen(zygote: Zygote) -> None:
        clock.ended()
        stop(zygote)

    call = Worker.call

    def call_counted(
        worker: Worker, calls: Sequence[tuple[str, bytes]], *more: Any, **named: Any
    ) -> Any:
        clock.calls += len(calls)
        return call(worker, calls, *more, **named)

    Zygote.stop = stop_seen  # type: ignore[assignment,method-assign]
    Worker.call = call_counted  # type: ignore[assignment,method-assign]
    try:
        grader.cli.main(command, standalone_mode=False)
    finally:
        clock.charge()
        Path(out).write_text(
            json.dumps(clock.totals | {COUNT: {"workers": clock.forked, "calls": clock.calls}})
        )


if __name__ == "__main__":
    main(sys.argv[1:])
