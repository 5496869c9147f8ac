"""The hidden rubric of the Layers assignment: Linear and Sequential, 100 points.

Weights are random, so values are judged with weights that are put in: `filled(Linear, w, b)` makes
a layer and writes them into its own arrays, as an optimizer would. A Linear that keeps its weight
the other way round loses the criterion about its shape, and no other: `filled` turns the numbers.

Chance has three criteria. The moments of 30,000 weights (for each of four sizes) are held to within
3% and what their number allows, another 3.2%: a right layer, normal, uniform or in between, fails
once in 10^12 for each (`distributions.check_moments`), and a deviation that is 9% off or more is
noticed as surely. That weights are drawn each for itself, and anew for each layer, is seen where
less than 10% of some hundred are alike; of a continuous distribution in float32, not one in a
thousand is.

Sequential is judged with activations as its layers, which are given and right, so that what is
wrong with Linear costs nothing twice. What takes both comes last, and there Sequential is held to
what the student's own Linear says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from grader import linear as products
from grader import numerics
from grader.checks import CheckFailed, as_array, check_values, show
from grader.rubric import Rubric

from . import hints, inputs

if TYPE_CHECKING:
    from grader.numerics import Array, Truth
    from grader.promises import Ask

SETUP = '''
import numpy as np
from tinytorch.core.activations import ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.tensor import Tensor

KINDS = {"ReLU": ReLU, "Sigmoid": Sigmoid, "Tanh": Tanh, "Softmax": Softmax}


def laid(kind, w, **options):
    """The weights w as layers of this kind lay them out."""
    turned = np.shape(kind(2, 3, **options).weight.data) == (3, 2)
    return w.T if turned else w


def filled(kind, w, b=None):
    """A new layer with these numbers in its own arrays; without `b`, one that has no bias."""
    options = {} if b is not None else {"bias": False}
    layer = kind(*w.shape, **options)
    np.asarray(layer.weight.data)[...] = laid(kind, w, **options)
    if b is not None and layer.bias is not None:
        np.asarray(layer.bias.data)[...] = b
    return layer


def is_tensor(value):
    return "Tensor" in [kind.__name__ for kind in type(value).__mro__]


def named(found, **layers):
    """The names of parameters, such as "first.weight"; of what is none, what it is."""
    if not isinstance(found, (list, tuple)):
        return [f"no list but a {type(found).__name__}"]
    places = [(name, layer, part) for name, layer in layers.items() for part in ("bias", "weight")]
    known = {id(getattr(layer, part, None)): f"{name}.{part}" for name, layer, part in places}
    return [known.get(id(one), f"another {type(one).__name__}") for one in found]


def told(method):
    """The whole number that a method gives; None where it raises, or gives something else."""
    try:
        return int(method())
    except Exception:
        return None
'''

rubric = Rubric("layers", seed=20251001, setup=SETUP, list_dtype="float32", answers="a Tensor")
FLOAT32, FLOAT64 = numerics.FLOAT32, numerics.FLOAT64

# Linear: forward -------------------------------------------------------------------------------

NEW = "layer = Linear(*np.shape(w))"
FILL = f"{NEW}; layer.weight.data[...] = w; layer.bias.data[...] = b"

linear = rubric.target(
    "Linear",
    call="filled(Linear, w, b)(Tensor(x)).data",
    said="linear(x, weight=w, bias=b)",
    reference=products.affine,
    bound=products.affine_bound,
    corpus=inputs.LINEAR,
    needs="linear-vector",
    gives="anything",
)
TYPED = f"{FILL}; layer(Tensor(x)).data"

for group, points, title in (
    ("vector", 6, "Gives x @ weight + bias for a vector."),
    ("batch", 5, "Gives x @ weight + bias for every row of a batch."),
    ("axes", 3, "Works on three and four axes."),
):
    linear.gives_right_values(
        f"linear-{group}", points=points, title=title, on=group, precision=FLOAT32, needs=(),
        shown=TYPED,
    )  # fmt: skip


def without_bias(x: Array, w: Array) -> Truth:
    """The product alone."""
    return products.matmul(x, w)


linear.gives_right_values(
    "linear-no-bias", points=3, area="bias",
    title="With bias=False, gives x @ weight.", on="no_bias", needs=(),
    call="filled(Linear, w)(Tensor(x)).data",
    shown="layer = Linear(*np.shape(w), bias=False); layer.weight.data[...] = w; "
    "layer(Tensor(x)).data",
    said="linear(x, weight=w)",
    reference=without_bias, bound=products.matmul_bound, precision=FLOAT32,
)  # fmt: skip
linear.gives_right_values(
    "linear-precision", points=2,
    title="Is as precise as its input: float64 values are right to float64's rounding.",
    on="wide", precision=FLOAT64, shown=TYPED,
)  # fmt: skip
linear.keeps_shape(
    "linear-shape", points=2,
    title="Puts out_features in the place of in_features, from one to four axes.",
    on="ranks", shown=TYPED,
)  # fmt: skip
linear.raises(
    "linear-mismatch", ValueError, points=2, area="shape",
    title="Raises a ValueError where the last axis is not in_features long.",
    on="mismatch", call="Linear(n, m)(Tensor(x)).data", said="Linear(n, m)(Tensor(x))",
)  # fmt: skip

# Linear: what it is made of --------------------------------------------------------------------

ALIKE = 0.1  # of weights that are drawn for themselves, hardly any are equal
LOPSIDED = 7  # standard deviations of a mean, or of the share that is positive: once in 10^12


def fail(output: Any, said: str, promised: str) -> NoReturn:
    """What came back, what is wrong with it in words, and what was promised."""
    raise CheckFailed(output, promised, said)


linear.has_moments(
    "linear-scale", points=5,
    title="Draws weights with mean 0 and standard deviation sqrt(2 / in_features).",
    on="many", needs=(), call="Linear(n, m).weight.data", said="Linear(n, m).weight",
    std=lambda n, **_: np.sqrt(2 / n), draws=lambda n, m: n * m, within=0.03,
)  # fmt: skip


@linear.criterion(
    "linear-drawn", points=3, area="distribution", on="some", needs=(),
    call="np.asarray(Linear(n, m).weight.data)", said="Linear(n, m).weight",
)  # fmt: skip
def draws_each_for_itself(f: Ask, n: int, m: int) -> None:
    """Draws every weight for itself."""
    weights = f(n, m)
    different = len(np.unique(weights))
    if different <= (1 - ALIKE) * np.size(weights):
        said = f"has {np.size(weights)} numbers, but only {different} different among them"
        fail(weights, said, "expected nearly all to differ")
    positive = float(np.mean(weights > 0))
    likely = LOPSIDED / np.sqrt(np.size(weights))
    centred = abs(np.mean(weights)) <= likely * np.std(weights)  # else the scale has been lost
    if centred and abs(positive - 0.5) > likely / 2:
        said = f"has {np.size(weights)} numbers, and {positive:.0%} of them positive"
        fail(weights, said, "expected them symmetric about 0")


@linear.criterion(
    "linear-anew", points=3, area="distribution", on="some", needs=(),
    call="[np.asarray(Linear(n, m).weight.data) for _ in range(2)]", said="Linear(n, m).weight",
)  # fmt: skip
def draws_anew(f: Ask, n: int, m: int) -> None:
    """Draws anew for every layer."""
    one, other = f(n, m)
    if one.shape != other.shape or not one.size:
        said = f"has shape {other.shape}, and one before {one.shape}"
        fail(other, said, "expected as many weights")
    same = float(np.mean(one == other))
    if same >= ALIKE:
        fail(other, f"has {same:.0%} of the weights of one before", "expected others")
    if not np.isfinite(one).all():
        fail(one, "has NaN in it", "expected numbers")


@linear.criterion(
    "linear-weight", points=4, area="parameters", on="small", needs="linear-drawn",
    call="layer = Linear(n, m); [is_tensor(layer.weight), list(np.shape(layer.weight.data))]",
    shown="Linear(n, m).weight.shape", said="Linear(n, m).weight",
)  # fmt: skip
def has_a_weight(f: Ask, n: int, m: int) -> None:
    """Has a weight of shape (in_features, out_features)."""
    fits, shape = f(n, m)
    if not fits:
        fail("no Tensor", "is no Tensor", "expected a Tensor")
    if shape != [n, m]:
        fail(shape, f"has shape {tuple(shape)}", f"expected {(n, m)}")


@linear.criterion(
    "linear-bias", points=3, area="parameters", on="small", needs=(),
    call="layer = Linear(n, m); none = Linear(n, m, bias=False).bias is None; "
    "[is_tensor(layer.bias), none, np.asarray(layer.bias.data)]",
    shown="Linear(n, m).bias", said="Linear(n, m).bias",
)  # fmt: skip
def has_a_bias(f: Ask, n: int, m: int) -> None:
    """Has a bias of out_features zeros, or None with bias=False."""
    fits, none, bias = f(n, m)
    if not fits:
        fail("no Tensor", "is no Tensor", "expected a Tensor")
    if not np.array_equal(bias, np.zeros(m)):
        fail(bias, f"is {show(bias)}", f"expected {show(np.zeros(m))}")
    if not none:
        said = "is right, but with bias=False there is one as well"
        fail(bias, said, "expected None there")


@linear.criterion(
    "linear-dtype", points=2, area="dtype", on="few",
    call="layer = filled(Linear, w, b); y = layer(Tensor(x)); "
    "[is_tensor(y), *(np.asarray(t.data).dtype.name for t in (layer.weight, layer.bias, y))]",
    shown=TYPED,
)  # fmt: skip
def has_the_right_dtype(f: Ask, x: Array, w: Array, b: Array) -> None:
    """Begins with float32, gives a float32 Tensor for float32, and a float64 one for float64."""
    fits, weight, bias, y = f(x, w, b)
    if not fits:
        fail("no Tensor", "gave no Tensor", "expected a Tensor")
    for name, dtype in (("weight", weight), ("bias", bias)):
        if dtype != "float32":
            fail(dtype, f"begins with a {name} of {dtype}", "expected float32")
    if y != x.dtype.name:
        fail(y, f"gave {y} for {x.dtype}", f"expected {x.dtype}")


# Linear: how it behaves ------------------------------------------------------------------------

linear.gives_right_values(
    "linear-own", points=3, area="state", title="Shares nothing with other layers.",
    on="few", precision=FLOAT32,
    call="one = filled(Linear, w, b); filled(Linear, -w, b + 1); "
    "one(Tensor(x)).data",
    shown=f"{FILL}; other = Linear(*np.shape(w)); other.weight.data[...] = -w; "
    "other.bias.data[...] = b + 1; layer(Tensor(x)).data",
)  # fmt: skip


LIVE = """
layer = Linear(*np.shape(w))
own = laid(Linear, w)
answer = lambda: np.array(layer(Tensor(x)).data)
layer.weight.data, layer.bias.data = own.copy(), b.copy()
ys = [answer()]
layer.weight, layer.bias = Tensor(-own), Tensor(b + 1)
ys.append(answer())
layer.weight.data[...] = own
ys.append(answer())
layer.weight.data[...], layer.bias.data[...] = own, b
ys.append(answer())
layer.weight.data, layer.bias.data = -own, b + 1
ys.append(answer())
ys
"""
CHANGES = (
    "with new arrays", "with new Tensors", "with other numbers in its weight",
    "with other numbers in its bias", "with new arrays once more",
)  # fmt: skip


@linear.criterion(
    "linear-live", points=3, area="state", on="few", call=LIVE,
    shown="layer = Linear(*np.shape(w)); ys = []; layer.weight.data = w; layer.bias.data = b; "
    "ys.append(layer(Tensor(x)).data); layer.weight = Tensor(-w); layer.bias = Tensor(b + 1); "
    "ys.append(layer(Tensor(x)).data); layer.weight.data[...] = w; "
    "ys.append(layer(Tensor(x)).data); layer.bias.data[...] = b; "
    "ys.append(layer(Tensor(x)).data); layer.weight.data = -w; layer.bias.data = b + 1; "
    "ys.append(layer(Tensor(x)).data); ys",
)  # fmt: skip
def goes_by_what_is_there(f: Ask, x: Array, w: Array, b: Array) -> None:
    """Goes by its parameters as they are now, however they were changed."""
    more = b + b.dtype.type(1)
    there = ((w, b), (-w, more), (w, more), (w, b), (-w, more))
    for y, change, (weight, bias) in zip(f(x, w, b), CHANGES, there, strict=True):
        try:
            check_values(as_array(y), linear.right(FLOAT32, x=x, w=weight, b=bias))
        except CheckFailed as failed:
            said = f"and more; {change} {failed.said}"
            raise CheckFailed(failed.output, failed.expected, said) from None


LISTED = """
layer = Linear(n, m, bias=bias)
layer.parameters()
layer.weight = Tensor(layer.weight.data)
if bias:
    layer.bias = Tensor(layer.bias.data)
