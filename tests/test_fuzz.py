"""Whatever comes from a worker or a student's file, there is a clean verdict about it."""

from __future__ import annotations

import json
import socket
import struct
import time
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import Limits, Refused
from grader.notebook import plan, read_notebook
from grader.process import Worker, WorkerLost
from grader.worker import wire
from grader.worker.values import MAX_DEPTH, MAX_NDIM, MAX_REPLY, Reader, WireError, encode_arguments
from tests.conftest import read_answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.course import Assignment

CASES = 1_000


def fuzzed(cases: int) -> settings:
    """The same cases in every run, however long they take."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(
        max_examples=cases, derandomize=True, deadline=None, database=None,
        suppress_health_check=checks,
    )  # fmt: skip


# Answers as a worker sends them, right ones and such as only hostile code would write.
SOUND = [
    wire.encode_answer(wire.VALUE, value)
    for value in (
        np.arange(6.0).reshape(2, 3), np.float32(1.5) * np.ones((1, 4), np.float32), 1.5, 3, None,
        True, "text", [1.0, [np.zeros(2), "x"]], np.zeros((0, 3)), np.ones(2, np.longdouble),
        1j, 1 << 100, (1, (2.0, "x")), {"a": np.ones(2), "b": [None]}, np.array([1j, 2]),
    )
]  # fmt: skip
SOUND += [
    wire.encode_answer(wire.RAISED, ["E", "why", ["E", "object"]]),
    wire.encode_answer(wire.UNFIT, "a"),
]
PARTS = st.one_of(
    st.sampled_from(SOUND),
    st.binary(max_size=12),
    st.sampled_from(
        [
            b"\x01a",
            b"\x01l",
            b"d",
            b"?",
            b"g",
            b"\x08",
            b"\xff",
            b"s",
            b"l\x40",
            b"n",
            b"t",
            b"d\x01\0\0\0",
            b"c",
            b"I\x09\0\0\0",
        ]
    ),
    st.integers(0, 2**64 - 1).map(lambda n: n.to_bytes(8, "little")),
    st.sampled_from([1 << 63, 1 << 32, 2**64 - 1, 0, 1]).map(lambda n: n.to_bytes(8, "little")),
)


@st.composite
def damaged(draw: st.DrawFn, raw: bytes, most: int) -> bytes:
    """With up to so many bytes changed, and perhaps cut."""
    body = bytearray(raw)
    for _ in range(draw(st.integers(0, most))):
        if body:
            body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    cut = most > 1 and draw(st.booleans())
    return bytes(body[: draw(st.integers(0, len(body)))] if cut else body)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bodies of frames: of sound answers, and of parts of them put together, cut and changed."""
    if draw(st.booleans()):
        sound = wire.join_answers(draw(st.lists(st.sampled_from(SOUND), max_size=5)))
        return draw(damaged(sound, 1))
    answers = draw(st.lists(st.lists(PARTS, max_size=3).map(b"".join), max_size=3))
    if draw(st.booleans()):  # each with a right length, so that all of it is looked at
        return wire.join_answers([draw(damaged(answer, 3)) for answer in answers])
    return draw(damaged(wire.join_answers(answers), 3))


def proper(value: Any, depth: int = 0) -> bool:
    """Whether a value is of the kinds that may cross the wire."""
    if isinstance(value, dict):
        return proper([*value, *value.values()], depth)
    if isinstance(value, (list, tuple)):
        return depth <= MAX_DEPTH and all(proper(item, depth + 1) for item in value)
    if type(value) is np.ndarray:
        return value.dtype.kind in "?biufc" and value.ndim <= MAX_NDIM
    return value is None or type(value) in {bool, int, float, complex, str}


@given(bodies())
@fuzzed(CASES)
def test_any_body_is_answers_or_a_wire_error(body: bytes) -> None:
    """Never another exception, and never more than was sent."""
    try:
        answers = read_answers(body, 20)
    except WireError:
        return
    assert len(answers) <= 20
    assert all(proper(value) for _, value in answers)
    arrays = [value for _, value in answers if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) <= 2 * len(body)
    assert not any(array.flags.writeable for array in arrays if array.dtype != np.longdouble)


def test_the_fuzzing_reaches_both_outcomes() -> None:
    """A fuzzer whose cases are all refused at once would prove nothing."""
    outcomes = {"answers": 0, "errors": 0}

    @given(bodies())
    @fuzzed(500)
    def count(body: bytes) -> None:
        try:
            outcomes["answers"] += bool(read_answers(body, 20))
        except WireError:
            outcomes["errors"] += 1

    count()
    assert min(outcomes.values()) > 50


FRAMES = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda magic, kind, seq, length, body: wire.HEADER.pack(magic, kind, seq, length) + body,
        st.sampled_from([wire.MAGIC, b"grw0", bytes(4)]),
        st.integers(0, 255),
        st.integers(0, 3),
        st.integers(0, 100) | st.sampled_from([2**64 - 1, 2**40, wire.MAX_FRAME + 1]),
        bodies(),
    ),
    st.builds(wire.frame, st.integers(1, 6), st.integers(0, 2), bodies()),
)


