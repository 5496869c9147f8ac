"""What calls give, and what is remembered of it from one submission to the next.

Many submissions give the same answers to the bit. An answer that has been seen before is not
decoded again, and what a criterion made of it is not computed again: both depend on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from grader.text import clean
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

Request = tuple[str, bytes]  # a call and its encoded arguments
Requests = tuple[Request, ...]

_OBJECT: Final = 120  # bytes of any value by itself
_KEPT: Final = 500  # bytes that an answer takes besides its own
_BYTES: Final = 64 << 20  # of answers that are remembered
_STEPS: Final = 80_000  # of runs that are, of up to 700 bytes each


@dataclass(frozen=True, slots=True, eq=False)
class Gave:
    """A call's value, about how many bytes it takes, and whether complex numbers are in it."""

    value: Any
    size: int = 0
    complex: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """A call raised an exception, of this type and with this text.

    `bases` are the names of its class and of those that it is derived from.
    """

    kind: str
    text: str
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Unfit:
    """A call gave something that is no array: what it was."""

    what: str


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """A call cost its worker, or was not made any more because others had."""

    reason: str
    timeout: bool
    asked: bool


Answer = Gave | Raised | Unfit | Lost


def read(raw: bytes) -> Answer:
    """An answer as a worker sent it; `wire.WireError` where it is none."""
    kind, value = wire.read_answer(raw)
    if kind == wire.VALUE:
        return Gave(value, len(raw) + _OBJECT, complex=_has_complex(value))
    if kind == wire.RAISED and isinstance(value, list) and len(value) == 3:
        name, text, bases = value
        known = tuple(map(str, bases)) if isinstance(bases, list) else ()
        return Raised(clean(str(name), 200), clean(str(text)), known)
    return Unfit(clean(str(value)))


def _has_complex(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "c")
    if isinstance(value, dict):
        return any(map(_has_complex, (*value, *value.values())))
    if isinstance(value, (list, tuple)):
        return any(map(_has_complex, value))
    return isinstance(value, complex)


@dataclass(slots=True, eq=False)
class Step:
    """A point of a run: what is asked next, and where each answer leads; or how it has ended.

    `together` are the requests that were made at once, this one among them; `before` are those that
    have led here.
    """

    request: Request | None = None
    together: Requests = ()
    before: Requests = ()
    after: dict[Answer, Step] = field(default_factory=dict)
    outcome: Any = None


class Round(NamedTuple):
    """What all runs of a criterion come to with some answers: what they ask, or how they fail."""

    requests: Requests
    failures: tuple[Any, ...]


@dataclass(slots=True, eq=False)
class _Rounds:
    """Rounds by the answers, or their lack, to all requests that any of them has looked at."""

    looked: dict[Request, None] = field(default_factory=dict)
    known: dict[tuple[Answer | None, ...], Round] = field(default_factory=dict)


class Memory:
    """Answers by their bytes, and runs by the answers that they saw; one for each process.

    It forgets everything when there is too much of it.
    """

    def __init__(self) -> None:
        self._answers: dict[bytes, Answer] = {}
        self._bytes = 0
        self._runs: dict[Hashable, Step] = {}
        self._rounds: dict[Hashable, _Rounds] = {}
        self._steps = 0

    def trim(self) -> None:
        """Forget everything where that is a lot."""
        if self._bytes > _BYTES or self._steps > _STEPS:
            self._answers.clear()
            self._runs.clear()
            self._rounds.clear()
            self._bytes = self._steps = 0

    def answer(self, raw: bytes) -> Answer:
        """`read(raw)`; the same object for the same bytes."""
        found = self._answers.get(raw)
        if found is None:
            found = self._answers[raw] = read(raw)
            self._bytes += len(raw) + _KEPT
        return found

    def recall(self, runs: Hashable, answers: Mapping[Request, Answer]) -> Round | None:
        """What all runs of a criterion have come to with these answers before; None if unknown."""
        rounds = self._rounds.get(runs)
        if rounds is None:
            return None
        return rounds.known.get(tuple(map(answers.get, rounds.looked)))

    def note(
        self,
        runs: Hashable,
        looked: Iterable[Request],
        answers: Mapping[Request, Answer],
        found: Round,
    ) -> None:
        """Note what they have come to, which depends on the answers to `looked` and no others."""
        rounds = self._rounds.setdefault(runs, _Rounds())
        known = len(rounds.looked)
        rounds.looked.update(dict.fromkeys(looked))
        if len(rounds.looked) > known:
            rounds.known.clear()
        rounds.known[tuple(map(answers.get, rounds.looked))] = found
        self._steps += len(rounds.looked)

    def follow(self, run: Hashable, answers: Mapping[Request, Answer]) -> Step | None:
        """Where a run gets to with these answers: its end, or a question; None if unknown."""
        step = self._runs.get(run)
        while step is not None and step.request is not None:
            answer = answers.get(step.request)
            if answer is None:
                return step
            step = step.after.get(answer)
        return step

    def learn(
        self,
        run: Hashable,
        seen: Sequence[tuple[Request, Answer]],
        outcome: Any,
        together: Mapping[Request, Requests] | None = None,
    ) -> None:
        """Note how a run ended that has seen these answers, in this order, and no others.

        `together` are the requests that were made at once, by each of them.
        """
        step = self._runs.setdefault(run, Step())
        before: Requests = ()
        for request, answer in seen:
            step.request = request
            step.together = (together or {}).get(request, (request,))
            if request not in before:
                before += step.together
            step = step.after.setdefault(answer, Step())
            step.before = before
            self._steps += 1
        step.outcome = outcome