named(layer.parameters(), layer=layer)
"""
linear.gives_right_values(
    "linear-parameters", points=4, area="parameters", on="flags", needs=(), call=LISTED,
    title="Lists its parameters themselves: weight, then bias if there is one.",
    shown="layer = Linear(n, m, bias=bias); layer.parameters(); "
    "layer.weight = Tensor(layer.weight); layer.parameters()",
    said="Linear(n, m, bias=bias).parameters()",
    reference=lambda bias, **_: ["layer.weight", "layer.bias"][: 1 + bias],
)  # fmt: skip


def check_count(found: Any, *true: int, call: str = "") -> None:
    """What a call, by default the criterion's own, gave is one of these numbers."""
    if not any(np.array_equal(found, one) for one in true):
        raise CheckFailed(found, f"expected {true[0]}", f"gave {show(found)}", call=call)


@linear.criterion(
    "linear-count", points=3, area="parameters",
    on="flags", needs=(), call="Linear(n, m, bias=bias).count_parameters()",
    said="Linear(n, m, bias=bias).count_parameters()",
)  # fmt: skip
def counts_parameters(f: Ask, n: int, m: int, bias: bool) -> None:  # noqa: FBT001
    """Counts the numbers in its parameters."""
    found = f(n, m, bias)
    check_count(found, n * m + (m if bias else 0))
    if np.asarray(found).dtype.kind not in "iu":
        fail(found, f"gave {show(found)}, a {type(found).__name__}", "expected a whole number")


