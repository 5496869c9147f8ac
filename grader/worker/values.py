"""Values that can cross the wall, as bytes: plain Python values and raw arrays, nothing else.

The reader checks every number against a cap before it allocates anything, and raises `WireError`
for whatever does not fit: what comes from a worker may have been written by student code.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final

import numpy as np

MAX_REPLY: Final = 16 << 20
MAX_NDIM: Final = 8
MAX_ITEMS: Final = 20_000  # in all lists of a value together
MAX_DEPTH: Final = 4
MAX_INTEGER: Final = 4096  # bytes
MAX_KEYS: Final = 2000  # of a dictionary: keys can be made to collide, which takes time squared

# The dtypes that may cross, by one-letter code. Long doubles cross as float64, since their layout
# differs between machines, and keep their name.
DTYPES: Final[dict[bytes, np.dtype[Any]]] = {
    code.encode(): np.dtype(name)
    for code, name in {
        "?": "?", "b": "<i1", "h": "<i2", "i": "<i4", "q": "<i8",
        "B": "<u1", "H": "<u2", "I": "<u4", "Q": "<u8", "e": "<f2", "f": "<f4", "d": "<f8",
        "F": "<c8", "D": "<c16",
    }.items()
}  # fmt: skip
CODES: Final = {dtype: code for code, dtype in DTYPES.items()}
LONGDOUBLE: Final = b"g"

_MANY: Final = 2000
_HEADERS: Final[dict[tuple[np.dtype[Any], tuple[int, ...]], bytes]] = {}  # of arrays that can cross

_ARRAY = struct.Struct("<cB")
_CONSTANTS = {b"n": None, b"1": True, b"0": False}
_SHAPES = tuple(struct.Struct(f"<{ndim}Q") for ndim in range(MAX_NDIM + 1))
_FLOAT64 = np.dtype("<f8")
_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_C128 = struct.Struct("<dd")

# An ndarray, int, float, complex, bool, str, None, or a list, tuple or dict of these.
Value = Any


class WireError(ValueError):
    """A frame or a value breaks the protocol."""


def encode(value: Value) -> bytes:
    """The bytes of a value; `TypeError` where a value of that type cannot cross."""
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    parts: list[bytes] = []
    _encode(value, parts, 0)
    return b"".join(parts)


def _encode(value: Value, parts: list[bytes], depth: int) -> None:
    if isinstance(value, np.ndarray):
        parts.append(_encode_array(value))
    elif isinstance(value, (list, tuple, dict)):
        kind = next(kind for kind in _KINDS if isinstance(value, kind))
        most = MAX_KEYS if kind is dict else MAX_ITEMS - len(parts)
        if depth >= MAX_DEPTH or len(value) > most:
            raise TypeError(f"a {kind.__name__} that is too long or too deep")
        parts.append(_KINDS[kind] + _U32.pack(len(value)))
        for item in _flat(value) if isinstance(value, dict) else value:
            _encode(item, parts, depth + 1)
        if len(parts) > MAX_ITEMS:
            raise TypeError(f"a {kind.__name__} that is too long or too deep")
    else:
        parts.append(_encode_single(value))


_KINDS: Final = {list: b"l", tuple: b"t", dict: b"d"}


def _flat(table: dict[Value, Value]) -> list[Value]:
    """Keys and values by turns."""
    return [part for pair in table.items() for part in pair]


def _encode_single(value: Value) -> bytes:
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, float):
        return b"f" + _F64.pack(value)
    if isinstance(value, complex):
        return b"c" + _C128.pack(value.real, value.imag)
    if isinstance(value, str):
        text = value.encode("utf-8", "replace")
        return b"s" + _U32.pack(len(text)) + text
    raise TypeError(f"a {type(value).__name__}")


def _encode_integer(value: int) -> bytes:
    if -(2**63) <= value < 2**63:
        return b"i" + _I64.pack(value)
    size = value.bit_length() // 8 + 1
    if size > MAX_INTEGER:
        raise TypeError(f"an integer of {size} bytes")
    return b"I" + _U32.pack(size) + value.to_bytes(size, "little", signed=True)


def _encode_array(value: np.ndarray[Any, Any]) -> bytes:
    dtype = value.dtype
    known = _HEADERS.get((dtype, value.shape))
    if known is not None:
        return known + value.tobytes()
    code = CODES.get(dtype)
    if code is None and dtype.byteorder == ">":
        code = CODES.get(dtype.newbyteorder("<"))
    if code is None and dtype == np.longdouble:
        code, value = LONGDOUBLE, value.astype(np.float64)
    if code is None:
        raise TypeError(f"an array of dtype {dtype.name}")
    if value.ndim > MAX_NDIM or value.nbytes > MAX_REPLY:
        raise TypeError(f"an array that is too big, of shape {value.shape}")
    if dtype.byteorder == ">":
        value = value.astype(DTYPES[code])
    header = b"a" + _ARRAY.pack(code, value.ndim) + _SHAPES[value.ndim].pack(*value.shape)
    if dtype in CODES and len(_HEADERS) < _MANY:
        _HEADERS[dtype, value.shape] = header
    return header + value.tobytes()


class Reader:
    """Reads values off a body, and never past its end."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self.items = 0  # of the value that is read

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self.at
        self.at = end = start + size
        if end > len(self.body):
            raise WireError(f"{size} bytes promised, {len(self.body) - start} there")
        return self.body[start:end]

    def number(self, form: struct.Struct) -> Any:
        """The next number in the given form."""
        start = self.at
        self.at = end = start + form.size
        if end > len(self.body):
            raise WireError("a number cut short")
        return form.unpack_from(self.body, start)[0]

    def text(self) -> str:
        """The next counted text."""
        return str(self.take(self.number(_U32)), "utf-8", "replace")

    def values(self, size: int) -> list[Value]:
        """The values in the next `size` bytes."""
        end, found = self.at + size, []
        while self.at < end:
            found.append(self.value())
        return found

    def value(self, depth: int = 0) -> Value:
        """The next value; arrays are read-only views of the body."""
        self.items = self.items + 1 if depth else 1
        tag = self.take(1)
        if tag == b"a":
            return self._array()
        if tag in {b"l", b"t", b"d"}:
            return self._several(tag, depth)
        if tag == b"s":
            return self.text()
        if tag == b"i":
            return self.number(_I64)
        if tag == b"f":
            return self.number(_F64)
        if tag == b"c":
            return complex(*_C128.unpack(self.take(_C128.size)))
        if tag == b"I":
            size = self.number(_U32)
            if size > MAX_INTEGER:
                raise WireError(f"an integer of {size} bytes")
            return int.from_bytes(self.take(size), "little", signed=True)
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        raise WireError(f"unknown tag {tag!r}")

    def _several(self, tag: bytes, depth: int) -> Value:
        """A list, a tuple or a dictionary."""
        count = self.number(_U32)
        most = MAX_KEYS if tag == b"d" else MAX_ITEMS - self.items
        if depth >= MAX_DEPTH or count > most:
            raise WireError("a list that is too long or too deep")
        if tag == b"d":
            pairs = [(self.value(depth + 1), self.value(depth + 1)) for _ in range(count)]
            try:
                return dict(pairs)
            except TypeError:
                raise WireError("a dictionary's key that is none") from None
        values = [self.value(depth + 1) for _ in range(count)]
        return tuple(values) if tag == b"t" else values

    def _array(self) -> np.ndarray[Any, Any]:
        body, start = self.body, self.at
        code, ndim = body[start : start + 1], body[start + 1] if start + 1 < len(body) else 255
        dtype = _FLOAT64 if code == LONGDOUBLE else DTYPES.get(code)
        if dtype is None:
            raise WireError(f"unknown dtype {code!r}")
        if ndim > MAX_NDIM:
            raise WireError(f"{ndim} axes")
        start += 2
        if start + 8 * ndim > len(body):
            raise WireError("a shape cut short")
        shape = _SHAPES[ndim].unpack_from(body, start)
        start += 8 * ndim
        # math.prod counts without overflow, so a shape cannot lie about its size.
        self.at = end = start + math.prod(shape) * dtype.itemsize
        if end > len(body):
            raise WireError(f"an array of shape {shape} in {len(body) - start} bytes")
        if code == b"?" and max(body[start:end], default=0) > 1:
            raise WireError("a boolean that is neither 0 nor 1")
        try:
            # Where one axis is 0, another can still be more than numpy takes.
            array = np.ndarray(shape, dtype, body, start)
        except ValueError:
            raise WireError(f"shape {shape}") from None
        if code == LONGDOUBLE:
            return array.astype(np.longdouble)
        return array

    def end(self) -> None:
        """Nothing may be left."""
        if self.at != len(self.body):
            raise WireError(f"{len(self.body) - self.at} bytes too many")


def encode_arguments(arguments: dict[str, Value]) -> bytes:
    """A call's keyword arguments: their names, then their values; equal ones give equal bytes."""
    names = "\0".join(arguments).encode()
    return b"".join((_U32.pack(len(names)), names, *map(encode, arguments.values())))


def split_arguments(payload: bytes) -> tuple[tuple[str, ...], bytes]:
    """The names of what `encode_arguments` wrote, and its values as bytes."""
    start = _U32.size + _U32.unpack_from(payload)[0]
    names = payload[_U32.size : start].decode()
    return tuple(names.split("\0")) if names else (), payload[start:]
