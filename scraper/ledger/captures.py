"""Captures of one article, and what asking for each of them and reading it gave."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING

from scraper.ledger.database import Part
from scraper.models import Capture, DigestCheck, Lack, Verdict
from scraper.payload import parse_digest
from scraper.selection.candidates import Attempt, Candidate, PageRead, holds_for_digest
from scraper.times import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.ledger.database import Row
    from scraper.models import Reading


_KNOWN = """
SELECT coalesce(c.urlkey, surt(uri(c.original))), c.timestamp, uri(c.original), c.mimetype, c.statuscode, c.digest,
       c.length, coalesce(s.ids, 1), s.verdict, s.statuscode, s.detail,
       r.verdict, r.lacks, r.text_sha256, r.completeness, r.detail, r.digest_check,
       a.verdict, a.tries, a.final, a.next_at, a.detail,
       m.file IS NOT NULL, iif(c.listing <> 0, m.payload_sha1, '')
FROM captures c
LEFT JOIN shared s ON s.digest = c.digest
LEFT JOIN readings r ON r.article = c.article AND r.timestamp = c.timestamp AND r.original = c.original
LEFT JOIN attempts a ON a.article = c.article AND a.timestamp = c.timestamp AND a.original = c.original
LEFT JOIN mementos m ON m.original = c.original AND m.timestamp = c.timestamp
WHERE c.article = ?
"""

_INSERT_READING = """
INSERT OR REPLACE INTO readings VALUES (?, ?, iri(?), ?, ?, ?, (SELECT id FROM said WHERE text = ?), ?, ?, ?, ?, ?, ?,
                                        ?, ?, ?, ?, (SELECT id FROM said WHERE text = ?))