def against(answers: bytes, ask: Callable[[Worker], object]) -> None:
    """Ask a worker that has already said all that it will say."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)  # noqa: FBT003
        with suppress(BlockingIOError):
            theirs.sendall(answers)
        theirs.shutdown(socket.SHUT_WR)
        channel = wire.Channel(ours, MAX_REPLY)
        ask(Worker(channel, lambda: "", lambda: None))


@given(st.lists(FRAMES, max_size=4).map(b"".join))
@fuzzed(400)
def test_any_stream_is_answers_or_a_lost_worker(stream: bytes) -> None:
    """Where calls are answered."""

    def ask(worker: Worker) -> None:
        calls = [("f(x)", encode_arguments({"x": np.ones(2)}))] * 3
        deadline = time.monotonic() + 30
        try:
            frames = worker.call(calls, Limits(), deadline, wire.read_answer, singly=True)
            found = list(chain.from_iterable(frames))
        except WorkerLost as lost:
            assert str(lost)
        else:
            assert len(found) == 3

    against(stream, ask)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
REPORTS = st.one_of(
    st.binary(max_size=40),
    st.fixed_dictionaries(
        {},
        optional={
            "outputs": JSON | st.lists(st.dictionaries(st.text(max_size=3), JSON)),
            "error": JSON | st.fixed_dictionaries({"ename": JSON, "evalue": JSON}),
            "kept": JSON | st.integers(0, 9),
        },
    ).map(lambda report: json.dumps(report).encode()),
    st.sampled_from(
        [b"[" * 50_000, b'{"kept": 1e999, "outputs": [], "error": null}', b'"\\ud800"', b"NaN"]
    ),
)


@given(REPORTS)
@fuzzed(300)
def test_any_report_of_a_cell_is_one_or_a_lost_worker(body: bytes) -> None:
    """Outputs are a list of dictionaries, an error is two texts or none."""

    def ask(worker: Worker) -> None:
        try:
            (report,) = worker.run("", [], [""], [5.0], time.monotonic() + 30, careful=False)
        except WorkerLost:
            return
        assert all(isinstance(item, dict) for item in report["outputs"])
        assert report["error"] is None or all(isinstance(part, str) for part in report["error"])
        assert isinstance(report["kept"], int)

    against(wire.frame(wire.CELL, 0, body) + wire.frame(wire.RAN, 1, b""), ask)


ODD = JSON | st.sampled_from(["\ud800", "\x00", "<script>", 10**400, [[]] * 3])
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "x"]) | ODD,
        "source": st.text(max_size=20) | st.lists(st.text(max_size=9) | ODD, max_size=3) | ODD,
        "metadata": ODD
        | st.fixed_dictionaries(
            {
                "nbgrader": ODD
                | st.fixed_dictionaries(
                    {},
                    optional={
                        "grade_id": st.sampled_from(["ReLU", "softmax-vector", "", "\ud800"]) | ODD,
                        "solution": st.booleans() | ODD,
                        "grade": st.booleans() | ODD,
                        "locked": st.booleans() | ODD,
                        "points": ODD,
                    },
                )
            }
        ),
        "outputs": ODD,
        "id": ODD,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.sampled_from([4, 3, 2, 1, 0, -1, 5, True, 4.0, "4"]) | ODD,
        "nbformat_minor": ODD,
        "metadata": ODD,
        "cells": st.lists(CELLS | ODD, max_size=5) | ODD,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS)}) | ODD) | ODD,
    },
)


@given(content=NOTEBOOKS | ODD, cut=st.integers(0, 40), junk=st.binary(max_size=6))
@fuzzed(400)
def test_any_notebook_is_cells_or_refused(
    tmp_path: Path, assignment: Assignment, content: object, cut: int, junk: bytes
) -> None:
    """And what has cells has a plan; a refusal says why."""
    text = json.dumps(content)
    raw = text.encode() if cut > 5 else text.encode()[: -cut or None] + junk
    path = tmp_path / "fuzzed.ipynb"
    path.write_bytes(raw)
    try:
        cells = read_notebook(path)
        steps = plan(assignment.cells, cells)
    except Refused as refused:
        assert str(refused).strip()
    else:
        assert all(isinstance(step.source, str) for step in steps)


@given(st.binary(max_size=300))
@fuzzed(500)
def test_any_file_is_cells_or_refused(tmp_path: Path, raw: bytes) -> None:
    """Whatever its bytes."""
    path = tmp_path / "fuzzed.ipynb"
    path.write_bytes(raw)
    with suppress(Refused):
        read_notebook(path)


def test_a_broken_decoder_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check on bodies can fail: here it reads past the end of a body."""

    def number(reader: Reader, form: struct.Struct) -> Any:
        start, reader.at = reader.at, reader.at + form.size
        return form.unpack_from(reader.body, start)[0]

    monkeypatch.setattr(Reader, "number", number)
    with pytest.raises((struct.error, ExceptionGroup)):
        test_any_body_is_answers_or_a_wire_error()