linear.leaves_input(
    "linear-input", points=1, title="Leaves its input unchanged.", on="few",
    call="t = Tensor(x); y = filled(Linear, w, b)(t); "
    "[np.may_share_memory(y.data, t.data), t.data]",
    shown=f"{FILL}; t = Tensor(x); layer(t); t.data",
)  # fmt: skip


REPEATED = """
layer = filled(Linear, w, b)
ys = [layer(Tensor(x)), layer(Tensor(x + 1)), layer(Tensor(x)), layer.forward(Tensor(x))]
same_weight = np.array_equal(layer.weight.data, laid(Linear, w))
[[y.data for y in ys], same_weight, np.array_equal(np.ravel(layer.bias.data), b)]
"""


@linear.criterion(
    "linear-repeat", points=2, area="determinism", on="few", call=REPEATED,
    shown=f"{FILL}; a = layer(Tensor(x)); b = layer(Tensor(x + 1)); c = layer(Tensor(x)); "
    "[a.data, b.data, c.data, layer.forward(Tensor(x)).data]",
)  # fmt: skip
def repeats_itself(f: Ask, x: Array, w: Array, b: Array) -> None:
    """Gives the same answer every time, by call and by forward, and stays as it is."""
    answers, same_weight, same_bias = f(x, w, b)
    others = (x, x + x.dtype.type(1), x, x)
    for number, (y, given) in enumerate(zip(answers, others, strict=True)):
        try:
            check_values(as_array(y), linear.right(FLOAT32, x=given, w=w, b=b))
        except CheckFailed as failed:
            where = ("first", "second, on x + 1,", "third", "one by forward,")[number]
            said = f"and more; the {where} {failed.said}"
            raise CheckFailed(failed.output, failed.expected, said) from None
    if not (same_weight and same_bias):
        fail("a changed layer", "changed the layer", "expected nothing but an answer")


