"""Generated inputs are kept on the disk, and are what would be generated."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Protocol

import pytest

from grader import corpus
from grader.course import hidden_files, load_rubric

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.rubric import Rubric

RUBRIC = """
import numpy as np
from grader.corpus import Corpus, Group
from grader.rubric import Rubric

def floats(most):
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp
    return hnp.arrays(np.float64, st.integers(1, most), elements=st.integers(-9, 9))

def pairs():
    from hypothesis import strategies as st
    return st.fixed_dictionaries({"n": st.integers(0, 5), "x": floats(3), "l": st.just((1, "a"))})

inputs = Corpus(
    one=Group(corners=[np.array([1.0])], strategy=lambda: floats(4), count=COUNT),
    two=Group(
        corners=[{"x": np.array([2.0]), "n": 1, "l": (1, "a")}], strategy=pairs, count=COUNT
    ),
)
def unused():
    raise AssertionError("nobody is judged on these")

inputs.groups["three"] = Group(corners=[np.array([3.0])], strategy=unused, count=COUNT)
rubric = Rubric("doubles", seed=3)
twice = rubric.target("twice", call="twice(x)", corpus=inputs, reference=lambda x: 2 * x)
twice.gives_right_values("twice-one", points=1, title="one", on="one")
both = rubric.target("both", call="both(x, n, l)", corpus=inputs, reference=lambda x, n, l: n * x)
both.gives_right_values("both-two", points=1, title="two", on="two")
"""


class Load(Protocol):
    """Loads the rubric, with a count of inputs and a cache; says which inputs it has."""

    def __call__(self, count: int = 20, cache: Path = ...) -> tuple[Rubric, list[bytes]]: ...


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads the rubric, with a count of inputs and a cache; says which inputs it has."""
    folder = tmp_path / "doubles"
    folder.mkdir()

    def load(count: int = 20, cache: Path = tmp_path / "cache") -> tuple[Rubric, list[bytes]]:
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
        (folder / "rubric.py").write_text(RUBRIC.replace("COUNT", str(count)))
        rubric = load_rubric(folder, "doubles")
        return rubric, [case.payload for c in rubric.criteria for case in rubric.cases(c)]

    return load


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many inputs were asked for, each time that any were generated."""
    counts: list[int] = []
    generate = corpus.generate

    def counted(strategy: object, count: int, seed: int) -> list[object]:
        counts.append(count)
        return generate(strategy, count, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(corpus, "generate", counted)
    return counts


def _files(folder: Path) -> list[Path]:
    kept = (folder / "cache" / "grader" / "inputs").iterdir()
    return [path for path in kept if path.name != "README"]


def test_the_second_time_nothing_is_generated(load: Load, generated: list[int]) -> None:
    """And the inputs are the same, to the bit and in the same order."""
    _, first = load()
    assert generated == [20, 20]
    generated.clear()
    rubric, again = load()
    assert (generated, again) == ([], first)
    (pair,) = {type(case.arguments["l"]) for case in rubric.cases(rubric.criteria[1])}
    assert pair is tuple


def test_another_rubric_has_other_inputs(load: Load, generated: list[int]) -> None:
    """Whatever of it has changed."""
    _, few = load()
    _, many = load(30)
    assert generated == [20, 20, 30, 30]
    assert len(many) > len(few)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1] + b"?"),
        lambda file: file.write_bytes(file.read_bytes()[:50]),
        lambda file: file.write_bytes(b""),
        lambda file: (file.unlink(), file.mkdir()),
    ],
    ids=["changed", "cut short", "empty", "a folder"],
)
def test_a_damaged_file_is_as_good_as_none(
    load: Load, generated: list[int], tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    """Everything is generated again."""
    _, first = load()
    (file,) = _files(tmp_path)
    spoil(file)
    generated.clear()
    _, again = load()
    assert (generated, again) == ([20, 20], first)


def test_where_nothing_can_be_kept_everything_is_generated(
    load: Load, generated: list[int], tmp_path: Path
) -> None:
    """As where the home is read-only, or there is none."""
    (tmp_path / "file").write_text("in the way")
    _, first = load()
    _, again = load(cache=tmp_path / "file")
    assert (generated, again) == ([20, 20, 20, 20], first)


def test_nobody_else_can_read_what_is_kept(load: Load, tmp_path: Path) -> None:
    """Hidden inputs are in there."""
    load()
    places = [tmp_path / "cache" / "grader" / "inputs", *_files(tmp_path)]
    assert len(places) == 2
    assert not any(stat.S_IMODE(place.stat().st_mode) & 0o077 for place in places)


def test_not_more_than_some_are_kept(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those go that have not been used for longest."""
    monkeypatch.setattr("grader.kept._MOST", 4)
    for count in (5, 6, 7, 8, 9):
        load(count)
    assert len(_files(tmp_path)) == 3


def test_the_self_test_tries_to_read_what_is_kept(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does with the rubric, and before anything is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    *_, note = hidden_files(tmp_path, "doubles")
    assert "removed at any time" in note.read_text(encoding="utf-8")
    load()
    assert note.parent == _files(tmp_path)[0].parent


ELSEWHERE = "import elsewhere_of_kept\n"
ANOTHER_RUBRIC = """
from grader.rubrics.activations.inputs import arrays
def floats(most):
    return arrays((1, 1), "plain", most=most)
"""
OWN_TYPE = """
def floats(most):
    import enum
    from hypothesis import strategies as st
    return st.sampled_from(enum.IntEnum("E", "a b c"))
"""


@pytest.mark.parametrize(
    "text",
    [
        f"{ELSEWHERE}def floats(most):\n    return elsewhere_of_kept.floats(most)",
        f"def floats(most):\n    {ELSEWHERE}    return elsewhere_of_kept.floats(most)",
        "from elsewhere_of_kept import floats",
        ANOTHER_RUBRIC,
        OWN_TYPE,
    ],
    ids=["a module", "imported late", "a function", "another rubric", "a type of its own"],
)
def test_what_may_not_come_back_the_same_is_not_kept(
    load: Load,
    generated: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    """What code elsewhere gives, which may change, and values of types that cannot be sent."""
    own = RUBRIC[RUBRIC.index("def floats") : RUBRIC.index("def pairs")]
    (tmp_path / "elsewhere_of_kept.py").write_text(f"import numpy as np\n{own}")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(globals(), "RUBRIC", RUBRIC.replace(own, f"{text}\n\n"))
    _, first = load()
    _, again = load()
    assert (generated, again) == ([20, 20, 20, 20], first)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_on(
    load: Load, generated: list[int], tmp_path: Path
) -> None:
    """It is made a file again."""
    load()
    (file,) = _files(tmp_path)
    file.unlink()
    os.mkfifo(file)
    generated.clear()
    load()
    assert generated == [20, 20]
    assert file.is_file()
