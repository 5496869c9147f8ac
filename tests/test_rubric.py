"""Rubrics: the vocabulary, its mistakes, and the engine's promises about both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import engine, numerics
from grader.answers import Answer, Gave, Memory, Raised
from grader.checks import CheckFailed, check_close, check_values, show, show_call, show_with_inputs
from grader.corpus import Case, Corpus, Group, Sitting, generate
from grader.course import load_rubric
from grader.model import RubricError
from grader.numerics import Interval, Truth
from grader.rubric import Rubric, Target
from grader.soundness import check_rubric
from grader.worker.values import Reader, split_arguments
from tests.conftest import COURSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from grader.course import Assignment
    from grader.promises import Ask

ONE = Corpus(numbers=Group(corners=[np.array([1.0, -2.0]), np.array([3.0])]))


def rubric_with(**options: Any) -> Rubric:
    """A rubric with one criterion, about doubling."""
    rubric = Rubric("doubling", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion(
        options.pop("id", "double"),
        **{"points": 2, "area": "correctness", "on": "numbers", **options},
    )
    def doubles(double: Ask, x: Any) -> None:
        """Doubles."""
        check_close(double(x), 2 * x, 0, "expected twice the input")

    return rubric


class Calls:
    """Stands in for an execution: answers requests by Python functions, and counts rounds."""

    def __init__(self, **programs: Callable[..., Any]) -> None:
        self.programs = {name.replace("_", " "): function for name, function in programs.items()}
        self.answers: dict[tuple[str, bytes], Answer] = {}
        self.memory = Memory()
        self.rounds = 0

    def ask(self, requests: Iterable[tuple[tuple[str, bytes], str]]) -> None:
        """Answer all of a round."""
        self.rounds += 1
        for (program, payload), _ in requests:
            names, raw = split_arguments(payload)
            arguments = dict(zip(names, Reader(raw).values(len(raw)), strict=True))
            try:
                value = next(iter(self.programs.values()))(**arguments)
                self.answers[program, payload] = Gave(value)
            except ArithmeticError as error:
                self.answers[program, payload] = Raised(type(error).__name__, str(error))

    def trouble_with(self, name: str) -> str:
        """No cell has failed."""
        return name[:0]

    def changed_by(self, target: str) -> list[str]:
        """Nothing has been changed."""
        return [*target[:0]]


def judge(rubric: Rubric, function: Callable[..., Any]) -> Any:
    """The verdicts on a function."""
    return engine.judge(rubric, Calls(f=function))  # type: ignore[arg-type]


def test_a_kept_promise_earns_its_points() -> None:
    """And nothing is said."""
    (verdict,) = judge(rubric_with(), lambda x: 2 * x)
    assert (verdict.status, verdict.points, verdict.message) == ("passed", 2.0, "")
    assert verdict.counterexample is None
    assert verdict.title == "Doubles."


def test_a_broken_promise_is_shown_on_the_plainest_input() -> None:
    """Fewest elements first."""
    (verdict,) = judge(rubric_with(), lambda x: x)
    assert (verdict.status, verdict.points) == ("failed", 0.0)
    assert verdict.counterexample.inputs["x"] == [3.0]
    assert verdict.message == "Double(np.array([3.0])) gave [3]; expected twice the input"


@pytest.mark.parametrize("divisible", [True, False])
def test_of_an_input_that_can_be_divided_the_part_that_fails_is_shown(*, divisible: bool) -> None:
    """One number of 401; where parts might be no inputs, all of it."""
    sweep = np.arange(-200, 201) / 20
    corpus = Corpus(sweep=Group(corners=[sweep.reshape(1, -1)], divisible=divisible))
    rubric = Rubric("doubling", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=corpus)

    @target.criterion("double", points=2, area="correctness", on="sweep")
    def doubles(double: Ask, x: Any) -> None:
        """Doubles."""
        check_close(double(x), 2 * x, 0, "expected twice the input")

    (verdict,) = judge(rubric, lambda x: np.where(np.abs(x - 6.15) < 0.03, 0, 2 * x))
    part = "[[6.15]])) gave [[0]]" if divisible else "[[-10.0, -9.95, "
    assert verdict.message.startswith(f"Double(np.array({part}")


def test_an_exception_is_an_error_with_its_text() -> None:
    """Not a failed check: nothing came back."""

    def raises(x: Any) -> Any:
        raise ZeroDivisionError("by zero", *x[:0])

    (verdict,) = judge(rubric_with(), raises)
    assert verdict.status == "error"
    assert "raised ZeroDivisionError: by zero" in verdict.message


@pytest.mark.parametrize("value", [None, "text", [1.0], True])
def test_what_is_no_array_is_a_failed_check(value: Any) -> None:
    """Whatever a student returns, it is never the rubric's fault."""
    (verdict,) = judge(rubric_with(), lambda x: value)  # noqa: ARG005
    assert verdict.status == "failed"


