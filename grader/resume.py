"""Going on where a run ended, in whatever way: what its journal holds is not judged again.

A submission with a page is taken only where the page is there, byte for byte as it was written with
the result: what a page shows and the journal does not would else be lost.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from grader import keys
from grader.stored import Stored
from grader.versions import versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Submission
    from grader.grading import Grading
    from grader.isolation import Policy
    from grader.journal import Journal, Line
    from grader.model import Result


@dataclass
class Judged:
    """The results of a class; where a journal is kept, with its submissions and keys by path.

    `course` is the fingerprint of all else that the keys depend on.
    """

    journal: Journal
    grading: Grading
    course: str = ""
    submissions: dict[str, Submission | Stored] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def resume(
        self, submissions: Sequence[Submission | Stored], policy: Policy, *, force: bool
    ) -> None:
        """Take what earlier runs have judged, unless by `force` all is to be judged again."""
        assignment, limits = self.grading.assignment, self.grading.limits
        self.course = keys.fingerprint(assignment, limits, self.grading.disclose, policy)
        self.submissions = {str(s.path): s for s in submissions}
        self.keys = {p: keys.of_submission(self.course, s) for p, s in self.submissions.items()}
        about = {
            "assignment": assignment.name,
            "rubric_sha256": assignment.rubric_sha256,
            "disclosure": self.grading.disclose,
            "limits": asdict(limits),
            "versions": versions(),
            "fingerprint": self.course,
        }
        for line in self.journal.begin(about):
            if (
                not force
                and line.key
                and self.keys.get(line.result.path) == line.key
                and self._has_page(line)
            ):
                self.journal.take(line)

    def _has_page(self, line: Line) -> bool:
        pages = self.grading.pages
        return pages is None or (line.page != "" and pages.sha256(line.result) == line.page)

    def _page(self, result: Result) -> str:
        return self.grading.pages.sha256(result) if self.grading.pages is not None else ""

    def add(self, result: Result) -> None:
        """Keep a result, to be taken by later runs where it is surely that of its submission.

        What no code of the submission has led to is tried again next time, and so is what a
        criterion broke on, one whose files have changed since their key was made, or that could
        not be fetched.
        """
        broke = any(verdict.review for verdict in result.verdicts)
        judged = not result.fault and not broke and result.isolation is not None
        key = self._settled(result) if judged else ""
        self.journal.add(result, key, self._page(result) if key else "")

    def _settled(self, result: Result) -> str:
        """The key of a result's submission, unless something else may have been judged."""
        key = self.keys.get(result.path, "")
        if not key:
            return ""
        submission = self.submissions[result.path]
        if isinstance(submission, Stored) and result.status == "refused":
            return ""
        return key if keys.of_submission(self.course, submission) == key else ""
