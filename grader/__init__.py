"""Judge numerical Python notebooks by hidden property tests, fairly and out of their reach.

The command is `grader`; see `grader --help`. Rubrics are written with `grader.rubric`,
`grader.checks`, `grader.corpus` and `grader.numerics`.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
