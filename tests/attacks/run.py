"""Grade all hostile submissions by the real command, and look for harm: `make attacks`.

As root and as an ordinary user, each attack between two honest neighbours. An attack has failed
when it earned nothing, learned nothing, changed nothing, left nothing, and cost nobody but itself.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from grader.sample import Filler
from tests.attacks import build, watch
from tests.attacks.build import COURSE, NAME, RUBRIC, Attack

TIMEOUT_S: Final = 5
LATE_S: Final = 5
MOST_MB: Final = 400
NOBODY: Final = 65534
LAYERS: Final = {"root": "", "user": "landlock,seccomp,rlimits"}  # "" is all that there are
SECRET_NAME: Final = "GRADER_TEST_SECRET"
SECRET: Final = "GRSECRET-of-the-environment"

# Runs the command in its own process, and writes how much memory that took.
_PROGRAM = """
import resource, sys
from grader.cli import main
try:
    main(sys.argv[2:])
finally:
    with open(sys.argv[1], "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
"""


@dataclass
class Outcome:
    """What became of one attack: no problems means that it was to no avail."""

    attack: str
    score: float
    most: float
    seconds: float
    status: str
    problems: list[str] = field(default_factory=list)


@dataclass
class Report:
    """One run of all attacks by one user."""

    user: str
    level: str
    memory_mb: int
    outcomes: list[Outcome]
    problems: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether nothing went wrong."""
        return not self.problems and not any(outcome.problems for outcome in self.outcomes)


def command_of(user: str) -> list[str]:
    """The beginning of a command line that runs Python as that user."""
    if user == "root" or os.geteuid() != 0:
        return [sys.executable]
    become = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    system = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin") or sys.executable
    for python in (sys.executable, system):
        # setpriv itself may start what the user cannot reach.
        opened = "import sys; open(sys.executable, 'rb'); open(sys.argv[1], 'rb')"
        trial = [*become, python, "-c", opened, str(COURSE / "pyproject.toml")]
        tried = subprocess.run(trial, capture_output=True, check=False)
        if tried.returncode == 0:
            return [*become, python]
    # Interpreter or course lie in somebody's home: let the user read there, and do nothing else.
    capability = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return [*become, *capability, sys.executable]


def environment(user: str, folder: Path, layers: str) -> dict[str, str]:
    """The command's environment: the user's own folders, a secret, and layers if not all."""
    paths = [str(COURSE), *(path for path in sys.path if path.endswith("-packages"))]
    env = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        SECRET_NAME: SECRET,
    }
    if user != "root":
        env["PYTHONPATH"] = os.pathsep.join(paths)
    if layers:
        env["GRADER_SANDBOX_LAYERS"] = "" if layers == "none" else layers
    return env


