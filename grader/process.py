"""One worker process, as the grader sees it: cells to run, calls to answer, nothing believed."""

from __future__ import annotations

import ast
import json
import math
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from grader.criterion import parse_call
from grader.worker import values, wire
from grader.worker.values import WireError, split_arguments

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Limits

Answer = TypeVar("Answer")

_LISTEN_S = 10.0
_SILENCE_S = 1.0
_MOMENT_S = 0.7
_GRACE_S = 0.5  # for a cell that is interrupted
_REPORT = 4 << 20  # bytes; the worker cuts what a cell prints at a quarter of that

_VALUE = 300  # characters of a cell's value

_SMALL = 1 << 19  # bytes of arguments


class WorkerLost(Exception):
    """A worker that will not answer any more: it died, hung or broke the protocol."""

    def __init__(self, reason: str, *, timeout: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timeout = timeout


class Worker:
    """One process with one submission in it."""

    def __init__(
        self, channel: wire.Channel, reap: Callable[[], str], interrupt: Callable[[], None]
    ) -> None:
        self._reap = reap
        self._interrupt = interrupt
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
        careful: bool,
    ) -> Iterator[dict[str, Any]]:
        """Run the cells; yields what each did, and raises `WorkerLost` for the first that cannot.

        One that takes too long is interrupted, as Jupyter would; it is lost if it does not stop.

        `names` are what the cells are to define. `deadline` is the submission's, in
        `time.monotonic` seconds; `limits` are each cell's own, in seconds. `careful` runs make
        sure that a cell which starts a thread or a child that ends the process is the one that is
        blamed for it.
        """
        request = json.dumps(
            {
                "setup": setup, "names": names, "cells": cells, "seconds": limits,
                "careful": careful,
            }
        ).encode()  # fmt: skip
        self._send(wire.RUN, request, _LISTEN_S)
        for number, seconds in enumerate(limits):
            late = ""
            # What comes after a cell that used up the time still has its moment, as far as it goes.
            now = time.monotonic()
            moment = now + _MOMENT_S if now < deadline + max(limits) else deadline
            try:
                body = self._receive(wire.CELL, number, seconds, max(deadline, moment))
            except WorkerLost as lost:
                if not lost.timeout:
                    raise
                late = lost.reason
                self._interrupt()
                try:
                    body = self._receive(wire.CELL, number, _GRACE_S, math.inf)
                except WorkerLost:
                    raise lost from None
            yield _cell_report(body) | {"late": late}
        self._receive(wire.RAN, len(cells), _LISTEN_S, max(deadline, time.monotonic() + _GRACE_S))

    def call(
        self,
        calls: Sequence[tuple[str, bytes]],
        limits: Limits,
        deadline: float,
        read: Callable[[bytes], Answer],
        *,
        singly: bool,
    ) -> Iterator[list[Answer]]:
        """Send a batch of (program, arguments); yields what `read` makes of each answer's bytes.

        As many at once as have come together, in the order of the calls.

        Raises `WorkerLost` where no sound answer comes, such as one for which `read` raises
        `WireError`: singly, the next call is the one to blame; otherwise it is one of the next few,
        and silence is cut short, since asking again singly will tell.
        """
        first = self._seq
        self._seq = (first + len(calls)) % (1 << 31)
        seconds = limits.call_s if singly else min(limits.call_s, _SILENCE_S)
        small = sum(len(arguments) for _, arguments in calls) <= _SMALL
        body = (_encoded_once if small else _encoded)(tuple(calls), singly)
        self._send(wire.CALL, body, limits.call_s, seq=first)
        done = 0
        while done < len(calls):
            body = self._receive(wire.ANSWERS, first + done, seconds, deadline)
            try:
                answers = [read(raw) for raw in wire.split_answers(body, len(calls) - done)]
            except WireError as error:
                raise WorkerLost(f"sent something that is no answer ({error})") from None
            if not answers:
                raise WorkerLost("sent an empty answer")
            yield answers
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
        except WireError as error:
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
        return self._reap()


def worker_on(
    sock: socket.socket, reap: Callable[[], str], interrupt: Callable[[], None]
) -> Worker:
    """The worker that answers on a socket."""
    return Worker(wire.Channel(sock, values.MAX_REPLY + (1 << 20)), reap, interrupt)


def _encoded(calls: tuple[tuple[str, bytes], ...], singly: bool) -> bytes:  # noqa: FBT001
    """A batch of calls, each as a function and its values."""
    functions = []
    for program, arguments in calls:
        names, values = split_arguments(arguments)
        functions.append((as_function(program, names), values))
    return wire.encode_batch(functions, singly=singly)


_encoded_once = lru_cache(maxsize=8)(_encoded)  # every submission is asked the same first


@lru_cache(maxsize=4096)
def as_function(program: str, names: tuple[str, ...]) -> str:
    """The text of a function of `names` that runs the program, and returns its last value.

    Workers have less to do for it than for the program itself. `RubricError` where it has none.
    """
    statements, value = parse_call(program, f"the call {program!r}")
    function = ast.parse(f"def call({', '.join(names)}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [*statements, ast.Return(value)]
    counted = wire.STEPS if program.startswith(wire.STEPS) else ""
    return counted + ast.unparse(function)


def _cell_report(body: bytes) -> dict[str, Any]:
    """A CELL frame's report, with every part of the expected type."""
    try:
        if len(body) > _REPORT:
            raise ValueError(f"{len(body)} bytes of output")
        report = json.loads(body)
        error = report["error"]
        return {
            "outputs": [item for item in report["outputs"] if isinstance(item, dict)],
            "value": str(report["value"])[:_VALUE],
            "error": None if error is None else (str(error["ename"]), str(error["evalue"])),
            "kept": int(report["kept"]),
            "size": len(body),
        }
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise WorkerLost(f"sent a report that cannot be read ({type(error).__name__})") from None
