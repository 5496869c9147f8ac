"""Grading on other machines, by Dask: the side here, the side of a worker, what goes there."""
