"""IPython as a kernel has it, without the kernel: cells as in Jupyter, outputs collected."""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import io
import json
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets import Type

from .compiler import NO_PYTHON, Compiler

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

TEXT_CAP: Final = 2000  # characters of an exception's message
VALUE_CAP: Final = 200  # of a cell's value
_OVERHEAD: Final = 100  # bytes of an output besides its text
_TRACEBACK: Final = "Traceback (most recent call last)"
_OUR_FRAMES: Final = ("/site-packages/IPython/", f'File "{__file__}"')
OUTPUT_CAP: Final = 1 << 20  # bytes of JSON that one cell prints and displays


def text_of(value: object, cap: int = TEXT_CAP) -> str:
    """`str(value)`, whatever its class does about it, capped."""
    try:
        text = str.__str__(str(value))
    except BaseException as error:  # noqa: BLE001  student code may raise anything at all
        text = f"<no text: {type(error).__name__}>"
    return text if len(text) <= cap else text[:cap] + " …"


def _size(text: str) -> int:
    """Bytes of a text in a report."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))


class Outputs:
    """What one cell prints, displays and raises, as notebook outputs, up to a cap."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.left = OUTPUT_CAP
        self.value = ""  # the cell's own, as text: kept where outputs are cut
        self.failure: dict[str, str] | None = None  # the first error, if no value came before it
        self._known = 0  # the last error's identity

    def _take(self, text: str) -> str:
        if self.left <= 0:
            return ""
        size, part = _size(text), text
        while (too_long := _size(part)) > self.left:
            part = part[: max(0, len(part) * self.left // too_long - 1)]
        self.left -= size
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
            self.left -= _OVERHEAD
            self.items.append({"output_type": "stream", "name": name, "text": [part]})

    def bundle(self, kind: str, data: object) -> None:
        """A displayed object or a cell's value: a dictionary from MIME type to text."""
        if not isinstance(data, dict):
            return
        if kind == "execute_result" and not self.value and self.failure is None:
            self.value = text_of(data.get("text/plain", ""), VALUE_CAP)
        clean: dict[str, str] = {}
        for mime, value in data.items():
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()  # noqa: PLW2901
            if isinstance(value, str) and _size(value) <= self.left:  # half a picture is none
                self.left -= _size(value)
                clean[text_of(mime, 100)] = value
        if clean:
            self.left -= _OVERHEAD
            self.items.append({"output_type": kind, "data": clean, "metadata": {}})

    def error(self, error: BaseException) -> None:
        """An exception, with a plain traceback of the student's own frames; the same one once."""
        if id(error) == self._known:
            return
        self._known = id(error)
        name = type(error).__name__[:200]
        message = text_of(error)
        try:
            lines = traceback.format_exception(error, limit=-8, chain=False)
            trace = [line for line in lines if not any(part in line for part in _OUR_FRAMES)]
        except BaseException:  # noqa: BLE001  formatting runs the exception's own methods
            trace = [f"{name}: {message}"]
        summary = {"ename": name, "evalue": message}
        if self.failure is None and not self.value:
            self.failure = summary
        lines = self._take("".join(trace)).splitlines()
        self.items.append({"output_type": "error", **summary, "traceback": lines})

    def complain(self) -> None:
        """A traceback that is printed is an error that somebody reports."""
        if self.failure is None and not self.value:
            self.failure = {"ename": "Error", "evalue": "a traceback was printed to stderr"}

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
        if self._name == "stderr" and _TRACEBACK in text:
            self._shell.outputs.complain()
        return len(text)

    def flush(self) -> None:
        pass


class Input(io.TextIOBase):
    """`sys.stdin`: nobody is there to answer."""

    def readable(self) -> bool:
        return True

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]
        raise EOFError("input() has nobody to ask while a notebook is graded")

    def read(self, _size: int | None = -1, /) -> str:
        return ""


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: object, *_: object, **__: object) -> None:
        self.shell.outputs.bundle("display_data", data)

    def clear_output(self, wait: object = False) -> None:  # noqa: ARG002, FBT002
        self.shell.outputs.items.clear()


class _DisplayHook(DisplayHook):  # type: ignore[misc]
    def quiet(self) -> bool:
        """A cell that ends with a semicolon shows no value."""
        return bool(self.semicolon_at_end_of_expression(self.shell.source))

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: object, md_dict: object = None) -> None:  # noqa: ARG002
        self.shell.outputs.bundle("execute_result", format_dict)


