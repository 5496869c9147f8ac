"""The vocabulary of rubrics: each kind of promise tells right functions from wrong ones, in workers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import engine, numerics
from grader.checks import CheckFailed
from grader.corpus import Corpus, Group, Sitting, make_case
from grader.course import Assignment
from grader.distributions import bernoulli, check_follows, check_moments, integers, normal, uniform
from grader.model import Limits, RubricError
from grader.notebook import read_notebook
from grader.promises import check_raises
from grader.rightness import check_right, right_answer
from grader.rubric import Rubric
from grader.sandbox import Zygote
from grader.trial import Bench
from grader.work import growth
from tests.courses import cell, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.target import Target

SEED = 20261127
RANDOM = "import numpy as np\n"


@dataclass(frozen=True)
class Promise:
    """A target with one criterion, and functions that keep or break it."""

    target: Target
    right: tuple[str, ...]
    wrong: tuple[str, ...]


rubric = Rubric("vocabulary", seed=SEED, setup="import numpy as np")
PROMISES: dict[str, Promise] = {}


def judged(
    name: str, *, right: tuple[str, ...], wrong: tuple[str, ...], corners: list[Any], **options: Any
) -> Target:
    """A target of that name, judged on these inputs alone."""
    target = rubric.target(name, corpus=Corpus(some=Group(corners=corners)), **options)
    PROMISES[name] = Promise(target, right, wrong)
    return target


# Answers of any kind ---------------------------------------------------------------------------

judged(
    "summary", call="summary(x)", gives="anything", corners=[np.array([1.0, 2.0, 4.0])],
    reference=lambda x: (len(x), x.mean(), "rising"), bound=numerics.relative(4),
    right=(
        "def summary(x):\n    return len(x), x.mean(), 'rising'",
        "def summary(x):\n    return [np.int64(x.size), sum(x) / 3, 'rising']",
    ),
    wrong=(
        "def summary(x):\n    return len(x), x.mean(), 'falling'",
        "def summary(x):\n    return len(x), x.mean() + 1e-9, 'rising'",
        "def summary(x):\n    return len(x), x.mean()",
        "def summary(x):\n    return None",
        "def summary(x):\n    return 'abc'",
    ),
).gives_right_values("summary", points=1, title="Sums up.", on="some")  # fmt: skip
judged(
    "flipped", call="flipped(x)", gives="anything", corners=[np.array([[1.0, 2.0]])],
    reference=lambda x: [x.T, x], bound=numerics.relative(1),
    right=("def flipped(x):\n    return x.T, x", "def flipped(x):\n    return [x.T.copy(), x[:]]"),
    wrong=("def flipped(x):\n    return x, x", "def flipped(x):\n    return x.T, x.ravel()"),
).gives_right_values("flipped", points=1, title="Flips.", on="some", in_shape=True)  # fmt: skip
judged(
    "halved", call="halved(x)", gives="anything", corners=[np.array([1 / 3])],
    reference=lambda x: [x / 2], bound=numerics.relative(1),
    right=(
        "def halved(x):\n    return [x / 2]",
        "def halved(x):\n    return [(x / 2).astype(np.float32)]",  # dtypes are another promise
    ),
    wrong=("def halved(x):\n    return [(x / 2).astype(np.float32).astype(float)]",),
).gives_right_values("halved", points=1, title="Halves.", on="some")  # fmt: skip
strict = judged(
    "strict", call="strict(x)", gives="anything", corners=[{"x": 1.0}],
    right=("def strict(x):\n    raise ValueError if x > 0 else TypeError",),
    wrong=(
        "def strict(x):\n    return x",
        "def strict(x):\n    raise ValueError",
        "def strict(x):\n    raise NotImplementedError",
    ),
)  # fmt: skip


@strict.criterion("strict", points=1, on="some")
def refuses_both(f: Any, x: float) -> None:  # noqa: ARG001
    """Raises for positive numbers, and something else for others."""
    check_raises(f, ValueError)
    check_raises(f, TypeError, call="strict(-x)")


judged(
    "table", call="table(word)", gives="anything", corners=[{"word": "abba"}],
    reference=lambda word: {letter: word.count(letter) for letter in word},
    right=("from collections import Counter as table", "def table(w):\n    return {'b': 2, 'a': 2}"),
    wrong=("def table(w):\n    return {'a': 2}", "def table(w):\n    return {'a': 2, 'b': 3}"),
).gives_right_values("table", points=1, title="Counts letters.", on="some")  # fmt: skip
judged(
    "spectrum", call="spectrum(x)", gives="complex", corners=[np.array([1.0, -2.0, 3.0, 0.5])],
    reference=np.fft.fft, bound=numerics.absolute(200),
    right=(
        "spectrum = np.fft.fft",
        "def spectrum(x):\n    k = np.arange(len(x))\n"
        "    return np.exp(-2j * np.pi * np.outer(k, k) / len(x)) @ x",
    ),
    wrong=(
        "spectrum = np.fft.ifft", "def spectrum(x):\n    return np.fft.fft(x).real",
        "def spectrum(x):\n    return np.fft.fft(x).conj()",
    ),
).gives_right_values("spectrum", points=1, title="Transforms.", on="some")  # fmt: skip
judged(
    "factorial", call="factorial(n)", corners=[{"n": 3}, {"n": 40}], gives="anything",
    reference=lambda n: math.factorial(n) % 10**6 if n < 20 else str(math.factorial(n)),
    right=(
        "import math\ndef factorial(n):\n    r = math.factorial(n)\n"
        "    return r if n < 20 else str(r)",
    ),
    wrong=(
        "import math\ndef factorial(n):\n    return math.factorial(n)",
        "def factorial(n):\n    return 6 if n < 20 else '6'",
    ),
).gives_right_values("factorial", points=1, title="Is exact.", on="some")  # fmt: skip
judged(
    "shape", call="shape(s)", gives="anything", corners=[{"s": (2, 3)}],
    reference=lambda s: s[::-1],
    right=("def shape(s):\n    assert type(s) is tuple\n    return s[::-1]",),
    wrong=("def shape(s):\n    return s",),
).gives_right_values("shape", points=1, title="Tuples arrive as tuples.", on="some")  # fmt: skip
judged(
    "wave", call="wave(x)", corners=[np.array([1.0, 2.0])], reference=lambda x: x,
    right=("def wave(x):\n    return x",), wrong=("def wave(x):\n    return x + 0j",),
).gives_right_values("wave", points=1, title="Real where real is asked.", on="some")  # fmt: skip

# State, several lines, exceptions, in place ----------------------------------------------------

ACCOUNT = """class Account:
    def __init__(self):
        self.balance = 0
    def deposit(self, amount):
        if amount <= 0:
            raise {error}
        self.balance += amount
