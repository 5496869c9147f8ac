"""Workers where processes cannot be forked, as on Windows: each is started by itself.

There are limits of time and a process of one's own, and nothing else: the level is `none`. It is
slower too, since every worker imports its libraries anew. Use Linux (WSL 2 is one) for more.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import signal
import socket
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.isolation import Isolation, Policy
from grader.places import Layers, interpreter, library_paths
from grader.sandbox import BOOT, START_S, Zygote, clean_environment

if TYPE_CHECKING:
    from grader.model import Limits
    from grader.process import Worker

_TOKEN = 32
_END_S = 0.1


class Starter(Zygote):
    """Stands in for a zygote: starts workers, one at a time."""

    def start(self) -> None:
        """Nothing is started ahead of time; this only makes the folder."""
        _ = self.work

    def _check(self) -> Isolation:
        self.isolation = Isolation(trouble="nothing is confined where processes cannot be forked")
        if not self.policy.allow_weak:
            raise self.isolation.refusal()
        return self.isolation

    def _spawn(self, scratch: Path, limits: Limits) -> Worker:  # noqa: ARG002  only times hold here
        from grader.process import worker_on

        self._check()
        token = secrets.token_bytes(_TOKEN)
        paths = [str(Path(__file__).parent), *library_paths()]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_S)
            process = subprocess.Popen(
                [interpreter(), "-s", "-S", "-P", "-c",
                 BOOT.format(paths=paths, module="single"), str(listener.getsockname()[1])],
                env=clean_environment(scratch), cwd=scratch, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                assert process.stdin is not None
                with process.stdin as pipe:
                    pipe.write(token)
                sock = _accepted(listener, token)
            except BaseException:
                _end(process)
                raise
        return worker_on(sock, partial(_end, process), partial(_interrupt, process))


def workers(within: Path | None, policy: Policy, core: int | None = None) -> Zygote:
    """What makes workers on this machine: a zygote, where it can fork."""
    kind = Zygote if hasattr(os, "fork") and "separate" not in Layers.wanted().names else Starter
    return kind(within, policy, core)


def _accepted(listener: socket.socket, token: bytes) -> socket.socket:
    """The connection that knows the token; others are turned away."""
    while True:
        sock, _ = listener.accept()
        sock.settimeout(1.0)
        said = b""
        with contextlib.suppress(OSError):
            while len(said) < _TOKEN and (part := sock.recv(_TOKEN - len(said))):
                said += part
        if hmac.compare_digest(said, token):
            return sock
        sock.close()


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Ask a worker to stop what it is doing, where that can be asked."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGUSR2)


def _end(process: subprocess.Popen[bytes]) -> str:
    """Kill a worker, and all in its group where there are groups; how it had ended, in words."""
    code = None
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = process.wait(_END_S)  # it may have hung up a moment before it ends
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if code is None:
        return "it was killed"
    return f"it exited with code {code}" if code >= 0 else f"it was ended by signal {-code}"
