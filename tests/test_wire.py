"""The wire: what is sent arrives, and what is not a message is an error, whatever it is."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.model import RubricError
from grader.process import as_function
from grader.worker import wire
from grader.worker.values import (
    DTYPES,
    MAX_KEYS,
    Reader,
    WireError,
    encode,
    encode_arguments,
    split_arguments,
)
from tests.conftest import read_answers

arrays = hnp.arrays(
    st.sampled_from(list(DTYPES.values())),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0),
)
integers = st.integers() | st.integers(-(2**1000), 2**1000)
scalars = st.none() | st.booleans() | integers | st.floats() | st.complex_numbers() | st.text()
flat = st.lists(scalars | arrays, max_size=4)
tuples = st.lists(scalars | arrays, max_size=4).map(tuple)
tables = st.dictionaries(st.text() | st.integers(), scalars | arrays, max_size=4)
values = scalars | arrays | flat | tuples | tables | st.lists(flat | tuples | tables, max_size=3)


def equal(first: Any, second: Any) -> bool:
    """Equal to the bit, NaN included."""
    return encode(first) == encode(second)


def answer(value: Any) -> bytes:
    """A body with one answer."""
    return wire.join_answers([wire.encode_answer(wire.VALUE, value)])


def read(body: bytes) -> Any:
    """The only answer in a body."""
    ((kind, value),) = read_answers(body, 10)
    assert kind == wire.VALUE
    return value


@given(values)
@settings(deadline=None)
def test_a_value_survives_the_journey(value: Any) -> None:
    """Arrays keep dtype, shape and every bit; so do numbers, texts and lists."""
    back = read(answer(value))
    assert equal(value, back)
    if isinstance(value, np.ndarray):
        assert (back.dtype, back.shape) == (value.dtype, value.shape)


@given(st.dictionaries(st.sampled_from("xyz"), arrays, max_size=3))
@settings(deadline=None)
def test_a_batch_survives_the_journey(arguments: dict[str, Any]) -> None:
    """Functions are sent once, and so are values; calls are pairs of them."""
    payload = encode_arguments(arguments)
    names, raw = split_arguments(payload)
    assert names == tuple(arguments)
    asked = (("f", raw), ("g", raw), ("f", raw))
    body = wire.encode_batch(asked, singly=True)
    singly, calls = wire.read_batch(body)
    assert singly
    assert [text for text, _ in calls] == ["f", "g", "f"]
    for _, found in calls:
        assert encode_arguments(dict(zip(names, found, strict=True))) == payload


def test_a_call_goes_as_the_text_of_a_function() -> None:
    """Which gives what the call ends with; without such an end it is the rubric's fault."""
    scope: dict[str, Any] = {}
    exec(as_function("y = x + 1; y * k", ("x", "k")), scope)
    assert scope["call"](2, 3) == 9
    assert as_function(wire.STEPS + "f(x)", ("x",)).startswith(wire.STEPS)
    for program in ("y = 1", "", "f(x"):
        with pytest.raises(RubricError, match="the call '"):
            as_function(program, ("x",))


@given(st.binary(max_size=200))
@settings(max_examples=1_000, deadline=None)
def test_any_bytes_at_all_are_answers_or_an_error(body: bytes) -> None:
    """Nothing else comes out of the decoder, and nothing big is allocated."""
    try:
        read_answers(body, 10)
    except WireError:
        return


