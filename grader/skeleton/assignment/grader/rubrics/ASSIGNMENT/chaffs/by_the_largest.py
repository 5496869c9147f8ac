"""Divides by the largest weight in place of their sum."""
# loses: shares


def shares(x):
    return x / x.max()
