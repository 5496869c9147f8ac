"""Workers: separate processes that hold one submission each, and the zygote that makes them.

The zygote is started on its own, never forked from the grader, so that nothing of the grader's
memory, environment or open files can be found in a worker. The trusted side knows the other one by
`grader.worker.wire` alone, and by what `confine` does to processes. Before the first submission a
worker tries everything that it must not be able to do; what it finds decides whether it gets one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from grader.bubblewrap import probe, wrapped
from grader.isolation import Bait, Isolation, Policy, read_findings
from grader.model import InfrastructureError, Limits
from grader.places import (
    Layers,
    font_cache,
    interpreter,
    library_paths,
    make_home,
    readable,
    remove_tree,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.process import Worker

T = TypeVar("T")

_STRICT = Policy()
START_S = 60.0
_COMMAND_S = 10.0
_TEST_S = 20.0
BOOT = """
import sys
sys.path[:0] = {paths!r}
from worker import {module}
del sys.path[0]
{module}.main(sys.argv[1:])
"""


def clean_environment(work: Path) -> dict[str, str]:
    """The whole environment of a zygote: nothing of the grader's own is in it."""
    threads = ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(work),
        "TMPDIR": str(work),
        "IPYTHONDIR": str(work / "ipython"),
        "MPLCONFIGDIR": str(font_cache(work)),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "USER": "student",
        "PYTHONBREAKPOINT": "0",  # there is nobody at a debugger
        "MALLOC_ARENA_MAX": "2",  # threads must not use up the address space
        "NBGRADER_EXECUTION": "autograde",  # by which courses skip what only students are to see
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        # Windows has no sockets without it.
        **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
    }


