"""One submission in one worker: run the notebook's cells as Jupyter would, then answer calls.

Everything here runs in the same process as student code and can be changed by it. That is fine:
the grader believes nothing that comes from here beyond "this call gave this array".
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import gc
import json
import math
import os
import random
import signal
import sys
import types
import warnings
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from . import wire
from .confine import address_space, children
from .counting import Counted, steps
from .definitions import Definitions, classes
from .shell import Input, Outputs, Shell, Stream, text_of
from .values import MAX_DEPTH, MAX_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .definitions import Kept

_CHUNK: Final = 32768  # bytes of answers, and seconds, after which they are sent
_CHUNK_S: Final = 0.01
_IGNORE: Final = ("ignore", None, Warning, None, 0)  # as warnings.simplefilter writes it
INTERRUPT: Final = getattr(signal, "SIGUSR2", signal.SIGINT)
# Within so much time a cell is not interrupted: it may be the one before it that was meant.
_BEGUN_S: Final = 0.5

_LINGER_S: Final = 0.25
_PAUSE_S: Final = 0.02
_PLAIN: Final[tuple[Any, ...]] = (bool, int, float, complex, str)
_BASES: Final = 20  # classes of an exception that are told
_DEFINITIONS: Final = (type, types.FunctionType, types.ModuleType, functools.partial)


class Session:
    """Serves one submission over one channel until the grader closes it."""

    def __init__(self, channel: wire.Channel, shell: Shell, libraries: Kept) -> None:
        self.channel = channel
        self.shell = shell
        self.libraries = libraries
        self.definitions = Definitions(())
        self.pid = os.getpid()
        self.mapped = 0  # bytes of address space after the last cell
        self.loop = asyncio.new_event_loop()
        self.overdue = math.inf  # when the cell that runs may be interrupted
        self.given: dict[str, Any] = {}
        self.namespace: dict[str, Any] = {}
        self.functions: dict[str, Callable[..., Any]] = {}

    def serve(self) -> None:
        """Answer frames until the grader hangs up."""
        while (frame := self.channel.receive()) is not None:
            if frame.kind == wire.RUN:
                self.run(frame)
            elif frame.kind == wire.CALL:
                self.answer(frame)

    def send(self, kind: int, seq: int, body: bytes) -> None:
        """Send a frame, but never from a fork of this process."""
        if os.getpid() != self.pid:
            os._exit(1)
        self.channel.send(kind, seq, body)

    def run(self, frame: wire.Frame) -> None:
        """Run the set-up and the cells; one CELL frame each, then RAN.

        The set-up's names are what calls see, whatever the cells do to names of their own. What the
        set-up or a cell has defined and a later cell puts to another use (`np = 5`,
        `ReLU = ReLU()`) or deletes is given back before anything is judged, since tests further up
        in the notebook would not have noticed either.
        """
        request = json.loads(frame.body)
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        # What generators without a seed of their own are made of: alike in every run.
        np.random.bit_generator.randbits = random.Random(0).getrandbits  # type: ignore[attr-defined]  # noqa: S311
        given: dict[str, Any] = {}
        exec(request["setup"], given)  # noqa: S102  the rubric's own import lines
        self.given = {name: value for name, value in given.items() if name != "__builtins__"}
        self.definitions = Definitions([*self.libraries, *classes(self.given)])
        sys.stdin, sys.stdout, sys.stderr = (
            Input(),
            Stream(self.shell, "stdout"),
            Stream(self.shell, "stderr"),
        )
        self.mapped = address_space()
        defined = dict(self.given)
        names = {*request["names"], *self.given}
        space = self.shell.user_ns
        seen: dict[str, Any] = {}
        known = company() if request["careful"] else 0
        asyncio.set_event_loop(self.loop)
        for number, source in enumerate(request["cells"]):
            report = self.run_cell(source, request["seconds"][number])
            if request["careful"]:
                # Something may be about to end this process, a new thread or child above all: let
                # it do so on the time of the cell that started it.
                sleep(_LINGER_S if company() > known else _PAUSE_S)
                known = company()
            seen.update(space)
            defined.update(self.defined(names))
            self.send(
                wire.CELL, number, json.dumps(report, ensure_ascii=False).encode("utf-8", "replace")
            )
        space.update({name: value for name, value in seen.items() if name not in space})
        space.update(defined | self.defined(names))
        self.shell.outputs = Outputs()
        self.shell.outputs.left = 0  # what is printed while being judged is dropped
        self.definitions.changed()  # what cells have changed is nobody's doing
        self.namespace = {
            **space, **self.given, "counted": Counted, wire.CHANGED: self.definitions.changed
        }  # fmt: skip
        self.send(wire.RAN, len(request["cells"]), b"")

    def defined(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the names that are now classes, functions or modules."""
        found = {name: self.shell.user_ns.get(name) for name in names}
        return {name: value for name, value in found.items() if isinstance(value, _DEFINITIONS)}

    def interrupt(self, *_: object) -> None:
        """On a signal of our own: stop the cell that runs, but not one that has only just begun."""
        if monotonic() >= self.overdue:
            raise KeyboardInterrupt("the cell took too long")

    def run_cell(self, source: str, seconds: float) -> dict[str, Any]:
        """Run one cell: its outputs, its error, and the bytes of memory that it keeps.

        As in a kernel it runs inside of an event loop, so that tasks live on in later cells.
        """
        shell = self.shell
        outputs = shell.outputs = Outputs()
        raised: BaseException | None = None
        result: Any = None
        shell.source = source
        try:
            with contextlib.suppress(ValueError):  # not in the main thread any more
                signal.signal(INTERRUPT, self.interrupt)
            task = self.loop.create_task(shell.run_as_kernel(source))
            self.overdue = monotonic() + min(seconds / 2, _BEGUN_S)
            try:
                result = self.loop.run_until_complete(task)
            finally:
                self.overdue = math.inf
                if not task.done():  # what is interrupted must not go on in a later cell
                    task.cancel()
                    with contextlib.suppress(BaseException):
                        self.loop.run_until_complete(asyncio.wait({task}, timeout=_LINGER_S))
            raised = result.error_before_exec or result.error_in_exec
        except BaseException as escaped:  # noqa: BLE001
            raised = escaped
        if raised is not None:
            outputs.error(raised)
        if isinstance(raised, MemoryError):
            # The traceback holds on to what could not be finished.
            raised = result = sys.last_value = sys.last_traceback = None
            gc.collect()
        before, self.mapped = self.mapped, address_space()
        return {
            "outputs": outputs.finished(),
            "value": outputs.value,
            "error": outputs.failure,
            "kept": self.mapped - before,
        }

    def answer(self, frame: wire.Frame) -> None:
        """Answer a batch of calls in order, several in a frame unless they are wanted singly."""
        singly, calls = wire.read_batch(frame.body)
        ready: list[bytes] = []
        size, first, since = 0, 0, monotonic()
        before = ""
        with np.errstate(all="ignore"):
            quiet = contextvars.copy_context()
        with warnings.catch_warnings():
            for number, (text, values) in enumerate(calls, start=1):
                # For each call anew: what one function changes must not cost another anything.
                if not warnings.filters or warnings.filters[0] != _IGNORE:
                    warnings.simplefilter("ignore")
                if singly and text != before:
                    self.definitions.put_back()
                    before = text
                answer = quiet.copy().run(self.call, text, values)
                ready.append(answer)
                size += len(answer)
                last = number == len(calls)
                if singly or last or size > _CHUNK or monotonic() - since > _CHUNK_S:
                    self.send(wire.ANSWERS, frame.seq + first, wire.join_answers(ready))
                    ready.clear()
                    size, first, since = 0, number, monotonic()

    def call(self, text: str, values: Sequence[Any]) -> bytes:
        """The value of a function for these arguments, or what it raised."""
        try:
            function = self.functions.get(text)
            if function is None:
                function = self.functions[text] = compile_call(text, self.namespace)
            given = list(map(fresh, values))
            counted = text.startswith(wire.STEPS)
            value = steps(function, given) if counted else function(*given)
            try:
                fit = value if type(value) is np.ndarray else plain(value)
                return wire.encode_answer(wire.VALUE, fit)
            except TypeError as unfit:
                return wire.encode_answer(wire.UNFIT, text_of(unfit))
        except BaseException as error:  # noqa: BLE001  SystemExit and the like are only errors too
            # Not by the class itself: its __mro__ and __name__ are what a student makes of them.
            bases = [kind.__name__[:200] for kind in type.mro(type(error))[:_BASES]]
            return wire.encode_answer(wire.RAISED, [bases[0], text_of(error), bases])