# Sequential ------------------------------------------------------------------------------------

STEPS = {
    "ReLU": numerics.relu, "Sigmoid": numerics.sigmoid, "Tanh": numerics.tanh,
    "Softmax": numerics.softmax,
}  # fmt: skip


def run(x: Array, *layers: str) -> Truth:
    """What activations give one after the other."""
    for name in layers:
        truth = STEPS[name](x)
        x = truth.hi
    return truth


# None of the activations widens an error (their slopes are 1 at most), so errors add up. Those of
# five are at most 80 u; a Softmax of four numbers up to 5 has (8 + 4 + 20 + 10) u at most.
CHAIN = numerics.absolute(5 * 16 + 2 * 42)
TWO = "Sequential([ReLU(), Sigmoid()])"

sequential = rubric.target(
    "Sequential",
    call=f"{TWO}(Tensor(x)).data",
    said=f"{TWO}(x)",
    reference=lambda x: run(x, "ReLU", "Sigmoid"),
    bound=CHAIN,
    corpus=inputs.SEQUENTIAL,
    needs="sequential-two",
    gives="anything",
)
sequential.gives_right_values(
    "sequential-two", points=5, title="Applies two layers in order.", on="vector", needs=()
)
sequential.gives_right_values(
    "sequential-many", points=4, title="Applies as many layers as there are: one, three, four.",
    on="models", call="Sequential([KINDS[name]() for name in layers])(Tensor(x)).data",
    shown="Sequential([globals()[name]() for name in layers])(Tensor(x)).data",
    said="sequential(x, layers)", reference=lambda x, layers: run(x, *layers), bound=CHAIN,
)  # fmt: skip
sequential.gives_right_values(
    "sequential-batch", points=3, area="shape", on="axes", bound=CHAIN,
    title="Works on batches and on more axes, and keeps the dtype.",
    reference=lambda x: [list(x.shape), x.dtype.name, run(x, "ReLU", "Sigmoid")],
    call=f"y = np.asarray({TWO}(Tensor(x)).data); [list(y.shape), y.dtype.name, y]",
    shown=f"y = {TWO}(Tensor(x)); [y.shape, y.dtype, y.data]",
)  # fmt: skip

