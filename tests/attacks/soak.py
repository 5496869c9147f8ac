"""Many hostile submissions in one grader, and what they leave in it: `make soak`."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.course import find_submissions, load_assignment
from grader.grading import Grader
from grader.isolation import Policy
from grader.model import Limits
from grader.sample import Filler
from grader.sandbox import Zygote
from tests.attacks import build, watch
from tests.attacks.build import COURSE, NAME, RUBRIC, Attack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

TIMEOUT_S: Final = 2
MOST_GROWTH_MB: Final = 30


@dataclass(frozen=True)
class Traces:
    """What a grader holds at a time."""

    processes: int
    descriptors: int
    zygote_descriptors: int
    files: int
    memory_mb: int


def traces(grader: Grader) -> Traces:
    """What there is now: the grader is this process."""
    gc.collect()
    below = _below(os.getpid())
    return Traces(
        processes=len(below),
        descriptors=len(os.listdir("/proc/self/fd")),
        zygote_descriptors=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in below),
        files=sum(len(files) + len(names) for _, names, files in os.walk(grader.zygote.work)),
        memory_mb=_memory(),
    )


def soak(attacks: Sequence[Attack], count: int, console: Console) -> bool:
    """Grade that many, the corpus over and over; whether nothing was left and nothing grew.

    Growth is counted from the end of the first pass on: each attack has then had its worst once.
    """
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        with watch.Listeners(folder) as listeners:
            constants = {
                **listeners.constants, "RUBRIC": str(RUBRIC), "SECRET_NAME": "",
                "GRADER": os.getpid(), "SOURCE": "",
                "CANARY": str(folder / "canary"), "FOLDER": str(folder),
            }  # fmt: skip
            return _soak(attacks, count, console, folder, constants)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _soak(
    attacks: Sequence[Attack],
    count: int,
    console: Console,
    folder: Path,
    constants: dict[str, object],
) -> bool:
    filler = Filler(COURSE, NAME)
    (folder / "canary").write_text("GRSECRET")
    for attack in attacks:
        place = build.write(folder, attack.name, build.notebook(filler, attack, constants))
        if attack.files is not None:
            attack.files(place, folder / "canary")
    submissions = {s.student: s for s in find_submissions([folder], NAME)}
    hostile = [submissions[attack.name] for attack in attacks]
    limits = Limits.within(TIMEOUT_S)
    assignment = load_assignment(COURSE, NAME)
    zygote = Zygote(policy=Policy(secrets=(RUBRIC,)))
    with closing(Grader(assignment, limits, zygote)) as grader:
        seen = []
        for number, submission in enumerate(islice(cycle(hostile), count), start=1):
            grader.examine(submission)
            if number % len(hostile) == 0 or number == count:
                seen.append(traces(grader))
                console.print(f"after {number} submissions: {seen[-1]}")
        before, after = seen[0], seen[-1]
        home = grader.zygote.home
    growth = after.memory_mb - before.memory_mb
    same = (before.processes, before.descriptors, before.zygote_descriptors, before.files) == (
        after.processes, after.descriptors, after.zygote_descriptors, after.files,
    )  # fmt: skip
    left = watch.strays(folder) + [str(home)] * home.exists()
    console.print(f"growth of memory {growth} MB; left behind: {', '.join(left) or 'nothing'}")
    return same and not left and growth <= MOST_GROWTH_MB


def _below(pid: int) -> list[int]:
    """All processes below one."""
    children = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += [int(child) for child in (task / "children").read_text().split()]
    return children + [inner for child in children for inner in _below(child)]


def _memory() -> int:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
