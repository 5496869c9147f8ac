"""The formula as it stands: the sum of large weights is infinite."""
# loses: shares-unit


def shares(x):
    return x / x.sum()
