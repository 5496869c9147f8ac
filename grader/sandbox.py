"""Workers: separate processes that hold one submission each, and the zygote that makes them.

The zygote is started on its own, never forked from the grader, so that nothing of the grader's
memory, environment or open files can be found in a worker. The trusted side knows the other one by
`grader.worker.wire` alone, and by what `confine` does to processes.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Self

from grader.model import InfrastructureError, Limits
from grader.process import Worker
from grader.worker import confine, wire

_START_S = 60.0
_COMMAND_S = 10.0
_BOOT = """
import sys
sys.path[:0] = {paths!r}
from worker import zygote
del sys.path[0]
zygote.main(sys.argv[1:])
"""


def clean_environment(home: Path) -> dict[str, str]:
    """The whole environment of a zygote: nothing of the grader's own is in it."""
    threads = ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(_font_cache(home)),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }


def _font_cache(home: Path) -> Path:
    """Where matplotlib keeps its list of fonts, which takes it seconds to make."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = root / "grader" / "matplotlib"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        writable = os.access(cache, os.W_OK)
    except OSError:
        writable = False
    return cache if writable else home


class Zygote:
    """A process that has imported what notebooks need, and forks workers, one at a time."""

    def __init__(self, within: Path | None = None) -> None:
        self._within = within
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False

    @property
    def home(self) -> Path:
        """A folder for temporary files, which goes away with this object's processes."""
        if self._home is None:
            self._home = make_home(self._within)
        return self._home

    @property
    def process(self) -> int:
        """The zygote's pid; 0 where none runs."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the process, once; it goes on importing while the grader does something else."""
        if self._process is not None:
            return
        home = self.home
        ours, theirs = socket.socketpair()
        package = Path(__file__).parent
        paths = [str(package), *_library_paths()]
        try:
            self._process = subprocess.Popen(
                # -s -S -P: no user site, no .pth files (which would lead to the rubrics), no
                # working directory on the path. -E is left out for PYTHONHASHSEED.
                [
                    sys.executable,
                    "-s",
                    "-S",
                    "-P",
                    "-c",
                    _BOOT.format(paths=paths),
                    str(theirs.fileno()),
                ],
                env=clean_environment(home),
                cwd=home,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=(home / "zygote.err").open("wb"),
                start_new_session=True,
            )
        except OSError as error:
            raise InfrastructureError(f"cannot start a worker process: {error}") from error
        finally:
            theirs.close()
        self._control = ours

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
        for attempt in (1, 2, 3):
            try:
                return self._spawn(scratch, limits)
            except (OSError, ValueError, KeyError) as error:
                trouble = self._trouble() or str(error)
                self.stop()
                if attempt == 3:
                    raise InfrastructureError(
                        f"no worker process could be started: {trouble}. "
                        "Check that the grader's own environment is whole (make setup)."
                    ) from error
        raise AssertionError

    def _spawn(self, scratch: Path, limits: Limits) -> Worker:
        self.start()
        assert self._control is not None
        assert self._process is not None
        if not self._ready:
            self._answer(_START_S)
            self._ready = True
        command = {
            "op": "spawn",
            "scratch": str(scratch),
            "zygote": self._process.pid,
            "limits": {
                "memory": limits.memory,
                "file_size": limits.file_size,
                "cpu_s": int(limits.submission_s) + 5,
            },
        }
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [json.dumps(command).encode()], [theirs.fileno()])
            pid = int(self._answer(_COMMAND_S)["pid"])
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Worker(wire.Channel(ours, wire.MAX_REPLY + (1 << 20)), partial(self.reap, pid))

    def reap(self, pid: int) -> str:
        """Kill a worker with all its children; how it had ended, in words."""
        try:
            assert self._control is not None
            self._control.sendall(json.dumps({"op": "reap", "pid": pid}).encode())
            status = int(self._answer(_COMMAND_S)["status"])
        except (OSError, ValueError, KeyError, AssertionError):
            self.stop()
            return ""
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
        self._process = self._control = None
        self._ready = False

    def close(self) -> None:
        """End the process and remove its folder."""
        self.stop()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def make_home(within: Path | None = None) -> Path:
    """A new temporary folder, in another if that is given."""
    try:
        return Path(tempfile.mkdtemp(prefix="grader-", dir=within))
    except OSError as error:
        raise InfrastructureError(
            f"no temporary folder can be made: {error}. Make room, or set TMPDIR."
        ) from error


def die_with_parent() -> None:
    """End this process when the one that forked it ends, in whatever way."""
    confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL)


def _library_paths() -> list[str]:
    """The folders that hold the libraries which notebooks may import."""
    found = (importlib.util.find_spec(name) for name in ("numpy", "IPython", "matplotlib"))
    folders = [str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin]
    return list(dict.fromkeys(folders))
