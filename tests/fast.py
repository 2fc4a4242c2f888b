"""`python -m tests.fast COMMAND …`: the program, by the clock that the environment describes."""

from __future__ import annotations

from scraper.cli import entry
from tests.clocks import ScaledClock

if __name__ == "__main__":
    ScaledClock.from_environment().stand_in()
    entry()