"""
_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode

_ROWS = """
SELECT coalesce(urlkey, surt(uri(original))), timestamp, uri(original), mimetype, statuscode, digest, length
FROM captures WHERE article = ?
"""


class Captures(Part):
    """The part of the ledger that knows the captures."""

    def of_article(self, article: int) -> list[Candidate]:
        """Return all captures of an article with what is known of them, earliest first."""
        return [_candidate(row) for row in sorted(self._db.all(_KNOWN, (article,)), key=itemgetter(1, 2))]

    def rows(self, article: int) -> list[Capture]:
        """Return the rows of all captures of an article, earliest first, without what became of them."""
        return [Capture(*row) for row in sorted(self._db.all(_ROWS, (article,)), key=itemgetter(1, 2))]

    def add(self, article: int, capture: Capture) -> None:
        """Make a capture known that no listing gave: named by its address, or found in a WARC file."""
        self._db.do(
            "INSERT OR IGNORE INTO captures VALUES (?, ?, iri(?3), nullif(?, surt(?3)), ?, ?, ?, ?, 0)",
            (article, capture.timestamp, capture.original, capture.urlkey, *capture[3:]),
        )

    def record_read(
        self, article: int, capture: Capture, reading: Reading, *, digest_check: DigestCheck, page_sha256: str
    ) -> None:
        """Record what reading a capture gave; a later reading (a better parser) takes the place of an earlier one."""
        page = reading.article
        fields = (page.title, page.date, page.author, page.category) if page else (None,) * 4
        readings, beliefs = _json(dict(reading.readings)), _json(dict(reading.beliefs))
        self._db.do("INSERT OR IGNORE INTO said (text) VALUES (?), (?)", (readings, beliefs))
        self._db.do(
            _INSERT_READING,
            (
                *(article, capture.timestamp, capture.original, str(reading.verdict), reading.detail, reading.layout),
                *(readings, _json(sorted(reading.lacks))),
                *(reading.text_sha256, _json(reading.completeness), *fields),
                *(str(digest_check), page_sha256, self._now(), beliefs),
            ),
        )
        shared = self._db.one("SELECT ids FROM shared WHERE digest = ? AND verdict IS NULL", (capture.digest,))
        if shared and holds_for_digest(capture, shared[0], reading.verdict, digest_check):
            detail = f"read as {capture.timestamp} {capture.original}"
            self._db.do(
                "UPDATE shared SET verdict = ?, statuscode = ?, detail = ? WHERE digest = ?",
                (str(reading.verdict), capture.statuscode, detail, capture.digest),
            )

    def record_attempt(self, article: int, capture: Capture, attempt: Attempt) -> None:
        """Record that asking for a capture gave nothing to read."""
        self._db.do(
            "INSERT OR REPLACE INTO attempts VALUES (?, ?, iri(?), ?, ?, ?, ?, ?, ?)",
            (
                *(article, capture.timestamp, capture.original, attempt.tries, str(attempt.verdict), attempt.detail),
                *(self._now(), format_timestamp(attempt.next_at) if attempt.next_at else None, attempt.final),
            ),
        )

    def clear_attempts(self, article: int) -> None:
        """Forget what asking for the captures of an article gave, so that each is asked for again."""
        self._db.do("DELETE FROM attempts WHERE article = ?", (article,))

    def clear_final_attempts(self, wanted: Callable[[int], bool]) -> list[int]:
        """Forget the final and the truncated attempts for captures of wanted articles; return those articles."""
        which = "(final OR verdict = 'truncated')"
        rows = self._db.all(f"SELECT DISTINCT article FROM attempts WHERE {which} ORDER BY article")  # noqa: S608
        cleared = [row[0] for row in rows if wanted(row[0])]
        self._db.many(f"DELETE FROM attempts WHERE article = ? AND {which}", ((article,) for article in cleared))  # noqa: S608
        return cleared

    def count_shared(self, articles: Iterable[int] | None = None) -> None:
        """Count anew under how many article ids each digest stands: all digests, or those of these articles.

        To be called after each listing that brought captures. Reads the whole table once.
        """
        of_these = "AND digest IN (SELECT digest FROM captures WHERE article IN (SELECT value FROM json_each(?)))"
        only, values = ("", ()) if articles is None else (of_these, (json.dumps(list(articles)),))
        self._db.do(
            "INSERT INTO shared (digest, ids) SELECT digest, count(DISTINCT article) AS many FROM captures "  # noqa: S608
            f"WHERE digest NOT IN ('', '-') {only} GROUP BY digest HAVING many > 1 "
            "ON CONFLICT DO UPDATE SET ids = excluded.ids WHERE ids <> excluded.ids",
            values,
        )


def _candidate(row: Row) -> Candidate:
    """Make it from a row of `_KNOWN`."""
    capture = Capture(*row[:7])
    read = _page_read(row[11:17], capture.digest, row[23]) if row[11] is not None else _by_digest(capture, *row[8:11])
    attempt = _attempt(*row[17:22]) if row[17] is not None else None
    return Candidate(capture, row[7], read, attempt, held=bool(row[22]))


def _page_read(columns: Row, digest: str, payload_sha1: str | None) -> PageRead:
    verdict, lacks, text, completeness, detail, check = columns
    return PageRead(
        Verdict(verdict),
        frozenset(map(Lack, json.loads(lacks))),
        text,
        tuple(json.loads(completeness)),
        detail,
        promised=_promised(digest, payload_sha1, check)
        if verdict in (Verdict.TRUNCATED, Verdict.EMPTY)
        else DigestCheck.UNVERIFIABLE,
    )


def _promised(digest: str, payload_sha1: str | None, check: str) -> DigestCheck:
    """Compare a listing's digest with that of the kept payload; one that is no SHA-1 was compared when it came."""
    listed = parse_digest(digest)
    if listed is None or not payload_sha1:
        return DigestCheck.UNVERIFIABLE
    if listed.algorithm != "sha1":
        return DigestCheck(check)
    return DigestCheck.MATCH if listed == parse_digest(payload_sha1) else DigestCheck.MISMATCH


def _by_digest(capture: Capture, verdict: str | None, statuscode: str, detail: str) -> PageRead | None:
    """Take the verdict of an equal payload, if it was served with the same status. A revisit does not name its own."""
    if verdict is None:
        return None
    same = capture.statuscode == statuscode or (
        "-" in (capture.statuscode, statuscode) and verdict != Verdict.ARCHIVED_ERROR
    )
    return PageRead(Verdict(verdict), detail=detail, by_digest=True) if same else None


def _attempt(verdict: str, tries: int, final: int, next_at: str | None, detail: str) -> Attempt:
    return Attempt(Verdict(verdict), tries, bool(final), parse_timestamp(next_at) if next_at else None, detail)
