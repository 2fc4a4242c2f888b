"""Runs the stages on one output folder; the only place where errors become outcomes."""

from scraper.pipeline.outcomes import Failed, Outcomes, Plan, Progress, Refusal
from scraper.pipeline.workspace import WARC_FOLDER, Workspace, require_folder, workspace

__all__ = [
    "WARC_FOLDER",
    "Failed",
    "Outcomes",
    "Plan",
    "Progress",
    "Refusal",
    "Workspace",
    "require_folder",
    "workspace",
]
