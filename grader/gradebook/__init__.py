"""nbgrader's side: its gradebook, its commands, its pages. Nobody else imports nbgrader.

Importing this alone costs nothing, so that it can stand in `nbgrader_config.py`:

    c = get_config()
    from grader.gradebook import plug_in
    plug_in(c)
"""

from __future__ import annotations

from typing import Any

_HERE = __name__
_STOCK = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]


def _ours(preprocessor: Any) -> Any:
    """What stands for one of nbgrader's own preprocessors, given by name or as its class."""
    name = str(getattr(preprocessor, "__name__", preprocessor)).rpartition(".")[2]
    ours = {"Execute": f"{_HERE}.judge.Judge", "SaveAutoGrades": f"{_HERE}.judge.SaveScores"}
    return ours.get(name, preprocessor)


def plug_in(c: Any) -> None:
    """Make nbgrader's own commands, and formgrader's buttons, judge and show as `grader` does.

    `c` is the configuration object of `nbgrader_config.py`. What nbgrader does otherwise stays:
    directories, database, late penalties, exchange. For one assignment without it, run nbgrader
    with `--Autograde.exporter_class=nbconvert.exporters.NotebookExporter` and its own lists.
    """
    # Reading a notebook that a student has damaged, and putting its cells right, cannot fail.
    c.Autograde.exporter_class = f"{_HERE}.judge.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = []
    # In place of Execute and SaveAutoGrades, which fail open.
    before = c.Autograde.get("autograde_preprocessors", _STOCK)
    c.Autograde.autograde_preprocessors = [_ours(preprocessor) for preprocessor in before]
    # Feedback in our own form, without hidden tests and what they would give away.
    c.GenerateFeedback.exporter_class = f"{_HERE}.pages.FeedbackExporter"
    c.GenerateFeedback.preprocessors = [
        f"{_HERE}.pages.Grades",
        f"{_HERE}.display.HideTests",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # No student's markup runs, neither in feedback nor before a grader's eyes in formgrader.
    c.HTMLExporter.sanitize_html = True
    c.TemplateExporter.filters = {
        "markdown2html": f"{_HERE}.display.safe_markdown",
        "clean_html": f"{_HERE}.display.clean_html",
    }
