"""Speed, as ratios within one run: `make bench`. What is measured, and how: docs/benchmarks.md."""
