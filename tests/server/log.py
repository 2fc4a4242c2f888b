"""What the archive saw: each request with its time, and whether the manners were kept."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """One request.

    Attributes:
        at: arrival, seconds of the archive's clock.
        real: arrival, seconds of the machine's monotonic clock.
        service: ``cdx`` or ``replay``.
        path: with query.
        user_agent: as sent, or None.
        kind: what was answered (see `answers.Answer.kind`), or the fault's name.
        fault: the fault's name, or empty.
        status: sent, 0 if the connection broke off before.
        whole: all of the answer was handed to the network.
        answered_at: when the answer was begun, seconds of the archive's clock.
        cool_down: seconds that the answer asks to stay away, 0 if it is no refusal.
    """

    at: float
    real: float
    service: str
    path: str
    user_agent: str | None
    kind: str = ""
    fault: str = ""
    status: int = 0
    whole: bool = False
    answered_at: float = 0.0
    answered_real: float = 0.0
    cool_down: float = 0.0


class RequestLog:
    """All requests, in order of arrival; safe to use from many threads."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def entries(self, service: str = "") -> list[Entry]:
        """Return what was seen, of one service or of both."""
        with self._lock:
            return [entry for entry in self._entries if service in ("", entry.service)]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def busiest(self, service: str, window: float = 60.0) -> int:
        """Return the greatest number of requests that arrived within any `window` seconds."""
        times = sorted(entry.at for entry in self.entries(service))
        most = first = 0
        for last, moment in enumerate(times):
            while times[first] <= moment - window:
                first += 1
            most = max(most, last - first + 1)
        return most

    def during_cool_downs(self, *, in_the_air: float = 0.5) -> list[Entry]:
        """Return the requests that came although the archive had just said no.

        Args:
            in_the_air: real seconds after a refusal within which a request may have been on its way already.
        """
        entries = self.entries()
        refusals = [entry for entry in entries if entry.cool_down]
        return [
            entry
            for entry in entries
            if any(
                refusal.answered_real + in_the_air < entry.real
                and refusal.answered_at < entry.at < refusal.answered_at + refusal.cool_down
                for refusal in refusals
            )
        ]

    def kept(self) -> Counter[str]:
        """Return how often each replay path was answered in full with archived content and no fault."""
        return Counter(entry.path for entry in self.entries("replay") if entry.kind == "memento" and entry.whole)

    def faults(self) -> Counter[str]:
        """Return how often each fault was played."""
        return Counter(entry.fault for entry in self.entries() if entry.fault)
