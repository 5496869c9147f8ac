"""What is remembered from one submission to the next changes nothing but how long it takes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import answers, asking, engine
from grader.answers import Gave, Memory, Round
from grader.course import Submission
from grader.grading import Grader
from grader.model import Limits, Result
from grader.sample import implementations
from grader.worker import wire
from grader.worker.values import WireError
from tests.conftest import COURSE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.corpus import Case
    from grader.course import Assignment
    from grader.execution import Execution
    from grader.rubric import Criterion
    from grader.sample import Filler

RUBRIC = COURSE / "grader" / "rubrics" / "activations"
# Right and wrong in as many ways as there are: values, errors, nothing, state, lost workers.
NAMES = [
    "relu_changes_numpy", "relu_counts_calls", "relu_in_place", "relu_no_return",
    "relu_remembers_first_answer", "sigmoid_not_implemented", "sigmoid_overflows",
    "sigmoid_noise", "softmax_axis_1", "softmax_exits", "softmax_ignores_dim",
    "softmax_changes_builtin", "softmax_no_shift", "tanh_is_a_function", "tanh_right_once",
]  # fmt: skip


@pytest.fixture(scope="module")
def submissions(filler: Filler, tmp_path_factory: pytest.TempPathFactory) -> list[Submission]:
    """A right one, the release, and chaffs."""
    folder: Path = tmp_path_factory.mktemp("memory")
    found = {i.name: i for i in implementations(RUBRIC / "chaffs")}
    texts = {name: filler.fill(found[name].parts(filler.by_name)) for name in NAMES}
    texts |= {"right": filler.fill({}), "right-again": filler.fill({}), "empty": filler.release}
    for name, text in texts.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return [Submission(name, folder / f"{name}.ipynb") for name in texts]


def graded(
    assignment: Assignment, submissions: Sequence[Submission], *, remember: bool = True
) -> dict[str, Result]:
    """Results by student, without times, all by one grader."""
    limits = Limits.within(120)  # none of them waits for that, however busy the machine is
    found = {}
    with closing(Grader(assignment, limits)) as grader:
        for submission in submissions:
            if not remember:
                grader._memory = Memory()
            found[submission.student] = replace(
                grader.examine(submission),
                duration_s=0,
                cells=(),  # one prints times
            )
    return found


def test_a_result_depends_on_its_submission_alone(
    assignment: Assignment, submissions: list[Submission]
) -> None:
    """Not on those that were graded before it: none, all, or all in another order."""
    alone = graded(assignment, submissions, remember=False)
    assert graded(assignment, submissions) == alone
    assert graded(assignment, submissions[::-1]) == alone
    assert alone["right"].score == 100
    assert len({result.score for result in alone.values()}) > 8  # they do differ


def test_what_was_judged_before_is_not_judged_again(
    assignment: Assignment, submissions: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer that was read is read again, and no run that was made is made again."""
    work = {"answers read": 0, "runs": 0}

    def counted(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            work[what] += 1
            return function(*arguments)

        return call

    monkeypatch.setattr(answers, "read", counted("answers read", answers.read))
    monkeypatch.setattr(asking, "_attempt", counted("runs", asking._attempt))
    right = [s for s in submissions if s.student.startswith("right")]
    with closing(Grader(assignment, Limits())) as grader:
        grader.examine(right[0])
        assert work["answers read"] > 500
        assert work["runs"] > 300
        work.update(dict.fromkeys(work, 0))
        assert grader.examine(right[1]).score == 100
    assert work == {"answers read": 0, "runs": 0}


def test_a_criterion_that_was_given_the_same_before_is_not_looked_at_case_by_case(
    assignment: Assignment, submissions: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it asks, and whether it was passed or not."""
    looked_at: Counter[str] = Counter()

    def counted(criterion: Criterion, case: Case, execution: Execution) -> asking.Run:
        looked_at[criterion.id] += 1
        return asking.attempt_or_remember(criterion, case, execution)

    monkeypatch.setattr(engine, "attempt_or_remember", counted)
    found = {submission.student: submission for submission in submissions}
    own_call, more_calls = ["softmax-sum", "softmax-extreme"], ["softmax-dim", "softmax-rows"]
    with closing(Grader(assignment, Limits())) as grader:
        first = grader.examine(found["softmax_no_shift"])
        assert all(looked_at[name] > 10 for name in own_call + more_calls)
        looked_at.clear()
        again = grader.examine(found["softmax_no_shift"])
    assert not any(looked_at[name] for name in own_call + more_calls)
    assert again.verdicts == first.verdicts
    lost = {verdict.id for verdict in again.verdicts if verdict.status == "failed"}
    assert lost.intersection(own_call) == {"softmax-extreme"}


def answer(value: Any) -> bytes:
    """An answer as a worker sends it."""
    return wire.encode_answer(wire.VALUE, value)


def test_equal_bytes_are_the_same_answer_and_others_are_not() -> None:
    """Zeros of both signs are equal, but not the same."""
    memory = Memory()
    first = memory.answer(answer(np.zeros(3)))
    assert memory.answer(answer(np.zeros(3))) is first
    assert memory.answer(answer(-np.zeros(3))) is not first
    assert memory.answer(answer(np.zeros(3, np.float32))) is not first
    with pytest.raises(WireError):
        memory.answer(b"\x01z")


def test_a_run_is_followed_as_far_as_its_answers_go() -> None:
    """A question without an answer ends it, and an answer that was never seen."""
    memory, one, other = Memory(), Gave(1), Gave(2)
    first, second = ("f(x)", b"1"), ("g(x)", b"1")
    assert memory.follow("run", {}) is None
    memory.learn("run", [(first, one), (second, other)], "end")
    asked, ended = (
        memory.follow("run", {first: one}),
        memory.follow("run", {first: one, second: other}),
    )
    assert asked is not None
    assert asked.request == second
    assert ended is not None
    assert (ended.request, ended.outcome) == (None, "end")
    assert memory.follow("run", {first: other}) is None
    assert memory.follow("another", {first: one}) is None


def test_a_memory_does_not_grow_for_ever() -> None:
    """Too much of it is forgotten between submissions."""
    memory = Memory()
    big = answer(np.zeros(1 << 20))
    for number in range(10):
        memory.answer(answer(np.full(1 << 20, number, float)))
    kept = memory.answer(big)
    memory.trim()
    assert memory.answer(big) is not kept
    small = memory.answer(answer(1.0))
    memory.trim()
    assert memory.answer(answer(1.0)) is small


CELLS = {
    "def g(x: str): return x\ng.__annotations__['x'] is str": "True",
    "from __future__ import annotations\ndef f(x: nonsense): return x": "",
    "f(3)\n": "3",
    "get_ipython().ast_transformers.append(Doubled())\nx = 2": "",
    "x = 3\nx": "6",
    "await asyncio.sleep(0)\n7": "7",
}


def test_prepared_cells_do_what_others_do(assignment: Assignment) -> None:
    """With transformers of the notebook's own, `__future__`, magics, and cells in between."""
    doubled = (
        "import ast, asyncio\nclass Doubled(ast.NodeTransformer):\n"
        "    def visit_Constant(self, node):\n"
        "        return ast.Constant(node.value * 2) if node.value == 3 else node"
    )
    sources = [doubled, *CELLS, "%pwd\nx = 1", "def broken(:\n    pass"]
    assert "__future__" in sources[2]
    values = []
    # The last expects a `from __future__` that never comes; it must not count.
    for expected in ([], sources, sources[1:], sources[:2] + sources[3:], [sources[2]]):
        with closing(Grader(assignment, Limits())) as grader:
            grader.zygote.expect(expected)
            folder = Path(tempfile.mkdtemp(dir=grader.zygote.work))
            worker = grader.zygote.spawn(folder, Limits())
            seconds = [10.0] * len(sources)
            reports = list(worker.run("", [], sources, seconds, 1e12, careful=False))
            worker.close()
        values.append(json.dumps([[r["value"], r["error"]] for r in reports]))
    assert len(set(values)) == 1
    assert [value for value, _ in json.loads(values[0])[1:7]] == [*CELLS.values()]


def test_what_runs_came_to_is_known_where_all_that_they_looked_at_is_the_same() -> None:
    """An answer more or less that any of them has looked at, and it is another matter."""
    memory, runs = Memory(), ("criterion", "cases")
    own, other, elsewhere = ("f(x)", b"1"), ("f(x)", b"2"), ("g(x)", b"")
    one, two = Gave(1), Gave(2)
    asks, good, bad = Round((other,), ()), Round((), ()), Round((), ("failed",))
    memory.note(runs, [own, other], {own: one}, asks)
    memory.note(runs, [own, other], {own: one, other: one}, good)
    memory.note(runs, [own], {own: two}, bad)  # did not come to the other
    assert memory.recall(runs, {own: one}) is asks
    assert memory.recall(runs, {own: one, other: one, elsewhere: two}) is good
    assert memory.recall(runs, {own: two}) is bad
    assert memory.recall(runs, {own: one, other: two}) is None
    assert memory.recall(("criterion", "other cases"), {own: one}) is None
    memory.note(runs, [own, elsewhere], {own: one, other: one, elsewhere: one}, bad)
    assert memory.recall(runs, {own: one, other: one, elsewhere: two}) is None
