"""Runs the stages on one output folder; the only place where errors become outcomes."""
