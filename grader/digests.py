"""What a criterion is made of, as one number: while that stays, it is the same promise.

A criterion is its call, its inputs, and a function with all that it builds on: instructions,
constants, what it closes over, the rubric's own functions that it calls. Comments, places in the
file, titles and points do not count: no verdict depends on them. Where something is met that cannot
be looked into, there is no digest, and the criterion is judged again.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib.util
import sys
import types
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.sheet import Sheet
from grader.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.criterion import Criterion
    from grader.rubric import Rubric

_LENGTH: Final = 20  # characters of a digest
_PLAIN: Final = (type(None), bool, int, float, complex, str, bytes, type(...), range, slice)
_BUILT_IN: Final = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType,
)  # fmt: skip
_CODE: Final = (
    "co_code", "co_exceptiontable", "co_flags", "co_argcount", "co_posonlyargcount",
    "co_kwonlyargcount", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_consts",
)  # fmt: skip
# What hides a function, and where.
_WRAPPERS: Final[dict[type, tuple[str, ...]]] = {
    types.MethodType: ("__func__", "__self__"),
    functools.partial: ("func", "args", "keywords"),
    type(functools.cache(len)): ("__wrapped__",),
    functools.cached_property: ("func",),
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset", "fdel"),
}
_OTHER_RUBRICS: Final = "grader.rubrics."
_IMPORT: Final = dis.opmap["IMPORT_NAME"]
_MORE: Final = dis.opmap["EXTENDED_ARG"]
_OF_A_CLASS: Final = {
    "__dict__", "__weakref__", "__module__", "__doc__", "__qualname__", "__firstlineno__",
    "__static_attributes__",
}  # fmt: skip
# How a criterion asks what calls have left behind: those of all criteria of its target.
_WATCHES: Final = "changed"


class _Unknown(Exception):
    """It cannot be told what a value is made of."""


@functools.lru_cache(maxsize=4)
def of_criteria(rubric: Rubric) -> Mapping[str, str]:
    """A digest of each criterion, by its name, but for those that cannot be looked into.

    Nor has one that asks what other criteria's calls have changed. Not in it are libraries, the
    grader, and the rubric's other files, which who compares digests has to compare as well.
    """
    found = {}
    for criterion in rubric.criteria:
        digester = _Digester()
        try:
            digest = digester.of([*_parts(rubric, criterion)])
        except (_Unknown, RecursionError):
            continue
        if _WATCHES not in digester.names:
            found[criterion.id] = digest.hex()[:_LENGTH]
    return found


def of_function(function: Any) -> str | None:
    """A digest of a function with all that it builds on, but for libraries; None if unknown.

    Nor is there one where it comes from a module that is neither a library nor next to it, or
    imports such a one: that may change without it.
    """
    digester = _Digester()
    try:
        digest = digester.of(function).hex()
    except (_Unknown, RecursionError):
        return None
    own = getattr(function, "__module__", None) or ""
    beside = own.partition(".")[0] + "."
    foreign = [
        module
        for module in digester.modules
        if f"{module}.".startswith(_OTHER_RUBRICS)
        or not (f"{module}.".startswith(beside) or _is_library(module))
    ]
    return None if foreign else digest


def still_passed(rubric: Rubric, passed: Mapping[str, str]) -> frozenset[str]:
    """Those criteria of the ones that were passed, with these digests, that are still the same.

    What they need has to be the same as well.
    """
    now = of_criteria(rubric)
    same = {name for name, digest in passed.items() if now.get(name) == digest}
    known = {criterion.id: criterion for criterion in rubric.criteria}

    def stays(name: str) -> bool:
        return name in same and all(map(stays, known[name].needs))

    return frozenset(filter(stays, same))


def _parts(rubric: Rubric, criterion: Criterion) -> Iterator[Any]:
    """All that a verdict depends on."""
    yield from (rubric.setup, rubric.names, criterion.id, criterion.target, criterion.gives)
    yield from (criterion.call, criterion.check, criterion.needs)
    yield [case.payload for case in rubric.cases(criterion)]


class _Digester:
    """Values as bytes that tell them apart.

    `names` are all that their code mentions, `modules` those that they are of, use or import.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.modules: set[str] = set()
        self._known: dict[int, tuple[Any, bytes]] = {}  # with the value, so that it stays
        self._within: dict[int, int] = {}  # what is being looked into, from the outermost

    def of(self, value: Any) -> bytes:
        """The bytes of a value, a digest where it is made of others; `_Unknown` where it is odd."""
        kind = type(value)
        if kind in _PLAIN:
            return f"{kind.__name__} {value!r}".encode("utf-8", "surrogatepass")
        if id(value) in self._within:
            return b"around, from %d" % self._within[id(value)]
        if id(value) not in self._known:
            self._within[id(value)] = len(self._within)
            parts = [*map(self.of, (kind.__module__, kind.__qualname__, *self._made_of(value)))]
            whole = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
            del self._within[id(value)]
            self._known[id(value)] = (value, hashlib.sha256(whole).digest())
        return self._known[id(value)][1]

    def _made_of(self, value: Any) -> Iterable[Any]:
        if isinstance(value, (np.ndarray, np.generic)) and not value.dtype.hasobject:
            return value.dtype.str, value.shape, value.tobytes()
        if isinstance(value, types.ModuleType):
            self.modules.add(value.__name__)
        if isinstance(value, (np.dtype, np.ufunc, types.ModuleType)):
            return (getattr(value, "__name__", str(value)),)
        own = _of_class(type(value))
        if isinstance(value, (list, tuple)):
            return *own, *value
        if isinstance(value, dict):
            return *own, *(part for pair in value.items() for part in pair)
        if isinstance(value, (set, frozenset)):
            return *own, *sorted(map(self.of, value))
        return self._code_of(value) or _object_of(value)

    def _code_of(self, value: Any) -> Iterable[Any]:
        """What functions and classes are made of, however wrapped; nothing if it is none."""
        if isinstance(value, types.CodeType):
            self.names.update(value.co_names)
            self.modules.update(_imported(value))
            return [getattr(value, attribute) for attribute in _CODE]
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, type):
            return value.__module__, value.__qualname__, *_of_class(value)
        if isinstance(value, _BUILT_IN):
            owner = getattr(value, "__self__", None) or getattr(value, "__objclass__", None)
            return value.__qualname__, owner
        return [getattr(value, attribute) for attribute in _WRAPPERS.get(type(value), ())]

    def _of_function(self, function: types.FunctionType) -> list[Any]:
        code = function.__code__
        self.modules.add(function.__module__ or "")
        library = _is_library(function.__module__)
        inner = zip(code.co_freevars, function.__closure__ or (), strict=True)
        try:
            closure = [c.cell_contents for n, c in inner if not (library and n.startswith("_"))]
        except ValueError:
            raise _Unknown from None  # not bound yet
        parts = [code, function.__defaults__, function.__kwdefaults__, vars(function), closure]
        if library:
            return [function.__module__, function.__qualname__, *parts]
        space = function.__globals__
        used = sorted({n for inside in _codes(code) for n in inside.co_names if n in space})
        return [*parts, {name: space[name] for name in used}]


