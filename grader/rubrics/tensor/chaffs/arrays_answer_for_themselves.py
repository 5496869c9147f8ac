"""Lets NumPy answer where an array is on the left."""
# loses: arrays-and-lists
# rest: source


class Tensor:
    __array_priority__ = -1.0
