"""One submission in one worker: run the notebook's cells as Jupyter would, then answer calls.

Everything here runs in the same process as student code and can be changed by it. That is fine:
the grader believes nothing that comes from here beyond "this call gave this array".
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import random
import sys
import traceback
import warnings
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from . import wire
from .confine import address_space

TEXT_CAP: Final = 2000  # characters of an exception's message
_OUR_FRAMES: Final = ("/site-packages/IPython/", f'File "{__file__}"')
_CHUNK: Final = 32768  # bytes of answers, and seconds, after which they are sent
_CHUNK_S: Final = 0.002
OUTPUT_CAP: Final = 1 << 20  # characters of all that one cell prints and displays


def text_of(value: object, cap: int = TEXT_CAP) -> str:
    """`str(value)`, whatever its class does about it, capped."""
    try:
        text = str.__str__(str(value))
    except BaseException as error:  # noqa: BLE001  student code may raise anything at all
        text = f"<no text: {type(error).__name__}>"
    return text if len(text) <= cap else text[:cap] + " …"


class Outputs:
    """What one cell prints, displays and raises, as notebook outputs, up to a cap."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.left = OUTPUT_CAP

    def _take(self, text: str) -> str:
        if self.left <= 0:
            return ""
        part = text[: self.left]
        self.left -= len(text)
        return part if self.left > 0 else part + "\n[output cut]\n"

    def stream(self, name: str, text: str) -> None:
        """Text printed to stdout or stderr."""
        part = self._take(text)
        if not part:
            return
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(part)
        else:
            self.items.append({"output_type": "stream", "name": name, "text": [part]})

    def bundle(self, kind: str, data: object) -> None:
        """A displayed object or a cell's value: a dictionary from MIME type to text."""
        if not isinstance(data, dict):
            return
        clean: dict[str, str] = {}
        for mime, value in data.items():
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()  # noqa: PLW2901
            if isinstance(value, str) and len(value) <= self.left:  # half a picture is no picture
                self.left -= len(value)
                clean[str(mime)] = value
        if clean:
            self.items.append({"output_type": kind, "data": clean, "metadata": {}})

    def error(self, error: BaseException) -> dict[str, str]:
        """An exception, with a plain traceback of the student's own frames."""
        name = type(error).__name__[:200]
        message = text_of(error)
        try:
            lines = traceback.format_exception(error, limit=-8, chain=False)
            trace = [line for line in lines if not any(part in line for part in _OUR_FRAMES)]
        except BaseException:  # noqa: BLE001  formatting runs the exception's own methods
            trace = [f"{name}: {message}"]
        summary = {"ename": name, "evalue": message}
        lines = self._take("".join(trace)).splitlines()
        self.items.append({"output_type": "error", **summary, "traceback": lines})
        return summary

    def finished(self) -> list[dict[str, Any]]:
        """All outputs, ready for JSON."""
        for item in self.items:
            if item["output_type"] == "stream":
                item["text"] = "".join(item["text"])
        return self.items


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell."""

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell = shell
        self._name = name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.stream(self._name, text)
        return len(text)

    def flush(self) -> None:
        pass


class Input(io.TextIOBase):
    """`sys.stdin`: nobody is there to answer."""

    def readable(self) -> bool:
        return True

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]
        raise EOFError("input() has nobody to ask while a notebook is graded")

    def read(self, _size: int = -1, /) -> str:
        return self.readline()


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: object, *_: object, **__: object) -> None:
        self.shell.outputs.bundle("display_data", data)

    def clear_output(self, wait: object = False) -> None:  # noqa: FBT002
        self.shell.outputs.items.clear()


class _DisplayHook(DisplayHook):  # type: ignore[misc]
    def quiet(self) -> bool:
        """A cell that ends with a semicolon shows no value."""
        return self.semicolon_at_end_of_expression(self.shell.source)

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: object, md_dict: object = None) -> None:
        self.shell.outputs.bundle("execute_result", format_dict)


class Shell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal: outputs are collected, nothing is asked, nothing is stored."""

    outputs: Outputs
    source = ""

    def init_display_pub(self) -> None:
        self.display_pub = _Publisher(parent=self, shell=self)

    def init_displayhook(self) -> None:
        self.displayhook_class = _DisplayHook
        super().init_displayhook()

    def init_history(self) -> None:
        super().init_history()
        self.history_manager.enabled = False

    def enable_gui(self, gui: object = None) -> None:
        """There is no screen: every GUI request is ignored, as on a server."""

    def enable_matplotlib(self, gui: object = None) -> tuple[str, str]:
        """`%matplotlib` anything: figures are shown inline, as they are already."""
        return "inline", "inline"

    def ask_exit(self) -> None:
        """`exit` in a cell does not end the notebook."""

    def transform_cell(self, raw_cell: str) -> str:
        """IPython's rewriting of magics, left out for cells of several lines that are plain Python.

        It tokenises in Python, which costs as much as all the rest of running a cell.
        """
        if "\n" in raw_cell:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                ast.parse(raw_cell)
                return raw_cell + "\n"
        return str(super().transform_cell(raw_cell))

    def showtraceback(self, *_: object, **__: object) -> None:
        """Errors are taken from the cell's result instead."""

    def showsyntaxerror(self, *_: object, **__: object) -> None:
        """Errors are taken from the cell's result instead."""