def _imported(code: types.CodeType) -> Iterator[str]:
    """The modules that a function's own code imports; relative ones by their names alone."""
    high = 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        number = high | low
        if operation == _IMPORT:
            yield code.co_names[number]
        high = number << 8 if operation == _MORE else 0


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code, and that of the functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _of_class(kind: type) -> list[Any]:
    """What a class of the rubric's own is made of; one of a library is known by its name."""
    if _is_library(kind.__module__):
        return []
    own = {name: part for name, part in vars(kind).items() if name not in _OF_A_CLASS}
    return [kind.__bases__, own]


def _object_of(value: Any) -> list[Any]:
    """The attributes of an object of the grader's or the rubric's own; the first hides some."""
    if isinstance(value, Target):
        reference = value._reference  # noqa: SLF001  all the rest is about how it is shown
        return [value.name, value.call, value.gives, reference]
    if isinstance(value, Sheet):
        return [value.setup, getattr(value, "seed", None)]
    kind = type(value)
    root = kind.__module__.partition(".")[0]
    if root != "grader" and _is_library(kind.__module__):
        raise _Unknown
    if is_dataclass(value):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
    elif hasattr(value, "__dict__"):
        found = dict(vars(value))
    else:
        raise _Unknown
    # In the grader's own objects such names are of what is remembered.
    shown = {n: v for n, v in found.items() if root != "grader" or not n.startswith("_")}
    return [kind, shown]


@functools.cache
def _is_library(module: str) -> bool:
    """Whether a module is of Python, of the grader, or of an installed package."""
    root = module.partition(".")[0]
    file = getattr(sys.modules.get(root), "__file__", None) or _origin(root)
    installed = {"site-packages", "dist-packages"} & {*file.replace("\\", "/").split("/")}
    return root == "grader" or root in sys.stdlib_module_names or bool(installed)


def _origin(root: str) -> str:
    """Where a module would be imported from that has not been yet."""
    try:
        spec = importlib.util.find_spec(root) if root not in sys.modules else None
    except (ImportError, ValueError):
        spec = None
    return (spec.origin if spec else None) or ""
