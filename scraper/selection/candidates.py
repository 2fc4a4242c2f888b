"""The captures of one article id as selection sees them, and the order in which they are read."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from scraper.models import UNREAD, Capture, DigestCheck, Lack, Verdict
from scraper.times import is_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.models import Site

SHARED_BY = 5
"""A digest that so many ids share is one page (farewell, error), not an article; what two share are two articles."""

TRIES_OF_A_PART = 5
"""A cut page that no digest contradicts, and of which the archive gave no more so often, is all that it has."""

_HTML = ("text/html", "application/xhtml+xml")
_NO_DIGEST = ("", "-")

_OF_THE_PAYLOAD = frozenset(
    {
        Verdict.FAREWELL, Verdict.EMPTY, Verdict.SOFT_404, Verdict.LISTING, Verdict.CHALLENGE, Verdict.LOGIN,
        Verdict.FOREIGN, Verdict.ARCHIVED_ERROR, Verdict.UNKNOWN_LAYOUT,
    }
)  # fmt: skip
"""Verdicts that bytes and status alone decide. Not among them: a redirect (its target is a header), a cut transfer."""


class PageRead(NamedTuple):
    """What reading a capture gave, as far as it is asked for here.

    Attributes:
        verdict: what the page is. One of `UNREAD` when what is kept is a page of the archive itself.
        lacks, text_sha256, completeness, detail: as in `Reading`.
        by_digest: the verdict is that of an equal payload under another id (see `holds_for_digest`); not fetched.
        promised: whether the kept payload has the digest of the listing; of pages that are cut or empty.
    """

    verdict: Verdict
    lacks: frozenset[Lack] = frozenset()
    text_sha256: str = ""
    completeness: tuple[int, ...] = ()
    detail: str = ""
    by_digest: bool = False
    promised: DigestCheck = DigestCheck.UNVERIFIABLE

    @property
    def is_stand_in(self) -> bool:
        """Say whether it is not the capture: a page of the archive, a part of what was promised, saved by a browser."""
        part = is_a_part(self.verdict, self.promised)
        return part or self.verdict in UNREAD or Lack.SAVED_BY_BROWSER in self.lacks


class Attempt(NamedTuple):
    """A capture was asked for in vain.

    Attributes:
        verdict: of the last answer: `refused`, `outage`, `wrong_answer` (not read), or `excluded`, `not_archived`.
        tries: how often, over all runs; those that count against this capture.
        final: asking again is pointless unless somebody asks for it (`excluded` and `not_archived` after their tries).
        next_at: not before, aware UTC; None: at once, or never if `final`.
        detail: evidence for people.
    """

    verdict: Verdict
    tries: int
    final: bool
    next_at: datetime | None = None
    detail: str = ""


class Candidate(NamedTuple):
    """One capture of an article id, with what is known of it.

    Attributes:
        capture: the CDX row.
        shared: how many article ids have a capture with this digest, this one included.
        read: what reading it gave, or None.
        attempt: the last vain attempt, or None. Counts only while `read` is None.
        attempted: this run has already asked for it; it does not ask twice, and it counts towards the run's limit.
        held: its bytes are in the store, so that reading costs no request.
    """

    capture: Capture
    shared: int = 1
    read: PageRead | None = None
    attempt: Attempt | None = None
    attempted: bool = False
    held: bool = False

    @property
    def verdict(self) -> Verdict | None:
        """What this capture finally is, or None as long as it is unread. Of stand-ins an article alone counts."""
        read, attempt = self.read, self.attempt
        if read is not None:
            cut = read.verdict is Verdict.TRUNCATED and read.promised is DigestCheck.UNVERIFIABLE
            asked = attempt.tries if attempt is not None and attempt.verdict is Verdict.TRUNCATED else 0
            is_all_there_is = cut and asked >= TRIES_OF_A_PART
            if read.verdict is Verdict.ARTICLE or not read.is_stand_in or is_all_there_is:
                return read.verdict
        if attempt is not None and attempt.final and attempt.verdict not in UNREAD:
            return attempt.verdict
        return None

    @property
    def own_read(self) -> PageRead | None:
        """What reading this capture itself gave, or None: that of an equal payload does not count."""
        return None if self.read is None or self.read.by_digest else self.read


class Rank(enum.IntEnum):
    """The classes of candidates, in the order in which they are read."""

    BEFORE_CLOSURE = 0
    AFTER_CLOSURE = 1
    REST = 2
    SHARED = 3


class Ranked(NamedTuple):
    """A candidate with its place."""

    candidate: Candidate
    rank: Rank
    poor_url: bool

    @property
    def is_page(self) -> bool:
        """Say whether the listing promises an HTML page of this id's own; other captures are a last resort."""
        return self.rank in (Rank.BEFORE_CLOSURE, Rank.AFTER_CLOSURE)

    @property
    def lacks(self) -> frozenset[Lack]:
        """What the page lacks, the URL it was captured under included."""
        read = self.candidate.read
        lacks = read.lacks if read is not None else frozenset[Lack]()
        return lacks | {Lack.POOR_URL} if self.poor_url else lacks