class Shell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal: outputs are collected, nothing is asked, nothing is stored."""

    outputs: Outputs
    source = ""
    compiler_class = Type(Compiler)

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

    def enable_matplotlib(self, gui: object = None) -> tuple[str, str]:  # noqa: ARG002
        """`%matplotlib` anything: figures are shown inline, as they are already."""
        return "inline", "inline"

    def system(self, cmd: str) -> None:
        """`!command` and `%pip install`: as in Jupyter a failure stops nothing, only says so."""
        self.user_ns["_exit_code"] = 1
        sys.stderr.write(f"{_no_command(cmd)}\n")

    def getoutput(self, cmd: str, split: object = True, depth: object = 0) -> Any:  # noqa: ARG002, FBT002
        """`x = !command`: what a shell would have said."""
        self.user_ns["_exit_code"] = 1
        return SList([_no_command(cmd)]) if split else LSString(_no_command(cmd))

    def ask_exit(self) -> None:
        """`exit` in a cell does not end the notebook."""

    def transform_cell(self, raw_cell: str) -> str:
        """IPython's rewriting of magics, left out for cells of several lines that are plain Python.

        It tokenises in Python, which costs as much as all the rest of running a cell.
        """
        if "\n" in raw_cell:
            with contextlib.suppress(*NO_PYTHON):
                cell = raw_cell + "\n"
                self.compile.parse_ahead(cell, self.execution_count)
                return cell
        return str(super().transform_cell(raw_cell))

    def prepare(self, cells: Sequence[str]) -> None:
        """Compile cells that are likely to be run in this order, before there is anybody's code."""
        self.compile.prepare([f"{cell}\n" for cell in cells])

    def transform_ast(self, node: ast.AST) -> Any:
        """Where a notebook has transformers of its own, cells are compiled as they come."""
        if self.ast_transformers:
            self.compile.forget()
        return super().transform_ast(node)

    def showtraceback(self, exc_tuple: Any = None, *_: object, **__: object) -> None:
        """An error is an output, whoever reports it: the cell, a magic, code that asks for it."""
        with contextlib.suppress(Exception):
            kind, error, trace = exc_tuple or sys.exc_info()
            if isinstance(error, BaseException):
                sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
                self.outputs.error(error)

    def showsyntaxerror(self, *_: object, **__: object) -> None:
        """The same for code that is no Python."""
        self.showtraceback()

    async def run_as_kernel(self, source: str) -> Any:
        """Run a cell as a kernel does, in the event loop that is running."""
        transformed, trouble = source, None
        try:
            transformed = self.transform_cell(source)
        except Exception:  # noqa: BLE001  magics that are none, for instance
            trouble = sys.exc_info()
        result = None
        try:
            result = await self.run_cell_async(
                source, store_history=True, transformed_cell=transformed,
                preprocessing_exc_tuple=trouble,
            )  # fmt: skip
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result


def _no_command(command: object) -> str:
    return f"not run, since notebooks are graded without other programs: {text_of(command, 200)}"


def hide_own_files() -> None:
    """Student code has no use for where these modules lie; %autoreload would try to read them."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"worker", "__main__"} and hasattr(module, "__file__"):
            module.__file__ = None


def add_site_builtins() -> None:
    """`help` and its like, which Python's `site` defines otherwise."""
    import _sitebuiltins

    builtins.help = _sitebuiltins._Helper()  # noqa: SLF001
    for name in ("copyright", "credits", "license"):
        setattr(builtins, name, f"see https://docs.python.org/3/{name}.html")


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
    add_site_builtins()
    shell.db = {}  # what %cd and others keep, in files otherwise
    from IPython.core import pylabtools
    from matplotlib_inline import backend_inline

    # As `%matplotlib inline`: figures are shown, and closed, at the end of their cell.
    pylabtools.activate_matplotlib("module://matplotlib_inline.backend_inline")
    backend_inline.configure_inline_support(shell, "inline")
    # What IPython and asyncio do at their first cells only, they shall have done before the fork.
    loop = asyncio.new_event_loop()
    for warm in ("import numpy as np", "def f(x):\n    return x\nprint(f(1))", "f(2)", "1 / 0"):
        loop.run_until_complete(shell.run_as_kernel(warm))
    loop.close()
    shell.reset(new_session=True)
    hide_own_files()
    sys.dont_write_bytecode = True  # a worker's folder goes when it goes: nobody would read it
    return shell
