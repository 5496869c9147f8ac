"""Ideas for whoever has lost a point in a known way; none of them is code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.rubric import Rubric


def add(rubric: Rubric) -> None:
    """Add all hints; of several that fit, the first counts."""
    values = ("linear-vector", "linear-batch", "linear-axes")
    rubric.hint(
        "A method has to hand back its result; as it is, what it works out is lost.",
        on=(*values, "sequential-two", "linear-count", "sequential-count"),
        when=lambda seen: "'NoneType'" in seen.said or "gave None" in seen.said,
    )
    rubric.hint(
        "A vector has one axis and a batch has two: nothing should depend on how many there are.",
        on=(*values, "linear-no-bias"),
        when=lambda seen: "to unpack" in seen.said or "tuple index out of range" in seen.said,
    )
    rubric.hint(
        "The sizes do not fit each other: each input has a row of the weights, each output a "
        "column.",
        on=values,
        when=lambda seen: "ValueError" in seen.said,
    )
    rubric.hint(
        "Where there is no bias, nothing is to be added: None is no number.",
        on="linear-no-bias",
        when=lambda seen: "None" in seen.said,
    )
    rubric.hint(
        "Whatever stands before the last axis only says how many samples there are.",
        on=("linear-batch", "linear-axes", "linear-shape", "sequential-batch"),
        when=lambda seen: "shape" in seen.said,
    )
    rubric.hint(
        "NumPy's random numbers are float64; what is made of them keeps that, unless told "
        "otherwise.",
        on="linear-dtype",
        when=lambda seen: "float64" in seen.said,
    )
    rubric.hint(
        "Standard deviation or variance, inputs or outputs, normal or uniform: look at each of "
        "these three.",
        on="linear-scale",
    )
    rubric.hint(
        "Either nothing is drawn, or the same is drawn every time: a seed is for whoever runs an "
        "experiment, and not for a layer.",
        on="linear-anew",
    )
    rubric.hint(
        "What stands in the class, in a global name or in a default value is there once, for all.",
        on=("linear-own", "sequential-own"),
    )
    rubric.hint(
        "Somewhere the layer remembers how its parameters were, and does not look again.",
        on=("linear-live", "linear-parameters"),
        when=lambda seen: "another" in seen.said or "expected" not in seen.said,
    )
    rubric.hint(
        "A size of 1 is stretched to any other by broadcasting, where nobody objects.",
        on="linear-mismatch",
    )
    rubric.hint(
        "Work on new values: the caller still needs the input as it was.",
        on=("linear-input", "sequential-input"),
    )
    rubric.hint(
        "What a call leaves behind in its object matters to the next.",
        on=("linear-repeat", "sequential-repeat"),
    )
    rubric.hint(
        "Not every layer has parameters: ask first.",
        on=("sequential-parameters", "sequential-nested-parameters", "sequential-count"),
        when=lambda seen: "AttributeError" in seen.said,
    )
    rubric.hint(
        "A layer that is itself a model has parameters like any other; so has one that came later.",
        on=("sequential-nested-parameters", "sequential-count"),
    )
