"""Generated inputs, kept on the disk: Hypothesis takes longer to give them than a submission takes.

They are the same for the same rubric, grader and libraries, so they are known by a digest of these.
Only inputs are kept, as a worker would be sent them, and never what is right for them. A file that
is not what was written is made anew; where nothing can be written, everything is generated.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader import digests
from grader.corpus import as_arguments, make_case
from grader.model import RubricError
from grader.places import KEPT, KEPT_NOTE, cache_folder
from grader.versions import versions
from grader.worker.values import Reader, WireError, split_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.corpus import Case, Corpus
    from grader.rubric import Rubric

_MOST: Final = 200  # files; half of them go when there are more
_BYTES: Final = 64 << 20  # of a file


class KeptInputs:
    """The generated inputs of a rubric; `files` is a digest of its own files."""

    def __init__(self, rubric: Rubric, files: str) -> None:
        self._rubric = rubric
        key = hashlib.sha256(f"{versions()} {files} {rubric.sitting}".encode())
        self._groups: dict[str, tuple[Corpus, str]] = {}  # that can be told from all others
        for number, (corpus, name) in enumerate(_used(rubric)):
            group = corpus.groups[name]
            digest = digests.of_function(group.strategy) if group.strategy is not None else None
            if digest is not None:
                self._groups[f"{number} {name}"] = (corpus, name)
                key.update(f"{number} {name} {group.count} {digest}\n".encode())
        folder = cache_folder(KEPT)
        self._path = folder / key.hexdigest() if folder is not None and self._groups else None
        self._known = False

    def recall(self) -> None:
        """Give the corpora what is kept, if anything is."""
        if self._path is None or not self._path.is_file():
            return
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RubricError):
            with self._path.open("rb") as file:
                found = _read(file.read(_BYTES))
            for key, payloads in found.items():
                corpus, name = self._groups[key]
                corpus.give(name, self._rubric.sitting, [*map(_arguments, payloads)])
            os.utime(self._path)  # those that are used are not the oldest
            self._known = True

    def keep(self) -> None:
        """Keep what the corpora have generated, unless it was there."""
        if self._path is None or self._known:
            return
        found = {key: [*_generated(*of, self._rubric)] for key, of in self._groups.items()}
        content = _written(
            {k: [case.payload for case in cases] for k, cases in found.items() if _last(cases)}
        )
        if len(content) <= _BYTES:
            with contextlib.suppress(OSError):
                _make_room(self._path.parent)
                _write(self._path, content)


def _write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _used(rubric: Rubric) -> list[tuple[Corpus, str]]:
    """The groups of inputs that criteria are judged on; what is none is told elsewhere."""
    used = {
        (id(c.corpus), name): (c.corpus, name)
        for c in rubric.criteria
        for name in c.groups
        if name in c.corpus.groups
    }
    return list(used.values())


def _generated(corpus: Corpus, name: str, rubric: Rubric) -> Iterator[Case]:
    """The inputs of a group that are no corners."""
    written = corpus.groups[name].corners
    corners = {make_case(name, as_arguments(corner, written)).payload for corner in written}
    cases = corpus.cases((name,), rubric.sitting)
    return (case for case in cases if case.payload not in corners)


def _arguments(payload: bytes) -> dict[str, Any]:
    names, values = split_arguments(payload)
    return dict(zip(names, Reader(values).values(len(values)), strict=True))


def _last(cases: Sequence[Case]) -> bool:
    """Whether inputs are the same again after they were bytes, and of the same types."""
    again = [make_case(case.group, _arguments(case.payload)) for case in cases]
    return all(
        one.payload == other.payload and _alike(one.arguments, other.arguments)
        for one, other in zip(cases, again, strict=True)
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether two values of the same bytes are of the same types, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        pairs = zip((*one, *one.values()), (*other, *other.values()), strict=True)
    elif isinstance(one, (list, tuple)):
        pairs = zip(one, other, strict=True)
    else:
        return getattr(one, "dtype", None) == getattr(other, "dtype", None)
    return all(_alike(*pair) for pair in pairs)


def _written(kept: dict[str, list[bytes]]) -> bytes:
    """A digest, the lengths of all inputs by their groups, and the inputs."""
    lengths = json.dumps({key: [*map(len, payloads)] for key, payloads in kept.items()})
    body = b"".join((lengths.encode(), b"\n", *(p for each in kept.values() for p in each)))
    return hashlib.sha256(body).digest() + body


def _read(content: bytes) -> dict[str, list[bytes]]:
    """What `_written` was given; `ValueError` for anything else."""
    digest, body = content[:32], content[32:]
    if hashlib.sha256(body).digest() != digest:
        raise WireError("a damaged file")
    first, _, blob = body.partition(b"\n")
    found, at = dict[str, list[bytes]](), 0
    for key, lengths in json.loads(first).items():
        found[key] = []
        for length in lengths:
            found[key].append(blob[at : at + length])
            at += length
    return found


def _make_room(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.name != KEPT_NOTE and path.is_file()]
    files.sort(key=lambda path: path.stat().st_mtime)
    if len(files) >= _MOST:
        for path in files[: _MOST // 2]:
            path.unlink(missing_ok=True)