"""
judged(
    "Account", corners=[{"amounts": [5, 7, 1]}], reference=sum,
    call="a = Account()\nfor amount in amounts:\n    a.deposit(amount)\na.balance",
    said="a.balance",
    right=(ACCOUNT.format(error="ValueError"),),
    wrong=(ACCOUNT.format(error="ValueError").replace("+=", "="),),
).gives_right_values("Account", points=1, title="Keeps its balance.", on="some")  # fmt: skip
judged(
    "Refusing", corners=[{"amount": -1}], call="Refusing().deposit(amount)",
    right=tuple(
        f"class Wrong(ValueError): pass\n{ACCOUNT}".replace("Account", "Refusing").format(error=error)
        for error in ("ValueError", "ValueError('no')", "Wrong('no')")
    ),
    wrong=tuple(
        ACCOUNT.replace("Account", "Refusing").format(error=error)
        for error in ("TypeError", "NotImplementedError", "Exception")
    ) + ("class Refusing:\n    def deposit(self, amount):\n        return None",),
).raises("Refusing", ValueError, points=1, title="Refuses.", on="some")  # fmt: skip
judged(
    "runs",
    corners=[{"n": 3}],
    call="runs(n)",
    right=("def runs(n):\n    raise RuntimeError",),
    wrong=("def runs(n):\n    raise NotImplementedError",),
).raises("runs", RuntimeError, points=1, title="What is unwritten is no error.", on="some")
judged(
    "order",
    call="order(x)",
    corners=[np.array([3, 1, 2])],
    reference=np.sort,
    right=("def order(x):\n    x.sort()", "def order(x):\n    x[:] = sorted(x)\n    return x"),
    wrong=("def order(x):\n    return np.sort(x)", "def order(x):\n    x = np.sort(x)"),
).works_in_place("order", points=1, title="Sorts in place.", on="some")
judged(
    "largest",
    call="largest(items)",
    corners=[{"items": [3, 9, 2]}],
    right=("largest = max", "def largest(items):\n    return sorted(items)[-1]"),
    wrong=("def largest(items):\n    items.sort()\n    return items[-1]",),
).leaves_input("largest", points=1, title="Leaves lists alone.", on="some")
judged(
    "steady",
    call="steady(x)",
    corners=[np.array([3.0, 9.0])],
    right=("steady = np.mean",),
    wrong=(
        "seen = []\ndef steady(x):\n    seen.append(x)\n    return len(seen)",
        "def steady(x):\n    return np.random.default_rng().normal()",
        "def steady(x):\n    return np.random.normal()",
    ),
).repeats("steady", points=1, title="Answers alike.", on="some")

# Chance ----------------------------------------------------------------------------------------

judged(
    "dice",
    call="dice(n)",
    corners=[{"n": 20_000}],
    right=(
        "def dice(n):\n    return np.random.randint(1, 7, n)",
        "def dice(n):\n    return np.random.default_rng().integers(1, 6, n, endpoint=True)",
        "import random\ndef dice(n):\n    return np.array([random.randint(1, 6) for _ in range(n)])",
    ),
    wrong=(
        "def dice(n):\n    return np.random.randint(1, 6, n)",
        "def dice(n):\n    return np.random.randint(0, 6, n)",
        "def dice(n):\n    return np.random.uniform(1, 6, n)",
        "def dice(n):\n    return np.round(np.random.uniform(1, 6, n))",
        "def dice(n):\n    return np.random.randint(1, 7, n // 2)",
        "def dice(n):\n    return np.full(n, 3)",
    ),
).follows("dice", integers(1, 7), draws=lambda n: n, points=1, title="Is fair.", on="some")
judged(
    "weights", call="weights(n, m)", corners=[{"n": 200, "m": 300}, {"n": 300, "m": 100}],
    right=(
        "def weights(n, m):\n    return np.random.randn(n, m) * np.sqrt(2 / n)",
        "def weights(n, m):\n    a = np.sqrt(6 / n)\n    return np.random.uniform(-a, a, (n, m))",
    ),
    wrong=tuple(
        f"def weights(n, m):\n    return np.random.randn(n, m) * {scale}"
        for scale in ("np.sqrt(2 / m)", "np.sqrt(1 / n)", "0.01", "1.1 * np.sqrt(2 / n)")
    ) + ("def weights(n, m):\n    return np.random.rand(n, m) * np.sqrt(6 / n)",),
).has_moments(
    "weights", std=lambda n, m: math.sqrt(2 / n), draws=lambda n, m: n * m,  # noqa: ARG005
    points=1, title="Keeps variance.", on="some",
)  # fmt: skip

# Work, counted ---------------------------------------------------------------------------------

judged(
    "scale",
    call="scale(x)",
    corners=[np.ones(3)],
    right=("def scale(x):\n    return 2 * x", "def scale(x):\n    return np.multiply(x, 2.0)"),
    wrong=(
        "def scale(x):\n    return np.array([2 * v for v in x])",
        "def scale(x):\n    y = x.copy()\n    for i in range(len(y)):\n        y[i] *= 2\n    return y",
        "def scale(x):\n    return np.vectorize(lambda v: 2 * v)(x)",
        "def scale(x):\n    import sys\n    sys.settrace(None)\n    return np.array([2 * v for v in x])",
        "def scale(x):\n    return np.array(list(map(lambda v: 2 * v, x)))",
        "def scale(x):\n    return scale(x[:1]) if False else np.append(scale(x[:-1]), 2 * x[-1])"
        " if len(x) > 900 else 2 * x",
    ),
).is_vectorised("scale", inputs=lambda n: {"x": np.ones(n)}, points=1, title="No loop.")
judged(
    "pairs",
    call="pairs(x)",
    corners=[np.arange(3)],
    right=(
        "def pairs(x):\n    return len(set(x.tolist()))",
        "def pairs(x):\n    s = {}\n    for v in x.tolist():\n        s[v] = 1\n    return len(s)",
        "def pairs(x):\n    def sort(v):\n        if len(v) < 2: return v\n        a, b = sort(v[::2]), "
        "sort(v[1::2])\n        r = []\n        while a and b: r.append((a if a[-1] > b[-1] else b)"
        ".pop())\n        return a + b + r[::-1]\n    return len(sort(x.tolist()))",
    ),
    wrong=(
        "def pairs(x):\n    return sum(all(x[j] != x[i] for j in range(i)) for i in range(len(x)))",
    ),
).grows("pairs", 1, inputs=lambda n: {"x": np.arange(n)}, points=1, title="Looks at each once.")
judged(
    "root", corners=[{"c": 2.0}], gives="anything",
    call="f = counted(lambda t: t * t - c); r = root(f, 0.0, c); [abs(r * r - c) < 1e-9, f.calls < 60]",
    reference=lambda c: [True, True],  # noqa: ARG005
    right=(
        "def root(f, a, b):\n    for _ in range(50):\n        m = (a + b) / 2\n"
        "        a, b = (m, b) if f(m) < 0 else (a, m)\n    return a",
    ),
    wrong=(
        "def root(f, a, b):\n    for _ in range(50):\n        m = (a + b) / 2\n"
        "        a, b = (m, b) if f(m) * f(b) < 0 else (a, m)\n    return a",
        "def root(f, a, b):\n    return b / 2",
    ),
).gives_right_values("root", points=1, title="Bisects in few steps.", on="some")  # fmt: skip

# Gradients -------------------------------------------------------------------------------------

LOSS = "def loss(x, w):\n    return np.tanh(x * w) * x\n"
GRADIENT = LOSS + "def gradient(x, w, g):\n    t = np.tanh(x * w)\n    return {body}"
rng = np.random.default_rng(SEED)
judged(
    "gradient", call="gradient(x, w, g)",
    corners=[
        {"x": rng.normal(size=shape), "w": rng.normal(size=shape), "g": rng.normal(size=shape)}
        for shape in ((3,), (2, 4))
    ] + [{"x": np.array([1e3, 1e-3]), "w": np.array([1e-3, 2.0]), "g": np.ones(2)}],
    right=(
        GRADIENT.format(body="g * (t + x * w * (1 - t * t))"),
        GRADIENT.format(body="g * t + g * x * w / np.cosh(x * w) ** 2"),
        GRADIENT.format(body="(g * (t + x * w * (1 - t * t))).astype(np.float32)"),
    ),
    wrong=(
        GRADIENT.format(body="t + x * w * (1 - t * t)"),
        GRADIENT.format(body="g * (t + x * (1 - t * t))"),
        GRADIENT.format(body="g * (t + x * w * (1 - t))"),
        GRADIENT.format(body="g * (t + x * w * (1 - t * t)) * (1 + 1e-4)"),
        GRADIENT.format(body="0 * x"),
    ),
).matches_gradient(
    "gradient", of="loss(x, w)", wrt="x", upstream="g", points=1, title="Is the slope.", on="some"
)  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Where functions are tried, in one process after the other."""
    release: Path = tmp_path_factory.mktemp("release")
    path = release / "vocabulary.ipynb"
    path.write_text(notebook(cell("import numpy as np", "setup")), encoding="utf-8")
    cells = read_notebook(path, trusted=True)
    assignment = Assignment(
        name="vocabulary", cells=cells, release=release, rubric=rubric, rubric_sha256=""
    )
    made = Bench(assignment, {}, Limits(), Zygote())
    yield made
    made.close()


