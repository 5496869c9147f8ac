"""Speed, as ratios within one run: `make bench`.

CPU is that of the grader's processes and of every worker, measured after a first submission, so
that imports and corpora do not count. The yardstick is stock nbgrader on the same solved notebook.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Submission, find_submissions, load_assignment
from grader.grading import Grader
from grader.isolation import Policy
from grader.model import Limits
from grader.places import LAYERS_VARIABLE
from grader.sample import Filler, implementations
from grader.sandbox import Zygote
from tests.courses import activations_course, make_course

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.courses import Course

COURSE = Path(__file__).parents[1]
NAME = "activations"
REPEAT = 30
CLASS = 200


def children_cpu(pid: int) -> float:
    """CPU seconds of a process, of those below it, and of their children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(children_cpu(int(child)) for child in below)


def confining() -> float:
    """Milliseconds that a confined worker takes longer to come and go than a free one: median."""
    with ExitStack() as stack:
        zygotes = []
        for layers in (None, ""):
            if layers is not None:
                os.environ[LAYERS_VARIABLE] = layers
            zygotes.append(stack.enter_context(Zygote(policy=Policy(allow_weak=True))))
            zygotes[-1].check()
        os.environ.pop(LAYERS_VARIABLE)
        differences = []
        for _ in range(5 * REPEAT):
            confined, free = (come_and_go(zygote) for zygote in zygotes)
            differences.append(confined - free)
    return 1e3 * statistics.median(differences)


def come_and_go(zygote: Zygote) -> float:
    """Seconds of a worker's life in which it runs an empty notebook."""
    scratch = Path(tempfile.mkdtemp(dir=zygote.work))
    begun = time.perf_counter()
    worker = zygote.spawn(scratch, Limits())
    list(worker.run("", [], [], [], time.monotonic() + 10, careful=False))
    worker.close()
    return time.perf_counter() - begun


def in_a_class(grader: Grader, submission: Submission) -> float:
    """CPU milliseconds of one more submission, workers included."""
    grader.examine(submission)
    process = grader.zygote.process
    before = time.process_time() + children_cpu(process)
    for _ in range(REPEAT):
        grader.examine(submission)
    return 1e3 * (time.process_time() + children_cpu(process) - before) / REPEAT


def shell(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(
        command, cwd=cwd, check=True, capture_output=True, env={**os.environ, "PATH": path}
    )
    wall = time.perf_counter() - begun
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def fastest(command: list[str], cwd: Path, times: int = 3) -> tuple[float, float]:
    """The best of a few."""
    return min(shell(command, cwd) for _ in range(times))


def stock_nbgrader(folder: Path, texts: Sequence[str]) -> tuple[float, float]:
    """Wall seconds of `nbgrader autograde` for one student, and for each one more."""
    stock = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
    course = make_course(folder, stock)
    shutil.copytree(COURSE / "source", course.root / "source")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    shell([*nbgrader, "generate_assignment", NAME, "--create", "--force"], course.root)

    def autograde(handed_in: Sequence[str]) -> float:
        shutil.rmtree(course.root / "submitted", ignore_errors=True)
        write_class(course, handed_in)
        return shell([*nbgrader, "autograde", NAME, "--force", "--create"], course.root)[0]

    one, all_of_them = autograde(texts[:1]), autograde(texts)
    return one, (all_of_them - one) / (len(texts) - 1)


def whole_class(folder: Path, texts: Sequence[str]) -> float:
    """Wall seconds of `grader autograde` for each of a class of 200, all that it does included."""
    course = activations_course(folder)
    shell([sys.executable, "-m", "nbgrader", "generate_assignment", NAME, "--force"], course.root)
    write_class(course, [texts[number % len(texts)] for number in range(CLASS)])
    command = course.command("grader", "autograde", NAME, "--quiet")
    return shell(command, course.root)[0] / CLASS


def write_class(course: Course, texts: Sequence[str]) -> None:
    """Hand in a notebook for each student."""
    for number, text in enumerate(texts):
        place = course.root / "submitted" / f"s{number}" / NAME
        shutil.copytree(COURSE / "release" / NAME, place)
        (place / f"{NAME}.ipynb").write_text(text, encoding="utf-8")


def sample_class(folder: Path) -> list[str]:
    """What the sample class hands in, but for what stock nbgrader waits for or fails on."""
    shell([sys.executable, "-m", "grader", "sample", NAME, "--to", str(folder)], COURSE)
    odd = {"jun", "kofi", "stray-loop", "not-a-notebook"}
    return [
        (place / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
        for place in sorted(folder.iterdir())
        if place.name not in odd
    ]


def main() -> None:
    """Measure, and print a table."""
    filler = Filler(COURSE, NAME)
    chaffs = {c.name: c for c in implementations(COURSE / "grader/rubrics" / NAME / "chaffs")}
    several: dict[str, str] = {}
    for name in (
        "relu_swallows_nan",
        "sigmoid_overflows",
        "tanh_exp_overflows",
        "softmax_no_shift",
    ):
        several |= chaffs[name].parts(filler.names)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        texts = {"right": filler.fill({}), "wrong": filler.fill(several), "empty": filler.release}
        cpu = {}
        grader = Grader(load_assignment(COURSE, NAME), Limits())
        for name, text in texts.items():
            (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
            (submission,) = find_submissions([folder / f"{name}.ipynb"], NAME)
            cpu[name] = in_a_class(grader, submission)
        grader.close()
        confinement = confining()
        command = [sys.executable, "-m", "grader"]
        grade = [*command, "grade", str(folder / "right.ipynb"), "--assignment", NAME, "--quiet"]
        cold, _ = fastest(grade, COURSE)
        _, help_cpu = fastest([*command, "--help"], COURSE)
        _, bare_cpu = fastest([sys.executable, "-c", "pass"], COURSE)
        stock_one, stock_more = stock_nbgrader(folder / "stock", [texts["right"]] * 4)
        members = sample_class(folder / "sample")
        each = whole_class(folder / "class", members)
        _, stock_each = stock_nbgrader(folder / "stock-class", members)
    python = platform.python_version()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}")
    print(f"Python {python}, numpy {version('numpy')}, nbgrader {version('nbgrader')}\n")
    rows = [
        ("a right submission in a class, CPU", cpu["right"], 60, stock_more * 1e3),
        ("one that fails four criteria, CPU", cpu["wrong"], 250, stock_more * 1e3),
        ("an untouched release, CPU", cpu["empty"], 250, stock_more * 1e3),
        ("confinement of one worker, wall", confinement, 5, None),
        ("one notebook from the shell, cold, wall", cold * 1e3, 1500, stock_one * 1e3),
        (
            "each of a sample class of 200, wall",
            each * 1e3,
            stock_each * 1e3 / 20,
            stock_each * 1e3,
        ),
        ("grader --help, CPU", help_cpu * 1e3, 150, None),
        ("(python -c pass, CPU)", bare_cpu * 1e3, None, None),
    ]
    print(f"{'':42}{'ms':>8}{'budget':>8}{'stock nbgrader':>16}{'ratio':>8}")
    for name, ms, budget, stock in rows:
        line = f"{name:42}{ms:8.1f}{f'{budget:.0f}' if budget else '':>8}"
        print(line + (f"{stock:16.0f}{stock / ms:7.0f}x" if stock else ""))


if __name__ == "__main__":
    main()
