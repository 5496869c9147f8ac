"""The house is in order: layers, the demo, the package."""

from __future__ import annotations

import dis
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.conftest import COURSE, run_grader

if TYPE_CHECKING:
    from pathlib import Path


IMPORTING = {"IMPORT_NAME", "IMPORT_FROM"}


def test_the_demo_does_what_the_readme_says(tmp_path: Path) -> None:
    """A sample class of at least twelve, graded, with a table and results for machines."""
    made = run_grader("sample", "activations", "--to", tmp_path / "submitted")
    assert made.returncode == 0, made.stderr
    assert len(list((tmp_path / "submitted").iterdir())) >= 12
    results = tmp_path / "results.json"
    done = run_grader(
        "grade", tmp_path / "submitted", "--assignment", "activations", "--json", results,
        "--timeout", 15,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = {r["student"]: r["score"] for r in json.loads(results.read_text())["results"]}
    assert {"untouched", "unfinished", "stray-loop", "not-a-notebook"} <= set(scores)
    assert scores["untouched"] == 0
    assert scores["stray-loop"] == scores["ada"] == 100
    assert 0 < scores["unfinished"] < 100
    assert str(results) in done.stdout


def test_a_sample_class_takes_nobodys_place(tmp_path: Path) -> None:
    """Written again it is the same; what somebody else has handed in stays, and is named."""
    for _ in range(2):
        assert run_grader("sample", "activations", "--to", tmp_path).returncode == 0
    own = tmp_path / "ada" / "activations" / "activations.ipynb"
    own.write_text('{"cells": []}')
    done = run_grader("sample", "activations", "--to", tmp_path)
    assert done.returncode == 2
    assert str(own) in done.stderr
    assert own.read_text() == '{"cells": []}'


def test_a_sample_of_an_unknown_assignment_is_wrong_usage(tmp_path: Path) -> None:
    """With the reason."""
    done = run_grader("sample", "calculus", "--to", tmp_path)
    assert done.returncode == 2
    assert "calculus" in done.stderr


def test_the_wheel_holds_nothing_secret(tmp_path: Path) -> None:
    """No rubric, wheat or chaff is installed but the skeleton's: the others stay in the course."""
    where = ("--no-deps", "--wheel-dir", str(tmp_path), str(COURSE))
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", *where], check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "grader/cli/grade.py" in names
    assert "grader/py.typed" in names
    skeleton = "grader/skeleton/assignment/"
    assert f"{skeleton}grader/rubrics/ASSIGNMENT/rubric.py" in names
    assert f"{skeleton}source/ASSIGNMENT/ASSIGNMENT.ipynb" in names
    assert "grader/skeleton/course/gitignore" in names
    others = [name for name in names if not name.startswith(skeleton)]
    assert [name for name in others if "rubrics" in name or "wheat" in name] == []


def test_no_machine_stands_in_the_project() -> None:
    """No registry host, no absolute path of whoever built it."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=COURSE, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split():
        text = (COURSE / name).read_text(encoding="utf-8", errors="replace")
        for word in ("/work/" + "main", "/root/" + ".pyenv", "pypi." + "org", "file:" + "///"):
            assert word not in text, (name, word)


def test_no_notebook_puts_the_name_of_a_module_to_another_use() -> None:
    """A cell that says `numbers = ...` breaks what a student wrote with `import numbers`."""
    found = []
    for path in sorted((COURSE / "source").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                code = compile("".join(cell["source"]), path.name, "exec")
                found += [
                    (path.name, step.argval)
                    for before, step in pairwise(dis.get_instructions(code))
                    if step.opname == "STORE_NAME" and before.opname not in IMPORTING
                ]
    assert len(found) > 100
    assert [each for each in found if each[1] in sys.stdlib_module_names] == []


def test_the_picture_of_the_house_is_the_contract() -> None:
    """Every module stands in it, in the order of its layers."""
    settings = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    text = (COURSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = text.partition("## The house in one picture")[2].partition("Two things")[0]
    drawn = "\n".join(row[16:68] for row in re.findall(r"(?m)^    .*$", picture))
    above = -1
    for layer in layers:
        places = {}
        for module in layer.split(" | "):
            name = module.removeprefix("grader.")
            found = re.search(rf"\b{name}\b", drawn)
            assert found, f"{name} is not in the picture of CONTRIBUTING.md"
            places[name] = found.start()
        assert min(places.values()) > above, f"{layer} does not stand where the contract has it"
        above = max(places.values())