class Zygote:
    """A process that has imported what notebooks need, and forks workers, one at a time.

    `within` is where its temporary folder is made, `core` the one that workers run on, or any.
    """

    def __init__(
        self, within: Path | None = None, policy: Policy = _STRICT, core: int | None = None
    ) -> None:
        self.isolation: Isolation | None = None  # unknown until it has been tested
        self._within = within
        self._core = core
        self.policy = policy
        self._expected: list[str] = []
        self._layers = Layers.wanted()
        self._wrap = "bubblewrap" in self._layers.names
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def home(self) -> Path:
        """A folder for the grader's own temporary files; it goes away with this object."""
        if self._home is None:
            self._home = make_home(self._within)
            (self._home / "work").mkdir()
        return self._home

    @property
    def work(self) -> Path:
        """The folder in it that workers know of; each has one of its own in there."""
        return self.home / "work"

    @property
    def process(self) -> int:
        """The zygote's pid, or that of bubblewrap around it; 0 where none runs."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the process, once; it goes on importing while the grader does something else."""
        if self._process is not None:
            return
        work = self.work
        ours, theirs = socket.socketpair()
        try:
            with (self.home / "zygote.err").open("wb") as errors:
                self._process = subprocess.Popen(
                    self._command(theirs.fileno()),
                    env=clean_environment(work),
                    cwd=work,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                )
        except OSError as error:
            raise InfrastructureError(f"cannot start a worker process: {error}") from error
        finally:
            theirs.close()
        self._control = ours

    def _command(self, control: int) -> list[str]:
        libraries = library_paths()
        package = Path(__file__).parent
        places = readable(libraries, self.policy.readable)
        # The grader itself may be among the libraries, and its references are solutions.
        open_places, listed = without(places, package)
        setup = {
            "layers": self._layers.names,
            "readable": open_places,
            "listed": listed,
            "newest_abi": self._layers.newest_abi,
            "core": self._core,
        }
        boot = BOOT.format(paths=[str(package), *libraries], module="zygote")
        # -s -S -P: no user site, no .pth files (which would lead to the rubrics), no working
        # directory on the path. -E is left out for PYTHONHASHSEED.
        python = interpreter()
        command = [python, "-s", "-S", "-P", "-c", boot, str(control), json.dumps(setup)]
        if not self._wrap or not probe().program:
            return command
        inside = [python, str(package / "worker"), *places]
        writable = dict.fromkeys([str(self.work), str(font_cache(self.work))])
        return wrapped(probe().program, command, inside, list(writable))

    def _answer(self, seconds: float) -> dict[str, Any]:
        assert self._control is not None
        deadline = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            self._control.settimeout(max(0.001, deadline - time.monotonic()))
            part = self._control.recv(65536)
            if not part or len(line) > 65536:
                raise ConnectionError("the zygote is gone")
            line += part
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ConnectionError("the zygote talks nonsense")
        return answer

    def spawn(self, scratch: Path, limits: Limits) -> Worker:
        """A new worker that works in `scratch`; `InfrastructureError` if none can be had.

        A zygote that has been killed in the meantime (student code may try) is started again.
        """
        return self._insist(lambda: self._spawn(scratch, limits))

    def check(self) -> Isolation:
        """What the self-test finds; done once for each process, before anything else.

        Raises `InfrastructureError` where that is not enough for hidden tests, unless it is allowed
        to be.
        """
        return self._insist(self._check)

    def _insist(self, wanted: Callable[[], T]) -> T:
        for attempt in (1, 2, 3):
            try:
                return wanted()
            except (OSError, ValueError, KeyError) as error:
                trouble = self._trouble() or str(error)
                self.stop()
                if attempt == 3:
                    raise InfrastructureError(
                        f"no worker process could be started: {trouble}. "
                        "Check that the grader's own environment is whole (make setup)."
                    ) from error
        raise AssertionError

    def _check(self) -> Isolation:
        if self.isolation is None:
            self.start()
            try:
                self._answer(START_S)
            except (OSError, ValueError):
                # Bubblewrap may fail only when it matters; the next attempt goes without.
                self._wrap = False
                raise
            self.isolation = self._self_test()
            self._prepare()
        if not self.isolation.enough and not self.policy.allow_weak:
            raise self.isolation.refusal()
        return self.isolation

    def _self_test(self) -> Isolation:
        folder = Path(tempfile.mkdtemp(dir=self.work))
        lines = b""
        deadline = time.monotonic() + _TEST_S
        try:
            shared = [str(self.work), str(font_cache(self.work))]
            with Bait(self.home, self.policy.secrets, shared, interpreter()) as bait:
                answers, pid = self._fork("selftest", folder, Limits(), bait=bait.described())
                with answers:
                    while len(lines) < 1 << 20:
                        answers.settimeout(max(0.001, deadline - time.monotonic()))
                        part = answers.recv(65536)
                        if not part:
                            break
                        lines += part
                self.reap(pid)
                return read_findings(lines, bait.reached())
        finally:
            remove_tree(folder)

    def expect(self, cells: Sequence[str]) -> None:
        """Say which cells of the course's own most submissions will run, and in which order.

        They are compiled once, in place of once in each worker. Never a student's.
        """
        self._expected = list(cells)
        if self.isolation is not None:
            self._insist(self._prepare)

    def _prepare(self) -> None:
        if not self._expected:
            return
        assert self._control is not None
        handle, name = tempfile.mkstemp(dir=self.work, suffix=".json")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(self._expected, file)
            self._control.sendall(json.dumps({"op": "prepare", "path": name}).encode())
            self._answer(_COMMAND_S)
        finally:
            Path(name).unlink()

    def _spawn(self, scratch: Path, limits: Limits) -> Worker:
        from grader.process import worker_on  # the zygote starts while this is imported

        self._check()
        ours, pid = self._fork("spawn", scratch, limits)
        return worker_on(ours, partial(self.reap, pid), partial(self._interrupt, pid))

    def _interrupt(self, pid: int) -> None:
        """Ask a worker to stop what it is doing; it may not listen."""
        with contextlib.suppress(OSError, ValueError, KeyError, AssertionError):
            assert self._control is not None
            self._control.sendall(json.dumps({"op": "interrupt", "pid": pid}).encode())
            self._answer(_COMMAND_S)

    def _fork(
        self, op: str, scratch: Path, limits: Limits, **more: object
    ) -> tuple[socket.socket, int]:
        """A new process in `scratch`, and the socket that it serves."""
        assert self._control is not None
        command = {
            "op": op,
            "scratch": str(scratch),
            "disk": limits.disk,
            "limits": {
                "memory": limits.memory,
                "file_size": limits.file_size,
                "cpu_s": int(limits.submission_s) + 5,
            },
            **more,
        }
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [json.dumps(command).encode()], [theirs.fileno()])
            return ours, int(self._answer(_COMMAND_S)["pid"])
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()

    def reap(self, pid: int) -> str:
        """Kill a worker with all its children; how it had ended, in words."""
        try:
            assert self._control is not None
            self._control.sendall(json.dumps({"op": "reap", "pid": pid}).encode())
            answer = self._answer(_COMMAND_S)
            status, why = int(answer["status"]), str(answer["why"])
        except (OSError, ValueError, KeyError, AssertionError):
            self.stop()
            return ""
        if why:
            return f"it {why}"
        if status < 0 or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return "it was killed"
        if os.WIFSIGNALED(status):
            # Not signal.Signals: the real-time ones have no name there.
            number = os.WTERMSIG(status)
            return f"it was ended by signal {number} ({signal.strsignal(number)})"
        return f"it exited with code {os.waitstatus_to_exitcode(status)}"

    def _trouble(self) -> str:
        """The last line that the zygote wrote to stderr."""
        if self._home is None:
            return ""
        with contextlib.suppress(OSError):
            lines = (self._home / "zygote.err").read_bytes()[-4000:].decode("utf-8", "replace")
            return lines.strip().rpartition("\n")[2]
        return ""

    def stop(self) -> None:
        """End the process; a worker that still lives dies with it. It starts again when needed."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._control = self.isolation = None

    def close(self) -> None:
        """End the process and remove its folder."""
        self.stop()
        if self._home is not None:
            remove_tree(self._home)
            self._home = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