def company() -> int:
    """How many threads this process has, and children."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        threads = 0
    return threads + len(children())


def compile_call(text: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """The function that a text defines, with the namespace's names."""
    scope: dict[str, Any] = {}
    exec(compile(text, "<call>", "exec"), namespace, scope)  # noqa: S102
    made: Callable[..., Any] = scope["call"]
    return made


def fresh(value: Any) -> Any:
    """An argument that a call may change: the next one has its own."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(map(fresh, value))
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """The value as plain types; arrays of any subclass become plain arrays.

    A `memoryview` is what `.data` of a bare array gives, where the student forgot the Tensor: its
    numbers count, the missing Tensor is a matter of the criteria that ask for one.
    """
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.generic):
        return np.asarray(value)
    if isinstance(value, np.ndarray):
        return np.array(value, copy=True, subok=False, order="C")
    if isinstance(value, memoryview):
        return np.array(value, copy=True, order="C")
    if isinstance(value, (list, tuple, dict)):
        if depth > MAX_DEPTH or len(value) > MAX_ITEMS:
            return value  # too much; the wire says so
        if isinstance(value, dict):
            return {plain(key): plain(item, depth + 1) for key, item in value.items()}
        items = [plain(item, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    for kind in _PLAIN:
        if isinstance(value, kind):
            return kind(value)
    return value
