"""`grader doctor`: what this machine can do to contain student code, and whether that is enough."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

import grader
from grader.bubblewrap import probe
from grader.isolation import GROUPS, REMEDY, Isolation, Policy
from grader.model import InfrastructureError
from grader.places import LAYERS_VARIABLE, Layers, interpreter
from grader.portable import workers
from grader.worker import landlock, seccomp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.settings import Settings

_LIBRARIES: Final = ("numpy", "ipython", "matplotlib", "hypothesis", "nbgrader")
_MEANING: Final = {
    "strong": "files, processes and the network are closed to student code, and not even names "
    "are there",
    "standard": "files, processes and the network are closed to student code; it can tell whether "
    "a file exists, and how large it is",
    "weak": "some of what must be closed to student code is open",
    "none": "student code runs in a process of its own with time limits, and can do what you can",
}


@dataclass(frozen=True)
class Line:
    """One line of the report: what it is about, what was found, and whether that is good."""

    name: str
    value: str
    good: bool | None = None


@dataclass(frozen=True)
class Report:
    """What was found, by heading, and whether hidden tests are used here."""

    sections: dict[str, list[Line]]
    enough: bool


def examine(settings: Settings, policy: Policy) -> Report:
    """Look at the machine and run the self-test as grading does."""
    trouble = ""
    isolation = Isolation()
    with workers(None, Policy(policy.secrets, policy.readable, allow_weak=True)) as zygote:
        try:
            isolation = zygote.check()
        except InfrastructureError as error:
            trouble = str(error)
    tested = list(_attempts(isolation, policy.secrets)) or [
        Line("could not be run", trouble or isolation.trouble, good=False)
    ]
    verdict = "hidden tests are used" if isolation.enough else REMEDY
    return Report(
        sections={
            "machine": list(_machine()),
            "self-test, from inside a worker": tested,
            "limits for a submission": list(_limits(settings)),
            "isolation": [Line(isolation.level, _MEANING[isolation.level], good=isolation.enough)],
            "grading": [Line("ready" if isolation.enough else "refused", verdict)],
        },
        enough=isolation.enough,
    )


def _machine() -> Iterator[Line]:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Line("kernel", system, good=platform.system() == "Linux")
    abi = landlock.kernel_abi()
    yield Line("Landlock", f"ABI {abi}" if abi else "not in this kernel", good=abi > 0)
    usable = seccomp.available()
    yield Line("seccomp", "filters" if usable else "no filter for this machine", good=usable)
    wrap = probe()
    works = f"{wrap.version}, works" if wrap.program else f"{wrap.trouble} (needed for strong only)"
    yield Line("bubblewrap (bwrap)", works, good=True if wrap.program else None)
    if LAYERS_VARIABLE in os.environ:
        used = ", ".join(Layers.wanted().names) or "nothing"
        yield Line(LAYERS_VARIABLE, f"restricts this to: {used}", good=False)
    user = f"uid {os.geteuid()}" if hasattr(os, "geteuid") else "unknown"
    yield Line("user", f"{user} (root: privileges are dropped)" if user == "uid 0" else user)
    yield Line("python", f"{platform.python_version()}, {interpreter()}")
    found = [f"grader {grader.__version__}"]
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    yield Line("versions", ", ".join(found))


def _attempts(isolation: Isolation, secrets: Sequence[Path]) -> Iterator[Line]:
    """Every attempt, by group; names may be open, since that is only the step to `strong`."""
    shown = ["made for this test", *map(str, secrets)]
    for group in GROUPS:
        for attempt in isolation.attempts:
            if attempt.group == group:
                stopped = attempt.stopped
                went = "open" if group == "names" else "WENT THROUGH"
                good = True if stopped is not None else None if group == "names" else False
                plain, _, number = attempt.name.partition(" #")
                name = f"{plain} ({shown[int(number)]})" if number else plain
                yield Line(name, went if stopped is None else f"stopped: {stopped}", good)


def _limits(settings: Settings) -> Iterator[Line]:
    limits, mb = settings.limits, 1 << 20
    values = {
        "timeout_s": limits.submission_s,
        "cell_timeout_s": limits.cell_s,
        "call_timeout_s": limits.call_s,
        "memory_mb": limits.memory / mb,
        "file_mb": limits.file_size / mb,
        "disk_mb": limits.disk / mb,
        "output_mb": limits.output / mb,
        "read_paths": ", ".join(map(str, settings.readable)) or "none",
        "disclose": settings.disclose,
    }
    for name, value in values.items():
        text = value if isinstance(value, str) else f"{value:g}"
        yield Line(name, f"{text} ({settings.origin.get(name, 'default')})")


def as_text(report: Report) -> Sequence[str]:
    """The report in lines."""
    marks = {True: "ok  ", False: "BAD ", None: "    "}
    lines = []
    for heading, found in report.sections.items():
        lines.append(heading)
        wide = max(len(line.name) for line in found)
        lines += [f"  {marks[line.good]}{line.name:{wide}}  {line.value}" for line in found]
    return lines
