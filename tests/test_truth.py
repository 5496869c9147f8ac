"""The reference and the source's own solution, held to truth that nobody here wrote.

scipy's tests of softmax and expit run against them, numpy's validation set for tanh, the node cases
of ONNX; and what scipy, PyTorch and JAX compute, handed in as submissions, keeps all points.
"""

from __future__ import annotations

import csv
import importlib
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import numerics
from grader.numerics import Interval
from tests.conftest import COURSE, grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sample import Filler

pytest.importorskip("scipy")


@pytest.fixture(scope="module")
def solutions(filler: Filler) -> Iterator[dict[str, Any]]:
    """The source's own classes, and their Tensor."""
    sys.path.insert(0, str(COURSE / "source" / "activations"))
    try:
        space: dict[str, Any] = {"np": np}
        space["Tensor"] = importlib.import_module("tinytorch.core.tensor").Tensor
        for text in filler.solutions.values():
            exec(text, space)
        yield space
    finally:
        sys.path.pop(0)


def rounded(truth: numerics.Truth, dtype: Any) -> Any:
    """A reference's values as one would have them in that dtype."""
    with np.errstate(over="ignore"):
        return truth.hi.astype(dtype)


def over_axes(softmax: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """A softmax along one axis as scipy's: along all, one or several."""

    def general(x: Any, axis: Any = None) -> Any:
        x = np.asarray(x)
        x = x.astype(np.float64) if x.dtype.kind in "iu" else x
        axes = tuple(range(x.ndim)) if axis is None else np.atleast_1d(axis) % max(1, x.ndim)
        moved = np.moveaxis(x, tuple(axes), tuple(range(-len(axes), 0)))
        flat = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
        done = softmax(flat, -1).reshape(moved.shape)
        return np.moveaxis(done, tuple(range(-len(axes), 0)), tuple(axes))[()]

    return general


def functions(solutions: dict[str, Any], whose: str) -> dict[str, Callable[..., Any]]:
    """Softmax and sigmoid as plain functions: the source's, or the reference's."""
    if whose == "reference":
        return {
            "softmax": over_axes(lambda x, dim: rounded(numerics.softmax(x, dim), x.dtype)),
            "sigmoid": lambda x: rounded(numerics.sigmoid(np.asarray(x)), np.asarray(x).dtype),
        }
    tensor = solutions["Tensor"]
    return {
        "softmax": over_axes(lambda x, dim: solutions["Softmax"](dim=dim)(tensor(x)).data),
        "sigmoid": lambda x: solutions["Sigmoid"]()(tensor(x)).data,
    }


@pytest.mark.parametrize("whose", ["source", "reference"])
@pytest.mark.parametrize(
    "name",
    ["test_softmax_fixtures", "test_softmax_multi_axes", "test_softmax_int_array",
     "test_softmax_scalar", "test_softmax_array_like"],
)  # fmt: skip
def test_scipys_own_tests_of_softmax(
    solutions: dict[str, Any], monkeypatch: pytest.MonkeyPatch, whose: str, name: str
) -> None:
    """With our function in the place of theirs."""
    if whose == "source" and name == "test_softmax_scalar":
        pytest.skip("a softmax of a single number is not promised")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module("scipy.special.tests.test_logsumexp")
    monkeypatch.setattr(module, "softmax", functions(solutions, whose)["softmax"])
    test = getattr(module.TestSoftmax(), name)
    test(np) if "xp" in test.__code__.co_varnames else test()


@pytest.mark.parametrize("whose", ["source", "reference"])
@pytest.mark.parametrize("name", ["test_float32", "test_float64", "test_large"])
def test_scipys_own_tests_of_expit(
    solutions: dict[str, Any], monkeypatch: pytest.MonkeyPatch, whose: str, name: str
) -> None:
    """Sigmoid by its other name; long doubles are not ours."""
    module = importlib.import_module("scipy.special.tests.test_logit")
    monkeypatch.setattr(module, "expit", functions(solutions, whose)["sigmoid"])
    monkeypatch.setattr(np, "longdouble", np.float64)
    getattr(module.TestExpit(), name)()


def tanh_rows(dtype: str) -> tuple[Any, Any, Any]:
    """Numpy's inputs, outputs and tolerances in ULP, which are written as bits."""
    path = Path(np.__file__).parent / "_core/tests/data/umath-validation-set-tanh.csv"
    wide, floats = ("<u8", "<f8") if dtype == "np.float64" else ("<u4", "<f4")
    with path.open() as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = [row for row in csv.DictReader(lines) if row["dtype"] == dtype]
    x, wanted = (
        np.array([int(row[key], 16) for row in rows], wide).view(floats)
        for key in ("input", "output")
    )
    return x, wanted, np.array([int(row["ulperrortol"]) for row in rows])


@pytest.mark.parametrize("dtype", ["np.float32", "np.float64"])
def test_numpys_validation_set_for_tanh(solutions: dict[str, Any], dtype: str) -> None:
    """Our reference to half a ULP and what theirs allow, the source's solution within the bound."""
    x, wanted, ulps = tanh_rows(dtype)
    assert len(x) > 600
    truth = numerics.tanh(x)
    with np.errstate(invalid="ignore"):
        off = np.abs(rounded(truth, x.dtype) - wanted) / np.spacing(np.abs(wanted))
    assert (np.nan_to_num(off) <= ulps).all()
    answer = solutions["Tanh"]()(solutions["Tensor"](x)).data
    right = Interval.around(truth, numerics.unit_bound(x, truth, x.dtype))
    good = (answer >= right.lower) & (answer <= right.upper)
    assert (good | (np.isnan(truth.hi) & np.isnan(answer))).all()


NODES = {"Relu": "ReLU", "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Softmax": "Softmax"}


def node_cases() -> list[Any]:
    """ONNX's own cases for one node of one of our functions."""
    pytest.importorskip("onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        return [
            case
            for case in collect_testcases("")
            if case.model is not None
            and [node.op_type for node in case.model.graph.node][:1] in [[k] for k in NODES]
            and len(case.model.graph.node) == 1
        ]


def test_onnx_node_cases(solutions: dict[str, Any]) -> None:
    """Inputs and outputs that other frameworks are held to."""
    cases = node_cases()
    tried = 0
    for case in cases:
        (node,) = case.model.graph.node
        attributes = {a.name: a.i for a in node.attribute}
        name = NODES[node.op_type]
        for inputs, outputs in case.data_sets:
            x, wanted = np.asarray(inputs[0]), np.asarray(outputs[0])
            if x.dtype not in (np.float32, np.float64):
                continue
            dim = attributes.get("axis", -1)
            own = solutions[name](dim) if name == "Softmax" else solutions[name]()
            answer = own(solutions["Tensor"](x)).data
            reference = getattr(numerics, name.lower())
            truth = reference(x, dim) if name == "Softmax" else reference(x)
            np.testing.assert_allclose(answer, wanted, rtol=1e-5, atol=1e-7, err_msg=case.name)
            np.testing.assert_allclose(truth.hi, wanted, rtol=1e-5, atol=1e-7, err_msg=case.name)
            tried += 1
    assert tried >= 8


# What libraries compute, as a student who calls them would hand it in.
LIBRARIES = {
    "scipy": """
import scipy.special
def relu(x): return np.maximum(x, 0)
def sigmoid(x): return scipy.special.expit(x)
def tanh(x): return np.tanh(x)
def softmax(x, dim): return scipy.special.softmax(x, axis=dim)
""",
    "torch": """
import torch
def relu(x): return torch.relu(torch.from_numpy(x.copy())).numpy()
def sigmoid(x): return torch.sigmoid(torch.from_numpy(x.copy())).numpy()
def tanh(x): return torch.tanh(torch.from_numpy(x.copy())).numpy()
def softmax(x, dim): return torch.softmax(torch.from_numpy(x.copy()), dim).numpy()
""",
    "jax": """
import jax
jax.config.update("jax_enable_x64", True)
def relu(x): return np.array(jax.nn.relu(x))
def sigmoid(x): return np.array(jax.nn.sigmoid(x))
def tanh(x): return np.array(jax.numpy.tanh(x))
def softmax(x, dim): return np.array(jax.nn.softmax(x, axis=dim))
""",
}


def wrapped(name: str, code: str) -> dict[str, str]:
    """Classes that call a library's functions."""
    plain = "\n\nclass {}:\n    def forward(self, x):\n        return Tensor({}(x.data))\n{}"
    call = "\n    def __call__(self, x):\n        return self.forward(x)\n"
    classes = {c: plain.format(c, c.lower(), call) for c in ("ReLU", "Sigmoid", "Tanh")}
    classes["ReLU"] = f"import numpy as np\n{code}{classes['ReLU']}"
    classes["Softmax"] = (
        "class Softmax:\n    def __init__(self, dim=-1):\n        self.dim = dim\n\n"
        f"    def forward(self, x):\n        return Tensor(softmax(x.data, self.dim))\n{call}"
    )
    assert name in code
    return classes


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_libraries_compute_keeps_all_points(
    filler: Filler, tmp_path: Path, library: str
) -> None:
    """Whose numerics have been looked at by more people than ours."""
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    path = tmp_path / f"{library}.ipynb"
    path.write_text(filler.fill(wrapped(library, LIBRARIES[library])), encoding="utf-8")
    run = grade(path, timeout=120)
    assert {name: c["message"] for name, c in run.lost(library).items()} == {}
    assert run[library]["score"] == 100
