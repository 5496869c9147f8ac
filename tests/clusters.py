"""Dask clusters to try: a scheduler and workers, each a process of its own on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from distributed import Client

from tests.conftest import COURSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


def until(happened: Callable[[], object], seconds: float = 300) -> None:
    """Wait for something, but not for ever."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)  # others have work to do on this machine


@dataclass
class Cluster:
    """A running one; `address` is its scheduler's."""

    place: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, program: str, *options: object, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one of its processes."""
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *map(str, options),
             "--no-dashboard"],
            env={**os.environ, "PYTHONPATH": str(COURSE), **(env or {})}, cwd=self.place,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def schedule(self, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start the scheduler."""
        file = self.place / "scheduler.json"
        process = self.start(
            "scheduler", "--host", "127.0.0.1", "--port", 0, "--scheduler-file", file, env=env
        )
        until(lambda: file.is_file() and file.read_text().strip().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        return process

    def worker(
        self, *options: object, name: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a worker; it may take a moment to join."""
        name = name or f"worker-{len(self.processes)}"
        return self.start(
            "worker", self.address, "--nthreads", 1, "--name", name, "--host", "127.0.0.1",
            "--local-directory", self.place / name, *(options or ["--no-nanny"]), env=env,
        )  # fmt: skip

    def joined(self, workers: int) -> None:
        """Wait until so many workers are there."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=300)

    def close(self) -> None:
        """End all of it."""
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            finally:
                process.wait()


@contextmanager
def cluster(
    place: Path, workers: int = 2, env: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A cluster with so many workers."""
    place.mkdir()
    made = Cluster(place)
    try:
        made.schedule(env)
        for _ in range(workers):
            made.worker()
        yield made
    finally:
        made.close()
