"""What to ask the archive for next, to get one picture. A pure function of what asking gave so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from scraper.ledger.images import ImageAttempt

KEPT = "kept"
NOT_AN_IMAGE = "not_an_image"
REDIRECT = "redirect"
LIST = "list"
"""The verdict on a list of captures that was asked for."""
LISTED = "listed"
"""A capture that such a list names, and that was not asked for yet."""
MOST_REDIRECTS = 3
PATIENCE = 2
"""In so many runs a URL may answer wrongly, in each as often as `tries_per_capture` says, before the next is tried."""
_OTHER_MOMENTS = frozenset({NOT_AN_IMAGE, Verdict.ARCHIVED_ERROR, Verdict.TRUNCATED})
"""The URL was captured, but the nearest capture is no picture: the page of the closed site, an error, a fragment."""


class Ask(NamedTuple):
    """One question: a URL near a moment (14 digits), or, with an empty moment, the list of its captures."""

    original: str
    timestamp: str


class Pause(NamedTuple):
    """Nothing more can be done before that moment (14 digits)."""

    until: str


def next_step(
    originals: Sequence[str],
    timestamp: str,
    attempts: Sequence[ImageAttempt],
    *,
    asked: Collection[Ask],
    now: str,
) -> Ask | Pause | None:
    """Return the next question, a pause, or None when all was asked and answered.

    Args:
        originals: the URLs the picture may be under, the one to be preferred first.
        timestamp: of the page that names it.
        attempts: what asking gave so far.
        asked: questions of this run, which are not put a second time.
        now: 14 digits, as `timestamp`.
    """
    known = {Ask(one.original, one.asked): one for one in attempts}
    later: list[str] = []
    for ask in _questions(originals, timestamp, known):
        attempt = known.get(ask)
        if attempt is None:
            return ask
        if attempt.final:
            continue
        if ask not in asked and (attempt.next_at or "") <= now:
            return ask
        later.append(attempt.next_at or "")
        if attempt.tries < PATIENCE:
            break  # a better one may still come, so no other is taken yet
    return Pause(min(later)) if later else None


def _questions(originals: Sequence[str], timestamp: str, known: dict[Ask, ImageAttempt]) -> Iterator[Ask]:
    """Yield the questions in order, as far as the answers go.

    Of each URL the nearest capture; if that is no picture, the list of its captures and those that it names; and where
    it was redirected to.
    """
    seen: set[str] = set()
    for original in originals:
        url = original
        for _ in range(1 + MOST_REDIRECTS):
            if url in seen:
                break
            seen.add(url)
            yield Ask(url, timestamp)
            attempt = known.get(Ask(url, timestamp))
            if attempt is not None and attempt.verdict in _OTHER_MOMENTS:
                yield Ask(url, "")
                yield from (one for one in known if one.original == url and one.timestamp not in ("", timestamp))
            if attempt is None or attempt.verdict != REDIRECT:
                break
            url = attempt.detail
