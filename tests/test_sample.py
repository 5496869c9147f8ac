"""The sample class: what a wheat or a chaff leaves out is the source's, down to single members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.sample import Filler, complete, implementations
from tests.conftest import COURSE

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = '''class Stack:
    """What the source has."""

    limit = 3

    def push(self, item):
        self.items.append(item)
        return "source"

    @property
    def size(self):
        # counted anew each time
        return len(self.items)

    def __init__(self):
        self.items = []


def helper():
    return 1
'''


def made(code: str) -> Any:
    """The class that a completed code defines."""
    space: dict[str, Any] = {}
    exec(complete(code, WHOLE, "Stack"), space)
    return space["Stack"]


def test_members_that_are_missing_are_the_sources() -> None:
    """Methods, properties with their decorators, and plain values; its own are kept."""
    stack = made("class Stack:\n    def push(self, item):\n        return 'own'\n")()
    assert stack.push(1) == "own"
    assert (stack.size, stack.limit, stack.items) == (0, 3, [])


def test_its_own_members_can_build_on_the_rest() -> None:
    """The source's come first, and what stands below the class comes last."""
    stack = made("x = 4\n\n\nclass Stack:\n    limit = x\n    add = push\n\n\ndel Stack.size\n")()
    assert stack.add(1) == "source"
    assert stack.limit == 4
    assert not hasattr(stack, "size")


@pytest.mark.parametrize(
    "own",
    ["push = None", "push: object = None", "push, other = None, 1", "class push:\n        pass"],
)
def test_whatever_defines_a_member_counts(own: str) -> None:
    """Assignments and classes as well as functions."""
    assert made(f"class Stack:\n    {own}\n").push is not WHOLE
    assert 'return "source"' not in complete(f"class Stack:\n    {own}\n", WHOLE, "Stack")


def test_a_file_says_whether_it_wants_the_rest(tmp_path: Path) -> None:
    """By a line of its own, which is no part of the code; otherwise the class is as it stands."""
    own = "class Stack:\n    limit = 4\n"
    (tmp_path / "a.py").write_text(f'"""Title."""\n# loses: b\n# rest: source\n\n\n{own}')
    (tmp_path / "b.py").write_text(f'"""Title."""\n# loses: b\n\n\n{own}')
    with_rest, without = implementations(tmp_path)
    assert with_rest.code == without.code == own
    assert "def push" in with_rest.parts({"Stack": WHOLE})["Stack"]
    assert without.parts({"Stack": WHOLE})["Stack"] == own


@pytest.mark.parametrize(
    ("assignment", "there", "open_"),
    [
        ("activations", ("np.maximum", "np.exp"), ("Tanh", "Softmax")),
        ("tensor", ("self.data / self._operand(other)",), ("def __radd__", "def max")),
    ],
)
def test_an_unfinished_notebook_has_the_first_half(
    assignment: str, there: tuple[str, ...], open_: tuple[str, ...]
) -> None:
    """Of all that is to be written, whether that is four classes or one with many methods."""
    text = "\n".join(Filler(COURSE, assignment).begun.values())
    for line in there:
        assert line in text
    stubs = text.split("# YOUR CODE HERE")
    assert len(stubs) > 2
    for name in open_:
        assert name in text.partition(there[-1])[2]
    assert text.index(there[-1]) < len(stubs[0])