def lost(bench: Bench, name: str, code: str) -> bool:
    """Whether the one criterion of a target is lost."""
    own = [criterion for criterion in rubric.criteria if criterion.target == name]
    (losses,) = bench.losses({name: RANDOM + code}, [Sitting(SEED)], own)
    return bool(losses)


@pytest.mark.parametrize("name", PROMISES)
def test_right_functions_keep_it_and_wrong_ones_lose_it(bench: Bench, name: str) -> None:
    """However differently they are written."""
    promise = PROMISES[name]
    failed = [code for code in promise.right if lost(bench, name, code)]
    assert failed == []
    passed = [code for code in promise.wrong if not lost(bench, name, code)]
    assert passed == []


def test_what_is_drawn_at_random_is_not_settled(bench: Bench) -> None:
    """Nobody can compare it: by the legacy functions, by new generators, by Python's own."""
    code = (
        "import random\ndef drawn(way):\n    return [np.random.rand(), random.random(), "
        "np.random.default_rng().random(), 3.5, np.nan][way]"
    )
    requests = [(("drawn(way)", make_case("", {"way": way}).payload), "drawn") for way in range(5)]
    assert len(bench.answers({"drawn": RANDOM + code}, requests)) == 5
    settled = bench.settled({"drawn": RANDOM + code}, requests)
    assert settled[requests[3][0]].value == 3.5
    assert settled.keys() == {request for request, _ in requests[3:]}


