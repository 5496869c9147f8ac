"""The zygote: imports what notebooks need, once, and forks one worker for each submission.

It is started by `grader.sandbox` with a clean environment and speaks with it over one socket: a
line of JSON a command, an answer each. It holds nothing secret, and runs no student code itself.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from typing import Any, Final

from . import wire
from .confine import adopt_orphans, children, confine

_REAP_S: Final = 5.0


def main(argv: list[str]) -> None:
    """Serve `argv`: the control socket's descriptor."""
    control = socket.socket(fileno=int(argv[0]))
    adopt_orphans()
    from .shell import make_shell

    shell = make_shell()
    gc.collect()
    gc.freeze()
    control.sendall(b'{"ready": true}\n')
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not message:
            break
        command = json.loads(message)
        if command["op"] == "spawn":
            pid = os.fork()
            if pid == 0:
                control.close()
                work(descriptors[0], shell, command)
            os.close(descriptors[0])
            answer = {"pid": pid}
        else:
            answer = {"status": reap(command["pid"])}
        control.sendall(json.dumps(answer).encode() + b"\n")


def work(descriptor: int, shell: Any, command: dict[str, Any]) -> None:
    """The forked worker's life; never returns."""
    status = 1
    with contextlib.suppress(BaseException):
        from .session import Session

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(command["scratch"])
        os.environ.update(
            dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"), command["scratch"])
        )
        confine(keep=descriptor, parent=command["zygote"], **command["limits"])
        channel = wire.Channel(socket.socket(fileno=descriptor), wire.MAX_FRAME)
        Session(channel, shell).serve()
        status = 0
    os._exit(status)


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
