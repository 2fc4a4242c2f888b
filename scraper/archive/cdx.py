"""The archive's CDX service: which captures there are. A refusal is never an empty list, and an end is proved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from scraper.archive import retries
from scraper.archive.cdx_progress import Count, Listing, conclude
from scraper.archive.cdx_rows import (
    FIELDS,
    PYWB_FIELDS,
    NotAListing,
    OtherNames,
    RowReader,
    first_piece,
    split_pieces,
)
from scraper.archive.cdx_status import check_status
from scraper.archive.retries import Failure, rule_of_page
from scraper.compression import Decoding, TooLarge
from scraper.errors import ListingBlocked, ListingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.archive.answer import Answer
    from scraper.archive.cdx_progress import Position
    from scraper.archive.cdx_rows import Batch
    from scraper.archive.transport import Transport
    from scraper.config import Config
    from scraper.models import Capture

_MOST_QUESTIONS = 100_000
_MOST_ROWS = 50_000_000
"""Rows of one listing: a thousand captures of each article."""
_LONGEST_ANSWER = 1 << 32
_AT_ONCE = 2_000
"""Rows of an answer that are handed on together at most: they are what is held in memory."""
_MAY_BE_THE_KEY = (retries.BAD_REQUEST, retries.OTHER_STATUS, retries.NOT_A_LISTING)
"""Answers of a service that may only mean that it does not know the key."""
_MAY_BE_THE_PROOF = (*_MAY_BE_THE_KEY, retries.SERVER_ERROR, retries.RESET)
"""And those that may mean that it stumbles over one, at the end of a list that it has given without trouble."""


class _UnknownKey(Exception):
    """The service does not know a key that it has not given itself."""


class ListingPage(NamedTuple):
    """A part of a listing.

    Attributes:
        rows: sound rows, in the order of the service. The service repeats itself at times.
        malformed: rows that are no captures, as ``<reason>: <row>``.
        resume_key: where to go on behind this page; None on the last one.
        complete: True on the last page only: the question from just behind the last row came back empty.
        dialect: ``json``, ``text`` or ``pywb``: in which form the service answered.
    """

    rows: list[Capture]
    malformed: list[str]
    resume_key: str | None
    complete: bool
    dialect: str


class CdxClient:
    """Asks the CDX service. Thread-safe."""

    def __init__(self, config: Config, transport: Transport) -> None:
        self._endpoint = config.cdx
        self._rows = config.cdx_page_rows
        self._transport = transport

    def pages(
        self,
        url: str,
        match_type: str,
        *,
        from_ts: str | None = None,
        to_ts: str | None = None,
        resume_key: str | None = None,
        prove: bool = True,
    ) -> Iterator[ListingPage]:
        """List the captures of a URL, page by page, in constant memory.

        Args:
            url: what to list, such as ``hkcnews.com/article/``.
            match_type: ``exact``, ``prefix``, ``host`` or ``domain``.
            from_ts: first timestamp, up to 14 digits.
            to_ts: last timestamp, up to 14 digits.
            resume_key: where an earlier listing of the same question stood.
            prove: whether the end is proven, which takes another question. If not, only an explicit "nothing" makes the
                listing complete; otherwise the last page's key lies behind its last row, and asking on from there
                proves the end.

        Raises:
            ListingBlocked: the archive does not show this site at all.
            ListingFailed: no usable answer; the pages given so far stand, the last one's `resume_key` goes on there.
            ArchiveRefused: the archive refuses or is down.
            Stopped: the run is to end.
        """
        parameters = {"url": url, "matchType": match_type, "output": "json", "fl": ",".join(FIELDS)}
        parameters |= {name: value for name, value in (("from", from_ts), ("to", to_ts)) if value}
        listing = Listing(parameters, self._rows, resume_key)
        rows = questions = 0
        while rows < _MOST_ROWS and questions < _MOST_QUESTIONS:
            count = Count()
            questions += 1
            try:
                yield from self._answer(listing, count)
            except OtherNames:
                listing.parameters["fl"] = ",".join(PYWB_FIELDS)
                continue
            except _UnknownKey:
                listing.turn_back()
                continue
            rows += count.rows
            if conclude(listing, count):
                if listing.by_parts:
                    yield from self._prove_by_parts(listing, count)
                yield ListingPage([], [], None, complete=True, dialect=listing.dialect)
                return
            if listing.proving and not prove and listing.last is not None:
                yield ListingPage([], [], listing.key, complete=False, dialect=listing.dialect)
                return
        raise ListingFailed(
            f"{url}: no end after {questions} questions and {rows} rows. Ask for a part, with from and to."
        )

    def _prove_by_parts(self, listing: Listing, whole: Count) -> Iterator[ListingPage]:
        """Ask a service that knows no keys for each stretch of time on its own: all of them must be what came at once.

        A list that always ends early ends elsewhere in each of them, and so shows other rows: then it is ListingFailed.
        """
        assert whole.span is not None
        marks, within = 0, True
        for from_ts, to_ts in listing.parts(whole.span):
            bounds = {name: value for name, value in (("from", from_ts), ("to", to_ts)) if value}
            part, count = Listing(listing.parameters | bounds, None, None), Count()
            for page in self._answer(part, count):
                within &= all(from_ts <= row.timestamp <= (to_ts or "9") for row in page.rows)
                yield page._replace(resume_key=None)
            marks += count.marks
        if marks != whole.marks:
            raise ListingFailed(
                f"{listing.parameters['url']}: the archive takes no keys, and gives other rows when it is asked for "
                "them in parts; nothing proves that they are all. The listing is partial.",
                too_wide=within,
            )

    def _answer(self, listing: Listing, count: Count) -> Iterator[ListingPage]:
        """Ask one question, again if need be, and give its rows as pages."""
        try:
            for attempt in self._transport.retrying(f"cdx {listing.parameters['url']}"):
                with attempt:
                    count.reset()
                    yield from self._stream(listing, count)
        except Failure as failure:
            if failure.rule is retries.BLOCKED_SITE:
                raise ListingBlocked(str(failure)) from failure
            strange = _MAY_BE_THE_PROOF if listing.proving else _MAY_BE_THE_KEY
            if failure.rule in strange and listing.is_guess:
                raise _UnknownKey from failure
            url = listing.parameters["url"]
            raise ListingFailed(
                f"{failure} The listing of {url} is partial; the next run goes on where it stood.",
                too_wide=failure.rule in (retries.TOO_WIDE, retries.READ_TIMEOUT, retries.TOO_SLOW),
            ) from failure

    def _stream(self, listing: Listing, count: Count) -> Iterator[ListingPage]:
        parameters = dict(listing.parameters)
        if listing.limit is not None:
            parameters |= {"limit": str(listing.limit), "showResumeKey": "true"}
            if listing.key is not None:
                parameters["resumeKey"] = listing.key
        url = f"{self._endpoint}?{urlencode(parameters)}"
        with self._transport.get("cdx", url) as answer:
            check_status(answer)
            reader = RowReader()
            before = listing.last
            rows: list[Capture] = []
            malformed: list[str] = []
            stream = Decoding(answer.header("Content-Encoding"), _LONGEST_ANSWER)
            for text in self._texts(stream, answer):
                captures, bad = self._read(partial(reader.feed, text), answer)
                rows += captures
                malformed += bad
                if len(rows) + len(malformed) >= min(self._rows, _AT_ONCE):
                    self._transport.limiter.record_answer(answer.permit)
                    yield self._page(listing, count, rows, malformed, before, reader)
                    rows, malformed = [], []
            captures, bad = self._read(reader.finish, answer)
            rows += captures
            malformed += bad
            if not reader.dialect and listing.dialect == "json" and answer.cut is None:
                # Its "nothing" is spelled ``[]``.
                raise answer.failure(retries.NOT_A_LISTING, "an answer of 0 bytes. Try again later.")
            self._transport.limiter.record_answer(answer.permit)
        whole = answer.cut is None and stream.whole and reader.whole
        count.key = reader.resume_key if whole else None
        if rows or malformed:
            yield self._page(listing, count, rows, malformed, before, reader)
        listing.dialect = reader.dialect or listing.dialect
        if not whole:
            self._go_on_after_cut(listing, answer, progress=listing.last != before)

    @staticmethod
    def _texts(stream: Decoding, answer: Answer) -> Iterator[str]:
        try:
            yield from split_pieces(stream.pieces(answer.pieces()))
        except TooLarge as error:
            raise answer.failure(retries.ENDLESS, "grows beyond all measure when decoded.") from error

    def _read(self, read: Callable[[], Batch], answer: Answer) -> Batch:
        try:
            return read()
        except NotAListing as error:
            page = str(error).encode() + b"".join(first_piece(answer))
            text = f"the answer is no listing but begins {str(error)[:80]!r}. Try again later."
            raise answer.failure(rule_of_page(page) or retries.NOT_A_LISTING, text) from error

    def _page(
        self,
        listing: Listing,
        count: Count,
        rows: list[Capture],
        malformed: list[str],
        before: Position | None,
        reader: RowReader,
    ) -> ListingPage:
        """Count rows, leave out what is only said again, and make a page of the rest."""
        count.rows += len(rows) + len(malformed)
        listing.dialect = reader.dialect
        if rows:
            if not listing.asked:
                count.mark(rows)
            if count.first is None:
                count.first = rows[0][:2]
                listing.repeats = before is not None and count.first <= before
            fresh = [row for row in rows if row[:2] > before] if listing.repeats and before is not None else rows
            count.fresh += len(fresh)
            if listing.proving and not listing.asked:
                rows = fresh  # a service without keys gives all again when asked for what is behind the last row
            if fresh:
                listing.last = fresh[-1][:2]
        key = listing.place() if count.key is None else count.key
        return ListingPage(rows, malformed, key, complete=False, dialect=reader.dialect)

    def _go_on_after_cut(self, listing: Listing, answer: Answer, *, progress: bool) -> None:
        """Raise, so that the next try asks from the last whole row on (that one included: it may have had siblings)."""
        if progress and not listing.repeats:
            listing.key = listing.place()
        text = f"the listing was cut short ({answer.cut or 'it ends within a row'})."
        raise answer.failure(retries.TRUNCATED, text, progress=progress)