def run(user: str, attacks: list[Attack], layers: str | None = None, jobs: int = 2) -> Report:
    """Grade every attack, with honest neighbours, as a user; and what came of it."""
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    layers = LAYERS[user] if layers is None else layers
    try:
        return _Run(user, attacks, layers, folder, jobs).report()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Run:
    def __init__(
        self, user: str, attacks: list[Attack], layers: str, folder: Path, jobs: int
    ) -> None:
        self.user = user
        self.jobs = jobs
        self.layers = layers
        self.folder = folder
        self.attacks = attacks
        self.owner = NOBODY if user == "user" and os.geteuid() == 0 else None
        self.filler = Filler(COURSE, NAME)
        self.canaries: dict[str, watch.Canary] = {}

    def report(self) -> Report:
        self.folder.chmod(0o755)
        (self.folder / "tmp").mkdir()
        course = watch.course_state()
        with watch.Listeners(self.folder) as listeners:
            self._write(listeners.constants)
            self._own(self.folder, self.folder / "tmp", self.folder / "out")
            reference, _, _ = self._grade("reference")
            document, memory, said = self._grade("submitted")
        results = {result["student"]: result for result in document["results"]}
        honest = _plain(reference["results"][0])
        most = {
            student: result["score"]
            for student, result in ((r["student"], r) for r in reference["results"])
        }
        outcomes = [
            self._outcome(number, attack, results, honest, most["yardstick"])
            for number, attack in enumerate(self.attacks)
        ]
        problems = [f"a listener was reached by {how}" for how in sorted(set(listeners.seen))]
        problems += [f"still alive: {stray}" for stray in watch.strays(self.folder)]
        problems += [f"made: {path}" for path in watch.made(watch.shared_folders())]
        problems += [f"left in TMPDIR: {path}" for path in (self.folder / "tmp").iterdir()]
        problems += [f"printed: {mark}" for mark in self._marks() if mark in said]
        if watch.course_state() != course:
            problems.append("the course was changed")
        if memory >= MOST_MB:
            problems.append(f"the grader took {memory} MB")
        if len(results) != 2 * len(self.attacks) + 1:
            problems.append(f"{len(results)} results for {2 * len(self.attacks) + 1} submissions")
        return Report(self.user, document["isolation"], memory, outcomes, problems)

    def _write(self, constants: dict[str, object]) -> None:
        """The submissions: an attack at every odd number, between honest ones."""
        (self.folder / "out").mkdir()
        submitted, honest = self.folder / "submitted", self.filler.fill({})
        constants = {
            **constants, "RUBRIC": str(RUBRIC), "SECRET_NAME": SECRET_NAME, "GRADER": os.getpid(),
            "SOURCE": str(COURSE / "source" / NAME / f"{NAME}.ipynb"), "CANARY": "", "FOLDER": "",
        }  # fmt: skip
        for number, attack in enumerate(self.attacks):
            canary = watch.Canary.put(self.folder / "canaries", attack.name, self.owner)
            self.canaries[attack.name] = canary
            own = {"CANARY": str(canary.path), "FOLDER": str(canary.path.parent)}
            text = build.notebook(self.filler, attack, {**constants, **own})
            build.write(submitted, _honest(number), honest)
            place = build.write(submitted, _hostile(number, attack), text)
            if attack.files is not None:
                attack.files(place, canary.path)
        build.write(submitted, _honest(len(self.attacks)), honest)
        harmless = build.notebook(self.filler, Attack("yardstick"), constants)
        build.write(self.folder / "reference", "honest", honest)
        build.write(self.folder / "reference", "yardstick", harmless)

    def _own(self, *folders: Path) -> None:
        if self.owner is not None:
            for folder in folders:
                os.chown(folder, self.owner, self.owner)

    def _grade(self, which: str) -> tuple[dict[str, Any], int, str]:
        """The results, the grader's memory in MB, and everything that it said."""
        out = self.folder / "out"
        done = subprocess.run(
            [
                *command_of(self.user), "-c", _PROGRAM, out / "memory", "grade",
                self.folder / which, "--assignment", NAME, "--course", COURSE, "--json",
                out / f"{which}.json", "--timeout", str(TIMEOUT_S), "--jobs", str(self.jobs),
                *(["--allow-weak-isolation"] if self.layers == "none" else []),
            ],
            env=environment(self.user, self.folder, self.layers),
            cwd=self.folder, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"grader grade ended with {done.returncode}: {done.stderr[-2000:]}")
        text = (out / f"{which}.json").read_text()
        said = done.stdout + done.stderr + text
        return json.loads(text), int((out / "memory").read_text()), said

    def _marks(self) -> list[str]:
        """What must not occur in any output: secrets, and lines of the rubric."""
        lines = {line.strip() for line in RUBRIC.read_text().splitlines()}
        telling = [line for line in lines if len(line) > 40 and not line.startswith(("#", '"""'))]
        secrets = [canary.secret for canary in self.canaries.values()]
        # Titles and promises are shown to students anyway; code is not.
        return [
            SECRET,
            *secrets,
            *(line for line in telling if "=" in line and "title" not in line),
        ]

    def _outcome(
        self,
        number: int,
        attack: Attack,
        results: dict[str, Any],
        honest: dict[str, Any],
        most: float,
    ) -> Outcome:
        own = results[_hostile(number, attack)]
        outcome = Outcome(attack.name, own["score"], most, own["duration_s"], own["status"])
        found = outcome.problems
        if own["score"] > most:
            found.append(f"earned {own['score']:g}, {most:g} without it")
        text = json.dumps(own)
        for mark in ("LOOT", SECRET, self.canaries[attack.name].secret):
            if mark in text:
                found.append(f"found what is hidden: {text[text.index(mark) :][:200]}")
        if change := self.canaries[attack.name].trouble():
            found.append(change)
        if own["duration_s"] > TIMEOUT_S + LATE_S:
            found.append(f"took {own['duration_s']:.1f} s")
        for name, neighbour in (("before", number), ("after", number + 1)):
            if _plain(results[_honest(neighbour)]) != honest:
                found.append(f"the neighbour {name} it was graded differently")
        return outcome


