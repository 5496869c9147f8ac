"""Submissions that are named by a URL are graded as those in a folder, and hold nothing more."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING

import fsspec
import pytest

from grader.keys import of_submission
from grader.model import GraderError
from grader.stored import find_stored
from tests.clusters import cluster
from tests.conftest import run_grader
from tests.courses import TOY_RELEASED, TOY_RIGHT, grade_toys, toy, toy_class

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small class, in a folder."""
    uses_helper = toy("from helper import double")
    handed: dict[str, str | bytes] = {"ada": TOY_RIGHT, "ben": TOY_RELEASED, "dee": uses_helper}
    folder = toy_class(tmp_path_factory.mktemp("course"), handed | {"cem": b"no notebook"})
    (folder / "dee" / "toy" / "helper.py").write_text("def double(x):\n    return x + x\n")
    (folder / "eve" / "toy").mkdir(parents=True)
    (folder / "eve" / "toy" / "notes.txt").write_text("forgot it")
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> str:
    """The same, as a URL."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as file:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                file.write(one, f"submitted/{one.relative_to(folder)}")
    return f"zip://submitted::{path}"


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """A file system in the memory of this process."""
    found = fsspec.filesystem("memory")
    yield found
    found.store.clear()


def verdicts(path: Path) -> list[object]:
    """The results but for times and places."""
    results = json.loads(path.read_text("ascii"))["results"]
    return [{**r, "duration_s": 0, "path": ""} for r in results]


def test_a_class_behind_a_url_is_graded_as_in_a_folder(
    folder: Path, archive: str, tmp_path: Path
) -> None:
    """In one process, in two, and on a cluster, whose workers fetch for themselves."""
    here = grade_toys(folder, "--json", tmp_path / "here.json")
    assert here.code == 0
    with cluster(tmp_path / "dask", workers=1) as made:
        for number, way in enumerate((("--jobs", 1), ("--jobs", 2), ("--scheduler", made.address))):
            file = tmp_path / f"{number}.json"
            done = run_grader(
                "grade", archive, "--assignment", "toy", "--json", file, "--timeout", 12, *way,
                cwd=folder,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            results = json.loads(file.read_text("ascii"))["results"]
            assert verdicts(file)[:4] == verdicts(tmp_path / "here.json")[:4]
            assert results[4]["message"] == "there is no toy.ipynb in the student's folder"
            assert all(
                re.fullmatch(r"zip://submitted/\w+/toy/toy.ipynb::/.*.zip", r["path"])
                for r in results
            )


def test_a_file_url_is_a_path(folder: Path) -> None:
    """With or without characters that URLs write otherwise."""
    done = run_grader("grade", (folder / "ada").as_uri(), "--assignment", "toy", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ada +3/3", done.stdout, re.MULTILINE)


def test_layouts_and_versions(memory: fsspec.AbstractFileSystem) -> None:
    """Students' folders, one student's, notebooks, one notebook; a change makes another key."""
    for name in ("a/ada/x/x.ipynb", "a/ada/x/data/d.csv", "a/ben/x/x.ipynb", "b/c.ipynb"):
        memory.pipe(f"/{name}", b"1")
    found = find_stored("memory://a", "x")
    assert [(s.student, s.path) for s in found] == [
        ("ada", "memory://a/ada/x/x.ipynb"), ("ben", "memory://a/ben/x/x.ipynb"),
    ]  # fmt: skip
    assert [name for name, _ in found[0].names] == ["data/d.csv", "x.ipynb"]
    (ada,) = find_stored("memory://a/ada", "x")
    assert (ada.student, ada.path) == ("ada", "memory://a/ada/x/x.ipynb")
    for url in ("memory://b", "memory://b/c.ipynb"):
        (single,) = find_stored(url, "x")
        assert (single.student, single.path) == ("c", "memory://b/c.ipynb")
    before = of_submission("", ada)
    assert before == of_submission("", find_stored("memory://a", "x")[0])
    memory.pipe("/a/ada/x/x.ipynb", b"2")
    assert before != of_submission("", find_stored("memory://a", "x")[0])


def test_names_that_lead_elsewhere_are_left_out(memory: fsspec.AbstractFileSystem) -> None:
    """An object store takes any name."""
    odd = ("../../out.py", "a/../b.py", ".git/config", "back\\slash", "line\nbreak")
    for name in ("x.ipynb", *odd):
        memory.store[f"/c/eve/x/{name}"] = memory.open(f"/tmp-{len(name)}", "wb")
    (eve,) = find_stored("memory://c", "x")
    assert [name for name, _ in eve.names] == ["x.ipynb"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("memory://nowhere", "holds no notebooks"),
        ("nonsense://x", "Protocol not known: nonsense"),
        ("zip://x::/nowhere.zip", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(url: str, said: str) -> None:
    """With the address, and no traceback."""
    done = run_grader("grade", url, "--assignment", "activations")
    assert done.returncode == 2
    assert url in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_file_system_it_is_said() -> None:
    """For instance where s3fs is not installed."""
    with pytest.raises(GraderError, match="s3fs"):
        find_stored("s3://bucket/x", "x")
