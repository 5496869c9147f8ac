"""The zygote: imports what notebooks need, once, and forks one worker for each submission.

It is started by `grader.sandbox` with a clean environment and speaks with it over one socket: a
line of JSON a command, an answer each. It holds nothing secret, and runs no student code itself.
While a worker lives, it watches what that one writes to its folder.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from typing import Any, Final

from . import scratch, selftest, wire
from .confine import Walls, adopt_orphans, children, first_to_go
from .definitions import libraries
from .session import INTERRUPT, Session
from .shell import make_shell

# Parts of numpy that it imports when they are first used, which would be in every worker.
_LATE: Final = ("numpy.random", "numpy.fft", "numpy.ma", "numpy.polynomial")
_REAP_S: Final = 5.0
_WATCH_S: Final = 0.1
_MAX_THREADS: Final = 256


def main(argv: list[str]) -> None:
    """Serve `argv`: the control socket's descriptor, and how workers are to live, as JSON."""
    Zygote(socket.socket(fileno=int(argv[0])), json.loads(argv[1])).serve()


class Zygote:
    """One worker at a time, over one control socket.

    `setup` is what `Walls.prepare` takes, and the `core` that workers run on, or None for any.
    """

    def __init__(self, control: socket.socket, setup: dict[str, Any]) -> None:
        self.core: int | None = setup.pop("core")
        self.control = control
        self.pid = os.getpid()
        adopt_orphans()
        self.shell = make_shell()
        for name in _LATE:
            importlib.import_module(name)
        self.libraries = libraries()
        self.walls = Walls.prepare(**setup)
        self.worker = 0
        self.folder = ""
        self.most = (0, 0)  # bytes and files that the worker's folder may come to hold
        self.pause = _WATCH_S
        self.excess = ""  # why the worker was killed, if it was

    def serve(self) -> None:
        """Answer commands until the grader hangs up."""
        gc.collect()
        gc.freeze()
        self.control.sendall(b'{"ready": true}\n')
        while True:
            if self.worker and not select.select([self.control], [], [], self.pause)[0]:
                self.watch()
                continue
            message, descriptors, _, _ = socket.recv_fds(self.control, 65536, 1)
            if not message:
                break
            command = json.loads(message)
            if command["op"] == "reap":
                answer = {"status": reap(command["pid"]), "why": self.excess}
                self.worker = 0
            elif command["op"] == "interrupt":
                with contextlib.suppress(ProcessLookupError):
                    os.kill(command["pid"], INTERRUPT)
                answer = {"pid": command["pid"]}
            elif command["op"] == "prepare":
                with open(command["path"], encoding="utf-8") as file:
                    self.shell.prepare(json.load(file))
                gc.freeze()
                answer = {}
            else:
                answer = {"pid": self.fork(descriptors[0], command)}
            self.control.sendall(json.dumps(answer).encode() + b"\n")

    def fork(self, descriptor: int, command: dict[str, Any]) -> int:
        """A new worker for one submission, or for the self-test; its pid."""
        given = (0, 0)
        with contextlib.suppress(OSError, scratch.TooMuch):
            given = scratch.used(command["scratch"], sys.maxsize)
        pid = os.fork()
        if pid == 0:
            self.control.close()
            self.live(descriptor, command)
        os.close(descriptor)
        self.worker, self.folder, self.excess = pid, command["scratch"], ""
        self.pause = _WATCH_S
        self.most = (command["disk"] + given[0], scratch.MAX_ENTRIES + given[1])
        return pid

    def live(self, descriptor: int, command: dict[str, Any]) -> None:
        """The forked worker's life; never returns."""
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(INTERRUPT, signal.SIG_IGN)  # until cells are run
            first_to_go()
            if self.core is not None:
                os.sched_setaffinity(0, {self.core})
            folder = command["scratch"]
            os.chdir(folder)
            names = ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR")
            os.environ.update(dict.fromkeys(names, folder))
            tempfile.tempdir = None
            self.walls.confine(
                keep=descriptor, scratch=folder, limits=command["limits"], parent=self.pid
            )
            sock = socket.socket(fileno=descriptor)
            if command["op"] == "selftest":
                selftest.run(sock, command["bait"])
            else:
                Session(wire.Channel(sock, wire.MAX_FRAME), self.shell, self.libraries).serve()
            status = 0
        except BaseException as error:  # noqa: BLE001  nothing may go on as a second zygote
            if command["op"] == "selftest":
                with contextlib.suppress(OSError):
                    os.write(descriptor, selftest.line(selftest.TROUBLE, repr(error)))
        os._exit(status)

    def watch(self) -> None:
        """Kill the worker where it has written too much, or has too many threads."""
        begun = time.monotonic()
        try:
            size, _ = scratch.used(self.folder, self.most[1])
            if size > self.most[0]:
                raise scratch.TooMuch("wrote more to its folder than it may")
            if scratch.threads(self.worker) > _MAX_THREADS:
                raise scratch.TooMuch(f"started more than {_MAX_THREADS} threads")
        except scratch.TooMuch as much:
            if not self.excess:
                self.excess = str(much)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.worker, signal.SIGKILL)
        except OSError:
            pass  # the folder is going away
        # Where there is much to count, it is done less often.
        self.pause = max(_WATCH_S, 10 * (time.monotonic() - begun))


def reap(pid: int) -> int:
    """Kill a worker and everything that it has left behind; its wait status, or -1.

    Orphans come to this process, since it adopts them: only one worker lives at a time, so every
    child there is belongs to it.
    """
    status = -1
    deadline = time.monotonic() + _REAP_S
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        status = os.waitpid(pid, 0)[1]
    while time.monotonic() < deadline:
        for child in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.001)
        except ChildProcessError:
            break
    return status


if __name__ == "__main__":
    main(sys.argv[1:])