def test_what_needs_a_failed_criterion_is_skipped() -> None:
    """No points for the manners of what computes nothing."""
    rubric = rubric_with()
    rubric.targets[0].keeps_shape(
        "shape", points=1, title="Keeps the shape.", on="numbers", needs="double"
    )
    assert [v.status for v in judge(rubric, lambda x: x)] == ["failed", "skipped"]
    assert [v.status for v in judge(rubric, lambda x: 2 * x)] == ["passed", "passed"]


def test_many_calls_are_one_round_where_they_are_asked_together() -> None:
    """Also when the answers are remembered from an earlier submission."""
    rubric = Rubric("sums", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion("adds", points=1, on="numbers")
    def adds(double: Ask, x: Any) -> None:
        """Doubles each by itself."""
        each = double.each("Double(x)", [{"x": x + k} for k in range(40)])
        check_close(np.array(each), np.array([2 * (x + k) for k in range(40)]), 0, "twice")

    calls = Calls(f=lambda x: 2 * x)
    for _ in range(2):
        calls.answers.clear()
        calls.rounds = 0
        (verdict,) = engine.judge(rubric, calls)  # type: ignore[arg-type]
        assert (verdict.status, calls.rounds) == ("passed", 2)


def test_asking_one_thing_after_the_other_for_ever_is_the_rubrics_fault() -> None:
    """With the way out."""
    rubric = Rubric("sums", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion("climbs", points=1, on="numbers")
    def climbs(double: Ask, x: Any) -> None:
        """Doubles again and again."""
        for _ in range(25):
            x = double(x)

    with pytest.raises(RubricError, match=r"'climbs' asks more than 20 times.* f\.each"):
        judge(rubric, lambda x: 2 * x)


def test_calls_are_batched_in_few_rounds_and_never_repeated() -> None:
    """A criterion that asks one thing after the other takes a round for each."""
    rubric = Rubric("powers", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion("thrice", points=1, area="correctness", on="numbers")
    def thrice(double: Ask, x: Any) -> None:
        """Doubles three times."""
        check_close(double(double(double(x))), 8 * x, 0, "expected eight times")

    calls = Calls(f=lambda x: 2 * x)
    (verdict,) = engine.judge(rubric, calls)  # type: ignore[arg-type]
    assert verdict.status == "passed"
    assert calls.rounds == 3
    assert len(calls.answers) == 6


def test_a_criterion_that_breaks_is_the_rubrics_fault() -> None:
    """Named as such, with the input, and left to a person, since the answer may be odd."""
    rubric = Rubric("broken", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion("broken", points=1, area="correctness", on="numbers")
    def broken(double: Ask, x: Any) -> None:
        """Breaks."""
        double(x)["no such field"]

    (verdict,) = judge(rubric, lambda x: x)
    assert (verdict.status, verdict.points, verdict.review) == ("error", 0, True)
    assert "criterion 'broken' itself raised IndexError" in verdict.message
    assert "on Double(np.array([3.0])); this is not charged to anybody" in verdict.message


def needs_width(x: Any, width: int) -> Any:
    """What asserts something."""
    assert width > 0
    return x / width


@pytest.mark.parametrize(
    ("reference", "bound", "said"),
    [
        (lambda x: needs_width(x, 0), None, "the reference <lambda> (test_rubric.py, line "),
        (abs, lambda _: 0.0, "the bound <lambda> (test_rubric.py, line "),
        (abs, lambda *_: np.ones(7), "raised ValueError: "),
        (abs, lambda *_: needs_width(1, 0), "raised AssertionError"),
    ],
)
def test_a_reference_or_a_bound_that_breaks_is_the_rubrics_fault(
    reference: Any, bound: Any, said: str
) -> None:
    """Also where it asserts; charged to nobody, and said which of them it is, and where."""
    rubric = Rubric("broken", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE, reference=reference, bound=bound)
    target.gives_right_values("right", points=1, title="Doubles.", on="numbers")
    (verdict,) = judge(rubric, lambda x: x)
    assert (verdict.status, verdict.points, verdict.review) == ("error", 0, True)
    assert said in verdict.message
    assert "on Double(np.array([3.0])); this is not charged to anybody" in verdict.message


def test_a_criterion_may_have_a_bound_of_its_own() -> None:
    """With the target's reference."""
    rubric = Rubric("doubles", seed=1)
    target = rubric.target(
        "Double",
        call="Double(x)",
        corpus=ONE,
        reference=lambda x: 2 * x,
        bound=lambda *_: np.array(1.0),
    )
    target.gives_right_values("about", points=1, title="Doubles.", on="numbers")
    target.gives_right_values(
        "closely", points=1, title="Doubles.", on="numbers", bound=lambda *_: np.array(0.25)
    )
    assert [v.status for v in judge(rubric, lambda x: 2 * x + 0.5)] == ["passed", "failed"]
    assert [v.status for v in judge(rubric, lambda x: 2 * x + 0.25)] == ["passed", "passed"]


def test_a_call_of_its_own_is_said_as_it_is() -> None:
    """Not as the target's, of which nothing is wrong."""
    rubric = Rubric("doubles", seed=1)
    target = rubric.target(
        "Double", call="Double(x)", said="double(x)", corpus=ONE, reference=lambda x: 2 * x
    )
    right: Any = {"points": 1, "title": "Doubles.", "on": "numbers"}
    target.gives_right_values("right", **right)
    target.gives_right_values("other", call="Double(x + 0)", **right)
    target.gives_right_values("shown", call="Double(x + 0)", shown="Double(x)", **right)
    said = [criterion.said for criterion in rubric.criteria]
    assert said == ["double(x)", "Double(x + 0)", "double(x)"]


def test_a_hint_that_breaks_is_left_out() -> None:
    """An odd answer that a hint cannot cope with stops nothing; the next hint counts."""
    rubric = Rubric("doubles", seed=1)
    target = rubric.target(
        "Double", call="Double(x)", corpus=ONE, reference=lambda x: 2 * x, gives="anything"
    )
    target.gives_right_values("right", points=1, title="Doubles.", on="numbers")
    rubric.hint("Fewer axes.", on="right", when=lambda seen: seen.output.ndim > 1)
    rubric.hint("Twice.", on="right", when=lambda _: True)
    with pytest.warns(RuntimeWarning, match="'Fewer axes.' of 'right' is left out: .* Attribute"):
        (verdict,) = judge(rubric, lambda x: f"twice {x}")
    assert (verdict.status, verdict.hint) == ("failed", "Twice.")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"onn": "numbers"}, "'onn' is no option of it; all kinds have area, call, "),
        ({"said": "twice x"}, "said='twice x' is not Python"),
        ({"points": 0}, "must be positive"),
        ({"points": -1}, "must be positive"),
        ({"on": "letters"}, "its corpus has 'numbers'"),
        ({"needs": "nothing"}, "does not come before it"),
        ({"needs": "double"}, "does not come before it"),
        ({"call": "Double(x"}, "is not Python"),
    ],
)
def test_a_bad_rubric_is_named_before_a_class_meets_it(options: Any, reason: str) -> None:
    """Which criterion, which value, what is wrong."""
    with pytest.raises(RubricError, match=reason):
        check_rubric(rubric_with(**options))


