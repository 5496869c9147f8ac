"""Who does the grading of a command: this process, several of them, or a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from grader.cli.common import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.elsewhere.cluster import Travelling
    from grader.sandbox import Zygote
    from grader.scale import Work

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the Dask cluster with this scheduler, for instance tcp://10.0.0.1:8786.",
)
shared_option = click.option(
    "--shared",
    is_flag=True,
    help="With --scheduler: its workers see the same files at the same places; send none.",
)


def check_cluster(scheduler: str | None, *, shared: bool = False) -> None:
    """Raise `GraderError` where a cluster is asked for that cannot be one."""
    if scheduler is not None:
        from grader.elsewhere.cluster import check_address

        check_address(scheduler)
    elif shared:
        from grader.model import GraderError

        raise GraderError("--shared goes with --scheduler ADDRESS, whose workers it is about")


def grade_by(
    scheduler: str | None,
    work: Work[Item, Outcome],
    travelling: Callable[[], Travelling[Item, Outcome]],
    items: Sequence[Item],
    jobs: int,
    zygote: Zygote,
) -> Iterator[Outcome]:
    """Outcomes as they come; `travelling` is the same work for a cluster."""
    if not items:
        return iter(())
    if scheduler is None:
        from grader.scale import grade_all

        return grade_all(work, items, min(jobs, len(items)), zygote)
    from grader.elsewhere.cluster import grade_on

    return grade_on(scheduler, travelling(), items, warn)
