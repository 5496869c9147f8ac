"""What an instructor sets is in force, and what is wrong with it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.model import GraderError, Limits
from grader.settings import NUMBERS, load_settings
from tests.conftest import COURSE, hand_in, run_grader

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sample import Filler

CONFIG = "c = get_config()\n"


def course(folder: Path, toml: str = "", config: str = "") -> Path:
    """A course directory with these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(CONFIG + config)
    if toml:
        (folder / "pyproject.toml").write_text(f"[tool.grader]\n{toml}\n")
    return folder


def test_without_settings_there_are_defaults(tmp_path: Path) -> None:
    """And nothing may be read besides the libraries."""
    settings = load_settings(course(tmp_path))
    assert settings.limits == Limits()
    assert settings.readable == ()


EVERYTHING = {
    "timeout_s": "30",
    "cell_timeout_s": "4",
    "call_timeout_s": "1.5",
    "memory_mb": "512",
    "file_mb": "2",
    "disk_mb": "16",
    "output_mb": "4",
    "read_paths": '["data"]',
}


@pytest.mark.parametrize("place", ["toml", "config"])
def test_both_places_take_every_setting(tmp_path: Path, place: str) -> None:
    """Under the same names."""
    (tmp_path / "data").mkdir()
    toml = "\n".join(f"{key} = {value}" for key, value in EVERYTHING.items())
    config = "\n".join(f"c.Grader.{key} = {value}" for key, value in EVERYTHING.items())
    settings = load_settings(course(tmp_path, **{place: toml if place == "toml" else config}))
    assert settings.limits == Limits(
        submission_s=30, cell_s=4, call_s=1.5, memory=512 << 20, file_size=2 << 20,
        disk=16 << 20, output=4 << 20,
    )  # fmt: skip
    assert settings.readable == (tmp_path / "data",)
    assert set(settings.origin) == {*NUMBERS, "read_paths"} == set(EVERYTHING)


def test_the_command_line_goes_first(tmp_path: Path) -> None:
    """A shorter time shortens its parts too."""
    settings = load_settings(course(tmp_path, "timeout_s = 100\ncell_timeout_s = 50"), 20)
    assert (settings.limits.submission_s, settings.limits.cell_s) == (20, 20)


@pytest.mark.parametrize(
    ("toml", "config", "said"),
    [
        ("memory_mb = 1", "", "memory_mb is 1; it must be a number from 64"),
        ('memory_mb = "2 GB"', "", "memory_mb is '2 GB'"),
        ("memory_mb = true", "", "memory_mb is True"),
        ("timeout_s = nan", "", "timeout_s is nan"),
        ("timeout_s = -1", "", "timeout_s is -1"),
        ("timeout = 3", "", "timeout is no setting; there are: timeout_s"),
        ("timeout_s = 5\ncell_timeout_s = 6", "", "longer than timeout_s"),
        ("timeout_s = 5", "c.Grader.timeout_s = 5", "is set in pyproject.toml too"),
        ("timeout_s = ", "", "cannot be read"),
        ("", "c.Grader.timeout_s = 1 / 0", "ZeroDivisionError"),
        ("", "c.Grader.timeout_s = [1]", "timeout_s is [1]"),
        ('read_paths = "data"', "", "must be a list of paths"),
        ('read_paths = ["nowhere"]', "", "there is no"),
        ('read_paths = ["."]', "", "would show"),
        ('read_paths = ["/"]', "", "would show"),
        ('read_paths = ["grader/rubrics/activations"]', "", "would show"),
        ('read_paths = ["link"]', "", "would show"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, toml: str, config: str, said: str) -> None:
    """With file, key and value."""
    (tmp_path / "grader" / "rubrics" / "activations").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "grader")
    with pytest.raises(GraderError) as caught:
        load_settings(course(tmp_path, toml, config))
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    """`grader = 3` is no table."""
    course(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool]\ngrader = 3\n")
    with pytest.raises(GraderError, match="is no table"):
        load_settings(tmp_path)


def test_a_config_that_needs_nbgrader_is_left_alone(tmp_path: Path) -> None:
    """It says nothing of the grader, so it is not run."""
    assert load_settings(course(tmp_path, config="import no_such_module")).limits == Limits()


def test_settings_are_in_force_when_grading(tmp_path: Path, filler: Filler) -> None:
    """A course that gives a cell less time leaves it out sooner, and says so."""
    place = tmp_path / "course"
    course(place, "cell_timeout_s = 0.5")
    for name in ("release", "source"):
        (place / name).symlink_to(COURSE / name)
    (place / "grader").mkdir()
    (place / "grader" / "rubrics").symlink_to(COURSE / "grader" / "rubrics")
    text = filler.fill({}, extra=["while True:\n    pass"])
    folder = hand_in(tmp_path / "submitted", {"ada": text})
    done = run_grader("grade", folder, "--assignment", "activations", "--course", place)
    assert done.returncode == 0, done.stderr
    assert "took longer than 0.5 s" in done.stdout


def test_wrong_settings_end_the_command_with_wrong_usage(tmp_path: Path) -> None:
    """Before anything is graded."""
    place = course(tmp_path / "course", "memory_mb = 1")
    notebook = tmp_path / "a.ipynb"
    notebook.write_text("{}")
    for command in (("grade", notebook, "--assignment", "activations"), ("doctor",)):
        done = run_grader(*command, "--course", place)
        assert done.returncode == 2
        assert "memory_mb is 1" in done.stderr
        assert "Traceback" not in done.stderr