def test_what_a_criterion_computes_of_a_wrong_answer_may_overflow() -> None:
    """Without a word: instructors would read of it in the midst of a class's results."""
    rubric = Rubric("powers", seed=1)
    target = rubric.target("Double", call="Double(x)", corpus=ONE)

    @target.criterion("scaled", points=1, area="correctness", on="numbers")
    def scaled(double: Ask, x: Any) -> None:
        """Doubles."""
        check_close(double(x) * np.float64(1e308), 2 * x, 0, "expected twice the input")

    (verdict,) = judge(rubric, lambda x: x * 1e5)
    assert verdict.status == "failed"


def test_doubled_ids_targets_and_missing_inputs_are_named() -> None:
    """Each would make a criterion count twice, or never."""
    rubric = rubric_with()
    rubric.criteria.append(rubric.criteria[0])
    with pytest.raises(RubricError, match="'double' is there twice"):
        check_rubric(rubric)
    with pytest.raises(RubricError, match="'Double' is there twice"):
        rubric.target("Double", corpus=ONE)
    with pytest.raises(RubricError, match="no criteria"):
        check_rubric(Rubric("empty", seed=1))
    bare = Rubric("bare", seed=1)
    target = bare.target("F", call="F(x)", corpus=Corpus(none=Group(corners=[])))
    target.keeps_shape("shape", points=1, title="Keeps the shape.", on="none")
    with pytest.raises(RubricError, match="has no inputs"):
        check_rubric(bare)