def test_several_right_answers_are_shown_as_values() -> None:
    """Without what is kept of them beyond a float64."""
    truth = numerics.Truth(np.array([2.0]), np.array([1e-20]))
    right = right_answer((truth, [3]), lambda _: np.zeros(()), exact=True)
    with pytest.raises(CheckFailed, match=r"expected \(\[2\], \[3\]\)"):
        check_right([np.array([1.0]), [3]], right)


# What is said, and what is a mistake of the rubric's ---------------------------------------------


def message(bench: Bench, name: str, code: str) -> str:
    """What is said of a lost criterion."""
    own = [criterion for criterion in rubric.criteria if criterion.target == name]
    execution = bench._execution({name: RANDOM + code})
    try:
        execution.start()
        (verdict,) = engine.judge(rubric.sat(Sitting(SEED), own), execution)
    finally:
        execution.close()
    return verdict.message


SAID = {
    ("summary", "def summary(x):\n    return 3, 0.5, 'rising'"): (
        "summary(np.array([1.0, 2.0, 4.0])) gave (3, 0.5, 'rising'); expected (3, 2.33333, 'rising')"
    ),
    ("Account", "class Acount: pass"): "Account is not there after the notebook ran",
    ("Refusing", PROMISES["Refusing"].wrong[0]): (
        "Refusing().deposit(-1) raised TypeError; expected ValueError"
    ),
    ("Refusing", PROMISES["Refusing"].wrong[3]): (
        "Refusing().deposit(-1) gave None; expected ValueError"
    ),
    ("flipped", "def flipped(x):\n    return x, x"): (
        "flipped(np.array([[1.0, 2.0]])) gave [[1, 2]] of shape (1, 2); expected shape (2, 1)"
    ),
    ("strict", PROMISES["strict"].wrong[1]): "strict(-1.0) raised ValueError; expected TypeError",
    ("order", "def order(x):\n    return np.sort(x)"): (
        "order(np.array([3, 1, 2])) left [3, 1, 2] in x; expected [1, 2, 3]"
    ),
    ("largest", PROMISES["largest"].wrong[0]): (
        "largest([3, 9, 2]) left [2, 3, 9] in items; expected [3, 9, 2] as before"
    ),
    ("wave", PROMISES["wave"].wrong[0]): (
        "wave(np.array([1.0, 2.0])) gave complex numbers; expected real numbers"
    ),
    ("dice", PROMISES["dice"].wrong[2]): "expected whole numbers from 1 to 6, all as likely",
    ("weights", PROMISES["weights"].wrong[2]): "numbers of standard deviation 0.009",
    ("scale", PROMISES["scale"].wrong[0]): "NumPy can do without a loop",
    ("pairs", PROMISES["pairs"].wrong[0]): "so they grow like n^2.0; expected no faster than n^1",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), SAID)