NESTED = "Sequential([ReLU(), Sequential([Sigmoid(), Sequential([Tanh()])]), Sigmoid()])"
sequential.gives_right_values(
    "sequential-nested", points=4, title="A Sequential can be a layer of another.", on="few",
    call=f"{NESTED}(Tensor(x)).data", said=f"{NESTED}(x)",
    reference=lambda x: run(x, "ReLU", "Sigmoid", "Tanh", "Sigmoid"), bound=CHAIN,
)  # fmt: skip

GROWN = """
one = Sequential()
one.add(ReLU())
one.add(Sigmoid())
two = Sequential([ReLU()])
two.add(Sigmoid())
[one(Tensor(x)).data, two(Tensor(x)).data]
"""
sequential.gives_right_values(
    "sequential-add", points=4, area="state", on="few", call=GROWN, said=GROWN,
    title="Begins empty without a list, and grows at its end.",
    reference=lambda x: [run(x, "ReLU", "Sigmoid")] * 2, bound=CHAIN,
)  # fmt: skip

OWN = """
other = Sequential()
other.add(Tanh())
other.add(Tanh())
model = Sequential()
model.add(ReLU())
model.add(Sigmoid())
layers = [ReLU(), Sigmoid()]
listed = Sequential(layers)
layers.append(Tanh())
layers[0] = Tanh()
y = listed(Tensor(x)).data
listed.add(Tanh())
[model(Tensor(x)).data, y, [type(one).__name__ for one in layers]]
"""
sequential.gives_right_values(
    "sequential-own", points=3, area="state", on="few", call=OWN, said=OWN,
    title="Keeps a list of its own, and leaves the one that was given.",
    needs="sequential-add",
    reference=lambda x: [*[run(x, "ReLU", "Sigmoid")] * 2, ["Tanh", "Sigmoid", "Tanh"]],
    bound=CHAIN,
)  # fmt: skip
sequential.leaves_input(
    "sequential-input", points=1, title="Leaves its input unchanged.", on="few",
    call=f"t = Tensor(x); y = {TWO}(t); [np.may_share_memory(y.data, t.data), t.data]",
    shown=f"t = Tensor(x); {TWO}(t); t.data",
)  # fmt: skip

