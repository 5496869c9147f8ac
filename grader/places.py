"""Places on this machine: the interpreter, the libraries, what workers may read, and where."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from grader.model import InfrastructureError
from grader.worker.confine import LAYERS
from grader.worker.landlock import NEWEST_ABI

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a disk says that takes no more.
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
LAYERS_VARIABLE: Final = "GRADER_SANDBOX_LAYERS"

KEPT: Final = "inputs"  # the folder of generated inputs, and a file beside them
KEPT_NOTE: Final = "README"
_SAYS: Final = """\
Inputs that `grader` has generated from rubrics of courses, so that it need not do it again.
They are hidden from students. All of it can be removed at any time.
"""

# What libraries read of a system. Nobody's course or home is in there, nor anything secret.
_SYSTEM: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
    "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/ssl/openssl.cnf",
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/usr/share/mime",
    "/proc/cpuinfo", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu",
)  # fmt: skip


@dataclass(frozen=True)
class Layers:
    """The layers of confinement to use where the machine has them: all, if nobody says otherwise.

    The environment variable GRADER_SANDBOX_LAYERS names the ones to use, with commas; it is for
    testing how the grader fares on lesser machines. `landlock:3` is Landlock as ABI 3 had it;
    `separate` stands for no layers, and workers that are not forked, as on Windows.
    """

    names: tuple[str, ...] = LAYERS
    newest_abi: int = NEWEST_ABI

    @classmethod
    def wanted(cls) -> Self:
        """As the environment says; `InfrastructureError` where it says nonsense."""
        text = os.environ.get(LAYERS_VARIABLE)
        if text is None:
            return cls()
        names, newest = [], NEWEST_ABI
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, abi = part.partition(":")
            if name not in {*LAYERS, "separate"} or (
                abi and (name != "landlock" or not abi.isdecimal())
            ):
                raise InfrastructureError(
                    f"{LAYERS_VARIABLE} has {part!r}; known are {', '.join(LAYERS)}, and landlock:N"
                )
            names.append(name)
            newest = int(abi) if abi else newest
        return cls(tuple(names), newest)


def interpreter() -> str:
    """The Python program to run, without links on the way to it, which may lead through homes."""
    return os.path.realpath(sys.executable)


def library_paths() -> list[str]:
    """The folders that hold the libraries which notebooks may import."""
    found = (importlib.util.find_spec(name) for name in ("numpy", "IPython", "matplotlib"))
    folders = [str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin]
    return list(dict.fromkeys(folders))


def readable(libraries: Sequence[str], more: Sequence[Path]) -> list[str]:
    """The places that workers may read: the interpreter's, the system's, and what a course adds."""
    # In a virtual environment the second would else be the environment itself.
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    names = ("stdlib", "platstdlib")
    own = [str(Path(sysconfig.get_path(name, vars=base)).parent) for name in names]
    return list(dict.fromkeys([*own, *libraries, *_SYSTEM, *map(str, more)]))


def without(places: Sequence[str], hidden: Path) -> tuple[list[str], list[str]]:
    """The places but for what is hidden in them, and the folders of which names may be seen.

    A folder with something hidden in it is replaced by everything else in it.
    """
    left, listed = [], []
    target = Path(os.path.realpath(hidden))
    for place in places:
        real = Path(os.path.realpath(place))
        if real == target:
            continue
        if not target.is_relative_to(real):
            left.append(place)
            continue
        listed.append(place)
        inner, names = without([f"{place}/{name}" for name in sorted(os.listdir(place))], hidden)
        left += inner
        listed += names
    return list(dict.fromkeys(left)), list(dict.fromkeys(listed))


def cache_folder(name: str) -> Path | None:
    """A folder of the user's own for what takes long to make; None where none can be written."""
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME", ""))
        if not root.is_absolute():  # then it does not count, by the specification of it
            root = Path.home() / ".cache"
        cache = root / "grader" / name
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(cache, os.W_OK)
    except (OSError, RuntimeError):  # there may be no home
        return None
    return cache if writable else None


def hidden_note() -> tuple[Path, ...]:
    """A file beside inputs that are kept, or will be, by which it can be told who can read them."""
    folder = cache_folder(KEPT)
    if folder is None:
        return ()
    note = folder / KEPT_NOTE
    if not os.path.lexists(note):
        with contextlib.suppress(OSError):
            note.write_text(_SAYS, encoding="utf-8")
    return (note,)


def font_cache(otherwise: Path) -> Path:
    """Where matplotlib keeps its list of fonts, which takes it seconds to make."""
    return cache_folder("matplotlib") or otherwise


def make_home(within: Path | None = None) -> Path:
    """A new temporary folder, in another if that is given."""
    try:
        return Path(tempfile.mkdtemp(prefix="grader-", dir=within))
    except OSError as error:
        raise InfrastructureError(
            f"no temporary folder can be made: {error}. Make room, or set TMPDIR."
        ) from error


def remove_tree(folder: Path) -> None:
    """Remove a folder that student code has written to, however deep or locked it is."""
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(folder)
        return
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        with contextlib.suppress(OSError):
            subprocess.run(
                [*command, "--", folder], check=False, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            )  # fmt: skip
