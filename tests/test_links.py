"""Links to Binder, Colab and the source: in released notebooks of a course that is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.links import Repository, with_links
from grader.model import GraderError
from grader.settings import load_settings
from tests.courses import CONFIG, MINI, answer, make_course, scores

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = f'{CONFIG}c.Grader.repository = "https://github.com/owner/course.git"\n'


def test_a_released_notebook_has_links_that_cost_nothing(tmp_path: Path) -> None:
    """A cell below the title; it is released, handed in and graded as without."""
    course = make_course(tmp_path, PUBLISHED + 'c.Grader.branch = "fall/26"\n')
    course.source("mini", mini=MINI)
    done = course.run("grader", "release", "mini")
    assert done.returncode == 0, done.stderr
    cells = json.loads(course.released("mini"))["cells"]
    (links,) = [cell for cell in cells if "Launch Binder" in cell["source"]]
    assert links["cell_type"] == "markdown"
    assert links["metadata"] == {}
    file = "release/mini/mini.ipynb"
    for url in (
        "https://mybinder.org/v2/gh/owner/course/fall%2F26?labpath=release%2Fmini%2Fmini.ipynb",
        f"https://colab.research.google.com/github/owner/course/blob/fall/26/{file}",
        f"https://github.com/owner/course/blob/fall/26/{file}",
    ):
        assert f"]({url})" in links["source"]
        assert url in done.stdout
    assert len(cells) == len(json.loads(MINI)["cells"]) + 1
    assert len({cell["id"] for cell in cells}) == len(cells)
    right = answer(course.released("mini"), "def double(x):\n    return x + x")
    course.hand_in("mini", "ada", mini=right)
    graded = course.run("grader", "autograde", "mini")
    assert graded.returncode == 0, graded.stderr
    assert scores(course.db_url, "mini", "ada")["hidden"] == 2


def test_without_a_repository_nothing_is_added(tmp_path: Path) -> None:
    """The release is nbgrader's own."""
    course = make_course(tmp_path)
    course.source("mini", mini=MINI)
    done = course.run("grader", "release", "mini")
    assert done.returncode == 0, done.stderr
    assert "Binder" not in course.released("mini") + done.stdout


def test_odd_names_are_quoted_and_gitlab_has_no_colab() -> None:
    """Colab opens notebooks of GitHub only."""
    binder = "https://mybinder.org/v2/gl/group%2Fsub%2Fcourse/main"
    links = Repository(host="gitlab.com", path="group/sub/course").links("release/a b/é(1).ipynb")
    assert [(title, url) for title, url, _ in links] == [
        (
            "🚀 Launch Binder",
            f"{binder}?labpath=release%2Fa%20b%2F%C3%A9%281%29.ipynb",
        ),
        (
            "👀 View source",
            "https://gitlab.com/group/sub/course/-/blob/main/release/a%20b/%C3%A9%281%29.ipynb",
        ),
    ]


def test_the_cell_has_an_id_of_its_own_where_cells_have_ids() -> None:
    """Formats before 4.5 have none."""
    title = {"cell_type": "markdown", "metadata": {}, "source": "# A", "id": "links"}
    code = {"cell_type": "code", "metadata": {}, "source": "", "id": "b"}
    made = with_links({"cells": [title, code]}, [("a", "https://b", "c")])["cells"]
    assert [cell["id"] for cell in made] == ["links", "links-0", "b"]
    del code["id"]
    assert "id" not in with_links({"cells": [code]}, [("a", "https://b", "c")])["cells"][0]


@pytest.mark.parametrize(
    "value",
    [
        "http://github.com/o/c", "https://example.com/o/c", "https://github.com/o",
        "https://github.com/o/c/tree/main", "https://user:pw@github.com/o/c", "git@github.com:o/c",
        "https://github.com/o/c?x=1", "https://github.com/o/c#x", "https://github.com/o/..",
        "https://github.com/o/c)", "https://github.com:443/o/c", "https://github.com.evil.org/o/c",
        "https://[", "https://github.com/o/c\n", "", 5, None,
    ],
)  # fmt: skip
def test_only_a_repository_on_github_or_gitlab_is_one(tmp_path: Path, value: object) -> None:
    """Anything else is an error that names file, key, value and remedy."""
    (tmp_path / "nbgrader_config.py").write_text(f"c.Grader.repository = {value!r}\n")
    with pytest.raises(GraderError, match=r"repository is .*like .https://github.com/owner/course"):
        load_settings(tmp_path)


@pytest.mark.parametrize("value", ["", "a b", "../x", "a..b", "/a", "a/", "-a", "a)", "a\n", 1])
def test_a_branch_is_a_branchs_name(tmp_path: Path, value: object) -> None:
    """As git allows it, and without what would end a link."""
    (tmp_path / "nbgrader_config.py").write_text(f"c.Grader.branch = {value!r}\n")
    with pytest.raises(GraderError, match="branch is "):
        load_settings(tmp_path)