def is_shared(capture: Capture, ids: int) -> bool:
    """Say whether a digest that so many ids have is of one page, and not of their articles."""
    return ids >= SHARED_BY and capture.digest not in _NO_DIGEST


def is_a_part(verdict: Verdict, promised: DigestCheck) -> bool:
    """Say whether what was read is a part of the capture only: the bytes show a lack, and no digest vouches for them.

    A page that is cut may have been captured so, which the digest tells; an empty one is one unless its digest differs.
    """
    cut = verdict is Verdict.TRUNCATED and promised is not DigestCheck.MATCH
    return cut or (verdict is Verdict.EMPTY and promised is DigestCheck.MISMATCH)


def holds_for_digest(capture: Capture, shared: int, verdict: Verdict, check: DigestCheck) -> bool:
    """Say whether what reading this capture gave holds for every capture with its digest and status.

    Only for a digest that `SHARED_BY` ids share, a verdict that the bytes alone decide, and bytes that are not known
    to be others than the digest promises. An article is read under each id: two ids with one digest are two articles.
    """
    return is_shared(capture, shared) and verdict in _OF_THE_PAYLOAD and check is not DigestCheck.MISMATCH


def in_order(candidates: Iterable[Candidate], site: Site) -> list[Ranked]:
    """Return the candidates in the order in which they are to be read; the order given does not matter.

    Pages (status 200, HTML, no asset path) from before the closure come first, the latest first; then pages from after
    it, the earliest first, for the later ones are mostly the farewell page; then the rest; last what many ids share.
    Rows with impossible timestamps are no candidates.
    """
    possible = [candidate for candidate in candidates if is_timestamp(candidate.capture.timestamp)]
    pages = {one.capture.digest for one in possible if _is_html_page(one.capture)}.difference(_NO_DIGEST)
    ranked = [
        Ranked(candidate, _rank(candidate, pages, site), site.is_poor_url(candidate.capture.original))
        for candidate in possible
    ]
    return sorted(ranked, key=lambda one: _place(one, site.closure))


def _is_html_page(capture: Capture) -> bool:
    return capture.statuscode == "200" and capture.mimetype.split(";", maxsplit=1)[0].strip().lower() in _HTML


def _rank(candidate: Candidate, pages: set[str], site: Site) -> Rank:
    """Return the class of a candidate; `pages` are the digests of HTML pages."""
    capture = candidate.capture
    if is_shared(capture, candidate.shared):
        return Rank.SHARED
    # A revisit says only "as before"; the capture with its digest says what that was.
    revisits_page = (capture.mimetype == "warc/revisit" or capture.statuscode == "-") and capture.digest in pages
    if site.is_asset(capture.original) or not (revisits_page or _is_html_page(capture)):
        return Rank.REST
    return Rank.BEFORE_CLOSURE if capture.timestamp < site.closure else Rank.AFTER_CLOSURE


def _place(one: Ranked, closure: str) -> tuple[Rank, bool, int, bool, bool, Capture]:
    capture = one.candidate.capture
    after = capture.timestamp >= closure
    moment = int(capture.timestamp)
    plain_http = not capture.original.lower().startswith("https:")
    return one.rank, after, moment if after else -moment, one.poor_url, plain_http, capture