def make_shell() -> Shell:
    """A shell with inline matplotlib, ready to be forked."""
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.banner1 = ""
    shell: Shell = Shell.instance(config=config)
    shell.outputs = Outputs()
    import matplotlib as mpl
    import numpy.linalg
    import numpy.random  # noqa: ICN001  numpy imports it only when it is used
    import matplotlib.pyplot  # noqa: F401, ICN001  imported before the fork, so that cells need not
    from matplotlib_inline import backend_inline

    mpl.use("module://matplotlib_inline.backend_inline")
    backend_inline.configure_inline_support(shell, "inline")
    # What IPython does at its first cells only, it shall have done before the fork.
    for warm in ("import numpy as np", "def f(x):\n    return x\nprint(f(1))", "f(2)", "1 / 0"):
        shell.run_cell(warm, store_history=False)
    shell.reset(new_session=True)
    return shell


class Session:
    """Serves one submission over one channel until the grader closes it."""

    def __init__(self, channel: wire.Channel, shell: Shell) -> None:
        self.channel = channel
        self.shell = shell
        self.pid = os.getpid()
        self.mapped = 0  # bytes of address space after the last cell
        self.given: dict[str, Any] = {}
        self.namespace: dict[str, Any] = {}
        self.programs: dict[tuple[str, ...], Callable[..., Any]] = {}

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

        The set-up's names are what calls see, whatever the cells do to names of their own.
        """
        request = json.loads(frame.body)
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        names: dict[str, Any] = {}
        exec(request["setup"], names)  # noqa: S102  the rubric's own import lines
        self.given = {name: value for name, value in names.items() if name != "__builtins__"}
        sys.stdin, sys.stdout, sys.stderr = (
            Input(),
            Stream(self.shell, "stdout"),
            Stream(self.shell, "stderr"),
        )
        self.mapped = address_space()
        for number, source in enumerate(request["cells"]):
            body = json.dumps(self.run_cell(source)).encode()
            self.send(wire.CELL, number, body)
        self.shell.outputs = Outputs()
        self.shell.outputs.left = 0  # what is printed while being judged is dropped
        self.namespace = {**self.shell.user_ns, **self.given}
        self.send(wire.RAN, len(request["cells"]), b"")

    def run_cell(self, source: str) -> dict[str, Any]:
        """Run one cell: its outputs, its error, and the bytes of memory that it keeps."""
        outputs = self.shell.outputs = Outputs()
        error: dict[str, str] | None = None
        self.shell.source = source
        try:
            result = self.shell.run_cell(source, store_history=False)
            raised = result.error_before_exec or result.error_in_exec
        except BaseException as escaped:  # noqa: BLE001
            raised = escaped
        if raised is not None:
            error = outputs.error(raised)
        before, self.mapped = self.mapped, address_space()
        return {"outputs": outputs.finished(), "error": error, "kept": self.mapped - before}

    def answer(self, frame: wire.Frame) -> None:
        """Answer a batch of calls in order, several in a frame unless they are wanted singly."""
        singly, calls = wire.read_batch(frame.body)
        ready: list[bytes] = []
        size, first, since = 0, 0, monotonic()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, (program, arguments) in enumerate(calls, start=1):
                answer = self.call(program, arguments)
                ready.append(answer)
                size += len(answer)
                last = number == len(calls)
                if singly or last or size > _CHUNK or monotonic() - since > _CHUNK_S:
                    self.send(wire.ANSWERS, frame.seq + first, b"".join(ready))
                    ready.clear()
                    size, first, since = 0, number, monotonic()

    def call(self, program: str, arguments: dict[str, Any]) -> bytes:
        """The value of a program for these arguments, or what it raised."""
        try:
            key = (program, *arguments)
            function = self.programs.get(key)
            if function is None:
                function = compile_call(program, tuple(arguments), self.namespace)
                self.programs[key] = function
            writable = {
                name: value.copy() if isinstance(value, np.ndarray) else value
                for name, value in arguments.items()
            }
            value = function(**writable)
            try:
                return wire.encode_answer(wire.VALUE, plain(value))
            except TypeError as unfit:
                return wire.encode_answer(wire.UNFIT, text_of(unfit))
        except BaseException as error:  # noqa: BLE001  SystemExit and the like are only errors too
            name = type(error).__name__[:200]
            return wire.encode_answer(wire.RAISED, [name, text_of(error)])


def compile_call(
    program: str, names: tuple[str, ...], namespace: dict[str, Any]
) -> Callable[..., Any]:
    """A function of `names` that runs the program's statements and returns the last one's value."""
    statements = ast.parse(program).body
    last = statements[-1]
    if not isinstance(last, ast.Expr) or "\n" in program:
        raise SyntaxError(f"the call {program!r} must be one line that ends with an expression")
    raw = program.encode()
    before, value = raw[: last.col_offset].decode(), raw[last.col_offset :].decode()
    scope: dict[str, Any] = {}
    exec(f"def call({', '.join(names)}): {before} return {value}", namespace, scope)  # noqa: S102
    function: Callable[..., Any] = scope["call"]
    return function


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
    if (
        isinstance(value, (list, tuple))
        and depth <= wire.MAX_DEPTH
        and len(value) <= wire.MAX_ITEMS
    ):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, (bool, int, float, str)):
        return next(kind for kind in (bool, int, float, str) if isinstance(value, kind))(value)
    return value
