"""No attack gets anywhere: not one point, not one secret, nothing changed, nobody else harmed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from grader.worker import landlock, seccomp
from tests.attacks.build import attacks
from tests.attacks.run import run

if TYPE_CHECKING:
    from tests.attacks.run import Outcome, Report

ATTACKS = {attack.name: attack for attack in attacks()}
THEMES = frozenset(attack.theme for attack in ATTACKS.values())
ROOTS = frozenset({"reading", "writing", "processes"})
USERS = ["root", "user"] if os.geteuid() == 0 else ["user"]

pytestmark = pytest.mark.skipif(
    not (landlock.kernel_abi() and seccomp.available()), reason="no Landlock and seccomp here"
)


def names(themes: frozenset[str]) -> list[str]:
    """The attacks of some themes."""
    return [name for name, attack in ATTACKS.items() if attack.theme in themes]


@pytest.fixture(scope="class")
def report(request: pytest.FixtureRequest) -> Report:
    """One run of the real command over all attacks, as the class's user."""
    user: str = request.cls.user
    if user not in USERS:
        pytest.skip("only root can try this")
    return run(user, [ATTACKS[name] for name in names(request.cls.themes)])


@pytest.fixture(scope="class")
def outcomes(report: Report) -> dict[str, Outcome]:
    """What became of each attack, by name."""
    return {outcome.attack: outcome for outcome in report.outcomes}


class Trial:
    """Attacks of some themes as one user; in a class, so that one run is for all its tests."""

    user: str
    themes: frozenset[str]

    def test_the_run_leaves_nothing_and_reaches_nobody(self, report: Report) -> None:
        """No process, no file, no connection; no secret in print, and no memory used up."""
        assert report.problems == []
        assert report.level in {"standard", "strong"}

    def test_an_attack_is_to_no_avail(self, outcomes: dict[str, Outcome], name: str) -> None:
        """It earns nothing, learns nothing, changes nothing, and costs its neighbours nothing."""
        assert outcomes[name].problems == []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each attack of a class's themes is a test."""
    if "name" in metafunc.fixturenames and metafunc.cls is not None:
        metafunc.parametrize("name", names(metafunc.cls.themes))


class TestAsRoot(Trial):
    """With all layers that there are; the areas in which it matters who the grader is.

    What attacks the judge or takes too much is no different there: `make attacks` tries it all.
    """

    user = "root"
    themes = ROOTS


class TestTheJudgeAsOrdinaryUser(Trial):
    """Without bubblewrap, as where user namespaces are restricted."""

    user = "user"
    themes = frozenset({"judge"})


class TestTheRestAsOrdinaryUser(Trial):
    """The same, so that two processes share the waiting."""

    user = "user"
    themes = THEMES - {"judge"}


HARMFUL = ["reading-read-canary", "reading-read-rubric", "writing-write-canary",
           "writing-chmod-canary", "processes-outlive-the-parent"]  # fmt: skip


def test_without_confinement_attacks_are_seen_to_succeed() -> None:
    """The tests above can fail: the same attacks, with every layer off, are all found out."""
    report = run(USERS[0], [ATTACKS[name] for name in HARMFUL], "none")
    assert report.level == "none"
    assert [outcome.attack for outcome in report.outcomes if not outcome.problems] == []


def test_without_confinement_listeners_are_reached() -> None:
    """And that is found out too."""
    report = run(USERS[0], [ATTACKS["processes-reach-everybody"]], "none")
    assert [problem for problem in report.problems if "listener was reached" in problem]
