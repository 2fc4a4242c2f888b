"""Short ways to say what is known of captures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scraper.models import Capture, DigestCheck, Lack, State, Verdict
from scraper.selection.candidates import Attempt, Candidate, PageRead, in_order
from scraper.selection.comparison import best, has_other_texts
from scraper.selection.decision import Concluded, Decision, Policy, Written, decide
from scraper.sites.hkcnews import HKCNEWS

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
URL = "https://www.hkcnews.com/article/28325/%E6%B8%AF%E8%81%9E"
POOR = "https://www.hkcnews.com/article/28325/%EF%BF%BD%EF%BF%BD"
ASSET = "https://www.hkcnews.com/article/28325/images/a.png"


def capture(
    timestamp: str, url: str = URL, *, mimetype: str = "text/html", status: str = "200", digest: str | None = None
) -> Capture:
    stamp = timestamp.ljust(14, "0") if len(timestamp) != 8 else timestamp + "000000"
    key = "com,hkcnews)/article/28325"
    return Capture(key, stamp, url, mimetype, status, f"DIGEST{stamp}" if digest is None else digest, "4711")


def unread(timestamp: str, url: str = URL, *, shared: int = 1, held: bool = False, **row: str) -> Candidate:
    return Candidate(capture(timestamp, url, **row), shared=shared, held=held)


def article(
    timestamp: str, *lacks: Lack, url: str = URL, text: str = "a", completeness: tuple[int, ...] = (), **row: str
) -> Candidate:
    read = PageRead(Verdict.ARTICLE, frozenset(lacks), text, completeness)
    return Candidate(capture(timestamp, url, **row), read=read)


def judged(timestamp: str, verdict: Verdict, url: str = URL, *, detail: str = "") -> Candidate:
    return Candidate(capture(timestamp, url), read=PageRead(verdict, detail=detail, promised=DigestCheck.MATCH))


def failed(
    timestamp: str,
    verdict: Verdict = Verdict.REFUSED,
    *,
    tries: int = 1,
    next_at: datetime | None = LATER,
    url: str = URL,
) -> Candidate:
    return Candidate(capture(timestamp, url), attempt=Attempt(verdict, tries, final=False, next_at=next_at))


def gone(timestamp: str, verdict: Verdict = Verdict.EXCLUDED) -> Candidate:
    return Candidate(capture(timestamp), attempt=Attempt(verdict, 4, final=True))


def ask(*candidates: Candidate, policy: Policy | None = None, witnesses: int = 2, now: datetime = NOW) -> Decision:
    return decide(candidates, site=HKCNEWS, policy=policy or Policy(), witnesses=lambda: witnesses, now=now)


def state_of(decision: Decision) -> State:
    """Return the state that an id has by a decision."""
    if isinstance(decision, Concluded):
        return decision.state
    return State.WRITTEN if isinstance(decision, Written) else State.WAITING


def waits(decision: Decision) -> bool:
    """Say whether nothing can be said yet."""
    return isinstance(decision, Concluded) and decision.state is State.WAITING


def chosen(*candidates: Candidate, policy: Policy | None = None) -> str:
    """Return day of the capture that is read next or written."""
    decision = ask(*candidates, policy=policy)
    return decision.capture.timestamp[:8]  # type: ignore[union-attr]  # an AttributeError fails the test as well


def differ(*candidates: Candidate) -> bool:
    """Say whether articles show another text than the one that is written."""
    articles = [one for one in in_order(candidates, HKCNEWS) if one.candidate.verdict is Verdict.ARTICLE]
    return has_other_texts(articles, best(articles))