@given(values, st.data())
@settings(max_examples=500, deadline=None)
def test_a_damaged_answer_is_an_answer_or_an_error(value: Any, data: st.DataObject) -> None:
    """Bytes changed, cut or added at any place."""
    body = bytearray(answer(value))
    place = data.draw(st.integers(0, len(body)))
    body[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        read_answers(bytes(body), 10)
    except WireError:
        return


@pytest.mark.parametrize(
    "body",
    [
        b"a" + b"d" + bytes([1]) + struct.pack("<Q", 2**62),  # more than there is
        b"a" + b"d" + bytes([2]) + struct.pack("<QQ", 2**40, 2**40),  # overflows 64 bits
        b"a" + b"d" + bytes([2]) + struct.pack("<QQ", 0, 2**63),  # nothing, of an absurd shape
        b"a" + b"d" + bytes([9]) + struct.pack("<9Q", *[1] * 9) + bytes(8),  # too many axes
        b"a" + b"O" + bytes([0]) + bytes(8),  # objects
        b"a" + b"?" + bytes([1]) + struct.pack("<Q", 1) + b"\x07",  # a boolean that is none
        b"l" + bytes([1]) + b"l" + bytes([1]) + b"l" + bytes([1]) + b"l" + bytes([1]) + b"l\x01n",
        b"s" + struct.pack("<I", 10) + b"short",
        b"z",
        b"",
    ],
)
def test_a_lie_in_a_header_is_an_error(body: bytes) -> None:
    """Sizes are checked before anything is allocated."""
    with pytest.raises(WireError):
        wire.read_answer(bytes([wire.VALUE]) + body)


@pytest.mark.parametrize(
    "body",
    [
        b"\x01",
        struct.pack("<II", 1, 5) + b"\x01n",  # longer than the frame
        struct.pack("<II", 1, 1) + b"\x01n",  # shorter
        struct.pack("<I", 2**32 - 1),
        struct.pack("<I", 11) + bytes(44),  # more than were asked for
    ],
)
def test_a_lie_about_a_length_is_an_error(body: bytes) -> None:
    """An answer ends where the frame does."""
    with pytest.raises(WireError):
        wire.split_answers(body, 10)


def test_what_cannot_cross_is_a_type_error() -> None:
    """Objects, enormous integers, and lists that are too long or too deep stay where they are."""
    deep = [[[[[1]]]]]
    for value in (object(), np.array([None]), {1}, 1 << 40_000, {"a": {1}}, [0] * 20_001, deep):
        with pytest.raises(TypeError):
            encode(value)


def test_keys_that_collide_are_few() -> None:
    """What takes a dictionary time squared is refused before it is made, on either side."""
    same = {(2**61 - 1) * n: None for n in range(MAX_KEYS + 1)}  # all of them hash to 0
    with pytest.raises(TypeError):
        encode(same)
    body = b"d" + struct.pack("<I", len(same)) + b"".join(map(encode, [*same, *same]))
    with pytest.raises(WireError):
        Reader(body).value()


def test_long_doubles_keep_their_name() -> None:
    """Their digits do not cross, since their layout differs between machines."""
    assert read(answer(np.array([1.5], np.longdouble))).dtype == np.longdouble


def test_big_endian_arrays_arrive_as_numbers() -> None:
    """An odd byte order is not a wrong value."""
    value = np.array([1.0, 2.0], ">f8")
    assert read(answer(value)).tolist() == [1.0, 2.0]


def channel(limit: int = 1000) -> tuple[socket.socket, wire.Channel]:
    """A raw end, and a channel that reads from it."""
    ours, theirs = socket.socketpair()
    return theirs, wire.Channel(ours, limit)


def test_frames_arrive_whole_in_order_and_then_the_end() -> None:
    """However the bytes are cut on their way."""
    raw, end = channel()
    sent = wire.frame(wire.CELL, 1, b"one") + wire.frame(wire.RAN, 2, b"")
    for byte in sent:
        raw.send(bytes([byte]))
    raw.close()
    assert end.receive() == (wire.CELL, 1, b"one")
    assert end.receive() == (wire.RAN, 2, b"")
    assert end.receive() is None
    end.close()


@pytest.mark.parametrize("raw_bytes", [b"x" * 40, wire.HEADER.pack(wire.MAGIC, 3, 0, 1001)])
def test_a_broken_or_oversized_frame_is_an_error(raw_bytes: bytes) -> None:
    """Before its body is read."""
    raw, end = channel()
    raw.send(raw_bytes)
    with pytest.raises(WireError):
        end.receive()
    raw.close()
    end.close()


def test_a_frame_that_drips_misses_its_deadline() -> None:
    """The deadline is for the whole frame, not for each byte."""
    raw, end = channel()
    raw.send(wire.frame(wire.CELL, 1, b"one")[:-1])
    with pytest.raises(TimeoutError):
        end.receive(time.monotonic() + 0.05)
    raw.close()
    end.close()
