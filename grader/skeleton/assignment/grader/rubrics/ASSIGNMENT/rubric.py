"""The hidden rubric of ASSIGNMENT: one function, 10 points.

It runs in the grader, apart from students' code. The id and the points of a criterion are those of
its test cell in the source notebook.
"""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader import numerics
from grader.numerics import Truth
from grader.checks import check_close, show
from grader.corpus import Corpus, Group
from grader.rubric import Rubric

rubric = Rubric(
    "ASSIGNMENT",
    seed=1,  # fixes the generated inputs, so that everybody sits the same exam
    setup="import numpy as np",  # run before the notebook; the names that calls see
)

MOST = 12  # weights in one input
UNITS = MOST + 4

WEIGHTS = Corpus(
    plain=Group(
        # Corners: what a person would try, simplest first.
        corners=[
            np.array([1.0]),
            np.array([1.0, 1.0]),
            np.array([1.0, 3.0]),
            np.array([0.001, 1.0, 1000.0]),
        ],
        # And more of the same kind, generated from the seed.
        strategy=lambda: arrays(float, st.integers(1, MOST), elements=st.floats(0.01, 100)),
        count=40,
        plain=False,  # an audit must not put just any numbers in their place: weights are positive
    ),
    large=Group(
        corners=[np.array([1e308, 1e308])],
        strategy=lambda: arrays(float, st.integers(2, MOST), elements=st.floats(1e306, 1e308)),
        count=20,
        plain=False,
    ),
)


def reference(x):
    """The right answer, in exact fractions that are rounded once."""
    weights = [Fraction(weight) for weight in x.tolist()]
    shares = np.array([float(weight / sum(weights)) for weight in weights])
    return Truth(shares, np.zeros_like(shares))


def bound(x, truth, dtype):
    return UNITS * numerics.unit_roundoff(dtype) * truth.hi


shares = rubric.target(
    "shares",  # what the notebook has to define
    call="shares(x)",  # what is asked of it, on each input
    corpus=WEIGHTS,
    reference=reference,
    # How far a correct algorithm may be off, in units of rounding: a sum of n positive numbers in
    # any order has n - 1 roundings; input, two divisions and the answer have one each.
    bound=bound,
)

# Common promises have a method each.
shares.gives_right_values(
    "values", points=6, title="Divides every weight by the sum of all.", on="plain"
)


# Others are functions: `f` asks the student's code, `x` is one input. What `needs` values is
# skipped where they are wrong, so that nothing is earned by computing nothing.
@shares.criterion("unit", points=4, area="stability", on="large", needs="values")
def does_not_depend_on_the_unit(f, x):
    """Gives the same shares in any unit, for very large weights as well."""  # students see this
    y, plain = f(x), f(x * 2.0**-1000)  # a power of 2: nothing is rounded
    bound = 2 * UNITS * numerics.unit_roundoff(y.dtype) * plain  # two answers, each within its own
    check_close(y, plain, bound, f"expected {show(plain)}, as for small weights")
