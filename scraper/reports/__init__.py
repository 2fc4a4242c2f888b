"""Where each article stands, and why: in a few lines, for one id, and as a page to look at."""

SCHEMA = 1
"""Of the JSON that commands print; docs/report.md says what changes it."""
