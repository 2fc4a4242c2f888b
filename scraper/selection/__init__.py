"""Captures and what reading them gave in, a decision out. Pure: no session, no path, no clock."""

from scraper.selection.candidates import (
    SHARED_BY,
    Candidate,
    Failure,
    Rank,
    Ranked,
    ReadResult,
    in_order,
    lends_verdict,
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
    "Candidate",
    "Decision",
    "Failure",
    "NeverCaptured",
    "Policy",
    "Rank",
    "Ranked",
    "Read",
    "ReadResult",
    "UnknownLayout",
    "Unrecoverable",
    "Wait",
    "Waiting",
    "Why",
    "Written",
    "decide",
    "in_order",
    "lends_verdict",
]
