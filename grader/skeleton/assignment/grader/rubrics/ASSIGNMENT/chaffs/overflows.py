"""The formula as it stands: the sum of large weights is infinite."""
# loses: unit


def shares(x):
    return x / x.sum()
