"""Random functions, judged by what they draw, with false alarms rarer than one in 10^9.

The bounds hold for every sample size and need no tables: Dvoretzky, Kiefer and Wolfowitz's
inequality, with Massart's constant, for a distribution as a whole; those of sub-Gaussian sums and
of Laurent and Massart for mean and standard deviation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.checks import CheckFailed, as_array, number
from grader.rightness import applying

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.numerics import Array
    from grader.promises import Ask, Check

# Of one test on one input: a rubric may have a thousand of them and stay below one in 10^9.
FALSE_ALARM: Final = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """What numbers are drawn from: its name, and how likely they are up to some value.

    `up_to(v)` is P(X <= v) and `below(v)` is P(X < v) for an array of values; `can_be(v)` says
    which values can be drawn at all.
    """

    name: str
    up_to: Callable[[Array], Array]
    below: Callable[[Array], Array]
    can_be: Callable[[Array], Array]


def uniform(low: float = 0.0, high: float = 1.0) -> Distribution:
    """Numbers between `low` and `high`, each as likely as the next.

    >>> uniform(0, 2).up_to(np.array([-1.0, 0.5, 3.0]))
    array([0.  , 0.25, 1.  ])
    """

    def up_to(v: Array) -> Array:
        return np.clip((v - low) / (high - low), 0, 1)

    return Distribution(
        name=f"uniform between {low:g} and {high:g}", up_to=up_to, below=up_to,
        can_be=lambda v: (v >= low) & (v <= high),
    )  # fmt: skip


def normal(mean: float = 0.0, std: float = 1.0) -> Distribution:
    """Gauss's bell curve; `std` is above 0.

    >>> normal().up_to(np.array([0.0]))
    array([0.5])
    """
    erf = np.vectorize(math.erf, otypes=[float])

    def up_to(v: Array) -> Array:
        return np.asarray(0.5 * (1 + erf((v - mean) / (std * math.sqrt(2)))))

    return Distribution(
        name=f"normal with mean {mean:g} and standard deviation {std:g}", up_to=up_to, below=up_to,
        can_be=np.isfinite,
    )  # fmt: skip


def integers(low: int, high: int) -> Distribution:
    """Whole numbers from `low` to `high` - 1, each as likely as the next, as numpy counts."""
    return Distribution(
        name=f"whole numbers from {low} to {high - 1}, all as likely",
        up_to=lambda v: np.clip((np.floor(v) - low + 1) / (high - low), 0, 1),
        below=lambda v: np.clip((np.ceil(v) - low) / (high - low), 0, 1),
        can_be=lambda v: (v == np.floor(v)) & (v >= low) & (v < high),
    )


def bernoulli(p: float) -> Distribution:
    """1 with probability `p`, else 0.

    >>> bernoulli(0.25).up_to(np.array([0.0, 1.0]))
    array([0.75, 1.  ])
    """
    return Distribution(
        name=f"1 with probability {p:g}, else 0",
        up_to=lambda v: np.where(v < 0, 0.0, np.where(v < 1, 1 - p, 1.0)),
        below=lambda v: np.where(v <= 0, 0.0, np.where(v <= 1, 1 - p, 1.0)),
        can_be=lambda v: (v == 0) | (v == 1),
    )


def check_follows(output: Array, distribution: Distribution) -> None:
    """Raise `CheckFailed` where samples are not of the distribution.

    P(sup |F_n - F| > e) <= 2 exp(-2 n e^2) for n independent samples (Massart 1990); discrete
    distributions keep well below it. The shape of `output` does not matter.

    >>> check_follows(np.full(1000, 0.5), uniform())
    Traceback (most recent call last):
    grader.checks.CheckFailed: expected uniform between 0 and 1, so some 50.0%
    """
    samples = _flat(output)
    values, counts = np.unique(samples, return_counts=True)
    good = distribution.can_be(values)
    if not good.all():
        raise CheckFailed(
            output, f"expected {distribution.name}", f"drew {number(values[~good][0])}"
        )
    n = samples.size
    most = np.cumsum(counts) / n
    least = most - counts / n
    off = np.maximum(
        np.abs(most - distribution.up_to(values)), np.abs(least - distribution.below(values))
    )
    allowed = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * n))
    worst = int(np.argmax(off))
    if off[worst] > allowed:
        share = float(most[worst])
        wanted = float(distribution.up_to(values[worst : worst + 1])[0])
        raise CheckFailed(
            output,
            f"expected {distribution.name}, so some {wanted:.1%}",
            f"drew {n:,} numbers, {share:.1%} of them up to {number(values[worst], 3)}",
        )


def check_moments(output: Array, mean: float, std: float, within: float = 0.0) -> None:
    """Raise `CheckFailed` where samples have another mean or standard deviation.

    For independent samples of a symmetric distribution from uniform to normal: the mean of n is off
    by more than s sqrt(2 t / n) with probability 2 e^-t (sub-Gaussian), and the mean square leaves
    s^2 (1 - 2 sqrt(t / n), 1 + 2 sqrt(t / n) + 2 t / n) with probability 2 e^-t (Laurent and
    Massart 2000). `within` is a relative difference of the standard deviation that is allowed too.

    >>> check_moments(np.linspace(-1, 1, 5000), mean=0, std=1 / 3**0.5)
    """
    samples = _flat(output)
    n, t = samples.size, math.log(4 / FALSE_ALARM)
    found = float(samples.mean())
    allowed = std * (1 + within) * math.sqrt(2 * t / n)
    if not abs(found - mean) <= allowed:
        raise CheckFailed(
            output,
            f"expected {mean:g}, up to {allowed:.2g} for so many",
            f"drew {n:,} numbers of mean {number(found, 3)}",
        )
    spread = math.sqrt(float(np.mean((samples - mean) ** 2)))
    low = std * (1 - within) * math.sqrt(max(0.0, 1 - 2 * math.sqrt(t / n)))
    high = std * (1 + within) * math.sqrt(1 + 2 * math.sqrt(t / n) + 2 * t / n)
    if not low <= spread <= high:
        raise CheckFailed(
            output,
            f"expected {number(std, 4)}, from {number(low, 3)} to {number(high, 3)} for so many",
            f"drew {n:,} numbers of standard deviation {number(spread, 4)}",
        )


def _flat(output: Any) -> Array:
    answer = as_array(output)
    if answer.dtype.kind == "c":
        raise CheckFailed(output, "expected real numbers", "drew complex numbers")
    samples = np.asarray(answer, np.float64).ravel()
    if not np.isfinite(samples).all():
        raise CheckFailed(output, "expected numbers", "drew NaN or infinity")
    return samples


def drawn(draws: Any, check: Callable[..., None]) -> Check:
    """The answer is as many samples as `draws` says, and `check(samples, arguments)` holds.

    `draws` is a number, or a function of the case's arguments.
    """

    def on_case(ask: Ask, case: Any) -> None:
        output = as_array(ask.here())
        wanted = given(draws, case.arguments)
        if output.size != wanted:
            raise CheckFailed(
                output, f"expected {wanted:,} numbers", f"drew {output.size:,} numbers"
            )
        check(output, case.arguments)

    return on_case


def given(value: Any, arguments: Any) -> Any:
    """A value, or what a function gives for a case's arguments."""
    return applying(value)(arguments) if callable(value) else value
