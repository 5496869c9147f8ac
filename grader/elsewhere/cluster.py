"""Doing the same to many submissions on a Dask cluster: what is free takes the next.

All is handed over by this process and comes back to it. What a worker needs of the course is a task
of its own, on which all others depend: Dask brings it to each worker once, to those that join later
too, and has it removed when nobody needs it any more, also where this process is killed.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import time
import warnings
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from grader.elsewhere.seat import Seat, Unfit, grade_there
from grader.model import GraderError, InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client, Future

    from grader.elsewhere.seat import Luggage

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Item_contra = TypeVar("Item_contra", contravariant=True)
Outcome_co = TypeVar("Outcome_co", covariant=True)

_KNOCK_S: Final = 5.0
_CONNECT_S: Final = 8.0
_LOOK_S: Final = 2.0  # between looks at which workers there are
_ALONE_S: Final = 60.0  # without any worker, once there were some
_COMPARED: Final = ("python", "numpy", "grader")  # of which other versions judge differently


class Travelling(Protocol[Item_contra, Outcome_co]):
    """Work that can be done on other machines."""

    def luggage(self) -> Luggage:
        """What it needs there."""

    def parcel(self, item: Item_contra, /) -> Any:
        """An item, to be sent."""

    def unpacked(self, item: Item_contra, outcome: Any, /) -> Outcome_co:
        """The outcome here, of what the bench there has made of the parcel."""

    def refuse(self, item: Item_contra, why: str, /) -> Outcome_co:
        """The outcome for an item that ended the processes it was graded by."""


def grade_on(
    address: str, work: Travelling[Item, Outcome], items: Iterable[Item], say: Callable[[str], None]
) -> Iterator[Outcome]:
    """Outcomes as they come, in no particular order; one for each item.

    `say` is told of workers that are left out. Raises `InfrastructureError` where the cluster is
    not there, goes away, or has no worker that can grade.
    """
    with _connected(address) as client:
        yield from _Hand(client, address, work, say).grade(iter(items))


def check_address(address: str) -> None:
    """Raise `GraderError` where nobody can be at an address, or Dask is not installed."""
    try:
        from distributed.comm import parse_address, parse_host_port
        from distributed.comm.registry import get_backend
    except ImportError as error:
        raise GraderError(
            f"Dask is not installed beside the grader ({error}); install it with: "
            "pip install 'reference-grader[dask]'"
        ) from None
    try:
        scheme, place = parse_address(address)
        get_backend(scheme)
        host, _ = parse_host_port(place)
        if not host:
            raise ValueError("it names no host")
    except (ValueError, TypeError) as error:
        raise GraderError(
            f"--scheduler {address!r} is no address ({error}); give one like tcp://10.0.0.1:8786"
        ) from None


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client

    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"asyncio", "distributed", "tornado"}:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # all is said here, and once
    try:
        # A client would wait for ever for something that listens and is no scheduler.
        asyncio.run(_knock(address))
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except OSError as error:
        raise InfrastructureError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with: dask scheduler, "
            "and give the address that it prints, like tcp://10.0.0.1:8786"
        ) from None
    try:
        _compare(client)
        yield client
    finally:
        client.close(timeout=_CONNECT_S)


async def _knock(address: str) -> None:
    from distributed.comm import connect

    comm = await asyncio.wait_for(connect(address, timeout=_KNOCK_S), _KNOCK_S)
    await comm.close()


def _compare(client: Client) -> None:
    """Raise `InfrastructureError` where a worker would judge differently than this process."""
    found = client.get_versions(packages=["grader"])
    ours = found["client"]["packages"]
    for who, there in {"the scheduler": found["scheduler"], **found["workers"]}.items():
        if there is None:
            continue  # it has gone in the meantime
        theirs = there["packages"]
        for name in _COMPARED:
            if theirs.get(name) == ours[name] or (who == "the scheduler" and theirs.get(name)):
                continue
            has = f"{name} {theirs[name]}" if theirs.get(name) else f"no {name}"
            raise InfrastructureError(
                f"{who} has {has}, and here is {ours[name]}: results would differ. Install the "
                "same versions of Python, numpy and the grader on all machines."
            )


class _Hand(Generic[Item, Outcome]):
    """Hands items over, a few ahead of what is being graded, and takes what comes back."""

    def __init__(
        self,
        client: Client,
        address: str,
        work: Travelling[Item, Outcome],
        say: Callable[[str], None],
    ) -> None:
        self._client = client
        self._address = address
        self._work = work
        self._say = say
        self._come: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._out: dict[Future, tuple[Item, set[str]]] = {}  # with the workers it may go to
        self._unfit: dict[str, str] = {}
        self._workers: dict[str, int] = {}
        self._seen = 0.0
        self._seat: Future | None = None

    def grade(self, waiting: Iterator[Item]) -> Iterator[Outcome]:
        """The outcomes for all that is waiting."""
        self._look()
        if not self._workers:
            self._say(f"waiting for workers to join the cluster at {self._address}")
        self._seat = self._client.submit(Seat, self._work.luggage(), pure=False)
        killed: list[Item] = []
        try:
            yield from self._all(waiting, killed)
            # These were there when workers died, perhaps by chance. Alone, each tells.
            for item in killed:
                again: list[Item] = []
                yield from self._all(iter([item]), again)
                if again:
                    why = "the grader's own process was killed by it, on several machines"
                    yield self._work.refuse(item, why)
        finally:
            self._client.cancel([*self._out, self._seat], force=True)
            self._out.clear()

    def _all(self, waiting: Iterator[Item], killed: list[Item]) -> Iterator[Outcome]:
        from distributed import KilledWorker

        while True:
            ahead = max(4, 3 * sum(self._workers.values()))
            for item in islice(waiting, max(0, ahead - len(self._out))):
                self._give(item)
            if not self._out:
                return
            future = self._next()
            if future not in self._out:
                continue  # given again in the meantime
            item, _ = self._out.pop(future)
            try:
                outcome = future.result()
            except KilledWorker:
                killed.append(item)
                continue
            except (CancelledError, OSError) as error:
                raise self._gone(error) from error
            except Exception as error:
                raise InfrastructureError(
                    f"a worker of the cluster at {self._address} has failed "
                    f"({type(error).__name__}: {error}); the grader has to be the same on all"
                ) from error
            if isinstance(outcome, Unfit):
                self._leave_out(outcome)
                self._give(item)
            else:
                yield self._work.unpacked(item, outcome)

    def _give(self, item: Item) -> None:
        fit = set(self._workers) - set(self._unfit) if self._unfit else set()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a parcel is large
            future = self._client.submit(
                grade_there, self._seat, self._work.parcel(item), pure=False,
                key=f"grade-{time.monotonic_ns():x}-{id(item):x}", workers=sorted(fit) or None,
            )  # fmt: skip
        self._out[future] = item, fit
        future.add_done_callback(self._come.put)

    def _next(self) -> Future:
        """What comes next; meanwhile, whether there still is anybody to wait for."""
        while True:
            try:
                return self._come.get(timeout=_LOOK_S)
            except queue.Empty:
                self._look()
                for future, (item, fit) in list(self._out.items()):
                    if fit and fit.isdisjoint(self._workers):  # all of these are dead
                        del self._out[future]
                        future.cancel(force=True)
                        self._give(item)

    def _look(self) -> None:
        """See which workers there are; `InfrastructureError` where none will ever grade."""
        now = time.monotonic()
        try:
            self._workers = dict(self._client.nthreads())
        except Exception as error:
            raise self._gone(error) from error
        if self._workers:
            self._seen = now
        elif self._seen and now - self._seen > _ALONE_S:
            raise InfrastructureError(
                f"no worker is left at {self._address}; start some and run the same command again"
            )
        if self._workers and set(self._workers) <= set(self._unfit):
            why = "; ".join(f"{who}: {said}" for who, said in self._unfit.items())
            raise InfrastructureError(f"no worker at {self._address} can grade: {why}")

    def _leave_out(self, unfit: Unfit) -> None:
        if unfit.worker not in self._unfit:
            self._unfit[unfit.worker] = unfit.why
            named = f"{unfit.name} at " if unfit.name != unfit.worker else ""
            self._say(f"the worker {named}{unfit.worker} is left out: {unfit.why}")
        self._look()

    def _gone(self, error: Exception) -> InfrastructureError:
        return InfrastructureError(
            f"the Dask cluster at {self._address} is gone ({type(error).__name__}); "
            "start it and run the same command again"
        )