def test_a_rubric_file_that_does_not_load_is_named(tmp_path: Path) -> None:
    """With its path and the reason."""
    (tmp_path / "rubric.py").write_text("1 / 0")
    with pytest.raises(RubricError, match=r"rubric.py: ZeroDivisionError"):
        load_rubric(tmp_path, "broken")
    (tmp_path / "rubric.py").write_text(
        "from grader.rubric import Rubric\nrubric = Rubric('calculus', seed=1)"
    )
    with pytest.raises(RubricError, match="is for 'calculus'"):
        load_rubric(tmp_path, "algebra")
    (tmp_path / "rubric.py").write_text("rubric = 1")
    with pytest.raises(RubricError, match="defines no `rubric`"):
        load_rubric(tmp_path, "empty")


# Corpora ---------------------------------------------------------------------------------------


def test_generated_inputs_depend_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on what Hypothesis finds in the modules that happen to be imported."""
    from hypothesis import strategies as st
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    first = generate(st.floats(), 50, seed=7)
    constants = Constants(floats={3.14159e77})
    monkeypatch.setattr(providers, "_get_local_constants", lambda: constants)
    assert list(map(repr, generate(st.floats(), 50, seed=7))) == list(map(repr, first))
    assert list(map(repr, generate(st.floats(), 50, seed=8))) != list(map(repr, first))


def test_arguments_come_in_the_order_of_the_first_corner() -> None:
    """Hypothesis shuffles those of a dictionary; what knows them by their places must not mind."""
    from hypothesis import strategies as st

    numbers = st.integers(0, 99).map(float)
    group = Group(
        corners=[{"x": np.array([1.0]), "size": 1}],
        strategy=lambda: st.fixed_dictionaries({"x": numbers.map(np.atleast_1d), "size": numbers}),
        count=60,
    )
    cases = Corpus(g=group).cases(["g"], Sitting(1))
    assert len(cases) > 30
    assert {tuple(case.arguments) for case in cases} == {("x", "size")}


def test_the_corpus_is_the_same_in_every_process(assignment: Assignment) -> None:
    """The whole exam by its hash, made anew in another process."""
    import hashlib
    import subprocess
    import sys

    def digest(rubric: Rubric) -> str:
        payloads = (case.payload for c in rubric.criteria for case in rubric.cases(c))
        return hashlib.sha256(b"".join(payloads)).hexdigest()

    code = (
        "import hashlib, pathlib, grader.course as c\n"
        f"r = c.load_assignment(pathlib.Path({str(COURSE)!r}), 'activations').rubric\n"
        "p = (case.payload for k in r.criteria for case in r.cases(k))\n"
        "print(hashlib.sha256(b''.join(p)).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(assignment.rubric)


def test_plain_cases_come_first() -> None:
    """As a person would sort them."""
    cases = Corpus(
        g=Group(corners=[np.array([0.123456]), np.array([0.0, 0.0]), np.array([1.0])])
    ).cases(["g"], Sitting(1))
    assert [c.arguments["x"].tolist() for c in sorted(cases, key=_plainness)] == [
        [1.0], [0.123456], [0.0, 0.0],
    ]  # fmt: skip


def _plainness(case: Case) -> tuple[int, ...]:
    return case.plainness


# Checks ----------------------------------------------------------------------------------------


def interval(values: Any, bound: float) -> Interval:
    """What is within a bound of these values."""
    hi = np.array(values, np.float64)
    return Interval.around(Truth(hi, np.zeros_like(hi)), np.full_like(hi, bound))


@pytest.mark.parametrize("output", [[1.0, np.nan], [1.0 + 1e-9, np.nan], [[1.0, np.nan]]])
def test_values_within_the_bound_are_right(output: Any) -> None:
    """NaN where NaN is due; a wrong shape is another criterion's business."""
    check_values(np.array(output), interval([1.0, np.nan], 1e-8))