AGAIN = f"""
model = {TWO}
ys = [model(Tensor(x)), model(Tensor(x + 1)), model(Tensor(x)), model.forward(Tensor(x))]
[y.data for y in ys]
"""
sequential.gives_right_values(
    "sequential-repeat", points=1, area="determinism", on="few", call=AGAIN, said=AGAIN,
    title="Gives the same answer every time, by call and by forward.",
    reference=lambda x: [run(v, "ReLU", "Sigmoid") for v in (x, x + x.dtype.type(1), x, x)],
    bound=CHAIN,
)  # fmt: skip

# Both together ---------------------------------------------------------------------------------
#
# Here Sequential is held to what the student's own Linear gives, says and counts, or to what is
# right: what is wrong with Linear is not charged again.

together = rubric.target(
    "Linear in Sequential", corpus=inputs.TOGETHER, needs="sequential-two", gives="anything"
)
CHAINED = """
first, last = filled(Linear, w, b), filled(Linear, v, c)
by_hand = [np.array(y.data) for y in (last(first(Tensor(x))), last(ReLU()(first(Tensor(x)))))]
models = [Sequential([first, last]), Sequential([first, ReLU(), last])]
answers = [np.array(model(Tensor(x)).data) for model in models]
np.asarray(last.weight.data)[...] *= -1
[[*answers, models[1](Tensor(x)).data], [*by_hand, last(ReLU()(first(Tensor(x)))).data]]
"""


@together.criterion(
    "sequential-linear", points=5, area="integration", on="network", call=CHAINED,
    shown="first = Linear(*np.shape(w)); last = Linear(*np.shape(v)); "
    "model = Sequential([first, ReLU(), last]); one = model(Tensor(x)); "
    "last.weight.data[...] *= -1; "
    "[one.data, model(Tensor(x)).data, last(ReLU()(first(Tensor(x)))).data]",
    said="sequential(x, [linear(w, b), relu, linear(v, c)])",
)  # fmt: skip
def applies_linear_layers(f: Ask, x: Array, w: Array, b: Array, v: Array, c: Array) -> None:
    """With Linear layers, gives what they give one after the other."""
    for output, wanted in zip(*f(x, w, b, v, c), strict=True):
        # The numbers are exact, in whatever order they are summed up.
        if not np.array_equal(output, wanted):
            fail(output, f"gave {show(output)}", f"expected {show(wanted)}, as layer by layer")


def check_listed(found: list[str], own: list[str], true: list[str], call: str = "") -> None:
    """The parameters that Linear lists itself, or those that it should."""
    if found != true and (found != own or not own):
        raise CheckFailed(found, f"expected {show(true)}", f"gave {show(found)}", call=call)


PARAMETERS = ["first.weight", "first.bias", "last.weight", "last.bias"]
PAIR = "first = Linear(n, m); last = Linear(m, n)"
BOTH = (
    "model.parameters(); [named(model.parameters(), first=first, last=last), "
    "named([*first.parameters(), *last.parameters()], first=first, last=last)]"
)
FLAT = (
    f"{PAIR}; model = Sequential([first, ReLU(), last, Sigmoid()]); "
    "first.weight = Tensor(first.weight.data)"
)
UNBIASED = (
    "first = Linear(n, m, bias=False); last = Linear(m, n); model = Sequential([first, last])"
)