def test_what_is_lost_is_said_plainly(bench: Bench, name: str, code: str) -> None:
    """With the call as it would be typed."""
    assert SAID[name, code] in message(bench, name, code)


def test_a_failing_sample_is_the_same_in_every_run(bench: Bench) -> None:
    """Generators without a seed are seeded in workers, numpy's new ones too."""
    code = "def dice(n):\n    return np.random.default_rng().integers(1, 6, n)"
    first = message(bench, "dice", code)
    assert "%" in first
    assert message(bench, "dice", code) == first


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: t.gives_right_values("a", points=1, title="A", on="some"),
        lambda t: t.works_in_place("a", points=1, title="A", on="some"),
        lambda t: t.grows("a", 1, inputs=lambda n: {"x": n}, sizes=(2, 1, 3), points=1, title="A"),
        lambda t: t.matches_gradient("a", of="x = 1", points=1, title="A", on="some"),
        lambda t: t.raises("a", ValueError, points=1, title="A", on="some", call="for x in y: x"),
        lambda t: t.raises("a", ValueError, points=1, on="some"),
    ],
)
def test_a_mistake_in_a_rubric_is_named(wrong: Any) -> None:
    """By the criterion that it is in."""
    target = Rubric("a", seed=1).target("f", call="f(x)", corpus=Corpus(some=Group(corners=[1.0])))
    with pytest.raises(RubricError, match="'a'"):
        wrong(target)


