"""Cannot be called."""
# loses: Sequential
# rest: source


class Sequential:
    __call__ = None
