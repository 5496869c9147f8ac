"""How much a worker has written to its folder, and how many threads it has, seen from outside."""

from __future__ import annotations

import os

MAX_ENTRIES = 10_000
_MAX_DEPTH = 32


class TooMuch(Exception):
    """A worker uses more than it may; the message says of what."""


def used(folder: str, most: int = MAX_ENTRIES) -> tuple[int, int]:
    """Bytes on disk and files below a folder; `TooMuch` for more files than `most`, or too deep.

    Every folder is opened below the one before, without following links: names that students make
    may be anything, and paths may be longer than the system takes.
    """
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        entries = [0]
        return _below(root, 0, entries, most), entries[0]
    finally:
        os.close(root)


def _below(folder: int, depth: int, entries: list[int], most: int) -> int:
    if depth > _MAX_DEPTH:
        raise TooMuch(f"made folders {_MAX_DEPTH} deep in each other")
    total = 0
    inner = []
    with os.scandir(folder) as listing:
        for entry in listing:
            entries[0] += 1
            if entries[0] > most:
                raise TooMuch(f"made more than {MAX_ENTRIES} files")
            try:
                total += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.name)
            except FileNotFoundError:
                continue
    for name in inner:
        try:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(name, flags, dir_fd=folder)
        except FileNotFoundError:
            continue
        except OSError:
            raise TooMuch("made a folder that cannot be looked into") from None
        try:
            total += _below(descriptor, depth + 1, entries, most)
        finally:
            os.close(descriptor)
    return total


def threads(pid: int) -> int:
    """How many threads a process has; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return int(stat.read().rpartition(b")")[2].split()[17])
    except (OSError, ValueError, IndexError):
        return 0