def test_functions_are_no_inputs() -> None:
    """Where they belong is said."""
    corpus = Corpus(some=Group(corners=[{"f": np.sin}]))
    with pytest.raises(RubricError, match=r"group 'some' .* a ufunc; functions .* into the call"):
        corpus.cases(["some"], Sitting(SEED))


# Chance and growth, by themselves ----------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_samples_of_a_distribution_follow_it_and_others_do_not(seed: int) -> None:
    """20 times with 4,000 draws each."""
    random = np.random.default_rng(seed)
    drawn = {
        uniform(-1, 3): random.uniform(-1, 3, 4000), normal(2, 0.5): random.normal(2, 0.5, 4000),
        integers(0, 4): random.integers(0, 4, 4000), bernoulli(0.3): random.random(4000) < 0.3,
    }  # fmt: skip
    for distribution in drawn:
        for other, samples in drawn.items():
            if other is distribution:
                check_follows(np.asarray(samples), distribution)
            else:
                with pytest.raises(CheckFailed):
                    check_follows(np.asarray(samples), distribution)
    with pytest.raises(CheckFailed, match="expected"):
        check_follows(random.random(4000) < 0.45, bernoulli(0.3))


@pytest.mark.parametrize("seed", range(20))
def test_moments_are_held_to_what_chance_allows(seed: int) -> None:
    """A seventh more of deviation is noticed in 20,000 draws, whatever the distribution."""
    random = np.random.default_rng(seed)
    a = math.sqrt(3)
    for samples in (random.normal(0, 1, 20_000), random.uniform(-a, a, 20_000)):
        check_moments(samples, 0, 1)
        for wrong in (samples * 1.15, samples / 1.15, samples + 0.1):
            with pytest.raises(CheckFailed):
                check_moments(wrong, 0, 1)
        check_moments(samples * 1.15, 0, 1, within=0.15)


@pytest.mark.parametrize("exponent", [0.5, 1, 2, 3])
def test_growth_is_seen_through_what_is_constant(exponent: float) -> None:
    """Ten thousand instructions of set-up hide no exponent."""
    sizes = (64, 256, 1024)
    assert growth([int(7 * n**exponent) for n in sizes], sizes) == pytest.approx(exponent, abs=0.05)
    assert growth([900 + n**2 for n in sizes], sizes) <= 2
    assert growth([500, 500, 500], sizes) == 0
    assert growth([10_000 + int(n**exponent) for n in sizes], sizes) <= exponent + 0.05
