"""The Tensor: an array of floating-point numbers with arithmetic on it.

A Tensor is a thin wrapper around a NumPy array, its attribute ``data``. NumPy's functions are
meant for arrays, so give them ``x.data`` and wrap what they return: ``Tensor(np.exp(x.data))``.
"""

import reprlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

Axis = int | tuple[int, ...] | None

_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_FLOATS = {_FLOAT32, _FLOAT64}
_NUMBERS = (int, float, np.integer, np.floating, np.bool_)


class Tensor:
    """An array of float32 or float64 numbers, with any number of axes.

    Attributes:
        data: The numbers, as a NumPy array. It may be changed: ``x.data[x.data < 0] = 0``.

    Example:
        >>> x = Tensor([[1, 2], [3, 4]])
        >>> x * 2 + 1
        Tensor([[3.0, 5.0],
                [7.0, 9.0]], dtype=float32)

    """

    # The side with the higher priority decides on an operator, so array + Tensor is a Tensor.
    __array_priority__ = 1000.0

    def __init__(self, data: ArrayLike, dtype: DTypeLike | None = None) -> None:
        """Copy numbers into a new Tensor.

        Args:
            data: A number, a (nested) list of numbers, a NumPy array or another Tensor.
            dtype: float32 or float64. Without it, arrays, NumPy numbers and Tensors of float32 or
                float64 keep their dtype (float16 becomes float32, longdouble becomes float64), and
                everything else becomes float32: Python numbers, lists, integers and booleans.

        Raises:
            TypeError: If data holds anything but real numbers, or dtype is not one of the two.
            ValueError: If the rows of a nested list differ in length.

        """
        self.data: NDArray[Any]
        if dtype is None and type(data) is np.ndarray and data.dtype in _FLOATS:
            self.data = data.copy()  # as below, in half the time: nearly all Tensors are made so
            return
        try:
            array = np.asarray(data)
        except ValueError:
            raise ValueError(
                f"a Tensor needs rows of equal length, but got {reprlib.repr(data)}; "
                "pad the shorter rows or make one Tensor per row"
            ) from None
        if array.dtype.kind not in "fiub":  # float, integer, unsigned integer, boolean
            raise TypeError(
                f"a Tensor needs floats, integers or booleans, but got {reprlib.repr(data)} "
                f"(dtype {array.dtype}); convert it to floats first"
            )
        if dtype is not None:
            kept = _checked_dtype(dtype)
        elif array.dtype.kind == "f" and isinstance(data, _KEEP_DTYPE):
            kept = _FLOAT32 if array.itemsize <= 4 else _FLOAT64
        else:
            kept = _FLOAT32
        self.data = np.array(array, dtype=kept, order="C")

    # What it looks like

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis: (2, 3) for two rows of three, () for a single number."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements: float32 or float64."""
        return self.data.dtype

    def __repr__(self) -> str:
        """Show the numbers and the dtype (and only the corners of a large Tensor)."""
        numbers = np.array2string(
            self.data, separator=", ", prefix="Tensor(", formatter={"float_kind": str}
        )
        return f"Tensor({numbers}, dtype={self.dtype})"

    def __len__(self) -> int:
        """Return the length of the first axis."""
        if self.ndim == 0:
            raise TypeError("a Tensor of shape () is a single number and has no length; use .size")
        return len(self.data)

    def __iter__(self) -> Iterator["Tensor"]:
        """Go through the first axis: the rows of a matrix, the elements of a vector."""
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> "Tensor":
        """Return a copy of a part. Indices, slices and masks work as on a NumPy array."""
        return Tensor(self.data[index])

    def item(self) -> float:
        """Return the only element as a Python number."""
        if self.size != 1:
            raise ValueError(f"item() needs one element, but the Tensor has shape {self.shape}")
        return float(self.data.item())

    def __float__(self) -> float:
        """Return the only element, for ``float(x)``."""
        return self.item()

    def __bool__(self) -> bool:
        """Tell whether the only element is not zero (with more elements, nobody can tell)."""
        return bool(self.item())

    def __array__(
        self,
        dtype: DTypeLike | None = None,
        copy: bool | None = None,  # noqa: FBT001 (NumPy's signature)
    ) -> NDArray[Any]:
        """Let NumPy read the numbers, as in ``np.asarray(x)``."""
        return np.array(self.data, dtype=dtype, copy=copy)

    # Arithmetic: element by element, with NumPy's broadcasting. A single number takes on the dtype
    # of the Tensor; float32 with float64 gives float64.

    def _combine(
        self,
        symbol: str,
        operation: Callable[[Any, Any], Any],
        other: ArrayLike,
        *,
        reflected: bool = False,
    ) -> NDArray[Any]:
        """Apply an operation to this Tensor and another operand, or the other way round."""
        if isinstance(other, _NUMBERS):
            right: Any = float(other)
        else:
            right = Tensor(other).data
        operands = (right, self.data) if reflected else (self.data, right)
        try:
            result: NDArray[Any] = operation(*operands)
        except ValueError:
            left_shape, right_shape = np.shape(operands[0]), np.shape(operands[1])
            raise ValueError(
                f"cannot compute a {symbol} b: the shapes {left_shape} and {right_shape} do not fit"
            ) from None
        return result

    def __add__(self, other: ArrayLike) -> "Tensor":
        """Return self + other."""
        return Tensor(self._combine("+", np.add, other))

    def __radd__(self, other: ArrayLike) -> "Tensor":
        """Return other + self."""
        return Tensor(self._combine("+", np.add, other, reflected=True))

    def __sub__(self, other: ArrayLike) -> "Tensor":
        """Return self - other."""
        return Tensor(self._combine("-", np.subtract, other))

    def __rsub__(self, other: ArrayLike) -> "Tensor":
        """Return other - self."""
        return Tensor(self._combine("-", np.subtract, other, reflected=True))

    def __mul__(self, other: ArrayLike) -> "Tensor":
        """Return self * other, element by element."""
        return Tensor(self._combine("*", np.multiply, other))

    def __rmul__(self, other: ArrayLike) -> "Tensor":
        """Return other * self, element by element."""
        return Tensor(self._combine("*", np.multiply, other, reflected=True))

    def __truediv__(self, other: ArrayLike) -> "Tensor":
        """Return self / other."""
        return Tensor(self._combine("/", np.divide, other))

    def __rtruediv__(self, other: ArrayLike) -> "Tensor":
        """Return other / self."""
        return Tensor(self._combine("/", np.divide, other, reflected=True))

    def __pow__(self, other: ArrayLike) -> "Tensor":
        """Return self ** other."""
        return Tensor(self._combine("**", np.power, other))

    def __rpow__(self, other: ArrayLike) -> "Tensor":
        """Return other ** self."""
        return Tensor(self._combine("**", np.power, other, reflected=True))

    def __matmul__(self, other: ArrayLike) -> "Tensor":
        """Return the matrix product self @ other."""
        return Tensor(self._combine("@", np.matmul, other))

    def __rmatmul__(self, other: ArrayLike) -> "Tensor":
        """Return the matrix product other @ self."""
        return Tensor(self._combine("@", np.matmul, other, reflected=True))

    def __neg__(self) -> "Tensor":
        """Return -self."""
        return Tensor(-self.data)

    # Comparisons: element by element too. They return a NumPy array of booleans, a mask that can be
    # used as an index: x[x > 0].

    def __lt__(self, other: ArrayLike) -> NDArray[Any]:
        """Return the mask self < other."""
        return self._combine("<", np.less, other)

    def __le__(self, other: ArrayLike) -> NDArray[Any]:
        """Return the mask self <= other."""
        return self._combine("<=", np.less_equal, other)

    def __gt__(self, other: ArrayLike) -> NDArray[Any]:
        """Return the mask self > other."""
        return self._combine(">", np.greater, other)

    def __ge__(self, other: ArrayLike) -> NDArray[Any]:
        """Return the mask self >= other."""
        return self._combine(">=", np.greater_equal, other)

    def __eq__(self, other: ArrayLike) -> NDArray[Any]:  # type: ignore[override]
        """Return the mask self == other."""
        return self._combine("==", np.equal, other)

    def __ne__(self, other: ArrayLike) -> NDArray[Any]:  # type: ignore[override]
        """Return the mask self != other."""
        return self._combine("!=", np.not_equal, other)

    __hash__ = object.__hash__  # in sets and dicts, a Tensor is only the same as itself

    # Shapes and reductions

    def reshape(self, *shape: int) -> "Tensor":
        """Return the same elements in another shape; one length may be -1 (whatever is left)."""
        return Tensor(self.data.reshape(*shape))

    def transpose(self, *axes: int) -> "Tensor":
        """Return the Tensor with its axes in the given order; without one, reversed."""
        return Tensor(self.data.transpose(*axes))

    @property
    def T(self) -> "Tensor":  # noqa: N802 (NumPy's name)
        """The Tensor with its axes reversed: rows become columns."""
        return self.transpose()

    def sum(self, axis: Axis = None, *, keepdims: bool = False) -> "Tensor":
        """Return the sum over an axis, or over all; keepdims leaves an axis of length 1."""
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))

    def mean(self, axis: Axis = None, *, keepdims: bool = False) -> "Tensor":
        """Return the mean over an axis, or over all; keepdims leaves an axis of length 1."""
        return Tensor(self.data.mean(axis=axis, keepdims=keepdims))

    def max(self, axis: Axis = None, *, keepdims: bool = False) -> "Tensor":
        """Return the maximum over an axis, or over all; keepdims leaves an axis of length 1."""
        return Tensor(self.data.max(axis=axis, keepdims=keepdims))


_KEEP_DTYPE = (Tensor, np.ndarray, np.generic)  # what knows its own precision


def _checked_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return float32 or float64 as a NumPy dtype, and refuse anything else."""
    try:
        checked = np.dtype(dtype)
    except TypeError:
        checked = np.dtype(object)
    if checked not in (np.float32, np.float64):
        raise TypeError(f"dtype must be float32 or float64, not {dtype!r}")
    return checked
