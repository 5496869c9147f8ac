"""Measure, print a table, and with --write put it into the page: python -m tests.bench --help."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.bench import measure, phases, rows, scale, table
from tests.bench.submissions import COURSE, Authors, Courses

PAGE = COURSE / "docs" / "benchmarks.md"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="tiny classes, no peers: does it work?"
    )
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    parser.add_argument(
        "--long", type=int, nargs="?", const=10_000, metavar="N",
        help="also grade a course of N submissions (10,000)",
    )  # fmt: skip
    parser.add_argument("--only-long", action="store_true", help="with --long: nothing else")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    about = f"{measure.machine()}; {measure.versions()}; load before: {load:.1f}"
    print(about)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        courses, authors = Courses(Path(folder)), Authors()
        if not options.only_long:
            sizes = rows.QUICK if options.quick else rows.FULL
            bench = rows.Bench(courses, authors, sizes)
            budgets = bench.budgets()
            print(f"\n{table.plain([table.HEADER, *(row.texts for row in budgets)])}")
            print(f"\n{bench.peers}")
            over = [row.name for row in budgets if row.over]
            print(f"over budget: {', '.join(over) or 'nothing'}")
            spent = phases.rows(bench.phases())
            print(f"\n{table.plain(spent)}")
            if options.write:
                text = table.markdown([table.HEADER, *(row.texts for row in budgets)])
                text += f"\n\nOver budget in this run: {', '.join(over) or 'nothing'}."
                about_peers = f"{about}; {bench.peers}"
                table.rewrite(PAGE, "measured", f"{about_peers}.\n\n{text}")
                table.rewrite(PAGE, "phases", table.markdown(spent))
        if options.long or options.only_long:
            course = scale.simulate(courses, authors, options.long or 10_000)
            print(f"\n{table.plain(course)}")
            if options.write:
                table.rewrite(PAGE, "scale", f"{about}.\n\n{table.markdown(course)}")


if __name__ == "__main__":
    main()