def _honest(number: int) -> str:
    return f"{2 * number:04d}-honest"


def _hostile(number: int, attack: Attack) -> str:
    return f"{2 * number + 1:04d}-{attack.name}"


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    """A result without what may differ between students and runs."""
    return {k: v for k, v in result.items() if k not in {"student", "path", "duration_s"}}


def show(reports: list[Report], console: Console) -> None:
    """One line an attack, then one a run."""
    table = Table(box=None, pad_edge=False)
    table.add_column("attack", no_wrap=True)
    for report in reports:
        table.add_column(f"as {report.user} ({report.level})", no_wrap=True)
        table.add_column("points", justify="right")
        table.add_column("s", justify="right")
    table.add_column("problems", overflow="fold")
    for rows in zip(*(report.outcomes for report in reports), strict=True):
        cells: list[str] = []
        for row in rows:
            points = "refused" if row.status == "refused" else f"{row.score:g} of {row.most:g}"
            cells += ["FAILED" if row.problems else "held", points, f"{row.seconds:.1f}"]
        troubles = [problem for row in rows for problem in row.problems]
        table.add_row(rows[0].attack, *cells, "; ".join(troubles), style="red" if troubles else "")
    console.print(table)
    for report in reports:
        held = sum(not outcome.problems for outcome in report.outcomes)
        console.print(
            f"as {report.user}: {held} of {len(report.outcomes)} attacks to no avail, isolation "
            f"{report.level}, the grader took {report.memory_mb} MB"
        )
        for problem in report.problems:
            console.print(f"  FAILED: {problem}", style="red")


def main() -> None:
    """Run from the command line; exit code 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=1, help="run everything that many times")
    parser.add_argument("--only", default="", help="attacks with this in their names")
    parser.add_argument("--as", dest="users", choices=LAYERS, action="append")
    parser.add_argument("--layers", help="layers of confinement to use; `none` for none")
    parser.add_argument("--jobs", type=int, default=2, help="processes that grade at once")
    parser.add_argument("--soak", type=int, help="grade that many in a row, look for leftovers")
    options = parser.parse_args()
    attacks = [attack for attack in build.attacks() if options.only in attack.name]
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False)
    if options.soak:
        from tests.attacks.soak import soak

        sys.exit(not soak(attacks, options.soak, console))
    users = options.users or (["root", "user"] if os.geteuid() == 0 else ["user"])
    held = True
    for _ in range(options.repeat):
        with ThreadPoolExecutor(len(users)) as pool:
            reports = list(
                pool.map(
                    partial(run, attacks=attacks, layers=options.layers, jobs=options.jobs), users
                )
            )
        show(reports, console)
        held = held and all(report.held for report in reports)
    sys.exit(not held)


if __name__ == "__main__":
    main()