@pytest.mark.parametrize(
    "output", [[1.0, 2.0], [np.nan, np.nan], [1.1, np.nan], [1.0], [np.inf, np.nan]]
)
def test_values_outside_the_bound_are_wrong(output: Any) -> None:
    """NaN where a number is due, a number where NaN is due, and too few of them."""
    with pytest.raises(CheckFailed):
        check_values(np.array(output), interval([1.0, np.nan], 1e-8))


@pytest.mark.parametrize("values", [np.zeros(7), np.zeros(1), np.zeros(()), np.zeros((2, 2))])
def test_too_many_or_too_few_values_are_a_failed_check(values: Any) -> None:
    """Not the rubric's fault, which would end the run for everybody; nor are they spread out."""
    with pytest.raises(CheckFailed, match=r"expected shape \(2,\)"):
        check_close(values, np.zeros(2), 1, "expected zeros")
    check_close(np.zeros((2, 1)), np.zeros(2), np.ones(2), "expected zeros")
    check_close(values, 0, 1, "expected zeros")


def test_a_bound_of_zero_is_equality() -> None:
    """With -0 and 0 alike."""
    check_values(np.array([-0.0, 1.0]), interval([0.0, 1.0], 0))
    with pytest.raises(CheckFailed):
        check_values(np.array([0.0, np.nextafter(1.0, 2.0)]), interval([0.0, 1.0], 0))


def test_infinity_is_right_where_float32_ends() -> None:
    """A float32 answer cannot hold 1e308: what that costs is a matter of dtypes."""
    check_values(np.array([np.inf], np.float32), interval([1e308], 1e300))
    with pytest.raises(CheckFailed):
        check_values(np.array([-np.inf], np.float32), interval([1e308], 1e300))


def test_calls_read_as_they_would_be_typed() -> None:
    """Numbers in place of names, dtypes said where a list would have another, long arrays cut."""
    x = np.array([1000.0, np.nan])
    assert show_call("Softmax(dim=dim)(Tensor(x)).data", {"x": x, "dim": -1}) == (
        "Softmax(dim=-1)(Tensor(x)).data"
    )
    narrow = {"x": x.astype(np.float32)}
    assert show_with_inputs("F(x)", {"x": x}) == "F(np.array([1000.0, np.nan]))"
    assert show_with_inputs("F(x)", narrow) == "F(np.float32([1000, np.nan]))"
    lists = np.dtype(np.float32)  # where a list becomes float32
    assert show_with_inputs("F(x)", {"x": x}, lists) == "F(np.float64([1000, np.nan]))"
    assert show_with_inputs("F(x)", narrow, lists) == "F([1000, np.nan])"
    assert show_call("F.to(*s, 1)", {"s": (2, 3)}) == "F.to(2, 3, 1)"
    assert show_call("f(-x) - x ** 2", {"x": -1.0}) == "f(-(-1.0)) - (-1.0) ** 2"
    assert show_with_inputs("F(*s)", {"s": (2, 3)}) == "F(2, 3)"
    assert (
        show_with_inputs("F(*s)", {"s": [0] * 12}) == "F(*[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, … 2 more])"
    )
    assert show_with_inputs("F(x, s)", {"x": np.array([1, 2]), "s": (2, 3)}) == (
        "F(np.array([1, 2]), (2, 3))"
    )
    assert show(np.arange(12.0)).endswith("9, … 2 more]")


def test_a_target_without_reference_says_so() -> None:
    """A mistake in a rubric."""
    target: Target = rubric_with().targets[0]
    with pytest.raises(RubricError, match="no reference"):
        target.right(numerics.FLOAT64, x=np.array([1.0]))


def test_the_readmes_rubric_works_as_written(tmp_path: Path) -> None:
    """What an instructor copies first."""
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "rubric.py").write_text(code, encoding="utf-8")
    rubric = load_rubric(tmp_path, "activations")
    assert [criterion.id for criterion in rubric.criteria] == [
        "softmax-vector", "softmax-shape", "softmax-sum",
    ]  # fmt: skip
    assert all(len(rubric.cases(criterion)) > 40 for criterion in rubric.criteria)
