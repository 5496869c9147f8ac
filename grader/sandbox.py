"""Workers: separate processes that hold one submission each, and the zygote that makes them.

The zygote is started on its own, never forked from the grader, so that nothing of the grader's
memory, environment or open files can be found in a worker. This module is the only one that knows
the worker's side, and it knows it by `grader.worker.wire` alone.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from grader.model import InfrastructureError, Limits
from grader.worker import confine, wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_START_S = 60.0
_COMMAND_S = 10.0
_SILENCE_S = 1.0
_BOOT = """
import sys
sys.path[:0] = {paths!r}
from worker import zygote
del sys.path[0]
zygote.main(sys.argv[1:])
"""


class WorkerLost(Exception):
    """A worker that will not answer any more: it died, hung or broke the protocol."""

    def __init__(self, reason: str, *, timeout: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timeout = timeout


class Worker:
    """One process with one submission in it."""

    def __init__(self, zygote: Zygote, pid: int, channel: wire.Channel) -> None:
        self._zygote = zygote
        self._pid = pid
        self._channel = channel
        self._seq = 0

    def run(
        self,
        setup: str,
        names: Sequence[str],
        cells: Sequence[str],
        limits: Sequence[float],
        deadline: float,
        *,
        output: int,
        careful: bool,
    ) -> Iterator[dict[str, Any]]:
        """Run the cells; yields what each did, and raises `WorkerLost` for the first that cannot.

        `names` are what the cells are to define. `deadline` is the submission's, in
        `time.monotonic` seconds; `limits` are each cell's own, in seconds, and `output` is the most
        that one may send, in bytes. `careful` runs make sure that a cell which starts a thread or a
        child that ends the process is the one that is blamed for it.
        """
        request = json.dumps(
            {"setup": setup, "names": names, "cells": cells, "careful": careful}
        ).encode()
        self._send(wire.RUN, request, _COMMAND_S)
        for number, seconds in enumerate(limits):
            yield _cell_report(self._receive(wire.CELL, number, seconds, deadline), output)
        self._receive(wire.RAN, len(cells), _COMMAND_S, deadline)

    def call(
        self,
        calls: Sequence[tuple[str, bytes]],
        limits: Limits,
        deadline: float,
        *,
        singly: bool,
    ) -> Iterator[tuple[int, Any]]:
        """Send a batch of (program, arguments); yields the answer's kind and value for each.

        The kind is `wire.VALUE`, `wire.RAISED` or `wire.UNFIT`. Raises `WorkerLost` where no sound
        answer comes: singly, the next call is the one to blame; otherwise it is one of the next
        few, and silence is cut short, since asking again singly will tell.
        """
        first = self._seq
        self._seq = (first + len(calls)) % (1 << 31)
        seconds = limits.call_s if singly else min(limits.call_s, _SILENCE_S)
        body = wire.encode_batch(list(calls), singly=singly)
        self._send(wire.CALL, body, limits.call_s, seq=first)
        done = 0
        while done < len(calls):
            body = self._receive(wire.ANSWERS, first + done, seconds, deadline)
            try:
                answers = wire.read_answers(body)
            except wire.WireError as error:
                raise WorkerLost(f"sent something that is no answer ({error})") from None
            if not 0 < len(answers) <= len(calls) - done:
                raise WorkerLost("sent answers to questions that were not asked")
            yield from answers
            done += len(answers)

    def _send(self, kind: int, body: bytes, seconds: float, *, seq: int = 0) -> None:
        if len(body) > wire.MAX_FRAME:
            raise WorkerLost("was asked more than fits into one message")
        self._channel.sock.settimeout(seconds)
        try:
            self._channel.send(kind, seq, body)
        except TimeoutError:
            raise WorkerLost("did not listen", timeout=True) from None
        except OSError:
            raise WorkerLost("died") from None

    def _receive(self, kind: int, seq: int, seconds: float, deadline: float) -> bytes:
        own = time.monotonic() + seconds
        try:
            frame = self._channel.receive(min(own, deadline))
        except TimeoutError:
            limit = f"{seconds:g} s" if own <= deadline else "the time that was left for it"
            raise WorkerLost(f"took longer than {limit}", timeout=True) from None
        except wire.WireError as error:
            raise WorkerLost(f"sent something that is no answer ({error})") from None
        except OSError:
            frame = None
        if frame is None:
            raise WorkerLost("ended the process")
        if frame.kind != kind or frame.seq != seq:
            raise WorkerLost("sent an answer to a question that was not asked")
        return frame.body

    def close(self) -> str:
        """End the process and all that it started; says how it had ended, if it had by itself."""
        self._channel.close()
        return self._zygote.reap(self._pid)


def _cell_report(body: bytes, cap: int) -> dict[str, Any]:
    """A CELL frame's report, with every part of the expected type."""
    try:
        if len(body) > cap:
            raise ValueError(f"{len(body)} bytes of output")
        report = json.loads(body)
        error = report["error"]
        return {
            "outputs": [item for item in report["outputs"] if isinstance(item, dict)],
            "error": None if error is None else (str(error["ename"]), str(error["evalue"])),
            "kept": int(report["kept"]),
        }
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise WorkerLost(f"sent a report that cannot be read ({type(error).__name__})") from None


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
        self._ready = False

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
        if self._process is None:
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
        return Worker(self, pid, wire.Channel(ours, wire.MAX_REPLY + (1 << 20)))

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
            return f"it was ended by {signal.Signals(os.WTERMSIG(status)).name}"
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
