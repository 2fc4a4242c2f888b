"""What the ledger knows of one capture: the row of the listing, what asking for it and reading it gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from scraper.models import UNREAD, Capture, DigestCheck, Lack, Verdict
from scraper.selection import Candidate, Failure, ReadResult
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from scraper.ledger.database import Row


class Read(NamedTuple):
    """What reading a capture gave, as the ledger keeps it: a `Reading` without the text.

    Attributes:
        title: of the article, or None; as are `date`, `author` and `category`.
        digest_check: the payload against the CDX digest.
        page_sha256: of the page's body, hexadecimal.
        at: when it was read, 14 digits.
        The others are those of `Reading`.
    """

    verdict: Verdict
    detail: str
    layout: str | None
    readings: dict[str, str]
    lacks: frozenset[Lack]
    text_sha256: str
    completeness: tuple[int, ...]
    title: str | None
    date: str | None
    author: str | None
    category: str | None
    digest_check: DigestCheck
    page_sha256: str
    at: str


class Attempt(NamedTuple):
    """What asking for a capture gave when it could not be read.

    Attributes:
        tries: that count against this capture.
        verdict: of the last answer.
        detail: of the last answer, for people.
        at: when, 14 digits.
        next_at: when to ask again, 14 digits; None: at once, or never if `final`.
        final: not asked again unless somebody says so.
    """

    tries: int
    verdict: Verdict
    detail: str
    at: str
    next_at: str | None
    final: bool


class Known(NamedTuple):
    """A capture and all that is known of it.

    Attributes:
        capture: the CDX row.
        shared: how many article ids have its digest, at least 1.
        borrowed: what reading an equal payload under another id gave, where that holds here as well; else None.
        read: what reading it gave, or None.
        attempt: what asking for it gave last, or None. One that was read may have one from before.
        kept: its bytes are in the store.
    """

    capture: Capture
    shared: int
    borrowed: ReadResult | None
    read: Read | None
    attempt: Attempt | None
    kept: bool

    @property
    def is_of_the_service(self) -> bool:
        """Say whether what is kept is a page of the archive itself, such as its outage page: only asking anew helps."""
        return self.read is not None and self.read.verdict in UNREAD

    def candidate(self, *, attempted: bool = False) -> Candidate:
        """Return it as selection sees it."""
        read, failure = self.borrowed, None
        if self.read is not None:
            one = self.read
            read = ReadResult(one.verdict, one.lacks, one.text_sha256, one.completeness, one.detail)
        if self.attempt is not None:
            one_try = self.attempt
            next_at = parse_timestamp(one_try.next_at) if one_try.next_at else None
            failure = Failure(one_try.verdict, one_try.tries, one_try.final, next_at, one_try.detail)
        return Candidate(self.capture, self.shared, read, failure, attempted, self.kept)


def known_of(row: Row) -> Known:
    """Make it from a row with the columns that `Captures.of` asks for."""
    read = attempt = None
    if row[11] is not None:
        read = Read(
            verdict=Verdict(row[11]),
            detail=row[12],
            layout=row[13],
            readings=json.loads(row[14]),
            lacks=frozenset(Lack(lack) for lack in json.loads(row[15])),
            text_sha256=row[16],
            completeness=tuple(json.loads(row[17])),
            title=row[18],
            date=row[19],
            author=row[20],
            category=row[21],
            digest_check=DigestCheck(row[22]),
            page_sha256=row[23],
            at=row[24],
        )
    if row[25] is not None:
        attempt = Attempt(row[25], Verdict(row[26]), row[27], row[28], row[29], bool(row[30]))
    capture = Capture(*row[:7])
    return Known(capture, row[7], _borrowed(capture, *row[8:11]), read, attempt, bool(row[31]))


def _borrowed(capture: Capture, verdict: str | None, statuscode: str, detail: str) -> ReadResult | None:
    """Take the verdict of an equal payload, if it was served with the same status. A revisit does not name its own."""
    if verdict is None:
        return None
    same = capture.statuscode == statuscode or (
        "-" in (capture.statuscode, statuscode) and verdict != Verdict.ARCHIVED_ERROR
    )
    return ReadResult(Verdict(verdict), detail=detail, borrowed=True) if same else None
