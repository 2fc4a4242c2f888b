"""How fast one service of the archive is asked: a controller in the manner of TCP's. Pure; times are monotonic seconds.

The limits that the archive publishes are often not the ones it keeps. So the pace begins low and stays there until a
minute's requests were let through, and then doubles every twenty seconds as long as nothing is refused, up to the
budget of the settings. A refusal tells the limit: it is what was let through in the minute before. From then on the
pace stays just below it, creeps up along a cubic (CUBIC, RFC 9438) and passes it only after two hours or so, to see
whether more is allowed by now.
"""

from __future__ import annotations

import bisect

START = 60.0
"""Requests a minute to a service of which no limit is known yet.

Limits of 40 to 60 are met at this pace, one request a second, so only one is under way when the archive refuses.
"""
LEAST = 4.0
"""Requests a minute: no slower, whatever happens."""
BURST = 4
"""Requests that may go at once after a rest, but no more than a tenth of a limit that is known."""
WINDOW = 61.0
"""Seconds after which a request counts no more, whatever the budget."""
_DOUBLING = 20.0
"""Seconds in which the pace doubles as long as no limit is known, once START were let through in a minute."""
_GROWTH = 1.1
"""Factor by which the pace grows in a minute at most, once a limit was met."""
_PLATEAU = 0.98
"""Part of the limit near which the pace stays longest, _PLATEAU_AFTER seconds behind the refusal."""
_PLATEAU_AFTER = 3_600.0
_BELOW = 0.03
"""How far below _PLATEAU the pace begins after a refusal."""
_HANDFUL = 20
"""Requests in a minute from which on a refusal tells the limit; fewer are no measure."""
_SLOWER = 0.7
"""Factor by which the pace is cut when connections break off or answers take much longer than before."""
_STRAINED = 3
_STRAINED_SHARE = 0.2
"""Signs of strain in a minute, and their share of its requests, that cut the pace; fewer are a capture's own."""
DAY = 86_400.0


class Pace:
    """The pace of one service. Its attributes are what the state file holds of it.

    Attributes:
        sent: times of the requests of the last minute, oldest first.
        due: from when on an evenly spread request would be due.
        rate: requests a minute, as far as the budget allows them.
        used_at: when the rate was last used, so that it grows with use only.
        rested: seconds between the last request and the one before it.
        limit: requests a minute that the archive let through before it last refused; None: it never did.
        cut_at: end of the cool-down after the last refusal: from then on the rate follows the cubic.
        slowed_at: when it was last slowed down without a refusal.
        strains: when, in the last minute, a connection broke off or an answer asked for a pause.
        why: why the rate is not higher, for people; empty: the budget is why, or nothing refused so far.
    """

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.due = 0.0
        self.rate = START
        self.used_at = -1e9
        self.rested = 0.0
        self.limit: float | None = None
        self.cut_at = 0.0
        self.slowed_at = -1e9
        self.strains: list[float] = []
        self.why = ""

    def forget(self, now: float) -> None:
        """Drop requests out of the window; after a day without any a pace that met no limit begins anew."""
        del self.sent[: bisect.bisect_right(self.sent, now - WINDOW)]
        if self.limit is None and now - self.used_at > DAY:
            self.rate = min(self.rate, START)

    def per_minute(self, budget: float) -> float:
        """Return how many requests a minute may go now."""
        return min(self.rate, budget)

    def delay(self, budget: float, now: float) -> float:
        """Return the seconds until the next request may go; 0 or less: now."""
        allowed, window = self._allowed(budget)
        burst = BURST if self.limit is None else max(1, min(BURST, self.limit // 10))
        slack = (burst - 1) * window / allowed
        most = max(1, round(allowed))
        until_room = self.sent[-most] + window - now if len(self.sent) >= most else 0.0
        return max(until_room, self.due - slack - now)

    def _allowed(self, budget: float) -> tuple[float, float]:
        """Return how many requests go in how many seconds, so that the archive never sees more than `budget` in 60 s.

        What goes out evenly arrives unevenly. Of a large budget one request in sixty is held back, which makes up for
        single ones that were long on their way; of a small one none can be spared, so the window is longer. Either way
        98 % is used.
        """
        most, window = (budget - budget // 60, 60.2) if budget >= 60 else (budget, WINDOW)
        return min(self.rate, most), window

    def admit(self, budget: float, now: float) -> None:
        """Count a request that goes now, and let the pace grow by its use."""
        self.rested = max(0.0, now - self.used_at)
        used = min(self.rested, 120 / self.rate)
        self.used_at = now
        if self.limit is not None:
            # The cubic: below the limit, long beside it, then above it ever faster.
            curve = self.limit * (_PLATEAU + _BELOW * ((now - self.cut_at) / _PLATEAU_AFTER - 1) ** 3)
            self.rate = max(self.rate, min(self.rate * _GROWTH ** (used / 60), curve))
        elif len(self.sent) >= START:
            self.rate *= 2 ** (used / _DOUBLING)
        self.rate = min(self.rate, max(budget, LEAST))
        allowed, window = self._allowed(budget)
        bisect.insort(self.sent, now)
        self.due = max(self.due, now) + window / allowed

    def refused(self, sent_at: float, resumes_at: float, why: str) -> None:
        """Learn the limit from a refusal: it is what was let through, and the pace goes just below.

        A handful of requests is no measure: then it is half the pace, as after one that nothing of ours explains.
        The request was permitted at `sent_at`, the cool-down ends at `resumes_at`.
        """
        let_through = bisect.bisect_left(self.sent, sent_at) - bisect.bisect_right(self.sent, sent_at - 60)
        guess = min(self.rate / 2, _HANDFUL) if let_through < _HANDFUL else 0
        self.limit = float(max(LEAST, let_through, guess))
        self.rate = min(self.rate, max(LEAST, self.limit * (_PLATEAU - _BELOW)))
        self.cut_at, self.why = resumes_at, why

    def strain(self, now: float, why: str) -> bool:
        """Note a sign of strain; return whether there are so many for the requests of a minute that the pace is cut."""
        self.strains = [*(moment for moment in self.strains if moment > now - 60), now]
        many = len(self.strains) >= max(_STRAINED, _STRAINED_SHARE * len(self.sent))
        return many and self.slow_down(now, why)

    def slow_down(self, now: float, why: str) -> bool:
        """Go slower for some minutes, though nothing was refused; return False if that was done within a minute."""
        if now - self.slowed_at < 60:
            return False
        if self.limit is None:
            self.limit, self.cut_at = self.rate, now
        self.rate = max(LEAST, self.rate * _SLOWER)
        self.slowed_at, self.why = now, why
        return True


class Latency:
    """How long answers take, as this process sees it: `seconds` on the average of the last fifty or so."""

    def __init__(self) -> None:
        self.seconds = 4.0
        self._of_late = 4.0
        self._count = 0

    def add(self, seconds: float) -> str:
        """Take an answer into account; if answers of late take much longer than before, return that as a text."""
        self._count += 1
        self.seconds += (seconds - self.seconds) * max(0.02, 1 / self._count)
        self._of_late += (seconds - self._of_late) * max(0.1, 1 / self._count)
        if self._count < 30 or self._of_late <= max(2 * self.seconds, self.seconds + 3):
            return ""
        before, self.seconds = self.seconds, self._of_late
        return f"answers take {self.seconds:.0f} s instead of {before:.0f}"

    def in_flight(self, rate: float) -> int:
        """Return how many requests are under way at most when they go at so many a minute (Little's law)."""
        return int(rate / 60 * self.seconds) + 3