@together.criterion(
    "sequential-parameters", points=3, area="parameters", on="sizes", needs=(),
    call=f"{FLAT}; {BOTH}", shown=f"{FLAT}; model.parameters()",
)  # fmt: skip
def lists_all_parameters(f: Ask, n: int, m: int) -> None:
    """Lists the parameters of all its layers themselves, in order."""
    found, own = f(n, m)
    check_listed(found, own, PARAMETERS)
    if not f.raises("[None for _ in Linear(n, m, bias=False).parameters()]"):
        found, own = f.by(f"{UNBIASED}; {BOTH}")
        shown = f"{UNBIASED}; model.parameters()"
        check_listed(found, own, ["first.weight", *PARAMETERS[2:]], shown)


DEEP = (
    f"{PAIR}; model = Sequential([first, ReLU()]); "
    "model.add(Sequential([Tanh(), Sequential([last])]))"
)


@together.criterion(
    "sequential-nested-parameters", points=2, area="parameters", on="sizes", needs="sequential-add",
    call=f"{DEEP}; {BOTH}", shown=f"{DEEP}; model.parameters()",
)  # fmt: skip
def lists_nested_parameters(f: Ask, n: int, m: int) -> None:
    """Lists those inside another Sequential as well, and those that were added."""
    found, own = f(n, m)
    check_listed(found, own, PARAMETERS)


COUNTED = f"{PAIR}; model = Sequential([first, Tanh(), Sequential([last])])"
OWN_COUNT = "told(lambda: first.count_parameters() + last.count_parameters())"
GROWN_COUNT = f"{PAIR}; model = Sequential([first]); model.add(last)"


@together.criterion(
    "sequential-count", points=3, area="parameters", on="sizes", needs=(),
    call=f"{COUNTED}; [model.count_parameters(), {OWN_COUNT}]",
    shown=f"{COUNTED}; model.count_parameters()",
)  # fmt: skip
def counts_all_parameters(f: Ask, n: int, m: int) -> None:
    """Counts the numbers in all parameters."""
    true = 2 * n * m + n + m
    found, own = f(n, m)
    check_count(found, true, own or true)
    for model, right in ((GROWN_COUNT, true), (UNBIASED, true - m)):
        # What cannot be made, or does not list them all, has been lost elsewhere.
        sizes = f"{model}; int(np.sum([one.size for one in model.parameters()]))"
        if not f.raises(sizes) and f.by(sizes) == right:
            found, own = f.by(f"{model}; [model.count_parameters(), {OWN_COUNT}]")
            check_count(found, right, own or right, call=f"{model}; model.count_parameters()")


NETWORK = """
model = Sequential([Linear(*np.shape(w)), ReLU(), Sequential([Linear(*np.shape(v)), Softmax()])])
for parameter, numbers in zip(model.parameters(), [w, b, v, c]):
    parameter.data[...] = laid(Linear, numbers) if numbers.ndim == 2 else numbers
model(Tensor(x)).data
"""


@together.criterion(
    "integration-network", points=3, area="integration", on="network",
    call=NETWORK, said="network(x, w, b, v, c)",
    needs=("linear-vector", "linear-batch", "sequential-two"),
)  # fmt: skip
def works_as_a_network(f: Ask, x: Array, w: Array, b: Array, v: Array, c: Array) -> None:
    """A model of Linear layers and activations gives right values, and learns by its parameters."""
    logits = np.maximum(x @ w + b, 0) @ v + c  # exact: small multiples of 1/4, and of 1/16
    truth = numerics.softmax(logits)
    bound = numerics.softmax_bound(logits, truth, FLOAT32)
    check_values(as_array(f(x, w, b, v, c)), numerics.Interval.around(truth, bound))


hints.add(rubric)
