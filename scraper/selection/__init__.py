"""Captures and what reading them gave in, a decision out. Pure: no session, no path, no clock."""

from scraper.selection.candidates import (
    SHARED_BY,
    Attempt,
    Candidate,
    PageRead,
    Rank,
    Ranked,
    holds_for_digest,
    in_order,
)
from scraper.selection.decision import decide
from scraper.selection.decisions import (
    Decision,
    NeverCaptured,
    Policy,
    Read,
    UnknownLayout,
    Unrecoverable,
    Wait,
    Waiting,
    Why,
    Written,
)

__all__ = [
    "SHARED_BY",
    "Attempt",
    "Candidate",
    "Decision",
    "NeverCaptured",
    "PageRead",
    "Policy",
    "Rank",
    "Ranked",
    "Read",
    "UnknownLayout",
    "Unrecoverable",
    "Wait",
    "Waiting",
    "Why",
    "Written",
    "decide",
    "holds_for_digest",
    "in_order",
]
