"""The archive's CDX service: which captures there are. A refusal is never an empty list, and an end is proved."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from scraper.archive import retries
from scraper.archive.cdx_progress import Count, ListingState, conclude
from scraper.archive.cdx_rows import FIELDS, PYWB_FIELDS, NotAListing, OtherNames, RowReader
from scraper.archive.ratelimit.status import CONTACT
from scraper.archive.retries import Failure, rule_of_page
from scraper.compression import Decoding, TooLarge
from scraper.errors import ListingBlocked, ListingFailed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scraper.archive.answer import Answer
    from scraper.archive.transport import Transport
    from scraper.config import Config
    from scraper.models import Capture

_MOST_QUESTIONS = 100_000
_MOST_ROWS = 50_000_000
"""Rows of one listing: a thousand captures of each article."""
_LONGEST_ANSWER = 1 << 32
_AT_ONCE = 2_000
"""Rows that make a page; with those of one piece of the answer they are all that is held in memory."""
_MAY_BE_THE_KEY = (
    retries.BAD_REQUEST, retries.OTHER_STATUS, retries.NOT_A_LISTING, retries.SERVER_ERROR, retries.RESET,
)  # fmt: skip
"""Failures by which a service may answer a key of an earlier run that it has forgotten."""


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
            resume_key: where an earlier listing of the same question stood; if the service has forgotten it, the list
                begins anew.
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
        listing = ListingState(parameters, self._rows, resume_key, resumed=resume_key is not None)
        rows = questions = 0
        while rows < _MOST_ROWS and questions < _MOST_QUESTIONS:
            questions += 1
            try:
                count = yield from self._answer(listing)
            except OtherNames:
                listing.parameters["fl"] = ",".join(PYWB_FIELDS)
                continue
            rows += count.rows
            if conclude(listing, count):
                if count.repeats:
                    yield from self._prove_by_parts(listing, count)
                yield ListingPage([], [], None, complete=True, dialect=listing.dialect)
                return
            if listing.proving and not prove and listing.last is not None:
                yield ListingPage([], [], listing.key, complete=False, dialect=listing.dialect)
                return
        raise ListingFailed(
            f"{url}: no end after {questions} questions and {rows} rows. Ask for a part, with from and to."
        )

    def _prove_by_parts(self, listing: ListingState, whole: Count) -> Iterator[ListingPage]:
        """Ask a service that knows no keys for each stretch of time on its own: together they must give the same rows.

        A list that always ends early ends elsewhere in each of them, and so shows other rows: then it is ListingFailed.
        """
        checksum, in_bounds = 0, True
        for from_ts, to_ts in listing.parts(whole.span) if whole.span else ():
            bounds = {name: value for name, value in (("from", from_ts), ("to", to_ts)) if value}
            part = yield from self._answer(ListingState(listing.parameters | bounds, None, None))
            checksum += part.checksum
            in_bounds &= part.span is None or (from_ts <= part.span[0] and part.span[1] <= (to_ts or "9"))
        if whole.span is None or checksum != whole.checksum:
            raise ListingFailed(
                f"{listing.parameters['url']}: the archive takes no keys, and gives other rows when it is asked for "
                "them in parts; nothing proves that they are all. The listing is partial.",
                too_wide=in_bounds,  # it does know times, so narrower questions may be answered
            )

    def _answer(self, listing: ListingState) -> Generator[ListingPage, None, Count]:
        """Ask one question, with retries, and yield its rows as pages."""
        url = listing.parameters["url"]
        try:
            for attempt in self._transport.retrying(f"cdx {url}"):
                with attempt:
                    count = yield from self._stream(listing)
        except Failure as failure:
            from_earlier_run = listing.key is not None and listing.last is None and not listing.asked
            if from_earlier_run and failure.rule in _MAY_BE_THE_KEY:
                listing.key, listing.proving = None, False
                return (yield from self._answer(listing))
            if failure.rule is retries.BLOCKED_SITE:
                raise ListingBlocked(str(failure)) from failure
            raise ListingFailed(
                f"{failure} The listing of {url} is partial; the next run goes on where it stood.",
                too_wide=failure.rule in (retries.TOO_WIDE, retries.READ_TIMEOUT, retries.TOO_SLOW),
            ) from failure
        return count

    def _stream(self, listing: ListingState) -> Generator[ListingPage, None, Count]:
        """Ask once, and yield the rows as they come."""
        parameters = dict(listing.parameters)
        if listing.limit is not None:
            parameters |= {"limit": str(listing.limit), "showResumeKey": "true"}
            if listing.key is not None:
                parameters["resumeKey"] = listing.key
        count = Count(before=listing.last)
        with self._transport.get("cdx", f"{self._endpoint}?{urlencode(parameters)}") as answer:
            check_status(answer)
            reader = RowReader()
            stream = Decoding(answer.header("Content-Encoding"), _LONGEST_ANSWER)
            for _ in self._fed(reader, stream, answer):
                if len(reader.captures) + len(reader.malformed) >= min(self._rows, _AT_ONCE):
                    self._transport.limiter.record_answer(answer.permit)
                    yield self._page(listing, count, reader)
            # "Nothing" is ``[]`` in JSON; and where rows came in an earlier run there is something.
            never_empty = listing.dialect == "json" or (listing.resumed and listing.last is None)
            if not reader.dialect and never_empty and answer.cut is None:
                raise answer.failure(retries.NOT_A_LISTING, "an answer of 0 bytes. Try again later.")
        whole = answer.cut is None and stream.whole and reader.whole
        count.key = reader.resume_key if whole else None
        if reader.captures or reader.malformed:
            yield self._page(listing, count, reader)
        listing.dialect = reader.dialect or listing.dialect
        if not whole:
            # The next try asks from the last whole row on, that one included: it may have had siblings.
            progress = listing.last != count.before
            if progress and not count.repeats:
                listing.key = listing.resume_key()
            text = f"the listing was cut short ({answer.cut or 'it ends within a row'})."
            raise answer.failure(retries.TRUNCATED, text, progress=progress)
        return count

    @staticmethod
    def _fed(reader: RowReader, stream: Decoding, answer: Answer) -> Iterator[None]:
        """Feed an answer to a reader, piece by piece; yield after each."""
        try:
            for text in codecs.iterdecode(stream.pieces(answer.pieces()), "utf-8", "replace"):
                reader.feed(text)
                yield
            reader.finish()
        except NotAListing as error:
            page = str(error).encode() + next(answer.pieces(), b"")
            text = f"the answer is no listing but begins {str(error)[:80]!r}. Try again later."
            raise answer.failure(rule_of_page(page) or retries.NOT_A_LISTING, text) from error
        except TooLarge as error:
            raise answer.failure(retries.ENDLESS, "grows beyond all measure when decoded.") from error

    @staticmethod
    def _page(listing: ListingState, count: Count, reader: RowReader) -> ListingPage:
        """Count the rows that were read by now, leave out repeated ones, and make a page of the rest."""
        (rows, malformed), before = reader.take(), count.before
        count.rows += len(rows) + len(malformed)
        listing.dialect = reader.dialect
        if rows:
            if not listing.asked:
                count.add(rows)
            count.repeats |= before is not None and rows[0][:2] <= before
            fresh = [row for row in rows if row[:2] > before] if count.repeats and before is not None else rows
            count.fresh += len(fresh)
            if listing.proving and not listing.asked:
                rows = fresh  # a service without keys gives all rows again when asked for those behind the last one
            if fresh:
                listing.last = fresh[-1][:2]
        key = listing.resume_key() if count.key is None else count.key
        return ListingPage(rows, malformed, key, complete=False, dialect=reader.dialect)


def check_status(answer: Answer) -> None:
    """Raise Failure unless the status is 200: any other answer is no listing."""
    if answer.status == 200:
        return
    page = answer.page()
    error = (answer.header("X-Archive-Wayback-Runtime-Error") or page[:200].decode("utf-8", "replace")).strip()[:120]
    rule = rule_of_page(page + error.encode())
    if rule is retries.EXCLUDED:
        rule = retries.BLOCKED_SITE
        said = (
            f"the archive blocks this site ({error}). Its captures cannot be listed; pages that you have yourself can "
            f"be read with import or parse. The next run asks again; if it should not be blocked, write to {CONTACT}."
        )
    elif rule is None and answer.status in (401, 403):
        rule = retries.FORBIDDEN
        wants = "asks for a login" if answer.status == 401 else "is closed to this address or User-Agent"
        said = (
            f"the CDX service {wants} (status {answer.status}: {error}). That says nothing about any article. The next "
            f"run asks again; if it lasts for days, write to {CONTACT}."
        )
    else:
        rule = rule or (retries.BAD_REQUEST if answer.status == 400 else retries.OTHER_STATUS)
        said = f"status {answer.status} instead of a listing ({error})."
    raise answer.failure(rule, said)
