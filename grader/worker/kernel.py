"""System calls that Python has no names for, through the C library."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

LINUX: Final = sys.platform == "linux"

_libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def prctl(option: int, value: int, more: object = 0) -> None:
    """Set one of the process's options; nothing where the system has no such call."""
    if LINUX and _libc is not None:
        _checked(
            _libc.prctl(
                ctypes.c_int(option), ctypes.c_ulong(value), _word(more), _word(0), _word(0)
            )
        )


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number; `OSError` where it fails or there is none."""
    if not LINUX or _libc is None:
        raise OSError("only Linux has system calls of fixed numbers")
    return _checked(_libc.syscall(ctypes.c_long(number), *map(_word, arguments)))


def _word(argument: object) -> object:
    # Without a type of its own an int would be passed as 32 bits.
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
