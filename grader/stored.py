"""Submissions that are named by a URL (s3://…, gs://…, memory://…), as fsspec reads them.

Whoever grades one fetches it first, into a folder out of the sight of student code. What is fetched
is what would be copied of a folder here: regular files up to a number and a size.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from grader.course import Submission, printable
from grader.files import MOST_BYTES, MOST_FILES
from grader.luggage import Files
from grader.model import GraderError, InfrastructureError, Refused
from grader.notebook import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# By which file systems say that a file is another one now; size and name are not enough.
_VERSIONS: Final = (
    "ETag", "etag", "md5Hash", "CRC", "generation", "version", "checksum", "LastModified",
    "last_modified", "mtime", "created", "modified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """One student's notebook somewhere else; `path` is its URL.

    `root` is the URL of what belongs to it: a folder, or the notebook alone. `names` are its files
    below that, with their sizes; `version` changes when any of them does, or is empty where that
    cannot be known.
    """

    student: str
    path: str
    root: str
    folder: str
    names: tuple[tuple[str, int], ...]
    version: str

    trouble = ""

    def unpack(self, place: Path) -> Submission:
        """Fetch it into a new folder.

        `Refused` where there is no notebook, `InfrastructureError` where nothing can be fetched.
        """
        name = _name(self.path)
        if name not in dict(self.names):
            raise Refused(f"there is no {name} in the student's folder")
        contents: dict[str, bytes | int] = {}
        try:
            fs, root = opened(self.root)
            for own, size in self.names:
                large = own.endswith(".ipynb") and size > MAX_BYTES
                where = f"{root}/{own}" if self.folder else root
                contents[own] = size if large else fs.cat_file(where, start=0, end=size)
        except FileNotFoundError:
            raise Refused("it is not there any more; hand it in again") from None
        except GraderError:
            raise
        except Exception as error:  # each file system has errors of its own
            raise InfrastructureError(
                f"{self.path} cannot be fetched ({type(error).__name__}: {error})"
            ) from error
        folder = Files(contents=contents).unpack(place / (self.folder or "one"))
        return Submission(self.student, folder / name, folder if self.folder else None)


def opened(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it; `GraderError` where there is none."""
    try:
        import fsspec
    except ImportError as error:
        raise GraderError(
            f"{url} cannot be read: {error}; install what reads it with: pip install fsspec"
        ) from None
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise GraderError(f"{url} cannot be read: {error}") from None
    return fs, path.rstrip("/")


def find_stored(url: str, assignment: str) -> list[Stored]:
    """All submissions under a URL, laid out as in a folder; `GraderError` where there are none."""
    try:
        fs, root = opened(url)
        if fs.isfile(root):
            found = {"": fs.info(root)}
        else:
            found = {
                path.removeprefix(root).strip("/"): info
                for path, info in fs.find(root, detail=True, withdirs=True).items()
            }
            found.pop("", None)  # the folder itself
    except GraderError:
        raise
    except Exception as error:  # noqa: BLE001  each file system has errors of its own
        raise GraderError(
            f"{url} cannot be read ({type(error).__name__}: {error}); check the address, and that "
            "this machine may read it"
        ) from None
    submissions = list(_below(url, assignment, {n: found[n] for n in sorted(found)}))
    if not submissions:
        raise GraderError(
            f"{url} holds no notebooks; expected <student>/{assignment}/{assignment}.ipynb, or "
            "*.ipynb files"
        )
    return submissions


def _below(base: str, assignment: str, found: Mapping[str, Mapping[str, Any]]) -> Iterator[Stored]:
    if "" in found:
        yield _single(base, base, found[""])
        return
    parts = {name: PurePosixPath(name).parts for name in found}
    tops = {split[0] for split in parts.values() if not split[0].startswith(".")}
    if assignment in tops:
        yield _folder(base, _name(base), assignment, assignment, found)
    elif any(split[1:2] == (assignment,) for split in parts.values()):
        files: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name, (top, *rest) in parts.items():
            if top in tops and (rest or found[name]["type"] == "directory"):
                files.setdefault(top, {})[name] = found[name]
        for top, own in files.items():
            yield _folder(base, top, f"{top}/{assignment}", assignment, own)
    else:
        for name, split in parts.items():
            if len(split) == 1 and split[0] in tops and name.endswith(".ipynb"):
                yield _single(_join(base, name), _join(base, name), found[name])


def _single(url: str, root: str, info: Mapping[str, Any]) -> Stored:
    name = _name(url)
    size = int(info.get("size") or 0)
    return Stored(
        student=printable(name.removesuffix(".ipynb")), path=url, root=root, folder="",
        names=((name, size),), version=_version({name: info}),
    )  # fmt: skip


def _folder(
    base: str, student: str, below: str, assignment: str, found: Mapping[str, Mapping[str, Any]]
) -> Stored:
    own: dict[str, Mapping[str, Any]] = {}
    count, bulk = 0, 0
    for path, info in found.items():
        name = path.removeprefix(f"{below}/")
        if name == path or info["type"] != "file" or info.get("islink") or not _plain(name):
            continue
        if not name.endswith(".ipynb"):
            size = int(info.get("size") or 0)
            if count + 1 > MOST_FILES or bulk + size > MOST_BYTES:
                continue
            count, bulk = count + 1, bulk + size
        own[name] = info
    return Stored(
        student=printable(student), path=_join(base, f"{below}/{assignment}.ipynb"),
        root=_join(base, below), folder=assignment,
        names=tuple((name, int(info.get("size") or 0)) for name, info in own.items()),
        version=_version(own),
    )  # fmt: skip


def _join(url: str, name: str) -> str:
    """The URL of what is below another; of chained ones (zip://a::s3://b), the first goes on."""
    first, mark, rest = url.partition("::")
    return f"{first.rstrip('/')}/{name}{mark}{rest}"


def _name(url: str) -> str:
    return PurePosixPath(url.partition("::")[0]).name


def _plain(name: str) -> bool:
    """Whether it is a name below a folder, and nothing else, wherever it is written."""
    *folders, _ = PurePosixPath(name).parts
    odd = any(part.startswith((".", "__pycache__")) for part in folders)
    return not odd and ".." not in PurePosixPath(name).parts and name.isprintable() and (
        "\\" not in name and not name.startswith("/") and len(name) < 1000
    )  # fmt: skip


def _version(files: Mapping[str, Mapping[str, Any]]) -> str:
    digest = hashlib.sha256()
    for name, info in files.items():
        known = [(key, str(info[key])) for key in _VERSIONS if info.get(key) is not None]
        if not known:
            return ""
        digest.update(repr((name, info.get("size"), known)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
