"""Hostile submissions: `cases/` holds what they do, `run` grades them and looks for harm."""
