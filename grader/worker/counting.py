"""Counting what code does, in place of timing it: the same on every machine, however busy it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType


def steps(function: Callable[..., Any], arguments: Sequence[Any]) -> int:
    """How many instructions of Python's own a call takes; numpy's loops count as one.

    A loop over a million elements in Python takes millions, `x.sum()` the same few for any `x`.
    `RuntimeError` where the call has put a tracer of its own in the place of what counts.
    """
    taken = 0

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        nonlocal taken
        if event == "opcode":
            taken += 1
        elif event == "call":
            frame.f_trace_lines = False
            frame.f_trace_opcodes = True
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        last = sys.gettrace()
        sys.settrace(before)
    if last is not trace:
        raise RuntimeError("sys.settrace was called, so that steps were not counted")
    return taken


class Counted:
    """A function that counts in `calls` how often it is called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.calls = 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the function, and count that."""
        self.calls += 1
        return self.function(*arguments, **named)
