"""What a Dask worker does: it grades, one submission after the other, or says why it cannot."""

from __future__ import annotations

import shutil
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from grader.model import GraderError
from grader.places import make_home

if TYPE_CHECKING:
    from grader.scale import Bench


class Luggage(Protocol):
    """What a worker needs to know of the course."""

    def bench(self, home: Path, /) -> Bench[Any, Any]:
        """A place to grade parcels at, in a folder of its own.

        Raises `GraderError` where this machine cannot grade.
        """


@dataclass(frozen=True)
class Unfit:
    """What comes back from a worker that cannot grade."""

    worker: str
    name: str
    why: str


class Seat:
    """A Dask worker's own place to grade at, made when it is first needed.

    One submission at a time is judged in it, in however many threads: rubrics and Hypothesis may
    hold what is the process's own. It goes away when Dask forgets it, and with the process.
    """

    def __init__(self, luggage: Luggage) -> None:
        self._luggage = luggage
        self._lock = threading.Lock()
        self._bench: Bench[Any, Any] | None = None
        self._trouble: GraderError | None = None

    def __reduce__(self) -> tuple[type[Seat], tuple[Luggage]]:
        return Seat, (self._luggage,)

    def grade(self, parcel: Any, within: Path) -> Any:
        """What becomes of a parcel; `GraderError` where this machine cannot grade."""
        with self._lock:
            if self._trouble is not None:
                raise self._trouble
            try:
                if self._bench is None:
                    home = make_home(within)
                    weakref.finalize(self, shutil.rmtree, home, ignore_errors=True)
                    self._bench = self._luggage.bench(home)
                    weakref.finalize(self, self._bench.close)
                return self._bench.grade(parcel)
            except GraderError as error:
                self._trouble = error
                raise


def grade_there(seat: Seat, parcel: Any) -> Any:
    """What becomes of a parcel on the worker that runs this, or that it is unfit."""
    from distributed import get_worker

    worker = get_worker()
    try:
        return seat.grade(parcel, Path(worker.local_directory))
    except GraderError as error:
        return Unfit(worker.address, str(worker.name), str(error))
    except OSError as error:
        return Unfit(worker.address, str(worker.name), f"{type(error).__name__}: {error}")
