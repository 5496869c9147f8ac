"""What an instructor can set: limits for student code, what it may read, and what is shown.

They stand in the course directory, in `pyproject.toml` under `[tool.grader]` or in
`nbgrader_config.py` as `c.Grader.…`, by the same names.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.disclosure import LEVELS
from grader.links import BRANCH, Repository, read_branch, read_repository
from grader.model import Disclosure, GraderError, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

_CONFIG, _PYPROJECT = "nbgrader_config.py", "pyproject.toml"
_MB: Final = 1 << 20

# Each number, its least and its most.
NUMBERS: Final = {
    "timeout_s": (1.0, 86400.0),
    "cell_timeout_s": (0.1, 86400.0),
    "call_timeout_s": (0.1, 86400.0),
    "memory_mb": (64, 1 << 20),
    "file_mb": (1, 1 << 20),
    "disk_mb": (1, 1 << 20),
    "output_mb": (1, 64),
}
_TIMES: Final = {"cell_timeout_s": "cell_s", "call_timeout_s": "call_s"}
_SIZES: Final = {
    "memory_mb": "memory", "file_mb": "file_size", "disk_mb": "disk", "output_mb": "output",
}  # fmt: skip
# What student code must never be able to read, below the course directory.
_HIDDEN: Final = ("grader/rubrics", "source")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits, the places that workers may read besides the libraries, and how much is shown.

    `repository` is where students find the release, if that is set. `origin` is where each was set.
    """

    limits: Limits = field(default_factory=Limits)
    readable: tuple[Path, ...] = ()
    disclose: Disclosure = "counterexample"
    repository: Repository | None = None
    origin: dict[str, str] = field(default_factory=dict)


def load_settings(course: Path, timeout_s: float | None = None) -> Settings:
    """A course's settings; `timeout_s` is what the command line says, which goes first.

    Raises `GraderError`, with file, key, value and remedy, for whatever is wrong with them.
    """
    found: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name, values in ((_PYPROJECT, _of_pyproject(course)), (_CONFIG, _of_config(course))):
        for key, value in values.items():
            where = f"{course / name}: {key}"
            if key in found:
                raise GraderError(f"{where} is set in {origin[key]} too; take out one of the two")
            if key == "read_paths":
                found[key] = _places(where, value, course)
            elif key in _WORDS:
                found[key] = _WORDS[key](where, value)
            elif key in NUMBERS:
                found[key] = _number(where, value, *NUMBERS[key])
            else:
                known = ", ".join([*NUMBERS, "read_paths", *_WORDS])
                raise GraderError(f"{where} is no setting; there are: {known}")
            origin[key] = name
    readable = found.pop("read_paths", ())
    disclose = found.pop("disclose", "counterexample")
    if timeout_s is not None:
        found["timeout_s"], origin["timeout_s"] = timeout_s, "--timeout"
        for key in ("cell_timeout_s", "call_timeout_s"):
            if key in found:
                found[key] = min(found[key], timeout_s)
    limits = _limits(found, course, origin)
    branch, repository = found.pop("branch", BRANCH), found.pop("repository", None)
    return Settings(
        limits=limits,
        readable=readable,
        disclose=disclose,
        repository=repository and replace(repository, branch=branch),
        origin=origin,
    )


def _limits(found: dict[str, Any], course: Path, origin: dict[str, str]) -> Limits:
    limits = Limits.within(found.get("timeout_s", Limits().submission_s))
    limits = limits.but(
        **{name: found[key] for key, name in _TIMES.items() if key in found},
        **{name: int(found[key] * _MB) for key, name in _SIZES.items() if key in found},
    )
    for key, seconds in (("cell_timeout_s", limits.cell_s), ("call_timeout_s", limits.call_s)):
        if seconds > limits.submission_s:
            raise GraderError(
                f"{course / origin[key]}: {key} is {seconds:g}, longer than timeout_s, which is "
                f"{limits.submission_s:g}"
            )
    return limits


def _of_pyproject(course: Path) -> dict[str, Any]:
    path = course / _PYPROJECT
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise GraderError(f"{path} cannot be read: {error}") from None
    section = document.get("tool", {}).get("grader", {})
    if not isinstance(section, dict):
        raise GraderError(f"{path}: [tool.grader] is no table")
    return section


def _of_config(course: Path) -> dict[str, Any]:
    path = course / _CONFIG
    try:
        if "c.Grader" not in path.read_text(encoding="utf-8"):
            return {}  # such files may import nbgrader, which takes a second
        from traitlets.config.loader import PyFileConfigLoader

        config = PyFileConfigLoader(path.name, path=str(course)).load_config()
    except Exception as error:  # noqa: BLE001  the instructor's own code may raise anything
        raise GraderError(f"{path} cannot be read: {type(error).__name__}: {error}") from None
    return dict(config.get("Grader", {}))


def _number(where: str, value: object, least: float, most: float) -> float:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not least <= value <= most:  # type: ignore[operator]
        raise GraderError(
            f"{where} is {value!r}; it must be a number from {least:.10g} to {most:.10g}"
        )
    return value  # type: ignore[return-value]


def _level(where: str, value: object) -> Disclosure:
    for level in LEVELS:
        if value == level:
            return level
    known = ", ".join(map(repr, LEVELS))
    raise GraderError(f"{where} is {value!r}; it must be one of {known}")


_WORDS: Final[dict[str, Callable[[str, object], Any]]] = {
    "disclose": _level, "repository": read_repository, "branch": read_branch,
}  # fmt: skip


def _places(where: str, value: object, course: Path) -> tuple[Path, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise GraderError(f'{where} is {value!r}; it must be a list of paths, like ["data"]')
    places = []
    for item in value:
        path = (course / Path(item).expanduser()).resolve()
        if not path.exists():
            raise GraderError(f"{where} has {item!r}, but there is no {path}")
        for name in _HIDDEN:
            hidden = (course / name).resolve()
            if path.is_relative_to(hidden) or hidden.is_relative_to(path):
                raise GraderError(
                    f"{where} has {item!r}, which would show {hidden} to student code; name a "
                    "folder that holds nothing else than what students may read"
                )
        places.append(path)
    return tuple(places)
