"""The hidden rubric of ASSIGNMENT: one function, 10 points.

It runs in the grader; of students' code it sees only answers to calls. The id and the points of a
criterion are those of its test cell in the notebook: `grader cells ASSIGNMENT` keeps them in step.
"""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader import numerics
from grader.checks import check_close, show
from grader.corpus import Corpus, Group
from grader.rubric import Rubric

rubric = Rubric(
    "ASSIGNMENT",
    seed=1,  # fixes the generated inputs: everybody sits the same exam
    setup="import numpy as np",  # run before the notebook; the names that calls may use
)

MOST = 12  # weights in one input

INPUTS = Corpus(
    plain=Group(
        # Corners: what a person would try, simplest first.
        corners=[np.array([1.0]), np.array([1.0, 3.0]), np.array([0.001, 1.0, 1000.0])],
        # More of the same kind, generated from the seed.
        strategy=lambda: arrays(float, st.integers(1, MOST), elements=st.floats(0.01, 100)),
        count=40,
        plain=False,  # weights are positive: an audit must not put just any numbers in their place
    ),
    large=Group(
        corners=[np.array([1e308, 1e308])],  # the sum is infinite
        strategy=lambda: arrays(float, st.integers(2, MOST), elements=st.floats(1e306, 1e308)),
        count=20,
        plain=False,
    ),
)

# How far a correct algorithm may be off, in units of rounding: adding n positive numbers, in any
# order, takes n - 1 roundings; reading x, scaling it, dividing and giving the answer one each.
UNITS = MOST + 3


def reference(x):
    """What is right: exact fractions, rounded once."""
    weights = [Fraction(weight) for weight in x.tolist()]
    return np.array([float(weight / sum(weights)) for weight in weights])


shares = rubric.target(
    "shares",  # what the notebook has to define
    call="shares(x)",  # what is asked of it, on each input
    corpus=INPUTS,
    reference=reference,
    bound=numerics.relative(UNITS),
)

# Common promises have a method each.
shares.gives_right_values(
    "values", points=6, title="Divides every weight by the sum of all.", on="plain"
)


# A promise of one's own is a function: `f` asks the student's code, `x` is one input. Where what it
# needs is not passed it is skipped: nothing is earned by what computes nothing.
@shares.criterion("unit", points=4, area="stability", on="large", needs="values")
def does_not_depend_on_the_unit(f, x):
    """Gives the same shares in any unit, for very large weights as well."""  # students see this
    large, small = f(x), f(x * 2.0**-1000)  # a power of 2: nothing is rounded
    bound = 2 * UNITS * numerics.unit_roundoff(numerics.FLOAT64) * small  # both may be off
    check_close(large, small, bound, f"expected {show(small)}, as for smaller weights")
