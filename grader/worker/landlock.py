"""Landlock: from now on this process opens only files below given places.

An unprivileged process can give up rights to files, to TCP ports, and to reach others by signals
and abstract sockets; nothing gives them back. What is not listed here it cannot read, write, make,
rename or run. It can still learn a file's name and size (`stat`). Needs Linux 5.13 (ABI 1); later
ABIs close more, and whatever the kernel has is used. See landlock(7) and the kernel's
Documentation/userspace-api/landlock.rst.

This is ctypes on three system calls, which a worker must make with nothing but the standard library
at hand. The packages that wrap them (`landlockpy`, `seccompy`) are sound, but young and of one
author, and confining is what this project exists for: what it rests on stands here, to be read.
"""

from __future__ import annotations

import ctypes
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .kernel import prctl, syscall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEWEST_ABI: Final = 7

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_CREATE_RULESET_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38

# Access rights to files, bit by bit, and the ABI from which on the kernel knows them.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILES: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: _IOCTL_DEV}
_NETWORK: Final = {4: 0b11}  # bind and connect TCP
_SCOPED: Final = {6: 0b11}  # abstract unix sockets, signals

_READ: Final = _READ_FILE | _READ_DIR
_OWN: Final = ~(_EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK | _IOCTL_DEV)


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def kernel_abi() -> int:
    """The newest Landlock ABI that this kernel speaks; 0 where there is no Landlock."""
    try:
        return syscall(_CREATE_RULESET, 0, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def open_places(paths: Iterable[str]) -> list[int]:
    """Handles of files and folders, for rules; those that do not exist are left out."""
    handles = []
    for path in paths:
        with suppress(OSError):
            handles.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
    return handles


def restrict(
    *,
    readable: Sequence[int],
    listed: Sequence[int],
    devices: Sequence[int],
    own: str,
    abi: int,
) -> None:
    """Restrict this process to reading below `readable` and anything but running below `own`.

    Folders below `listed` may be listed, and `devices` be read and written. `abi` is what the
    kernel speaks, or less.
    """
    files, network, scoped = (
        sum(rights for since, rights in table.items() if since <= abi)
        for table in (_FILES, _NETWORK, _SCOPED)
    )
    attributes = _RulesetAttr(files, network, scoped)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for handle in readable:
            _allow(ruleset, handle, files & _READ)
        for handle in listed:
            _allow(ruleset, handle, files & _READ_DIR)
        for handle in devices:
            _allow(ruleset, handle, files & (_READ | _WRITE_FILE | _TRUNCATE))
        (scratch,) = open_places([own])
        _allow(ruleset, scratch, files & _OWN)
        os.close(scratch)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, handle: int, rights: int) -> None:
    if not stat.S_ISDIR(os.fstat(handle).st_mode):
        rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
    rule = _PathBeneathAttr(rights, handle)
    syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
