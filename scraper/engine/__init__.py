"""Runs the stages on one output folder; the only place where errors become outcomes."""

from __future__ import annotations

from scraper.engine.outcomes import Failed, Outcomes, Plan, Progress, Refusal

__all__ = [
    "Failed",
    "Outcomes",
    "Plan",
    "Progress",
    "Refusal",
]
