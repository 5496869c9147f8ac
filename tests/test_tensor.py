"""The Tensor that students are given does what its text says."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.conftest import COURSE

if TYPE_CHECKING:
    from types import ModuleType


def load() -> ModuleType:
    """The module, from the course's source."""
    path = COURSE / "source" / "activations" / "tinytorch" / "core" / "tensor.py"
    spec = importlib.util.spec_from_file_location("tensor_of_the_course", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Tensor: Any = load().Tensor


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        ([1.0, 2.0], np.float32),
        ([1, 2], np.float32),
        ([True], np.float32),
        (3, np.float32),
        (np.array([1, 2]), np.float32),
        (np.array([1.0]), np.float64),
        (np.array([1.0], np.float32), np.float32),
        (np.float64(1.0), np.float64),
    ],
)
def test_dtypes_are_those_of_the_rules(data: Any, dtype: type) -> None:
    """Lists and integers become float32, float arrays keep their dtype."""
    assert Tensor(data).dtype == dtype


def test_data_is_copied() -> None:
    """A Tensor never shares memory with what it was made of."""
    x = np.array([1.0])
    t = Tensor(x)
    t.data[0] = 5
    assert x[0] == 1


def test_arithmetic_broadcasts_both_ways_and_keeps_float32() -> None:
    """With Tensors, arrays, lists and numbers, on either side."""
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    pairs: tuple[tuple[Any, Any], ...] = (
        (t + 1, [[2, 3], [4, 5]]),
        (1 - t, [[0, -1], [-2, -3]]),
        (t * Tensor([10.0, 1.0]), [[10, 2], [30, 4]]),
        (2.0 / t, [[2, 1], [2 / 3, 0.5]]),
        (t**2, [[1, 4], [9, 16]]),
        (t @ t, [[7, 10], [15, 22]]),
        (-t, [[-1, -2], [-3, -4]]),
        (np.array([1.0, 0.0], np.float32) * t, [[1, 0], [3, 0]]),
    )
    for result, wanted in pairs:
        assert isinstance(result, Tensor)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result.data, wanted, rtol=1e-6)


def test_reductions_shapes_and_indexing() -> None:
    """As in numpy, in Tensors."""
    t = Tensor([[1.0, 2.0], [3.0, 5.0]])
    assert t.sum(axis=1, keepdims=True).shape == (2, 1)
    assert t.max(axis=0).data.tolist() == [3, 5]
    assert t.mean().data == 2.75
    assert t.reshape(4).shape == (4,)
    assert t.transpose().data.tolist() == [[1, 3], [2, 5]]
    assert t[0].data.tolist() == [1, 2]
    assert (t.shape, t.ndim, t.size, len(t)) == ((2, 2), 2, 4, 2)
    assert repr(Tensor([1.0, 2.0])) == "Tensor([1.0, 2.0], dtype=float32)"
    assert (t > 2).tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize("data", [[[1.0], [1.0, 2.0]], "text", 1j, [None], np.array([1j])])
def test_what_is_no_number_is_a_clear_error(data: Any) -> None:
    """A message that says what was given."""
    with pytest.raises((TypeError, ValueError)):
        Tensor(data)


def test_shapes_that_do_not_fit_are_both_named() -> None:
    """The student sees what to change."""
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
