"""The wire between grader and worker: framed messages that carry plain values and raw arrays.

Nothing is ever pickled. A frame is a header (magic, kind, sequence number, body length) and a body.
What comes from a worker may have been written by student code: whatever does not fit is a
`WireError`, before anything is allocated for it.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from .values import Reader, Value, WireError, encode

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

MAGIC: Final = b"grw1"
HEADER: Final = struct.Struct("<4sBxxxIQ")

# Kinds of frames. The grader sends RUN and CALL; the worker sends the others.
RUN: Final = 1  # JSON: the cells to run
CALL: Final = 2  # a batch of calls
CELL: Final = 3  # JSON: what one cell did
RAN: Final = 4  # all cells have been run
ANSWERS: Final = 5  # answers to calls that follow each other, the first of them by number

# Kinds of answers.
VALUE: Final = 1  # a call's value
RAISED: Final = 2  # a call raised: exception type, message, and the classes it is derived from
UNFIT: Final = 3  # a call's value cannot cross: a text that says what it is

# The name of a function that is there for calls beside the notebook's own: which definitions the
# calls since it was last asked have changed, as text. They have been put back.
CHANGED: Final = "__changed__"

# What a program begins with whose value is not wanted, but the number of steps that it takes.
STEPS: Final = "# steps\n"

MAX_FRAME: Final = 64 << 20
_BATCH = struct.Struct("<BIII")
_CALL = struct.Struct("<II")
_U8 = struct.Struct("<B")
_U32 = struct.Struct("<I")


class Frame(NamedTuple):
    """One message: its kind, its sequence number, its body."""

    kind: int
    seq: int
    body: bytes


def encode_batch(calls: Sequence[tuple[str, bytes]], *, singly: bool) -> bytes:
    """A batch of calls, each the text of a function and values: both once, then the pairs of them.

    `singly` asks for each answer as soon as it is known, so that it can be told which call hangs.
    """
    texts = {text: number for number, text in enumerate(dict.fromkeys(t for t, _ in calls))}
    values = {value: number for number, value in enumerate(dict.fromkeys(v for _, v in calls))}
    parts = [_BATCH.pack(singly, len(texts), len(values), len(calls))]
    for raw in (*(text.encode() for text in texts), *values):
        parts += [_U32.pack(len(raw)), raw]
    parts += [_CALL.pack(texts[text], values[value]) for text, value in calls]
    return b"".join(parts)


def read_batch(body: bytes) -> tuple[bool, list[tuple[str, list[Value]]]]:
    """What `encode_batch` wrote: whether to answer singly, and the calls.

    Values that are equal are the same objects.
    """
    reader = Reader(body)
    singly, texts, values, calls = _BATCH.unpack(reader.take(_BATCH.size))
    functions = [reader.text() for _ in range(texts)]
    inputs = [reader.values(reader.number(_U32)) for _ in range(values)]
    pairs = _CALL.iter_unpack(reader.take(calls * _CALL.size))
    reader.end()
    return bool(singly), [(functions[text], inputs[value]) for text, value in pairs]


def encode_answer(kind: int, value: Value) -> bytes:
    """One answer; `TypeError` where the value cannot cross."""
    return _KINDS[kind] + encode(value)


_KINDS: Final = {kind: bytes([kind]) for kind in (VALUE, RAISED, UNFIT)}


def join_answers(answers: Sequence[bytes]) -> bytes:
    """The body of an ANSWERS frame: how many there are, their lengths, and the answers."""
    lengths = struct.pack(f"<{len(answers) + 1}I", len(answers), *map(len, answers))
    return b"".join((lengths, *answers))


def split_answers(body: bytes, most: int) -> list[bytes]:
    """The answers in an ANSWERS frame, at most that many, each as `read_answer` takes it."""
    count = _U32.unpack_from(body)[0] if len(body) >= _U32.size else 0
    at = _U32.size * (count + 1)
    if count > most or at > len(body):
        raise WireError(f"{count} answers, {most} asked for, in {len(body)} bytes")
    answers: list[bytes] = []
    for length in struct.unpack_from(f"<{count}I", body, _U32.size):
        answers.append(body[at : at + length])
        at += length
    if at != len(body):
        raise WireError(f"answers of {at} bytes in {len(body)}")
    return answers


def read_answer(raw: bytes) -> tuple[int, Value]:
    """What one answer says: its kind and its value."""
    reader = Reader(raw)
    kind = reader.number(_U8)
    if kind not in {VALUE, RAISED, UNFIT}:
        raise WireError(f"an answer of kind {kind}")
    value = reader.value()
    reader.end()
    return kind, value


def frame(kind: int, seq: int, body: bytes) -> bytes:
    """A frame's bytes."""
    return HEADER.pack(MAGIC, kind, seq, len(body)) + body


class Channel:
    """One end of the wire: frames over a stream socket, buffered for reading."""

    def __init__(self, sock: socket.socket, limit: int) -> None:
        self.sock = sock
        self.limit = limit
        self._buffer = bytearray()

    def send(self, kind: int, seq: int, body: bytes) -> None:
        """Send one frame; `OSError` where the other end is gone."""
        self.sock.sendall(frame(kind, seq, body))

    def receive(self, deadline: float | None = None) -> Frame | None:
        """The next frame, or None where the other end has closed.

        Raises `WireError` for a broken frame and `TimeoutError` where the whole frame has not come
        by the deadline (in `time.monotonic` seconds), however slowly it drips.
        """
        if not self._fill(HEADER.size, deadline):
            return None
        magic, kind, seq, length = HEADER.unpack_from(self._buffer)
        if magic != MAGIC:
            raise WireError("a frame without its mark")
        if length > self.limit:
            raise WireError(f"a frame of {length} bytes; {self.limit} are allowed")
        if not self._fill(HEADER.size + length, deadline):
            return None
        body = bytes(memoryview(self._buffer)[HEADER.size : HEADER.size + length])
        del self._buffer[: HEADER.size + length]
        return Frame(kind, seq, body)

    def _fill(self, size: int, deadline: float | None) -> bool:
        while len(self._buffer) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self.sock.settimeout(left)
            part = self.sock.recv(max(65536, min(size - len(self._buffer), 1 << 20)))
            if not part:
                return False
            self._buffer += part
        return True

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()
